"""The headline: 500 days on true instants, judged together; fragile; short and small studies."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.results.finding import Finding

ONLY = {"rolling": {"window": 60}, "hayashi_yoshida": None}


def closes(rng: np.random.Generator, rho: float, days: int = 900, **more: Any) -> pd.DataFrame:
    steps = rng.standard_normal((days, 2)) * 0.01
    steps[:, 1] = rho * steps[:, 0] + np.sqrt(1 - rho**2) * steps[:, 1]
    index = pd.date_range("2022-01-03", periods=days)
    for day, move in more.get("moves", {}).items():
        steps[index.get_loc(day)] += move
    return pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), index=index, columns=["A", "B"])


def primary(frame: pd.DataFrame, **correlation: Any) -> list[Finding]:
    study = cp.run(cp.align(frame, clocks="UTC", days="every"), focus="A", correlation=ONLY | correlation)
    return [each for each in study.found if each.primary and each.question == "coupled"]


@pytest.mark.parametrize(("rho", "verdict"), [(0.6, "coupled"), (0.0, "not_coupled"), (-0.6, "coupled")])
def test_it_rests_on_500_days_where_rolling_windows_alone_are_asked(rho: float, verdict: str) -> None:
    (finding,) = primary(closes(np.random.default_rng(2), rho))
    assert (finding.id, finding.verdict.value) == ("coupled/A/B/true instants 500d", verdict)
    assert finding.end is not None
    assert finding.start is not None
    assert (finding.end - finding.start).days == 499
    assert (finding.smallest_effect, finding.family, finding.adjustment) == (0.2, "pairs of the focus", "max-t")
    assert finding.p == finding.p_adjusted, "a family of one"
    assert finding.n_effective is not None
    assert finding.n_effective <= (finding.n or 0)


def test_this_year_and_lately_stand_beside_it() -> None:
    study = cp.run(cp.align(closes(np.random.default_rng(2), 0.6), clocks="UTC", days="every"), focus="A")
    told = {each.specification: each.primary for each in study.found if each.question == "coupled"}
    assert told["true instants 500d"]
    assert {told[name] for name in ("true instants 250d", "rolling pearson 60 rows")} == {False}
    assert study["correlation-headline"].frame.index.get_level_values("window").tolist() == ["500d", "250d"]


def test_the_smallest_effect_is_configured() -> None:
    frame = closes(np.random.default_rng(5), 0.3)
    assert primary(frame)[0].verdict.value == "coupled"
    (finding,) = primary(frame, smallest_effect=0.5)
    assert (finding.verdict.value, finding.smallest_effect) == ("weak", 0.5)
    with pytest.raises(ValueError, match="smallest_effect"):
        primary(frame, smallest_effect=0.0)


def test_a_verdict_that_one_week_makes_is_fragile_on_that_week() -> None:
    crash = {"2024-03-13": [-0.12, -0.12]}
    (finding,) = primary(closes(np.random.default_rng(7), 0.0, moves=crash))
    assert finding.fragile_on == date(2024, 3, 15), "the Friday of the week"
    (steady,) = primary(closes(np.random.default_rng(7), 0.0))
    assert (steady.verdict.value, steady.fragile_on) == ("not_coupled", None)
    (strong,) = primary(closes(np.random.default_rng(7), 0.7, moves=crash))
    assert (strong.verdict.value, strong.fragile_on) == ("coupled", None)


def test_what_is_not_established_says_what_could_have_been_seen() -> None:
    study = cp.run(cp.align(closes(np.random.default_rng(1), 0.12, days=120), clocks="UTC", days="every"), focus="A")
    (finding,) = (each for each in study.found if each.primary)
    assert finding.verdict.value == "not_established"
    assert finding.lower is not None
    assert finding.estimate is not None
    weeks = 17
    from scipy import stats

    error = (finding.estimate - finding.lower) / stats.t.ppf(0.975, weeks - 1) / (1 - finding.estimate**2)
    assert finding.detectable == pytest.approx(np.tanh(2.8016 * error), rel=0.02)
    told = study["correlation"].verdict
    assert f"no coupling was established (minimum detectable correlation {finding.detectable:.2f}" in told
    assert "unadjusted" in told
    assert "not coupled" not in told
    assert "119 days are all that both have" in told


def test_under_ten_weeks_the_rows_of_the_same_closes_serve() -> None:
    (finding,) = primary(closes(np.random.default_rng(3), 0.8, days=45), rolling={"window": 20})
    assert (finding.id, finding.verdict.value) == ("coupled/A/B/same rows 500d", "coupled")
    assert finding.cautions[0].startswith("fewer than ten weeks")


def test_a_dozen_rows_establish_nothing() -> None:
    (finding,) = primary(closes(np.random.default_rng(3), 0.8, days=9), rolling=None)
    assert (finding.verdict.value, finding.lower) == ("not_established", None)


def test_pairs_are_adjusted_together_whatever_else_is_asked(shared: Any) -> None:
    """BTC on the real files: with technology about .4; no coupling with the yen's yields, at what could be seen."""
    study = cp.run(
        {
            "title": "t",
            "focus": "BTC",
            "instruments": ["BTC", "JGB10Y", "USDJPY", "SPX", "IXIC"],
            "data": {"directory": str(shared / "market" / "series")},
            "correlation": ONLY,
        }
    )
    led = {each.subject[1]: each for each in study.found if each.primary}
    assert {name: each.verdict.value for name, each in led.items()} == {
        "JGB10Y": "not_established",
        "USDJPY": "not_coupled",
        "SPX": "coupled",
        "IXIC": "coupled",
    }
    assert led["IXIC"].estimate == pytest.approx(0.42, abs=0.01)
    assert led["JGB10Y"].detectable == pytest.approx(0.21, abs=0.01)
    assert all((each.p_adjusted or 0) >= (each.p or 0) for each in led.values())
    assert led["JGB10Y"].fragile_on == date(2026, 2, 13)
    assert (study["correlation-headline"].frame["p_adjusted"].to_numpy() <= 1).all()


