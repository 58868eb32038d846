"""``test: record``: whether the value of a date was the highest or lowest so far, its rank, and whether it still is."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Leg
from coupling.claims.series import levels_of, on
from coupling.claims.verdict import LegOutcome, Verdict

__all__ = ["Record"]


class Record(Leg):
    """Whether the value of a date was the highest (or lowest) of the whole history up to it.

    Parameters
    ----------
    instrument : str
    date : date
        As the source dates its values.
    side : {"highest", "lowest"}
    """

    test: Literal["record"]
    instrument: str
    date: date
    side: Literal["highest", "lowest"] = "highest"

    def check(self, evidence: Evidence) -> LegOutcome:
        """Rank the value of the date in the whole history up to it."""
        item, day = evidence.observations[self.instrument], pd.Timestamp(self.date)
        levels = levels_of(item)
        found = on(levels, self.date, item)
        history, since = levels[levels.index <= day], levels[levels.index > day]
        beyond, later = (
            part[part > found] if self.side == "highest" else part[part < found] for part in (history, since)
        )
        verdict = Verdict.CONTRADICTED if len(beyond) else Verdict.SUPPORTED
        last = f"; {beyond.index[-1]:%Y-%m-%d} was beyond it at {beyond.iloc[-1]:,.3f}" if len(beyond) else ""
        passed = f"; first passed on {later.index[0]:%Y-%m-%d} at {later.iloc[0]:,.3f}" if len(later) else ""
        still = "; not passed since" if len(since) and not len(later) else passed
        return LegOutcome(
            verdict=verdict,
            sentence=f"{item.name} stood at {found:,.3f} on {self.date}, the {_rank(len(beyond) + 1)}{self.side} of "
            f"{len(history):,} values since {history.index[0]:%Y-%m-%d}{last}{still}.",
            rule="Supported: no earlier value of the series lies beyond that of the date. Else contradicted.",
            estimate=float(len(beyond) + 1),
            claimed=1.0,
            unit="rank",
            n=len(history),
            sample=(history.index[0], history.index[-1]),
            method="Rank of the value among all values up to the date.",
        )


def _rank(place: int) -> str:
    if place == 1:
        return ""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending} "
