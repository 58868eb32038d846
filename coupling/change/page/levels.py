"""Correlation of levels beside that of changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from coupling.change.context import ChangeContext
from coupling.change.levels import INDISTINCT, LevelCorrelation
from coupling.change.section import LevelsSection
from coupling.data.changes import level_paths
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import p_value, two

__all__ = ["LevelsResult", "make"]


@dataclass(frozen=True, kw_only=True)
class LevelsResult(Result):
    """Correlation of levels against that of changes.

    Notes
    -----
    ``frame`` has one row per instrument (``with``) and ``period``, with the columns of `LevelCorrelation.table_`.
    """

    focus: str

    @property
    def sentence(self) -> str:
        """Say for the last period of each pair what levels suggest and what changes decide."""
        last = self.frame.groupby("with", sort=False).last()
        parts = tuple(f"with {other} {_levels(row)}" for other, row in last.iterrows())
        head = f"{self.focus} over {self.frame['period'].iloc[-1]} (95 % intervals of the correlation of changes):"
        return Passage(Sentence(head, parts))

    def summary(self) -> pd.DataFrame:
        """Return one row per pair and period."""
        return self.frame.reset_index(drop=True)


def _levels(row: Any) -> str:
    if pd.isna(row["levels"]):
        return "no correlation of levels can be had (one of them does not move)"
    changes = f"{two(row['changes'])} ({two(row['lower'])} to {two(row['upper'])}, n = {row['n'] - 1:,.0f})"
    levels = f"{two(row['levels'])} ({p_value(row['p_value'])} against independent random walks)"
    told = f"levels {row['verdict']}" if row["verdict"] == INDISTINCT else row["verdict"]
    return f"correlation of levels {levels}, of changes {changes}: {told}"


def make(section: LevelsSection, context: ChangeContext) -> LevelsResult:
    """Return levels against changes over all weeks reported and over the last year."""
    rows = []
    for other in context.others:
        weekly = context.weekly(other)
        weekly = weekly if context.start is None else weekly[weekly.index >= context.start]
        weekly = level_paths(weekly, {name: context.panel.instruments[name].change for name in weekly.columns})
        for period, frame in (("all weeks reported", weekly), ("the last 52 weeks", weekly.tail(53))):
            table = LevelCorrelation(**dict(section), random_state=context.seed).fit(frame).table_
            rows.append(table.drop(columns=["left", "right"]).assign(**{"with": other, "period": period}))
    frame = pd.concat(rows, ignore_index=True)
    return LevelsResult(
        name="change-levels",
        title="Levels against changes, weekly",
        method="Correlation of weekly levels (logs of prices) beside that of their changes. p-value: share of pairs of "
        "independent random walks of that length with a correlation as large. Cointegration: Engle–Granger with one "
        f"lag, beside its power at that length when deviations halve in {section.halflife:g} weeks. The interval on "
        "changes decides.",
        frame=frame[["with", "period", *(c for c in frame.columns if c not in ("with", "period"))]],
        provenance=context.panel.provenance,
        focus=context.focus,
    )
