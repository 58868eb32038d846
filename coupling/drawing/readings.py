"""What can be read off a figure: the lines of its panels with their intervals, at full resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coupling.drawing.sketch import Sketch

__all__ = ["Reading", "readable_line", "readings_of"]

_DRAWN: WeakKeyDictionary[Axes | Sketch, list[Reading]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One line of a panel.

    Parameters
    ----------
    label : str
        What tells it from the other lines of its panel; empty where it is alone.
    estimate : Series
        Indexed by what the horizontal axis shows, sorted.
    lower, upper : Series, optional
        Its interval.
    decimals : int, optional
        How many are read off; by the unit of the vertical axis otherwise.
    """

    label: str
    estimate: pd.Series
    lower: pd.Series | None = None
    upper: pd.Series | None = None
    decimals: int | None = None


def readable_line(
    ax: Axes,
    estimate: pd.Series,
    lower: pd.Series | None = None,
    upper: pd.Series | None = None,
    *,
    label: str = "",
    decimals: int | None = None,
) -> None:
    """Let the page read a line off a panel, however it was drawn; `drawing.path` does so itself."""
    if estimate.index.is_monotonic_increasing and len(estimate):
        reading = Reading(label=label, estimate=estimate, lower=lower, upper=upper, decimals=decimals)
        _DRAWN.setdefault(ax, []).append(reading)


def readings_of(ax: Axes | Sketch) -> tuple[Reading, ...]:
    """Return the lines that can be read off a panel, in the order in which they were drawn."""
    return tuple(_DRAWN.get(ax, ()))