def test_the_figure_draws_hollow_what_does_not_survive() -> None:
    study = cp.run(cp.align(closes(np.random.default_rng(2), 0.0), clocks="UTC", days="every"), focus="A")
    ax = study["correlation-headline"].plot()
    marks = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    assert marks
    assert all(line.get_markerfacecolor() != line.get_color() for line in marks)


def test_a_pair_that_ended_long_ago_says_its_date_and_what_never_moves_is_named() -> None:
    frame = closes(np.random.default_rng(2), 0.5)
    levels = {"A": frame["A"], "B": frame["B"].iloc[:-200], "C": frame["B"] * 1.01, "FLAT": frame["A"] * 0 + 5}
    study = cp.run(cp.align(levels, clocks="UTC", days="every"), focus="A", correlation=ONLY)
    ended = study["correlation-headline"].frame.loc[("B", "500d"), "to"]
    assert f", to {ended:%Y-%m-%d})" in study["correlation"].answer
    assert study["correlation"].answer.count(", to 20") == 1
    assert "FLAT" in study["correlation-headline"].warnings[0]


def test_a_verdict_on_sixty_rows_that_one_day_makes_is_fragile_on_that_day() -> None:
    frame = closes(np.random.default_rng(10), 0.3)  # r = 0.33, p = 0.044
    study = cp.run(cp.align(frame, clocks="UTC", days="every"), focus="A", correlation=ONLY)
    (lately,) = (each for each in study.found if each.specification == "rolling pearson 60 rows")
    panel_row = study["correlation-rolling"].latest.loc["B"]
    assert lately.estimate == panel_row["estimate"]
    steady = cp.run(
        cp.align(closes(np.random.default_rng(4), 0.9), clocks="UTC", days="every"), focus="A", correlation=ONLY
    )
    (strong,) = (each for each in steady.found if each.specification == "rolling pearson 60 rows")
    assert (strong.verdict.value, strong.fragile_on) == ("coupled", None)
    # by hand: without its day the verdict is another, and without any other day of larger influence it is not
    rows = cp.align(frame, clocks="UTC", days="every").changes.iloc[-60:]
    from coupling.correlation.judge import coupled

    def judged(changes: pd.DataFrame) -> str:
        fitted = cp.RollingCorrelation().fit(changes)
        row, p = fitted.between("A", "B").iloc[0], float(fitted.p_values("A", "B").iloc[0])
        return coupled(row["estimate"], (row["lower"], row["upper"]), p).value

    assert judged(rows) == lately.verdict.value == "coupled"
    turned = {day for day in rows.index if judged(rows.drop(day)) != lately.verdict.value}
    away = {day: abs(rows.drop(day).corr().iloc[0, 1] - rows.corr().iloc[0, 1]) for day in turned}
    want = max(away, key=lambda day: away[day])
    session = cp.align(frame, clocks="UTC", days="every").sessions
    assert lately.fragile_on == session.of(want)
