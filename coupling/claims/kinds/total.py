"""``test: total``: the sum of a flow over a span of days, and on which day the running sum came to the figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.series import dates_held, fact, within, written
from coupling.claims.verdict import LegOutcome, Verdict

__all__ = ["Total"]


class Total(Figure, PeriodLeg):
    """The sum of a flow from `start` to `end`, in the flow's own unit."""

    test: Literal["total"]
    instrument: str

    def check(self, evidence: Evidence) -> LegOutcome:
        """Add up the flow."""
        item, unit = evidence.observations[self.instrument], evidence.instruments[self.instrument].unit
        values = within(item, self)
        running = values.cumsum()
        first, last = values.index[0], values.index[-1]
        found = float(running.iloc[-1])
        sentence = f"{item.name} from {first:%Y-%m-%d} to {last:%Y-%m-%d} adds up to {written(found, self, '')} {unit}"
        finding = replace(
            fact(self, found, "", sentence, "Sum of the daily values, both ends included."),
            unit=unit,
            n=len(values),
            sample=(first, last),
        )
        if finding.verdict is Verdict.SUPPORTED:
            return finding
        place = int((running - self.value).abs().argmin())
        there = written(float(running.iloc[place]), self, "")
        nearest = f"it came nearest on {running.index[place]:%Y-%m-%d} ({there})"
        held = dates_held(running, self)
        extra = (
            f"the running sum is the figure on {held}" if held else f"the running sum never is the figure, {nearest}"
        )
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {extra}.")
