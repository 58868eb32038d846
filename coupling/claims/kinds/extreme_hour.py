"""``test: extreme_hour``: at which hour (UTC) a day's low or high was struck, from hourly bars."""

from __future__ import annotations

from datetime import date, time
from typing import Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Leg
from coupling.claims.verdict import LegOutcome, Verdict
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import InputError

__all__ = ["ExtremeHour"]

DAY = pd.Timedelta(days=1)


class ExtremeHour(Leg):
    """The hour of a day's low or high.

    Parameters
    ----------
    instrument : str
        One that is struck every hour.
    date : date
        In UTC.
    of : {"low", "high"}
    at : str
        Time of day claimed, in UTC, as ``"04:40"``.
    tolerance : str
        How far off the bar of the extreme may lie.
    """

    test: Literal["extreme_hour"]
    instrument: str
    date: date
    of: Literal["low", "high"]
    at: str = Field(pattern=r"^\d\d:\d\d$")
    tolerance: str = "1h"

    @model_validator(mode="after")
    def _readable(self) -> Self:
        parse_duration(self.tolerance)
        time.fromisoformat(self.at)
        return self

    def check(self, evidence: Evidence) -> LegOutcome:
        """Find the hourly bar that holds the extreme and hold it against the time claimed."""
        bars = _bars(self, evidence.observations[self.instrument])
        end = bars.index[int(bars.argmin() if self.of == "low" else bars.argmax())]
        start, reach = end - pd.Timedelta(hours=1), parse_duration(self.tolerance)
        claimed = pd.Timestamp(f"{self.date} {self.at}", tz="UTC")
        holds = start - reach <= claimed <= end + reach
        there = bars[(bars.index > claimed)].iloc[0]
        return LegOutcome(
            verdict=Verdict.SUPPORTED if holds else Verdict.CONTRADICTED,
            sentence=f"The {self.of} of {self.instrument} on {self.date}, {bars[end]:,.0f}, fell in the hour from "
            f"{start:%H:%M} UTC; in the hour of {self.at} UTC, as claimed, the {self.of} was {there:,.0f}.",
            rule=f"Supported: the claimed time lies within {self.tolerance} of the hourly bar that holds the extreme.",
            claimed=_hours(claimed),
            estimate=_hours(start),
            unit="h",
            n=len(bars),
            sample=(pd.Timestamp(self.date), pd.Timestamp(self.date)),
            method="Extreme of the hourly bars of the UTC day; the estimate is the start of its bar.",
        )


def _bars(leg: ExtremeHour, item: Observations) -> pd.Series:
    start = pd.Timestamp(leg.date, tz="UTC")
    inside = (item.levels.index > start) & (item.levels.index <= start + DAY)
    if item.bars is None or inside.sum() < 20:
        raise InputError(
            f"{item.name} has {int(inside.sum())} hourly bars on {leg.date} (UTC); give an hourly file of that day."
        )
    return item.bars[leg.of][inside].astype(float)


def _hours(instant: pd.Timestamp) -> float:
    return instant.hour + instant.minute / 60
