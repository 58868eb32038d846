"""Correlation in calm and under stress: contagion, or only volatility."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from coupling.change import judge
from coupling.change.contagion import ContagionTest
from coupling.change.context import ChangeContext
from coupling.change.finding_rows import known
from coupling.change.section import ContagionSection
from coupling.results.base import Result
from coupling.results.finding import Finding

__all__ = ["ContagionResult", "make", "of_contagion"]


@dataclass(frozen=True, kw_only=True)
class ContagionResult(Result):
    """Correlation in calm and under stress, with the Forbes–Rigobon adjustment, in both directions.

    Notes
    -----
    ``frame`` is `ContagionTest.table_`.
    """

    verdict: str

    @property
    def sentence(self) -> str:
        """The verdict of the named direction."""
        return self.verdict


def make(section: ContagionSection, name: str, context: ChangeContext) -> ContagionResult:
    """Return the test of one contagion asked for."""
    changes = context.panel.pair(section.source, section.target).changes
    periods = {word: _days(*getattr(section, word)) for word in ("calm", "stress")}
    options = dict(section) | periods
    test = ContagionTest(**options, random_state=context.seed).fit(changes)
    few = int(test.table_["n_stress"].iloc[0])
    short = (f"Only {few} observations under stress: intervals cover less than they say (.86 at 25 with heavy tails).",)
    return ContagionResult(
        name=name,
        title=f"From {section.source} to {section.target}: contagion or only volatility",
        method="Correlation under stress divided by sqrt(1 + d (1 - r²)), d the rise of the source's variance (Forbes "
        "and Rigobon 2002, eq. 11); bootstrap of circular blocks in each period, the variance ratio estimated again in "
        "each draw. It holds only if the target's own noise kept its variance, which is tested. Slopes: least squares "
        "in each period, HC3 errors, Welch's t.",
        frame=test.table_,
        provenance=context.panel.provenance,
        warnings=short if few < 40 else (),
        verdict=test.verdict_,
    )


def _days(first: object, last: object) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the instants of the first and of the end of the last day (a close at 24:00 belongs to its day)."""
    ends = [pd.Timestamp(str(day), tz="UTC") for day in (first, last)]
    return ends[0] + pd.Timedelta(seconds=1), ends[1] + pd.Timedelta(days=1)


def of_contagion(result: ContagionResult, *, level: float, span: tuple[date, date], clock: str) -> ContagionResult:
    """Return the correlations in calm and under stress with a finding for the named direction."""
    row: Any = result.frame.iloc[0]
    finding = Finding(
        question="changed",
        subject=(str(row["source"]), str(row["target"])),
        specification="stress less calm, adjusted for the source's variance",
        quantity="change of the correlation",
        primary=False,
        level=level,
        verdict=judge.contagious(row["p_value"], level=level, valid=bool(row["valid"])),
        estimate=known(row["difference"]),
        lower=known(row["lower"]),
        upper=known(row["upper"]),
        n=float(row["n_calm"] + row["n_stress"]),
        p=known(row["p_value"]),
        start=span[0],
        end=span[1],
        clock=clock,
        method="Forbes–Rigobon, block bootstrap",
        cautions=() if row["valid"] else ("adjustment not valid: the target's own noise rose too",),
        evidence=result.name,
    )
    return replace(result, findings=(finding,))
