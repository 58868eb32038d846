"""``test: dated_level``: the close, high or low of a date, and when the figure came if it did not come there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.series import dates_held, fact, levels_of, on, written
from coupling.claims.verdict import LegOutcome, Verdict

__all__ = ["DatedLevel"]


class DatedLevel(Figure):
    """The close, high or low of an instrument on a date, or the value of a flow.

    Parameters
    ----------
    instrument : str
    date : date
        As the source dates its values.
    of : {"close", "high", "low"}
    search : int
        Sessions before and after in which the figure is looked for.
    """

    test: Literal["dated_level"]
    instrument: str
    date: date
    of: Literal["close", "high", "low"] = "close"
    search: int = Field(default=5, ge=0)

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the close, high or low of the date."""
        item = evidence.observations[self.instrument]
        levels = levels_of(item, self.of)
        found, unit = on(levels, self.date, item), evidence.instruments[self.instrument].unit
        word = "value" if self.of == "close" and item.change == "value" else self.of
        sentence = f"The {word} of {item.name} on {self.date} was {written(found, self, '')}"
        finding = fact(self, found, "", sentence, f"The {word} as the source gives it, in {unit or 'its own unit'}.")
        finding = replace(finding, unit=unit, sample=(pd.Timestamp(self.date), pd.Timestamp(self.date)))
        if finding.verdict is Verdict.SUPPORTED:
            return finding
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {_when_it_came(self, levels, found)}.")


def _when_it_came(leg: DatedLevel, levels: pd.Series, found: float) -> str:
    """Say where nearby the figure matches, that the date went beyond it, or when it was first reached later."""
    place = int(levels.index.searchsorted(pd.Timestamp(leg.date)))
    nearby = levels.iloc[max(place - leg.search, 0) : place + leg.search + 1]
    if held := dates_held(nearby, leg):
        return f"the figure matches {held}"
    down = leg.of == "low" or (leg.of == "close" and leg.value < found)
    if leg.of != "close" and ((found < leg.value) if down else (found > leg.value)):
        return f"it went {'below' if down else 'above'} the figure"
    later = levels[levels.index > pd.Timestamp(leg.date)]
    reached = later[later <= leg.value if down else later >= leg.value]
    return f"it first came that far on {reached.index[0]:%Y-%m-%d}" if len(reached) else "it has not come so far since"
