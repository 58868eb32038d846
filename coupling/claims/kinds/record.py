"""``test: record``: whether the close of a date was the highest or lowest so far, and its rank."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Leg
from coupling.claims.series import levels_of, on
from coupling.claims.verdict import Finding, Verdict

__all__ = ["Record"]


class Record(Leg):
    """Whether the close of a date was the highest (or lowest) of the whole history up to it."""

    test: Literal["record"]
    instrument: str
    date: date
    side: Literal["highest", "lowest"] = "highest"

    def check(self, evidence: Evidence) -> Finding:
        """Rank the close of the date in the whole history up to it."""
        item = evidence.observations[self.instrument]
        levels = levels_of(item)
        found = on(levels, self.date, item)
        history = levels[levels.index <= pd.Timestamp(self.date)]
        beyond = history[history > found] if self.side == "highest" else history[history < found]
        verdict = Verdict.CONTRADICTED if len(beyond) else Verdict.SUPPORTED
        last = f"; {beyond.index[-1]:%Y-%m-%d} was beyond it at {beyond.iloc[-1]:,.3f}" if len(beyond) else ""
        return Finding(
            verdict=verdict,
            sentence=f"{item.name} closed at {found:,.3f} on {self.date}, the {_rank(len(beyond) + 1)}{self.side} of "
            f"{len(history)} closes since {history.index[0]:%Y-%m-%d}{last}.",
            rule="Supported: no earlier close of the series lies beyond that of the date. Else contradicted.",
            estimate=float(len(beyond) + 1),
            claimed=1.0,
            unit="rank",
            n=len(history),
            method="Rank of the close among all closes up to the date.",
        )


def _rank(place: int) -> str:
    return "" if place == 1 else f"{place}{ {2: 'nd', 3: 'rd'}.get(place if place < 20 else place % 10, 'th') } "
