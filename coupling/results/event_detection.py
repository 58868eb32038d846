"""The detector's index, its signals, and how they score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.results.base import Result
from coupling.text.wording import p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DetectorIndexResult", "DetectorScoresResult"]


@dataclass(frozen=True, kw_only=True)
class DetectorIndexResult(Result):
    """An index from 0 to 100 by session, with its parts in standard deviations.

    Parameters
    ----------
    signals : DataFrame
        The sessions with a signal: parts, severity (the mean of the parts), index, and the instant from which it was
        known.
    threshold : float
    refractory : int
        Sessions after a signal in which there is no other.
    """

    signals: pd.DataFrame = field(repr=False)
    threshold: float
    refractory: int

    @property
    def sentence(self) -> str:
        """Say the last value and the number of signals."""
        last = self.frame.iloc[-1]
        newest = f", the last on {self.signals.index[-1]:%Y-%m-%d}" if len(self.signals) else ""
        return (
            f"The detector's index stands at {last['index']:.0f} of 100 on {self.frame.index[-1]:%Y-%m-%d} (severity "
            f"{last['severity']:+.2f} standard deviations); since {self.frame.index[0]:%Y-%m-%d} it gave "
            f"{len(self.signals)} signals at {self.threshold:g} or more{newest}."
        )

    def summary(self) -> pd.DataFrame:
        """The signals, the last first."""
        return self.signals.iloc[::-1]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the index with its threshold and its signals."""
        from coupling import drawing

        ax = drawing.axes(ax)
        ax.plot(self.frame.index, self.frame["index"], color=drawing.look("detector").colour, linewidth=0.5)
        drawing.zero_line(ax, self.threshold)
        ax.plot(self.signals.index, self.signals["index"], "v", color=drawing.INK, markersize=4)
        drawing.time_axis(ax, "session")
        ax.set_ylabel("detector's index (0 to 100)")
        return ax


@dataclass(frozen=True, kw_only=True)
class DetectorScoresResult(Result):
    """Precision and recall of the index and of plain thresholds, by episode, on data after the choice of threshold.

    Parameters
    ----------
    lead : str
        The signal that the sentence speaks of.
    plain : str
        The naive signal that it is compared with.
    """

    lead: str
    plain: str

    @property
    def sentence(self) -> str:
        """Compare the index with the plain move on the latest period out of sample."""
        rows = self.frame[self.frame["out_of_sample"].astype(bool)]
        if rows.empty:
            return "Nothing could be judged out of sample."
        parts = {str(target): part for target, part in rows.groupby("target", sort=False)}
        return " ".join(self._told(part) for target, part in parts.items() if "late" not in target)

    def _told(self, rows: pd.DataFrame) -> str:
        last = rows[rows["period"] == rows["period"].iloc[-1]].set_index("signal")
        ours, plain = (last.loc[name] for name in (self.lead, self.plain))
        head = f"{rows['target'].iloc[0].capitalize()}, {last['period'].iloc[0]}, out of sample"
        return f"{head}: {self.lead} {_score(ours)}; {self.plain} {_score(plain)}. {_compared(ours, plain)}"


def _score(row: Any) -> str:
    if not row.signals:
        return "gave no signal"
    return (
        f"gave {row.signals} signals, precision {row.precision:.2f} ({row.precision_lower:.2f} to "
        f"{row.precision_upper:.2f}; {row.random_precision:.2f} at random, {p_value(row.precision_p)}), recall "
        f"{row.recall:.2f} ({row.recall_lower:.2f} to {row.recall_upper:.2f}; {row.random_recall:.2f} at random, "
        f"{p_value(row.recall_p)}) of {row.episodes} episodes"
    )


def _compared(ours: Any, plain: Any) -> str:
    better = ours.precision_lower > plain.precision_upper or ours.recall_lower > plain.recall_upper
    worse = ours.precision_upper < plain.precision_lower or ours.recall_upper < plain.recall_lower
    if better and not worse:
        return "The index does better than the plain move."
    if worse and not better:
        return "The index does worse than the plain move."
    return "Their intervals overlap: that the index does better than the plain move cannot be said."
