"""``test: levels_against_changes``: a correlation claimed of levels, held against that of their weekly changes."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from coupling.change.levels import INDISTINCT, TOGETHER, LevelCorrelation
from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.verdict import LegOutcome, Verdict
from coupling.data.alignment import AlignmentSection
from coupling.data.changes import level_paths
from coupling.data.clocks.ticks import Frequency
from coupling.data.panel import build_panel
from coupling.errors import InputError

__all__ = ["LevelsAgainstChanges"]


class LevelsAgainstChanges(Figure):
    """A claimed correlation of two levels over the weeks before a date, held against that of their weekly changes."""

    test: Literal["levels_against_changes"]
    left: str
    right: str
    date: date
    weeks: int = Field(default=52, ge=20)

    @model_validator(mode="after")
    def _is_a_correlation(self) -> Self:
        if not -1 <= self.value <= 1:
            raise ValueError(f"value is {self.value:g}, and a correlation lies between -1 and 1")
        return self

    def check(self, evidence: Evidence) -> LegOutcome:
        """Estimate both correlations over the same weeks; that of the changes decides."""
        levels = _weekly_levels(self, evidence)
        paths = level_paths(levels, {name: evidence.instruments[name].change for name in levels.columns})
        row = LevelCorrelation(random_state=evidence.seed).fit(paths).table_.iloc[0]
        return _finding(self, levels, row)


def _weekly_levels(leg: LevelsAgainstChanges, evidence: Evidence) -> pd.DataFrame:
    observations = {name: evidence.observations[name] for name in leg.instruments}
    panel = build_panel(observations, evidence.instruments, AlignmentSection(frequency=Frequency.WEEKLY))
    until = pd.Timestamp(leg.date, tz="UTC") + pd.Timedelta(days=1)
    levels = panel.levels[panel.levels.index <= until].iloc[-leg.weeks - 1 :]
    if len(levels) < leg.weeks + 1 or levels.index[-1] < until - pd.Timedelta(days=9):
        raise InputError(f"{leg.left} and {leg.right} share fewer than {leg.weeks} weeks up to {leg.date}.")
    return levels


def _finding(leg: LevelsAgainstChanges, levels: pd.DataFrame, row: pd.Series) -> LegOutcome:
    verdict = _of_changes(leg, row)
    session = levels.index[-1] - pd.Timedelta(days=1)  # a week ends at 24:00 of its last one, 00:00 of the day after
    quoted = float(levels.corr().to_numpy()[0, 1])
    logs = "" if round(quoted, 2) == round(row["levels"], 2) else f", {row['levels']:.2f} with prices in logs"
    return LegOutcome(
        verdict=verdict,
        sentence=f"The levels of {leg.left} and {leg.right} correlate {quoted:.2f} over {leg.weeks} weeks to "
        f"{session:%Y-%m-%d} (claimed: {leg.value:.2f}{logs}); their weekly changes correlate {row['changes']:.2f} "
        f"(95 % interval {row['lower']:.2f} to {row['upper']:.2f}), and {row['p_value']:.0%} of pairs of independent "
        f"random walks have levels as correlated: {row['verdict']}.",
        rule="The interval on changes decides. Supported: it excludes 0 on the claimed side and holds the claimed "
        "figure. Contradicted: it excludes the claimed figure. Else undecided.",
        claimed=leg.value,
        estimate=float(row["changes"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        unit="correlation",
        n=int(row["n"]) - 1,
        method="Correlation of weekly changes (logs of prices; weeks end with their last session, 24:00 UTC) with a "
        "delete-block jackknife; beside it the correlation of the levels, which is held against independent random "
        "walks with prices in logs.",
    )


def _of_changes(leg: LevelsAgainstChanges, row: pd.Series) -> Verdict:
    if not row["lower"] <= leg.value <= row["upper"]:
        return Verdict.CONTRADICTED
    same_side = row["verdict"] == TOGETHER and np.sign(row["changes"]) == np.sign(leg.value)
    return Verdict.SUPPORTED if same_side and row["verdict"] != INDISTINCT else Verdict.UNDECIDED
