from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.adfvalues import mackinnoncrit, mackinnonp
from statsmodels.tsa.stattools import coint

from coupling.change.cointegration import _critical, _p_value, cointegration_power, engle_granger
from coupling.change.levels import (
    APART,
    INDISTINCT,
    NO_EVIDENCE,
    TOGETHER,
    UNKNOWN,
    LevelCorrelation,
    as_walks,
    random_walk_correlations,
)
from coupling.change.page.levels import LevelsResult
from coupling.errors import InputError
from coupling.results.base import Provenance
from coupling.text.wording import p_value


def walks(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 2)).cumsum(axis=0)


def test_null_distribution_against_its_limit():
    """The squared correlation of two independent random walks has the mean .2405 (Ernst, Shepp and Wyner 2017)."""
    r = random_walk_correlations(1000, 4000, 1)
    assert (r**2).mean() == pytest.approx(0.2405, abs=0.012)
    assert r.mean() == pytest.approx(0, abs=0.03)
    assert len(random_walk_correlations(30, 250, 0)) == 250


def test_engle_granger_is_that_of_statsmodels():
    for seed in range(5):
        x = walks(120, seed)
        statistic, p, _ = coint(x[:, 1], x[:, 0], maxlag=1, autolag=None)
        assert engle_granger(x) == pytest.approx((statistic, p), rel=1e-9)


def test_mackinnons_tables_are_those_of_statsmodels():
    for statistic in (-19.0, -18.0, -5.0, -2.7, -2.62, -2.6, 0.0, 0.9, 0.93):
        assert _p_value(statistic) == pytest.approx(mackinnonp(statistic, regression="c", N=2), rel=1e-12)
    assert np.isnan(_p_value(float("nan")))
    for rows in (20, 53, 1000):
        assert _critical(rows) == pytest.approx(mackinnoncrit(N=2, regression="c", nobs=rows), rel=1e-12)


def test_power_is_none_at_a_year_of_weeks_and_full_at_a_thousand_rows():
    assert cointegration_power(52, 10.0, 0.05, 500, 0) < 0.12
    assert cointegration_power(1000, 10.0, 0.05, 500, 0) > 0.95
    assert np.isnan(cointegration_power(10, 10.0, 0.05, 500, 0))


def test_verdict_on_independent_walks_and_on_one_path():
    row = LevelCorrelation(replications=500).fit(walks(250, 0)).table_.iloc[0]
    assert row["verdict"] == INDISTINCT
    assert row["lower"] <= 0 <= row["upper"]
    shared = walks(250, 1)
    shared[:, 1] = shared[:, 0] + 0.3 * np.random.default_rng(2).normal(size=250)
    row = LevelCorrelation(replications=500).fit(shared).table_.iloc[0]
    assert row["verdict"] == TOGETHER
    assert row["p_value"] < 0.01
    assert row["cointegration_p_value"] < 0.01
    assert row["n"] == 250


def test_headline_of_levels_of_the_yen_and_bitcoin(series):
    """52 weekly levels correlate near -0.89, as 3 % of random walks do; the interval on their changes includes 0."""
    frames = {
        name: pd.read_csv(series / file, index_col="date", parse_dates=True)["value"]
        for name, file in {"BTC": "btc_usd.csv", "USDJPY": "usdjpy_fred.csv"}.items()
    }
    weekly = np.log(pd.DataFrame(frames).resample("W-FRI").last().dropna())[:"2026-06-26"].tail(53)
    row = LevelCorrelation().fit(weekly).table_.iloc[0]
    assert row["levels"] < -0.8
    assert row["p_value"] < 0.05
    assert row["changes"] == pytest.approx(-0.20, abs=0.1)
    assert row["lower"] <= 0 <= row["upper"]
    assert row["verdict"] == NO_EVIDENCE


def trending(n: int, seed: int, slope: float = 2.0) -> np.ndarray:
    """Two levels with a common trend and independent changes: correlated as hardly any random walks are."""
    return walks(n, seed) + slope * np.arange(n)[:, None]


def test_no_verdict_stands_against_the_p_beside_it():
    """Whatever the levels: the words about random walks only where p exceeds .05 and the changes include zero."""
    found = []
    for seed in range(12):
        for x in (walks(60, seed), trending(60, seed), walks(60, seed)[:, [0, 0]] + walks(60, seed + 50)):
            row = LevelCorrelation(replications=300).fit(x).table_.iloc[0]
            found.append(row["verdict"])
            assert (row["verdict"] == INDISTINCT) == (row["lower"] <= 0 <= row["upper"] and row["p_value"] > 0.05)
    assert {INDISTINCT, NO_EVIDENCE, TOGETHER} <= set(found)


