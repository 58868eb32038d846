from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.change.correlation_break import CorrelationBreak
from coupling.change.fluctuation import FLUCTUATIONS
from coupling.errors import InputError


def correlated(n: int, rho: float | np.ndarray, *, seed: int = 0, df: float | None = None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2)) if df is None else rng.standard_t(df, size=(n, 2))
    x[:, 1] = rho * x[:, 0] + np.sqrt(1 - np.asarray(rho) ** 2) * x[:, 1]
    return x


@pytest.fixture(scope="module")
def reference(shared):
    folder = shared / "reference" / "estimators"
    answers = json.loads((folder / "answers.json").read_text())["entries"]
    return pd.read_csv(folder / "data" / "corr_nobreak_sim.csv"), answers


def test_wied_kraemer_dehling_of_the_reference(reference):
    x, answers = reference
    expected = answers["wkd_corr_nobreak_sim"]["value"]
    test = CorrelationBreak(standardize=None).fit(x)
    assert test.statistic_ == pytest.approx(expected["Q"], abs=1e-8)
    assert test.p_value_ == pytest.approx(expected["p"], abs=1e-8)
    assert test.date_ == expected["argmax_j"] - 1  # rows are counted from 0 in the index


@pytest.mark.parametrize(("method", "entry", "shift"), [("kendall", "nobreak_tau", 1), ("spearman", "nobreak_rho", 2)])
def test_rank_versions_of_robcp(reference, method, entry, shift):
    x, answers = reference
    expected = answers["robcp_cor_cusum"]["value"][entry]
    test = CorrelationBreak(method=method).fit(x)
    assert test.statistic_ == pytest.approx(expected["statistic"], abs=1e-6)
    assert test.p_value_ == pytest.approx(expected["p"], abs=1e-6)
    # robcp counts from 1, and for rho adds one more
    assert test.date_ == expected["cp"] - shift


@given(st.floats(1e-150, 1e150), st.floats(-1e6, 1e6), st.sampled_from(sorted(FLUCTUATIONS)))
@settings(max_examples=25)
def test_scale_and_order_of_the_columns_change_nothing(scale, shift, method):
    x = correlated(120, 0.4)
    base = CorrelationBreak(method=method).fit(x)
    moved = CorrelationBreak(method=method).fit(x[:, ::-1] * [scale, 1.0] + [0.0, shift])
    assert moved.statistic_ == pytest.approx(base.statistic_, rel=1e-7)
    assert moved.date_ == base.date_


def test_two_breaks_are_found_with_their_dates():
    rho = np.repeat([0.7, -0.2, 0.6], 400)
    test = CorrelationBreak().fit(correlated(1200, rho, seed=3))
    assert len(test.breaks_) == 2
    np.testing.assert_allclose(test.breaks_["date"].to_numpy(dtype=float), [399, 799], atol=20)
    np.testing.assert_allclose(test.breaks_["before"].to_numpy(), [0.7, -0.2], atol=0.12)
    np.testing.assert_allclose(test.breaks_["after"].to_numpy(), [-0.2, 0.6], atol=0.12)
    assert (test.breaks_["lower"] <= test.breaks_["date"]).all()
    assert (test.breaks_["date"] <= test.breaks_["upper"]).all()


def test_labels_are_those_of_the_rows():
    days = pd.date_range("2020-01-01", periods=300, freq="D", tz="UTC")
    x = pd.DataFrame(correlated(300, np.repeat([0.0, 0.8], 150)), index=days, columns=["BTC", "SPX"])
    test = CorrelationBreak().fit(x)
    assert abs((test.date_ - days[149]).days) < 30
    assert test.interval_[0] <= test.date_ <= test.interval_[1]
    assert test.pair_ == ("BTC", "SPX")


def test_several_columns_report_the_strongest_pair_with_bonferroni():
    x = np.column_stack([correlated(500, np.repeat([0.0, 0.6], 250)), np.random.default_rng(9).normal(size=500)])
    test = CorrelationBreak().fit(x)
    assert test.pair_ == ("x0", "x1")
    own = CorrelationBreak().fit(x[:, :2])
    assert test.statistic_ == pytest.approx(own.statistic_)
    assert test.p_value_ == pytest.approx(min(3 * own.p_value_, 1))
    assert len(test.table_) == 3


def test_same_numbers_again():
    x = correlated(200, 0.3)
    pd.testing.assert_frame_equal(CorrelationBreak().fit(x).table_, CorrelationBreak().fit(x).table_)


@pytest.mark.parametrize("method", FLUCTUATIONS)
@pytest.mark.parametrize("column", [np.ones(100), np.zeros(100)])
def test_constant_column_gives_missing_values(method, column):
    test = CorrelationBreak(method=method).fit(np.column_stack([np.arange(100.0) % 7, column]))
    assert np.isnan(test.statistic_)
    assert np.isnan(test.p_value_)
    assert test.date_ is pd.NaT
    assert test.breaks_.empty


def test_collinear_columns_have_no_statistic():
    x = np.random.default_rng(0).normal(size=200)
    assert np.isnan(CorrelationBreak().fit(np.column_stack([x, 2 * x])).statistic_)


def test_missing_rows_are_left_out_pairwise():
    x = correlated(300, 0.4)
    holes = x.copy()
    holes[10:20, 0] = np.nan
    test = CorrelationBreak().fit(holes)
    assert test.table_["n"].iloc[0] == 290
    assert test.statistic_ == pytest.approx(CorrelationBreak().fit(np.delete(x, range(10, 20), 0)).statistic_)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CorrelationBreak(method="tau").fit(correlated(50, 0)), "Unknown method 'tau'"),
        (lambda: CorrelationBreak(standardize="garch").fit(correlated(50, 0)), "None or 'ewma'"),
        (lambda: CorrelationBreak(level=95).fit(correlated(50, 0)), "between 0 and 1"),
        (lambda: CorrelationBreak().fit(np.full((50, 2), np.nan)), "share 0 usable rows"),
        (lambda: CorrelationBreak().fit(np.full((50, 2), np.inf)), "infinity"),
        (lambda: CorrelationBreak().fit(correlated(5, 0)), "minimum of 10"),
        (lambda: CorrelationBreak(standardize="ewma").fit(correlated(25, 0)), "share 5 usable rows"),
    ],
)
def test_errors_say_what_to_do(make, message):
    with pytest.raises(InputError, match=message):
        make()


def rejections(draw, runs: int, **options) -> float:
    return sum(FLUCTUATIONS["pearson"](_ready(draw(seed), **options)).p_value < 0.05 for seed in range(runs)) / runs


def _ready(x: np.ndarray, standardize: str | None = None) -> np.ndarray:
    from coupling.change.checks import complete_pairs, standardized

    ((_, both),) = complete_pairs(standardized(pd.DataFrame(x), standardize))
    return both.to_numpy()


def ninefold(seed: int) -> np.ndarray:
    """Return 1,000 rows of a constant correlation of .5 whose variances rise to nine times in the middle."""
    return correlated(1000, 0.5, seed=seed) * np.repeat([1.0, 3.0], 500)[:, None]


@pytest.mark.slow(reduced=True)
def test_size_under_constant_variances():
    assert rejections(lambda seed: correlated(1000, 0.5, seed=seed), 1000) == pytest.approx(0.05, abs=0.02)


@pytest.mark.slow
def test_size_when_both_variances_rise_ninefold():
    assert rejections(ninefold, 1000) == pytest.approx(0.63, abs=0.05)
    assert rejections(ninefold, 1000, standardize="ewma") == pytest.approx(0.05, abs=0.02)
