"""The detector's index, its signals, how they score, and how severe it found the events of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.special import ndtri

from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DetectorIndexResult", "DetectorScoresResult", "SeverityResult"]

NAMED = 5  # signals


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
            f"{count(len(self.signals), 'signal')} at {self.threshold:.2f} or more{newest}."
        )

    def summary(self) -> pd.DataFrame:
        """The signals, the last first."""
        return self.signals.iloc[::-1]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the highest severity of every month with the threshold, and the signals, the most severe with dates."""
        from coupling import drawing

        ax = drawing.axes(ax)
        colour = drawing.look("detector").colour
        months = self.frame["severity"].groupby(pd.DatetimeIndex(self.frame.index).to_period("M")).max().clip(lower=0)
        starts = pd.PeriodIndex(months.index).to_timestamp().to_numpy()
        ax.fill_between(starts, 0, months.to_numpy(), step="post", color=colour, alpha=0.45, linewidth=0)
        drawing.readable_line(
            ax, pd.Series(months.to_numpy(), index=pd.DatetimeIndex(starts)), label="month's highest", decimals=2
        )
        needed = float(ndtri(self.threshold / 100))
        drawing.zero_line(ax, needed)
        at: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "va": "top", "ha": "right", "color": drawing.INK}
        ax.annotate("signal from here", (0.995, needed), fontsize=8.5, **at)
        ax.plot(self.signals.index, self.signals["severity"], "v", color=drawing.INK, markersize=4)
        drawing.time_axis(ax, "session")
        self._name_signals(ax)
        ax.set_ylabel("highest severity (sd)")
        return ax

    def _name_signals(self, ax: Axes) -> None:
        """Write the months of the most severe signals, none where it would stand on another."""
        from coupling import drawing

        low, high = (pd.Timestamp(end) for end in (self.frame.index[0], self.frame.index[-1]))
        apart = (high - low) / 5
        placed: list[pd.Timestamp] = []
        for when, row in self.signals.sort_values("severity", ascending=False, kind="stable").iterrows():
            at = pd.Timestamp(str(when))
            if len(placed) < NAMED and all(abs(at - other) > apart for other in placed):
                placed.append(at)
                side = "left" if at < low + apart / 2 else "right" if at > high - apart / 3 else "center"
                words: dict[str, Any] = {"ha": side, "va": "bottom", "fontsize": 8.5, "color": drawing.INK}
                place: dict[str, Any] = {"xytext": (0, 4), "textcoords": "offset points"}
                ax.annotate(f"{at:%Y-%m}", (at.to_datetime64(), row["severity"]), **place, **words)
        ax.set_ylim(0, 1.15 * float(max(self.frame["severity"].max(), ndtri(self.threshold / 100))))


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
        return Passage(*(part for target, rows in parts.items() if "late" not in target for part in self._told(rows)))

    def _told(self, rows: pd.DataFrame) -> tuple[Sentence, str]:
        last = rows[rows["period"] == rows["period"].iloc[-1]].set_index("signal")
        ours, plain = (last.loc[name] for name in (self.lead, self.plain))
        head = f"{rows['target'].iloc[0].capitalize()}, {last['period'].iloc[0]}, out of sample:"
        told = Sentence(head, (f"{self.lead} {_score(ours)}", f"{self.plain} {_score(plain)}"))
        return told, _compared(ours, plain)


def _score(row: Any) -> str:
    if not row.signals:
        return "gave no signal"
    return (
        f"gave {count(row.signals, 'signal')}, precision {row.precision:.2f} ({row.precision_lower:.2f} to "
        f"{row.precision_upper:.2f}; {row.random_precision:.2f} at random, {p_value(row.precision_p)}), recall "
        f"{row.recall:.2f} ({row.recall_lower:.2f} to {row.recall_upper:.2f}; {row.random_recall:.2f} at random, "
        f"{p_value(row.recall_p)}) of {count(row.episodes, 'episode')}"
    )


def _compared(ours: Any, plain: Any) -> str:
    better = ours.precision_lower > plain.precision_upper or ours.recall_lower > plain.recall_upper
    worse = ours.precision_upper < plain.precision_lower or ours.recall_upper < plain.recall_lower
    if better and not worse:
        return "The index performs significantly better than the plain move."
    if worse and not better:
        return "The index performs significantly worse than the plain move."
    return "Their intervals overlap: that the index performs better than the plain move cannot be said."


@dataclass(frozen=True, kw_only=True)
class SeverityResult(Result):
    """How severe the detector found every event that it was to find.

    Parameters
    ----------
    titles : dict of str to str
        What prose calls an event.
    """

    titles: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Name the most severe, and count those that a signal met."""
        if self.frame.empty:
            return "No event of the catalogue lies inside the index."
        top: Any = next(self.frame.nlargest(1, "peak_severity").itertuples())
        met = int(self.frame["sessions_to_signal"].notna().sum())
        return (
            f"Most severe: {self.titles.get(top.event, top.event)}, {top.peak_severity:+.2f} standard deviations "
            f"(index {top.peak_index:.2f}) on {top.peak_session:%Y-%m-%d}; the detector signalled {met} of "
            f"{count(len(self.frame), 'event')}."
        )