def test_a_wider_level_keeps_the_words_away_from_a_small_p():
    """At level .99 a p of .03 is no rejection by the test's own size, and yet no reason for the words."""
    candidates = (trending(60, seed, 0.3) for seed in range(50))
    x = next(x for x in candidates if 0.01 < fit_of(x)["p_value"] < 0.05 and fit_of(x)["verdict"] == NO_EVIDENCE)
    assert fit_of(x, level=0.99)["verdict"] == NO_EVIDENCE


@pytest.mark.parametrize(("p", "said"), [(0.0506, True), (0.0504, False), (0.0496, False), (0.05, False), (0.9, True)])
def test_the_words_follow_the_p_that_is_printed(p, said):
    assert as_walks(p) is said
    assert (float(p_value(p).removeprefix("p = ")) > 0.05) is said


@pytest.mark.parametrize("x", [np.ones((60, 2)), np.column_stack([np.arange(60.0), np.ones(60)])])
def test_levels_that_do_not_move_have_no_correlation(x):
    row = LevelCorrelation(replications=99).fit(x).table_.iloc[0]
    assert row["verdict"] == UNKNOWN
    frame = pd.DataFrame([row]).assign(**{"with": "SPX", "period": "the last 52 weeks"})
    told = LevelsResult(name="x", title="T", method="m", frame=frame, provenance=Provenance(), focus="BTC").sentence
    assert "no correlation of levels can be had" in told
    assert "nan" not in told


def test_positive_levels_whose_changes_show_nothing_are_no_evidence():
    x = next(
        x for x in (trending(60, seed, 1.0) for seed in range(50)) if fit_of(x)["lower"] <= 0 <= fit_of(x)["upper"]
    )
    assert fit_of(x)["levels"] > 0.9
    assert fit_of(x)["p_value"] < 0.05
    assert fit_of(x)["verdict"] == NO_EVIDENCE


def fit_of(x: np.ndarray, **options: float) -> pd.Series:
    return LevelCorrelation(replications=300, **options).fit(x).table_.iloc[0]


def test_opposite_changes_do_not_move_together():
    x = walks(120, 3)
    x[:, 1] = 0.3 * x[:, 1] - x[:, 0]
    assert fit_of(x)["verdict"] == APART


def test_the_page_says_the_correlation_of_levels_and_what_the_changes_show():
    frame = pd.DataFrame(
        {
            "with": ["USDJPY", "SPX"],
            "period": "the last 52 weeks",
            "levels": [-0.88, 0.31],
            "p_value": [0.028, 0.6],
            "changes": [-0.2, 0.1],
            "lower": [-0.48, -0.2],
            "upper": [0.11, 0.4],
            "n": 53,
            "verdict": [NO_EVIDENCE, INDISTINCT],
        }
    )
    result = LevelsResult(name="n", title="t", method="m", frame=frame, provenance=Provenance(), focus="BTC")
    assert str(result.sentence) == (
        "BTC over the last 52 weeks (95 % intervals of the correlation of changes): with USDJPY correlation of levels "
        "-0.88 (p = 0.028 against independent random walks), of changes -0.20 (-0.48 to 0.11, n = 52): no evidence of "
        "coupling; with SPX correlation of levels 0.31 (p = 0.600 against independent random walks), of changes 0.10 "
        "(-0.20 to 0.40, n = 52): levels not distinguishable from independent random walks."
    )


def test_constant_and_collinear_levels():
    x = walks(60, 0)
    flat = LevelCorrelation(replications=100).fit(np.column_stack([x[:, 0], np.ones(60)])).table_.iloc[0]
    assert flat[["levels", "p_value", "changes", "cointegration"]].isna().all()
    assert flat["verdict"] == UNKNOWN
    same = LevelCorrelation(replications=100).fit(np.column_stack([x[:, 0], 2 * x[:, 0]])).table_.iloc[0]
    assert same["levels"] == pytest.approx(1)
    assert np.isnan(same["cointegration"])


def test_infinite_levels_are_refused():
    with pytest.raises(InputError, match="infinity"):
        LevelCorrelation().fit(np.full((60, 2), np.inf))


@pytest.mark.slow(reduced=True)
def test_size_of_the_level_test():
    p = [LevelCorrelation(replications=500).fit(walks(100, seed)).table_["p_value"].iloc[0] for seed in range(400)]
    assert np.mean(np.asarray(p) < 0.05) == pytest.approx(0.05, abs=0.025)
