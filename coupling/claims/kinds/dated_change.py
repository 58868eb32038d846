"""``test: dated_change``: the change on a date, and where and as what the figure matches if it does not hold there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.series import change_between, change_unit, fact, levels_of, on, simple_changes, written
from coupling.claims.verdict import LegOutcome, Variant, Verdict
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations

__all__ = ["DatedChange"]

DAY = pd.Timedelta(days=1)


class DatedChange(Figure):
    """The change from the close before a date to the close of that date: simple %, or bp for a yield.

    Parameters
    ----------
    instrument : str
    date : date
        As the source dates its closes.
    search : int
        Sessions before and after in which the figure is looked for.
    hourly : str, optional
        The same instrument struck every hour, for changes over a trailing 24 hours.
    """

    test: Literal["dated_change"]
    instrument: str
    date: date
    search: int = Field(default=5, ge=0)
    hourly: str | None = None

    @property
    def extras(self) -> tuple[str, ...]:
        """The hourly series, where one is named."""
        return () if self.hourly is None else (self.hourly,)

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the change from the close before to the close of the date."""
        item = evidence.observations[self.instrument]
        changes, unit = simple_changes(item), change_unit(item)
        found = on(changes, self.date, item)
        sentence = f"{item.name} moved {written(found, self, unit)} on {self.date}, close to close"
        method = "Simple change from the previous close to the close of the date, at the clock of the source."
        finding = fact(self, found, unit, sentence, method)
        others = tuple(_other_definitions(self, item, evidence.observations.get(self.hourly or "")))
        finding = replace(finding, variants=others, sample=(pd.Timestamp(self.date), pd.Timestamp(self.date)))
        if finding.verdict is Verdict.SUPPORTED:
            return finding
        there = _where_it_holds(self, changes, unit)
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {there}.", beside=_as_what(self, others))


def _where_it_holds(leg: DatedChange, changes: pd.Series, unit: str) -> str:
    """Say on which sessions nearby the figure matches, the nearest first."""
    place = int(changes.index.searchsorted(pd.Timestamp(leg.date)))
    nearby = changes.iloc[max(place - leg.search, 0) : place + leg.search + 1]
    there = nearby[[leg.holds(float(value)) for value in nearby]]
    if there.empty:
        return f"it holds on none of the {leg.search} sessions on either side"
    days_off = [abs((day - pd.Timestamp(leg.date)).days) for day in there.index]
    there = there.iloc[np.argsort(days_off, kind="stable")]
    days = ", ".join(pd.DatetimeIndex(there.index).strftime("%Y-%m-%d"))
    return f"the figure matches {days} ({written(float(there.iloc[0]), leg, unit)})"


def _other_definitions(leg: DatedChange, item: Observations, hourly: Observations | None) -> Iterator[Variant]:
    """Measure the date otherwise: figures of another kind than a change from close to close."""
    if item.change is not ChangeRule.LOG:
        return
    if hourly is not None and (worst := _trailing_day(leg, hourly)) is not None:
        yield worst
    if item.bars is not None and leg.value < 0:
        yield _high_to_low(leg, item)


def _trailing_day(leg: DatedChange, hourly: Observations) -> Variant | None:
    """Return the largest move over a trailing 24 hours, on the side claimed, of those that end on the date (UTC)."""
    levels = hourly.levels
    index = pd.DatetimeIndex(levels.index)
    start = pd.Timestamp(leg.date, tz="UTC")
    before = levels.reindex(index - DAY).to_numpy()
    moves = (100 * (levels / before - 1)).loc[(index > start) & (index <= start + DAY)].dropna()
    if moves.empty:
        return None
    end = moves.index[int(moves.argmin() if leg.value < 0 else moves.argmax())]
    return _variant(
        leg, "trailing 24 hours, largest", float(moves[end]), f"ends at {end:%Y-%m-%d %H:%M} UTC", len(moves)
    )


def _high_to_low(leg: DatedChange, item: Observations) -> Variant:
    """Return the fall from the high of the date and the one before to the low of the date."""
    lows, highs = levels_of(item, "low"), levels_of(item, "high")
    place = int(lows.index.searchsorted(pd.Timestamp(leg.date)))
    fall = change_between(float(highs.iloc[max(place - 1, 0) : place + 1].max()), float(lows.iloc[place]), item)
    return _variant(leg, "high to low", fall, "from the high of that day and the one before to the low of the day", 1)


def _variant(leg: DatedChange, name: str, found: float, note: str, n: int) -> Variant:
    verdict = Verdict.SUPPORTED if leg.holds(found) else Verdict.CONTRADICTED
    return Variant(name=name, estimate=found, note=note, n=n, verdict=verdict)


def _as_what(leg: DatedChange, others: tuple[Variant, ...]) -> str:
    """Write the other definitions with their figures, and whether the claimed one holds under any."""
    if not others:
        return ""
    parts = [f"{each.name} {written(each.estimate or 0.0, leg, '%')} ({each.note})" for each in others]
    held = [each.name for each in others if each.verdict is Verdict.SUPPORTED]
    matched = " and ".join(held) or "none of these"
    return f"Under other definitions: {', '.join(parts)}; the figure matches under {matched}."
