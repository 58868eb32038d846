"""Rows in, kept and dropped per instrument, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.alignment import AlignmentSection
from coupling.data.clocks.calendars import EVERY_DAY
from coupling.data.panel import Panel
from coupling.results.base import Result

__all__ = ["AlignmentResult", "make"]

HEADINGS = {
    "rows_in": "observations in",
    "before_first_tick": "before the first observation time",
    "between_ticks": "superseded before an observation time",
    "after_last_tick": "after the last observation time",
    "ticks_considered": "observation times considered",
}
"""What a reader calls the counts of a panel's table."""

RULES = {
    "last_known": "Of each instrument the latest value at or before the observation time serves",
    "synchronous": "Of each instrument a value observed at the observation time serves, within the tolerance",
    "common_days": "The values of one date serve together, whatever the time of day",
}
"""What a rule of alignment does, as a sentence begins."""


@dataclass(frozen=True, kw_only=True)
class AlignmentResult(Result):
    """Rows in, kept and dropped per instrument, and why."""

    rule: str
    ticks: pd.DatetimeIndex

    def summary(self) -> pd.DataFrame:
        """Return the counts under the words that a reader knows."""
        return self.frame.rename(columns=HEADINGS).rename(columns=lambda name: name.removeprefix("ticks "))

    @property
    def sentence(self) -> str:
        """Say how many observation times were kept of how many, and over which period."""
        considered = int(self.frame["ticks_considered"].iloc[0])
        span = f"{self.ticks[0]:%Y-%m-%d} to {self.ticks[-1]:%Y-%m-%d}"
        dropped = considered - len(self.ticks)
        kept = f"{len(self.ticks):,} of {considered:,} observation times are kept and {dropped:,} dropped, {span}"
        return f"{RULES[self.rule]}; {kept}."


def make(panel: Panel) -> AlignmentResult:
    """Return how the observations were aligned."""
    section = panel.alignment
    limits = {
        "last_known": f"the newest value at or before the observation time, at most {section.max_staleness} old; a "
        "time at which an instrument has no update is dropped, so that a change spans the same interval for all",
        "synchronous": f"only times at which every instrument was observed at most {section.tolerance} before",
        "common_days": "the naive join on dates, whatever the instants",
    }
    return AlignmentResult(
        name="data-alignment",
        title="Alignment",
        method=f"{_times(section)}: {limits[section.rule]}.",
        frame=panel.table,
        provenance=panel.provenance,
        warnings=panel.flags,
        rule=str(section.rule),
        ticks=panel.sessions.labels(panel.levels.index),
    )


def _times(section: AlignmentSection) -> str:
    """Say when there is an observation time."""
    if section.frequency.step is not None:
        sessions = "" if section.days == EVERY_DAY else f" in the sessions of {section.days}"
        return f"Observation times at the multiples of {section.frequency} (UTC){sessions}"
    days = "on all days" if section.days == EVERY_DAY else f"on the days of {section.days}"
    return f"Observation times at {section.at} {days}, every {section.frequency}"
