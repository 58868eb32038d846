"""``test: share``: how much of one flow over a span is another's, in %."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.series import dates_held, fact, within, written
from coupling.claims.verdict import LegOutcome, Verdict
from coupling.errors import InputError

__all__ = ["Share"]


class Share(Figure, PeriodLeg):
    """The sum of `part` over the sum of `whole` from `start` to `end`, in %."""

    test: Literal["share"]
    part: str
    whole: str

    @property
    def instruments(self) -> tuple[str, ...]:
        """Part and whole."""
        return self.part, self.whole

    def check(self, evidence: Evidence) -> LegOutcome:
        """Divide the two sums, over the days that both have."""
        flows = {name: within(evidence.observations[name], self) for name in self.instruments}
        both = pd.concat(flows, axis=1, join="inner")
        running = both.cumsum()
        if both.empty or not running[self.whole].iloc[-1]:
            raise InputError(f"{self.part} and {self.whole} share no day with a sum that can be divided by.")
        shares = 100 * running[self.part] / running[self.whole].where(running[self.whole] != 0)
        found, first, last = float(shares.iloc[-1]), both.index[0], both.index[-1]
        sentence = (
            f"{self.part} was {written(found, self, '')} % of {self.whole} from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )
        method = f"Ratio of the two sums over {len(both)} common days ({_sums(running)})."
        finding = replace(fact(self, found, "", sentence, method), unit="%", n=len(both), sample=(first, last))
        held = dates_held(shares.dropna(), self)
        if finding.verdict is Verdict.SUPPORTED or not held:
            return finding
        return replace(finding, sentence=f"{finding.sentence[:-1]}; the figure matches when counted up to {held}.")


def _sums(running: pd.DataFrame) -> str:
    return ", ".join(f"{name} {value:,.1f}" for name, value in running.iloc[-1].items())
