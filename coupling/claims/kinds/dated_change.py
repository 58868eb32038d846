"""``test: dated_change``: the change on a date, and where the figure does hold when it does not hold there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.series import change_between, change_unit, fact, levels_of, on, simple_changes, written
from coupling.claims.verdict import Finding, Verdict
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations

__all__ = ["DatedChange"]


class DatedChange(Figure):
    """The change from the close before a date to the close of that date: simple %, or bp for a yield."""

    test: Literal["dated_change"]
    instrument: str
    date: date
    search: int = Field(default=5, ge=0, description="sessions before and after in which the figure is looked for")

    def check(self, evidence: Evidence) -> Finding:
        """Hold the figure against the change from the close before to the close of the date."""
        item = evidence.observations[self.instrument]
        changes, unit = simple_changes(item), change_unit(item)
        found = on(changes, self.date, item)
        sentence = f"{item.name} moved {written(found, self, unit)} on {self.date}, close to close"
        finding = fact(
            self, found, unit, sentence, "Simple change from the previous close, at the clock of the source."
        )
        if finding.verdict is Verdict.SUPPORTED:
            return finding
        extra = _where_it_holds(self, _nearby(changes, self), unit) or _trailing_day(self, item)
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {extra}.")


def _nearby(changes: pd.Series, leg: DatedChange) -> pd.Series:
    place = int(changes.index.searchsorted(pd.Timestamp(leg.date)))
    return changes.iloc[max(place - leg.search, 0) : place + leg.search + 1]


def _where_it_holds(leg: DatedChange, nearby: pd.Series, unit: str) -> str:
    there = nearby[[leg.holds(float(value)) for value in nearby]]
    if there.empty:
        return ""
    days = ", ".join(pd.DatetimeIndex(there.index).strftime("%Y-%m-%d"))
    return f"the figure holds on {days} ({written(float(there.iloc[0]), leg, unit)})"


def _trailing_day(leg: DatedChange, item: Observations) -> str:
    """Say the largest fall from the high before to the low of the date, where bars tell; a figure of another kind."""
    nothing = f"it holds on none of the {leg.search} sessions on either side"
    if item.bars is None or item.change is not ChangeRule.LOG:
        return nothing
    lows, highs = levels_of(item, "low"), levels_of(item, "high")
    place = int(lows.index.searchsorted(pd.Timestamp(leg.date)))
    span = change_between(float(highs.iloc[place - 1 : place + 1].max()), float(lows.iloc[place]), item)
    fall = written(span, leg, "%")
    return f"{nothing}; from the high of that day and the one before to the low of the day it fell {fall}"
