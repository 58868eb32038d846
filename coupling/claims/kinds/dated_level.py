"""``test: dated_level``: the close, high or low of a date, and when the figure came if it did not come there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.series import fact, levels_of, on, written
from coupling.claims.verdict import Finding, Verdict

__all__ = ["DatedLevel"]


class DatedLevel(Figure):
    """The close, high or low of an instrument on a date."""

    test: Literal["dated_level"]
    instrument: str
    date: date
    of: Literal["close", "high", "low"] = "close"

    def check(self, evidence: Evidence) -> Finding:
        """Hold the figure against the close, high or low of the date."""
        item = evidence.observations[self.instrument]
        levels = levels_of(item, self.of)
        found = on(levels, self.date, item)
        sentence = f"The {self.of} of {item.name} on {self.date} was {written(found, self, '')}"
        finding = fact(self, found, "", sentence, f"The {self.of} as the source gives it.")
        if finding.verdict is Verdict.SUPPORTED:
            return finding
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {_when_it_came(self, levels, found)}.")


def _when_it_came(leg: DatedLevel, levels: pd.Series, found: float) -> str:
    """Say when the claimed level was first reached after the date, or that the date went beyond it."""
    down = leg.of == "low"
    if (found < leg.value) if down else (found > leg.value):
        return f"it went {'below' if down else 'above'} the figure"
    later = levels[levels.index > pd.Timestamp(leg.date)]
    reached = later[later <= leg.value if down else later >= leg.value]
    return f"it first came that far on {reached.index[0]:%Y-%m-%d}" if len(reached) else "it has not come so far since"
