"""The index of unwinds, its signals, and how they score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["UnwindIndexResult"]


@dataclass(frozen=True, kw_only=True)
class UnwindIndexResult(Result):
    """An index from 0 to 100 by session, with its parts in standard deviations.

    Parameters
    ----------
    signals : DataFrame
        The sessions with a signal: parts, severity, index, and the instant from which it was known.
    threshold : float
    """

    signals: pd.DataFrame = field(repr=False)
    threshold: float

    @property
    def sentence(self) -> str:
        """Say the last value and the number of signals."""
        last = self.frame["index"].iloc[-1]
        return (
            f"The unwind index stands at {last:.0f} of 100 on {self.frame.index[-1]:%Y-%m-%d}; since "
            f"{self.frame.index[0]:%Y-%m-%d} it gave {len(self.signals)} signals at {self.threshold:g} or more."
        )

    def summary(self) -> pd.DataFrame:
        """The signals, the last first."""
        return self.signals.iloc[::-1]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the index with its threshold and its signals."""
        from coupling.results import drawing

        ax = drawing.axes(ax)
        drawing.path(ax, self.frame["index"], look=drawing.look("VIX"))
        drawing.zero_line(ax, self.threshold)
        drawing.mark_events(ax, list(self.signals.index))
        drawing.time_axis(ax)
        ax.set_ylabel("unwind index (0 to 100)")
        return ax
