"""The monitor: whether a correlation has left its baseline by now, and the path of the detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.change.context import ChangeContext
from coupling.change.monitor_findings import CHOSEN, UNSEEN, WANDERS, findings_of
from coupling.change.monitor_rows import WEEKS, MonitoredPair, monitored_pair
from coupling.change.section import MonitorSection
from coupling.errors import TooShortError
from coupling.results.base import Result
from coupling.results.verdicts import Monitored
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import bound, listed, signed, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["RECENT", "MonitorResult", "make"]

RECENT = 31
"""Days for which an alarm rings; after that it is told as one that was."""
_LEAST = 1e-4
_DAILY = 370  # rows of a year
_COLUMNS = ["verdict", "ratio", "before", "before_lower", "before_upper", "n_before", "baseline_from"]
_COLUMNS += ["alarm", "since", "direction", "after", "n_after", "estimate", "lower", "upper", "rows"]


@dataclass(frozen=True, kw_only=True)
class MonitorResult(Result):
    """Which correlations have left their baseline by now, at a stated rate of false alarms.

    Parameters
    ----------
    focus : str
        The instrument common to all pairs.
    rate : str
        The rate of false alarms in words.
    table : DataFrame
        One row per instrument: verdict, newest statistic over its limit, correlation of the baseline with its interval
        and n, last alarm, first session of the new correlation, and the change since where it has left.
    alarms : DataFrame
        One row per alarm: ``with, date, since, direction``.

    Notes
    -----
    ``frame`` has one row per session (index) and instrument (``with``): ``ratio``, the statistic
    over its limit, missing while a new baseline is learnt.
    """

    focus: str
    rate: str
    table: pd.DataFrame
    alarms: pd.DataFrame

    @property
    def rings(self) -> bool:
        """Whether a pair has left its baseline within the last month."""
        return bool(self._ringing)

    @property
    def lead(self) -> str:
        """What the section says of it, in one sentence."""
        if self._ringing:
            told = [f"with {other} on {row['alarm']:%Y-%m-%d}, {_since(row)}" for other, row in self._ringing]
            return f"The monitor ({self.rate}) rang: {self.focus}'s correlation {listed(told)}."
        left = [f"{other} ({row['alarm']:%Y-%m-%d})" for other, row in self._of(Monitored.LEFT)]
        gone = f"; a new baseline is being learnt since the alarm of {listed(left)}" if left else ""
        return f"The monitor ({self.rate}) has not rung within the last month{gone}."

    @property
    def sentence(self) -> str:
        """Say of each pair whether it has left its baseline, and what an alarm and silence are worth."""
        points = tuple(f"with {other} {self._told(row)}" for other, row in self.table.iterrows())
        worth = [f"{CHOSEN}."] if self._of(Monitored.LEFT) else []
        return Passage(Sentence(f"Monitor, {self.rate}:", points), *worth, f"{WANDERS}.", f"{UNSEEN}.")

    @property
    def _ringing(self) -> list[tuple[str, Any]]:
        newest = self.table["last"].max()
        return [each for each in self._of(Monitored.LEFT) if (newest - each[1]["alarm"]).days <= RECENT]

    def _of(self, verdict: Monitored) -> list[tuple[str, Any]]:
        return [(str(other), row) for other, row in self.table.iterrows() if row["verdict"] == verdict]

    def _told(self, row: Any) -> str:
        if row["verdict"] == Monitored.LEFT:
            size = f"n = {row['n_before']:,.0f} and {row['n_after']:,.0f} {row['rows']}"
            span = f"95 % interval {bound(row['lower'], '+')} to {bound(row['upper'], '+')}, "
            ends = f"({span if row['lower'] <= row['upper'] else ''}{size})"
            moved = f"from {two(row['before'])} to {two(row['after'])}, {signed(row['estimate'])} {ends}"
            return f"left its baseline, alarm on {row['alarm']:%Y-%m-%d}, {_since(row)}, {moved}"
        if row["verdict"] == Monitored.LEARNING:
            return f"no baseline is known yet (n = {row['n_before']:,.0f} {row['rows']})"
        span = f"95 % interval {bound(row['before_lower'])} to {bound(row['before_upper'])}, "
        ends = f"({span if row['before_lower'] <= row['before_upper'] else ''}n = {row['n_before']:,.0f} {row['rows']})"
        was = "" if pd.isna(row["alarm"]) else f", last alarm on {row['alarm']:%Y-%m-%d}"
        return f"at its baseline since {row['baseline_from']:%Y-%m-%d}, {two(row['before'])} {ends}{was}"

    def summary(self) -> pd.DataFrame:
        """Return one row per pair."""
        return self.table[_COLUMNS]

    @property
    def figure_rows(self) -> int:
        """One small panel per pair."""
        return max(1, len(self.table))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw per pair the detector against its limit, and a mark where it reached it."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        panels = drawing.panels(ax, [f"{self.focus} – {other}" for other in self.table.index])
        for panel, other in zip(panels, self.table.index, strict=True):
            ratio = self.frame.loc[self.frame["with"] == other, "ratio"].clip(lower=_LEAST)
            look = drawing.look(str(other))
            drawing.path(panel, ratio, look=look, decimals=3)
            drawing.zero_line(panel, 1.0)
            drawing.logarithmic(panel)
            panel.set_yticks([_LEAST, 0.01, 1.0], ["0.0001", "0.01", "1"])
            panel.set_ylim(_LEAST, 4.0)
            panel.set_ylabel("statistic over its limit")
            dates = self.alarms.loc[self.alarms["with"] == other, "date"]
            days = pd.DatetimeIndex(dates).to_numpy()
            panel.plot(days, [1.0] * len(days), color=look.colour, marker="v", markersize=6, linestyle="none")
        drawing.time_axis(panels[-1], "session; a mark is an alarm")
        return ax


def _since(row: Any) -> str:
    return f"{row['direction']} since about {row['since']:%Y-%m-%d}"


def make(section: MonitorSection, context: ChangeContext) -> MonitorResult:
    """Watch every pair.

    Raises
    ------
    TooShortError
        If no pair has rows enough for a baseline.
    """
    pairs = [monitored_pair(section, context, other) for other in context.others]
    if all(pair.row["verdict"] is Monitored.LEARNING for pair in pairs):
        most = max(pair.row["n_before"] for pair in pairs)
        needed = section.min_baseline + section.lag + 1
        raise TooShortError(
            f"no pair has a baseline yet: the longest has {most} usable rows; min_baseline={section.min_baseline} with "
            f"lag={section.lag} needs at least {needed}."
        )
    rows = [pair.row for pair in pairs]
    rate = _rate(section.alarms_per_year, len(pairs))
    return MonitorResult(
        name="change-monitor",
        title="By now: the monitor",
        method=_method(section),
        frame=_joined(pairs, "path"),
        provenance=context.panel.provenance,
        warnings=_warnings(rows),
        findings=findings_of(rows, focus=context.focus, rate=rate, clock=context.clock, evidence="change-monitor"),
        focus=context.focus,
        rate=rate,
        table=pd.DataFrame(rows).set_index("with"),
        alarms=_joined(pairs, "alarms").reset_index(drop=True),
    )


def _joined(pairs: list[MonitoredPair], part: str) -> pd.DataFrame:
    """Return a frame of all pairs; those that have no row make no column of another kind."""
    frames = [getattr(pair, part) for pair in pairs]
    joined: pd.DataFrame = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
    return joined


def _rate(alarms: float, pairs: int) -> str:
    counted = f"{alarms:g} false alarm{'' if alarms == 1 else 's'}"
    return f"at most {counted} a year{'' if pairs == 1 else f' over {pairs} pairs'}"


def _warnings(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    fast = [row["with"] for row in rows if row["per_year"] > _DAILY]
    if not fast:
        return ()
    return (
        "The rate of false alarms was measured on daily changes; within a day volatility has a pattern of its own.",
    )


def _method(section: MonitorSection) -> str:
    return (
        "Sum over every date of change so far of the likelihood ratio of a correlation higher, or lower, than the "
        f"baseline by {section.shift:g} on Fisher's z (Shiryaev–Roberts; bivariate t law; changes divided by the "
        "volatility known a row earlier). Its mean without a change is the number of rows, so that its limit is the "
        "mean time to a false alarm (Pollak 1985), shared over the pairs. The baseline is refitted every 63 rows "
        f"without the newest {section.lag}, has at least {section.min_baseline}, and begins anew where an alarm puts "
        "the change; pairs with non-synchronous closes take weekly changes, unless stated "
        f"{WEEKS['min_baseline']} weeks and without the newest {WEEKS['lag']}. No row uses a later one."
    )
