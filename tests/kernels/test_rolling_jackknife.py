"""Rolling jackknife: equal to its plain twin, right on ranks, missing where it cannot be had."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coupling.kernels.rolling_jackknife import block_counts, jackknife_plain, jackknife_windows, student_quantile


def one_window(x, y, **options):
    return jackknife_windows(x, y, np.array([0]), np.array([len(x)]), np.array([3]), **options)


def pair(seed, rows, rho=0.5):
    rng = np.random.default_rng(seed)
    x = rng.standard_t(4, rows)
    return x, rho * x + rng.standard_t(4, rows)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.integers(12, 300), st.sampled_from([0.0, 0.5, 30.0]))
def test_compiled_equals_plain(seed, rows, rho):
    x, y = pair(seed, rows, rho)
    got, want = one_window(x, y), jackknife_plain(x, y)
    np.testing.assert_allclose([got.estimate[0], got.error[0], got.inverse_freedom[0]], want, rtol=1e-7)


def test_each_window_stands_alone():
    x, y = pair(1, 200)
    starts = np.arange(0, 140)
    got = jackknife_windows(x, y, starts, starts + 60, np.full(140, 48))
    for k in (0, 77, 139):
        want = jackknife_plain(x[k : k + 60], y[k : k + 60])
        assert got.error[k] == pytest.approx(want[1], rel=1e-9)


def test_windows_of_calendar_time_stand_alone_too():
    x, y = pair(9, 400)
    ends = np.arange(40, 400)
    starts = ends - np.random.default_rng(9).integers(8, 40, len(ends))
    starts = np.maximum.accumulate(starts)
    got = jackknife_windows(x, y, starts, ends, np.full(len(ends), 3))
    assert np.isnan(got.error[ends - starts < 12]).all()
    for k in np.flatnonzero(ends - starts >= 12):
        want = jackknife_plain(x[starts[k] : ends[k]], y[starts[k] : ends[k]])
        np.testing.assert_allclose([got.estimate[k], got.error[k], got.inverse_freedom[k]], want, rtol=1e-8)


def test_limits_are_those_of_the_formula():
    x, y = pair(10, 300)
    starts = np.arange(0, 240)
    got = jackknife_windows(x, y, starts, starts + 60, np.full(240, 60))
    lower, upper = got.limits(got.estimate, 0.9)
    half = np.fmax(stats.t.ppf(0.95, 1 / got.inverse_freedom) * got.error, stats.norm.ppf(0.95) / np.sqrt(57))
    np.testing.assert_allclose(lower, np.tanh(np.arctanh(got.estimate) - half), rtol=2e-5)
    np.testing.assert_allclose(upper, np.tanh(np.arctanh(got.estimate) + half), rtol=2e-5)


def test_missing_rows_are_left_out_of_the_blocks():
    x, y = pair(2, 70)
    x[[3, 40]], y[[40, 41]] = np.nan, np.nan
    there = ~(np.isnan(x) | np.isnan(y))
    got, want = one_window(x, y), jackknife_plain(x[there], y[there])
    assert got.n[0] == 67
    assert got.error[0] == pytest.approx(want[1], rel=1e-9)


@pytest.mark.thorough
def test_spearman_in_moving_windows_is_scipys():
    rng = np.random.default_rng(3)
    x = rng.integers(0, 8, 120).astype(float)
    y = x + rng.integers(0, 12, 120)
    starts = np.r_[np.arange(0, 40), np.arange(70, 95)]
    got = jackknife_windows(x, y, starts, starts + 25, np.full(len(starts), 3), ranks=True)
    want = [stats.spearmanr(x[k : k + 25], y[k : k + 25]).statistic for k in starts]
    np.testing.assert_allclose(got.estimate, want, atol=1e-14)
    ranks = [stats.rankdata(v[80:105]) for v in (x, y)]
    assert got.error[50] == pytest.approx(jackknife_plain(*ranks, raw=(x[80:105], y[80:105]))[1], rel=1e-9)


@pytest.mark.parametrize("scale", [1e-160, 1e160])
def test_scale_does_not_matter(scale):
    x, y = pair(4, 60)
    assert one_window(x * scale, y).error[0] == pytest.approx(one_window(x, y).error[0], rel=1e-9)


def test_a_constant_series_has_no_interval():
    x, _ = pair(5, 60)
    got = one_window(x, np.full(60, 7.3))
    assert np.isnan(got.estimate[0])
    assert np.isnan(got.error[0])


def test_a_series_that_moves_in_one_block_only_has_an_estimate_without_interval():
    x, y = pair(6, 60)
    y[:] = 0.25
    y[10] = 1.0
    got = one_window(x, y)
    assert abs(got.estimate[0]) < 1
    assert np.isnan(got.error[0])


def test_collinear_series_have_a_width_of_zero():
    x, _ = pair(7, 60)
    got = one_window(x, -2 * x)
    lower, upper = got.limits(np.array([-1.0]), 0.95)
    assert (lower[0], upper[0]) == (-1.0, -1.0)


def test_short_windows_have_no_interval():
    x, y = pair(8, 11)
    assert np.isnan(one_window(x, y).error[0])
    assert one_window(x, y, ranks=True).estimate[0] == pytest.approx(stats.spearmanr(x, y).statistic)


def test_blocks_are_three_rows_up_to_twenty_blocks():
    assert block_counts(np.array([11, 12, 30, 60, 80, 250, 5000])).tolist() == [0, 6, 10, 20, 20, 20, 70]


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_quantile_table(level):
    freedom = np.array([2.0, 2.7, 5.3, 14, 200])
    np.testing.assert_allclose(student_quantile(level, 1 / freedom), stats.t.ppf(0.5 + level / 2, freedom), rtol=2e-5)
