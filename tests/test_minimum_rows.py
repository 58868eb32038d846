"""No window speaks from fewer rows than it must have: one law, held for every estimator and every kernel."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.change import CorrelationMonitor
from coupling.correlation import (
    DccCorrelation,
    ExponentialCorrelation,
    HayashiYoshidaCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.direction.lead_lag import LeadLag
from coupling.direction.spillover import Spillover
from coupling.errors import InputError, TooShortError
from coupling.kernels.rolling import rolling_correlation, rolling_correlation_plain
from coupling.kernels.rolling_jackknife import jackknife_windows
from coupling.kernels.rolling_slope import slope_windows
from coupling.kernels.weighted_jackknife import weighted_jackknife

WINDOWED: dict[str, Callable[..., Any]] = {
    "pearson": RollingCorrelation,
    "spearman": lambda **kw: RollingCorrelation(method="spearman", **kw),
    "fisher": lambda **kw: RollingCorrelation(interval="fisher", **kw),
    "exponential": lambda **kw: ExponentialCorrelation(halflife=5, **kw),
    "partial": PartialCorrelation,
    "partial given": lambda **kw: PartialCorrelation(given=["c"], **kw),
    "shrunk": ShrunkCorrelation,
    "chi": lambda **kw: TailDependence(quantile=0.4, **kw),
    "exceedance": lambda **kw: TailDependence(quantile=0.4, measure="exceedance", **kw),
    "beta": lambda **kw: RollingBeta(driver="a", **kw),
}
ALL_COLUMNS = {"partial", "partial given", "shrunk"}


def rows(index: Any, seed: int, missing: Any = None) -> pd.DataFrame:
    values = np.random.default_rng(seed).standard_normal((len(index), 3))
    if missing is not None:
        values[missing] = np.nan
    return pd.DataFrame(values, index=index, columns=["a", "b", "c"])


def answer(name: str, X: pd.DataFrame, **options: Any) -> pd.DataFrame:
    fitted = WINDOWED[name](**options).fit(X)
    return fitted.between("a", "b")


def refuse_too_few(name: str, X: pd.DataFrame, table: pd.DataFrame, expected: list[int], share: float) -> None:
    """Check that every window with too few complete rows is missing: estimate, lower and upper."""
    used = X if name in ALL_COLUMNS else X[["a", "b"]]
    complete = used.notna().all(axis=1).to_numpy()
    least = [max(3, ceil(round(share * of, 9))) for of in expected]
    counts = [complete[end - of : end].sum() for end, of in zip(range(1, len(X) + 1), expected, strict=True)]
    few = np.array(counts) < np.array(least)
    assert table.loc[few, ["estimate", "lower", "upper"]].isna().all(axis=None), name


@pytest.mark.parametrize("name", WINDOWED)
@given(
    seed=st.integers(0, 10**6),
    gone=st.floats(0, 0.9),
    window=st.integers(3, 30),
    share=st.sampled_from([0.1, 0.5, 0.8, 1]),
)
@settings(max_examples=5)
def test_windows_of_rows(name, seed, gone, window, share):
    index = pd.RangeIndex(40)
    X = rows(index, seed, np.random.default_rng(seed + 1).random((40, 3)) < gone)
    table = answer(name, X, window=window, min_share=share)
    refuse_too_few(name, X, table, [min(window, end) for end in range(1, 41)], share)
    assert table["estimate"].iloc[: window - 1].isna().all()


@pytest.mark.parametrize("name", WINDOWED)
@given(seed=st.integers(0, 10**6), gone=st.floats(0, 0.9), kept=st.floats(0.05, 1.0))
@settings(max_examples=5)
def test_calendar_windows_on_sparse_rows(name, seed, gone, kept):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2023-01-01", periods=200, freq="D")
    between = np.sort(1 + rng.permutation(198)[: max(int(198 * kept), 12)])
    index = days[np.concatenate([[0], between, [199]])]
    X = rows(index, seed, rng.random((len(index), 3)) < gone)
    table = answer(name, X, window="70d")
    opens = index - pd.Timedelta(days=70)
    inside = [end - int(index.searchsorted(opens[end - 1], side="left")) - 1 for end in range(1, len(index) + 1)]
    refuse_too_few(name, X, table, [max(of, 0) for of in inside], 0.8)


@pytest.mark.parametrize("name", WINDOWED)
def test_monthly_rows_in_seventy_days_are_missing(name):
    X = rows(pd.date_range("2015-01-31", periods=120, freq="ME"), 0)
    table = answer(name, X, window="70d")
    assert table[["estimate", "lower", "upper"]].isna().all(axis=None)


def test_four_rows_of_forty_are_not_enough_for_a_partial_correlation():
    X = rows(pd.RangeIndex(40), 5)
    X.loc[4:, "a"] = np.nan
    assert answer("partial given", X, window=40)[["estimate", "lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize("name", WINDOWED)
@pytest.mark.parametrize("there", [0, 1, 2])
def test_the_whole_sample_needs_three_rows_too(name, there):
    X = rows(pd.RangeIndex(30), 1)
    X.loc[there:, "a"] = np.nan
    assert answer(name, X)[["estimate", "lower", "upper"]].isna().all(axis=None)


@given(length=st.integers(0, 2), required=st.integers(0, 3), windows=st.integers(1, 3))
def test_no_kernel_speaks_from_two_rows_whatever_it_is_asked(length, required, windows):
    x, y = np.random.default_rng(0).standard_normal((2, 9))
    starts = np.arange(windows)
    limits = starts, starts + length, np.full(windows, required)
    assert np.isnan(rolling_correlation(np.column_stack([x, y]), *limits)).all()
    assert np.isnan(rolling_correlation_plain(np.column_stack([x, y]), *limits)).all()
    for spread in (
        jackknife_windows(x, y, *limits),
        jackknife_windows(x, y, *limits, ranks=True),
        slope_windows(x, y, *limits),
        weighted_jackknife(x, y, *limits, decay=0.9),
    ):
        assert np.isnan(spread.estimate).all()
        assert np.isnan(spread.error).all()


@pytest.mark.parametrize("options", [{}, {"demean": "time"}, {"leads_lags": 1}])
@pytest.mark.parametrize("step", ["35D", "20D"])
def test_true_instants_need_three_changes_of_each(options, step):
    stamps = pd.date_range("2020-01-01", periods=30, freq=step, tz="UTC")
    walks = np.random.default_rng(2).standard_normal((2, 30)).cumsum(axis=1)
    levels = {"a": pd.Series(walks[0], index=stamps), "b": pd.Series(walks[1], index=stamps)}
    fitted = HayashiYoshidaCorrelation(window="70d", step="7d", min_share=0.1, **options).fit(levels)
    table = fitted.between("a", "b")
    ends = table.index
    counts = np.array([(stamps[:-1] >= end - pd.Timedelta(days=70)) & (stamps[1:] <= end) for end in ends]).sum(axis=1)
    assert table.loc[counts < 3, ["estimate", "lower", "upper"]].isna().all(axis=None)
    assert (counts < 3).any()
    assert table["estimate"].notna().any() == (step == "20D")


def test_paths_and_models_refuse_too_few_rows():
    X = rows(pd.RangeIndex(9), 0)
    with pytest.raises(InputError, match="at least 10 rows"):
        DccCorrelation().fit(X)
    with pytest.raises(InputError, match="fewer than 3 products"):
        LeadLag(max_lag=7).fit(X)
    with pytest.raises(InputError, match="rows"):
        Spillover(lags=2).fit(X.iloc[:4])
    rolling = Spillover(lags=1, window=8).fit(rows(pd.RangeIndex(30), 1))
    assert rolling.n_ == 8


@given(seed=st.integers(0, 10**6), gone=st.floats(0, 0.6), least=st.integers(10, 60), lag=st.integers(0, 30))
@settings(max_examples=8)
def test_the_monitor_is_silent_until_a_baseline_is_whole(seed, gone, least, lag):
    """Rows are those in which both columns of a pair are there."""
    X = rows(pd.RangeIndex(160), seed, np.random.default_rng(seed + 1).random((160, 3)) < gone)
    monitor = CorrelationMonitor(min_baseline=least, lag=lag, standardize=None)
    try:
        ratio = monitor.fit(X).ratio_
    except TooShortError:
        return
    for pair in ratio.columns:
        known = X[list(pair)].dropna().index
        assert ratio[pair].loc[: known[min(least + lag, len(known)) - 1]].isna().all()
        assert ratio[pair].drop(known).isna().all()
        assert len(known) <= least + lag or np.isfinite(ratio[pair].loc[known[least + lag]])
