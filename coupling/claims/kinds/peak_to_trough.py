"""``test: peak_to_trough``: the highest value of a span, the lowest after it, and the fall between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.series import fact, levels_of, within, written
from coupling.claims.verdict import LegOutcome
from coupling.data.observations import Observations
from coupling.errors import InputError

__all__ = ["PeakToTrough"]


class PeakToTrough(Figure, PeriodLeg):
    """The largest fall from a peak to a later trough between `start` and `end` in %, or the level of either."""

    test: Literal["peak_to_trough"]
    instrument: str
    start: date
    end: date
    of: Literal["fall", "peak", "trough"] = "fall"

    def check(self, evidence: Evidence) -> LegOutcome:
        """Find the largest fall of the span."""
        item = evidence.observations[self.instrument]
        levels = _covered(self, item)
        peak_day, trough_day = _largest_fall(levels)
        peak, trough = float(levels[peak_day]), float(levels[trough_day])
        fall = 100 * (trough / peak - 1)
        found = {"fall": fall, "peak": peak, "trough": trough}[self.of]
        unit = "%" if self.of == "fall" else evidence.instruments[self.instrument].unit
        sentence = (
            f"{item.name} fell {fall:+.2f} % from {peak:,.6g} on {peak_day:%Y-%m-%d} to {trough:,.6g} on "
            f"{trough_day:%Y-%m-%d}; the {self.of} is {written(found, self, '')} {unit}"
        )
        finding = fact(self, found, "", sentence, "Largest fall from a close to a later close of the span.")
        return replace(finding, unit=unit, n=len(levels), sample=(levels.index[0], levels.index[-1]))


def _covered(leg: PeakToTrough, item: Observations) -> pd.Series:
    """Return the span; a series that ends before it says what it does show."""
    try:
        return within(item, leg)
    except InputError as error:
        levels = levels_of(item)
        part = levels[(levels.index >= pd.Timestamp(leg.start)) & (levels.index <= pd.Timestamp(leg.end))]
        if len(part) < 2:
            raise
        peak, trough = _largest_fall(part)
        fall = 100 * (float(part[trough]) / float(part[peak]) - 1)
        raise InputError(
            f"{error} What it holds, to {part.index[-1]:%Y-%m-%d}, shows a largest fall of {fall:+.1f} %."
        ) from None


def _largest_fall(levels: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    trough = int((levels / levels.cummax()).argmin())
    return levels.index[int(levels.iloc[: trough + 1].argmax())], levels.index[trough]
