"""A baseline that breaks: it is found by the break test, dated, and compared with the period since."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

import coupling as cp
from coupling.change.baseline_breaks import baseline_breaks
from coupling.change.context import ChangeContext
from coupling.change.outcomes import SINCE_BREAK, Outcome
from coupling.change.page.split import SplitResult, make
from coupling.data.panel import Panel
from coupling.results.verdicts import Changed

SPLIT = pd.Timestamp("2023-01-02", tz="UTC")


def panel(*parts: tuple[str, float]) -> Panel:
    """Return closes of business days from 2015 to 2025; each part of correlation begins at its date."""
    days = pd.bdate_range("2015-01-01", "2025-06-30")
    rho = np.zeros(len(days))
    for begins, value in parts:
        rho[days >= begins] = value
    a, b = np.random.default_rng(8).normal(size=(2, len(days)))
    moves = 0.01 * np.column_stack([a, rho * a + np.sqrt(1 - rho**2) * b])
    closes = pd.DataFrame(100 * np.exp(moves.cumsum(axis=0)), index=days, columns=["SPX", "IXIC"])
    return cp.align(closes)


def split(*parts: tuple[str, float], smallest: float = 0.2) -> SplitResult:
    return make(ChangeContext(panel(*parts), "SPX", None, 0), SPLIT.date(), ("all",), smallest)


def test_a_break_of_the_baseline_turns_a_difference_into_a_dependence() -> None:
    """Nothing happened at the date: the correlation rose four years before it."""
    result = split(("2019-01-01", 0.6))
    (finding,) = result.findings
    assert finding.estimate > 0.15
    assert finding.verdict is Changed.DEPENDS_ON_BASELINE
    row = result.since_break("IXIC")
    assert row is not None
    assert abs(row["baseline_from"].tz_localize(None) - pd.Timestamp("2019-01-01")) < pd.Timedelta(days=120)
    assert row["lower"] < 0 < row["upper"]
    assert (
        "the baseline breaks, and against the period since 2018" in result.sentence or "since 2019" in result.sentence
    )
    assert any("the baseline breaks" in each for each in finding.cautions)


def test_a_change_at_the_date_itself_is_no_break_of_the_baseline() -> None:
    result = split((str(SPLIT.date()), 0.7))
    assert result.since_break("IXIC") is None
    assert result.findings[0].verdict is Changed.CHANGED
    assert result.outcome(result.findings[0]) is Outcome.CHANGED


def test_a_constant_correlation_is_unchanged() -> None:
    result = split(("2015-01-01", 0.5))
    assert result.findings[0].verdict is Changed.UNCHANGED
    assert split(("2015-01-01", 0.5), smallest=0.01).findings[0].verdict is Changed.NOT_ESTABLISHED


def test_the_last_of_several_breaks_begins_the_segment() -> None:
    context = ChangeContext(panel(("2017-01-01", 0.8), ("2020-01-01", 0.0)), "SPX", None, 0)
    found = baseline_breaks(context, {"IXIC": None}, SPLIT)
    assert found["IXIC"].p_adjusted < 0.05
    assert abs((found["IXIC"].at - pd.Timestamp("2020-01-01", tz="UTC")).days) < 120
    assert baseline_breaks(context, {"IXIC": SPLIT - pd.Timedelta(days=60)}, SPLIT) == {}


def test_the_segment_is_a_row_of_its_own_and_never_the_primary_one() -> None:
    frame = split(("2019-01-01", 0.6)).frame
    rows = frame[frame["baseline"] == SINCE_BREAK]
    assert rows["leading"].sum() == 1
    assert rows["p_adjusted"].notna().sum() == 1


def test_a_short_baseline_has_no_break() -> None:
    context = ChangeContext(panel(("2015-02-20", 0.9)), "SPX", None, 0)
    assert make(context, dt.date(2015, 5, 1), ("all",)).since_break("IXIC") is None
