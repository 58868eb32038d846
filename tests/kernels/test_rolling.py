"""Rolling correlation kernel: exact on hard series, equal to its plain twin, never above 1."""

from __future__ import annotations

import json
from fractions import Fraction
from math import nan, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coupling.correlation.windows import resolve_windows
from coupling.kernels import rolling as module
from coupling.kernels.rolling import rolling_correlation, rolling_correlation_plain

HARD = [
    "constant_tail_pandas24019",
    "large_value_leaves_pandas66678",
    "constant_window_polars22099",
    "pandas26542_level",
    "huge_offset_prices",
]


@pytest.fixture(params=["arrays", "loops"], autouse=True)
def way(request, monkeypatch):
    """Each of the two ways, whatever the size of the input."""
    monkeypatch.setattr(module, "SMALL", np.inf if request.param == "arrays" else -1)
    return request.param


def rolling(values, window, *, min_share=0.8, kernel=rolling_correlation):
    values = np.asarray(values, dtype=float)
    windows = resolve_windows(pd.RangeIndex(len(values)), window, min_share=min_share)
    return kernel(values, windows.starts, windows.stops, windows.required)


def exact(x, y):
    """Return the correlation by rational arithmetic, rounded once at the end."""
    x, y = [Fraction(v) for v in x], [Fraction(v) for v in y]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    xx = sum((a - mean_x) ** 2 for a in x)
    yy = sum((b - mean_y) ** 2 for b in y)
    xy = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    if xx == 0 or yy == 0:
        return nan
    return (1 if xy >= 0 else -1) * sqrt(xy * xy / (xx * yy))


def test_the_hard_series_are_exact(shared):
    answers = json.loads((shared / "reference/estimators/answers.json").read_text())["entries"]
    cases = answers["rolling_adversarial"]["value"]
    assert set(HARD) < set(cases)
    assert len(cases) == 6
    for name, case in cases.items():
        got = rolling(np.column_stack([case["x"], case["y"]]), case["window"])[:, 0]
        want = np.array([nan if v is None else v for v in case["exact"]])
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=name)
        np.testing.assert_allclose(got, want, atol=1e-12, err_msg=name)


def test_known_series_where_a_large_value_leaves_the_window():
    # pandas issue 66678; exact answers by rational arithmetic
    x = [1.0, 2.0, 1e12, 1e7, 6.0, 5.0, 8.0, 7.0]
    y = [2.0, 1.0, 3.0, -1e12, 4.0, 7.0, 6.0, 9.0]
    want = [nan, nan] + [exact(x[k - 2 : k + 1], y[k - 2 : k + 1]) for k in range(2, 8)]
    np.testing.assert_allclose(rolling(np.column_stack([x, y]), 3)[:, 0], want, atol=1e-14)


numbers = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 1e8, 1e-8, 1e12, -1e12, 1e150, -1e150, 1e-150, 0.1]),
    st.floats(-1e3, 1e3),
    st.floats(1e8, 1e8 + 1),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(numbers, numbers), min_size=6, max_size=40), st.integers(3, 6))
def test_any_series_meets_rational_arithmetic(rows, window):
    got = rolling(rows, window, min_share=1.0)[:, 0]
    for end in range(window, len(rows) + 1):
        want = exact(*zip(*rows[end - window : end], strict=True))
        if np.isnan(got[end - 1]) or np.isnan(want):
            assert np.isnan(got[end - 1])
            assert np.isnan(want)
        else:
            assert got[end - 1] == pytest.approx(want, abs=1e-9)
            assert abs(got[end - 1]) <= 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(3, 30), st.sampled_from([0.0, 0.05, 0.3]), st.integers(2, 5))
def test_both_ways_equal_plain_with_missing_values(seed, window, share, width):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(70, width)) * 10.0 ** rng.integers(-3, 4, width)
    values[rng.random(values.shape) < share] = nan
    values[20:40, 0] = values[20, 0]
    got, want = rolling(values, window), rolling(values, window, kernel=rolling_correlation_plain)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    np.testing.assert_allclose(got, want, atol=1e-12)


def test_80_percent_of_the_window_must_be_there():
    values = np.random.default_rng(1).normal(size=(10, 2))
    values[[1, 4], [0, 1]] = nan
    got = rolling(values, 10)[:, 0]
    both = np.delete(values, [1, 4], axis=0)
    assert got[9] == pytest.approx(np.corrcoef(both.T)[0, 1], abs=1e-14)
    values[7, 0] = nan
    assert np.isnan(rolling(values, 10)[9, 0])


@pytest.mark.parametrize("scale", [1e-150, 1e150, 1e-300, 1e300])
@pytest.mark.parametrize("window", [None, 20])
def test_scale_and_sign_of_a_column_change_nothing_else(scale, window):
    values = np.random.default_rng(2).normal(size=(90, 3))
    want = rolling(values, window)
    np.testing.assert_allclose(rolling(values * [1, scale, 1], window), want, atol=1e-13)
    np.testing.assert_allclose(rolling(values * [-1, 1, 1], window), want * [-1, -1, 1], atol=1e-15)


def test_a_tiny_stretch_beside_a_huge_one_keeps_its_correlation():
    values = np.random.default_rng(3).normal(size=(60, 2))
    want = rolling(values, 10)
    values[:25] *= 1e150
    values[25:] *= 1e-150
    got = rolling(values, 10)
    np.testing.assert_allclose(got[34:], want[34:], atol=1e-13)
    np.testing.assert_allclose(got[:25], want[:25], atol=1e-13)


def test_calendar_windows_of_changing_length():
    rng = np.random.default_rng(4)
    days = pd.date_range("2024-01-01", periods=400, freq="D")[np.sort(rng.choice(400, 250, replace=False))]
    windows = resolve_windows(days, "40d", min_share=0.5)
    values = rng.normal(size=(250, 3))
    arguments = values, windows.starts, windows.stops, windows.required
    got, want = rolling_correlation(*arguments), rolling_correlation_plain(*arguments)
    assert np.isfinite(got).sum() > 500
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    np.testing.assert_allclose(got, want, atol=1e-13)


def test_against_pandas_and_r(shared):
    # R roll 1.2.2 and base cor(), dy2012
    entry = json.loads((shared / "reference/estimators/answers.json").read_text())["entries"]["rolling_dy2012_w60"]
    data = pd.read_csv(shared / "reference/estimators/data/dy2012.csv").select_dtypes("number")
    got = rolling(data.iloc[:, :2].to_numpy(), 60)[:, 0]
    rows = np.array(entry["value"]["idx1"]) - 1
    np.testing.assert_allclose(got[rows], entry["value"]["sp500_r10y_roll"], atol=1e-12)
    want = data.iloc[:, 0].rolling(60).corr(data.iloc[:, 1])
    np.testing.assert_allclose(got, want, atol=1e-9)


def test_which_way_is_taken_hangs_on_the_size_alone(monkeypatch):
    values = np.random.default_rng(5).normal(size=(400, 4))
    values[10, 1] = nan
    found = []
    for small in (np.inf, -1):
        monkeypatch.setattr(module, "SMALL", small)
        found.append(rolling(values, 60))
    np.testing.assert_allclose(*found, atol=1e-14)
