"""``test: level_change``: the change of a level over a span that ends on a date."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

import pandas as pd
from pydantic import model_validator

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.series import change_between, change_unit, fact, levels_of, on, written
from coupling.claims.verdict import LegOutcome
from coupling.dates.durations import parse_duration
from coupling.errors import InputError

__all__ = ["LevelChange"]


class LevelChange(Figure):
    """The change of a level over a span that ends on a date: simple %, or bp for a yield."""

    test: Literal["level_change"]
    instrument: str
    date: date
    over: str = "365d"

    @model_validator(mode="after")
    def _readable(self) -> Self:
        parse_duration(self.over)
        return self

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the levels at the two ends of the span."""
        item = evidence.observations[self.instrument]
        levels = levels_of(item)
        end, start = on(levels, self.date, item), pd.Timestamp(self.date) - parse_duration(self.over)
        before = levels[levels.index <= start]
        if before.empty:
            raise InputError(f"{item.name} has no value on or before {start:%Y-%m-%d}; give a longer series.")
        found, unit = change_between(float(before.iloc[-1]), end, item), change_unit(item)
        sentence = f"{item.name} moved {written(found, self, unit)} from {before.index[-1]:%Y-%m-%d} to {self.date}"
        return fact(self, found, unit, sentence, "Difference of the closes at both ends of the span.")
