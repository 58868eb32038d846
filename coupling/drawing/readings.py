"""What can be read off a figure: the lines of its panels with their intervals, at full resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coupling.drawing.sketch import Sketch

__all__ = ["Reading", "readable_line", "readable_rows", "readings_of"]

_DRAWN: WeakKeyDictionary[Axes | Sketch, list[Reading]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One line of a panel.

    Parameters
    ----------
    label : str
        What tells it from the other lines of its panel; empty where it is alone.
    estimate : Series
        Indexed by what the horizontal axis shows, sorted; or by the names of rows, in their order.
    lower, upper : Series, optional
        Its interval.
    decimals : int, optional
        How many are read off; by the unit of the axis of the values otherwise.
    height : float, optional
        Where the first of the rows stands on the vertical axis; the others stand at distances of 1. None for a line.
    """

    label: str
    estimate: pd.Series
    lower: pd.Series | None = None
    upper: pd.Series | None = None
    decimals: int | None = None
    height: float | None = None


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


def readable_rows(
    ax: Axes,
    rows: pd.DataFrame,
    names: Sequence[str],
    *,
    label: str = "",
    decimals: int | None = None,
    height: float = 0.0,
) -> None:
    """Let the page read rows off a panel that stand below each other.

    Parameters
    ----------
    ax : Axes
    rows : DataFrame
        ``estimate`` and, where they have an interval, ``lower, upper``.
    names : sequence of str
        Of the rows.
    label : str
        What tells them from other marks of the same rows.
    decimals : int, optional
    height : float
        Where the first row stands; the next stands at 1 more.
    """
    parts = {
        side: pd.Series(rows[side].to_numpy(float), index=pd.Index([str(name) for name in names], dtype=object))
        for side in ("estimate", "lower", "upper")
        if side in rows
    }
    if len(rows):
        _DRAWN.setdefault(ax, []).append(Reading(label=label, decimals=decimals, height=height, **parts))


def readings_of(ax: Axes | Sketch) -> tuple[Reading, ...]:
    """Return the lines that can be read off a panel, in the order in which they were drawn."""
    return tuple(_DRAWN.get(ax, ()))
