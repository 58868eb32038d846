"""Leaving out blocks stays exact where one holds all the size: rational arithmetic, arrays and loops."""

from __future__ import annotations

from fractions import Fraction
from math import atanh, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.kernels import rolling_jackknife, rolling_slope
from coupling.kernels.rolling_jackknife import block_counts, dependence_of, jackknife_windows, missed_dependence
from coupling.kernels.rolling_slope import slope_windows
from coupling.kernels.weighted_jackknife import weighted_jackknife

both_ways = pytest.mark.usefixtures("way")


@pytest.fixture(params=["arrays", "loops"])
def way(request, monkeypatch):
    """Each of the two ways, whatever the size of the input."""
    for module in (rolling_jackknife, rolling_slope):
        monkeypatch.setattr(module, "is_small", lambda *_, **__: request.param == "arrays")
    return request.param


def sums(x, y, weights=None):
    """Return sums of squares and products about the (weighted) means, in rational arithmetic."""
    w = [Fraction(1)] * len(x) if weights is None else weights
    x, y, total = [Fraction(v) for v in x], [Fraction(v) for v in y], sum(w)
    mean_x = sum(a * b for a, b in zip(w, x, strict=True)) / total
    mean_y = sum(a * b for a, b in zip(w, y, strict=True)) / total
    rows = [(a, b - mean_x, c - mean_y) for a, b, c in zip(w, x, y, strict=True)]
    return sum(a * b * b for a, b, _ in rows), sum(a * c * c for a, _, c in rows), sum(a * b * c for a, b, c in rows)


def correlation(xx, yy, xy):
    return nan if not xx or not yy else (1 if xy >= 0 else -1) * sqrt(xy * xy / (xx * yy))


def exact(x, y, *, slope=False):
    """Return estimate, standard error before dependence, and inverse freedom by definition."""
    n, blocks = len(x), int(block_counts(np.array([len(x)]))[0])

    def of(rows):
        found = sums(x[rows], y[rows])
        return float(found[2] / found[0]) if slope else atanh(correlation(*found))

    parts = np.array([of(np.setdiff1d(np.arange(n), block)) for block in np.array_split(np.arange(n), blocks)])
    gaps = parts - parts.mean()
    kurtosis = (gaps**4).mean() / (gaps**2).mean() ** 2
    error = sqrt((blocks - 1) / blocks * (gaps**2).sum())
    whole = of(np.arange(n))
    return whole if slope else np.tanh(whole), error, max(1 / (blocks - 1), (kurtosis - 1) / (2 * blocks))


def series(rows=60, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_t(4, rows)
    return x, 0.5 * x + rng.standard_t(4, rows)


def one(x, y):
    got = jackknife_windows(x, y, np.array([0]), np.array([len(x)]), np.array([3]))
    whole = np.array([0]), np.array([len(x)])
    missed = missed_dependence(dependence_of(x, y, *whole), got.n, block_counts(got.n))
    return got.estimate[0], got.error[0] / missed[0], got.inverse_freedom[0]


@both_ways
@pytest.mark.parametrize("row", [0, 1, 3, 29, 30, 57, 59])
@pytest.mark.parametrize("size", [1e9, -1e12])
def test_one_value_beyond_all_others(row, size):
    for column in (0, 1):
        pair = series()
        pair[column][row] = size
        np.testing.assert_allclose(one(*pair), exact(*pair), rtol=1e-10)


@both_ways
@pytest.mark.parametrize("rows", [(0, 59), (0, 31), (30, 59), (4, 50)])
def test_one_value_in_each_series(rows):
    x, y = series(seed=1)
    x[rows[0]], y[rows[1]] = 1e9, -1e9
    np.testing.assert_allclose(one(x, y), exact(x, y), rtol=1e-10)


@both_ways
@pytest.mark.parametrize("far", [range(3), range(57, 60), range(30, 33), (0, 30, 59), (0, 1, 57)])
def test_several_large_values_and_a_far_level(far):
    x, y = series(seed=2)
    x[list(far)] *= 1e9
    np.testing.assert_allclose(one(x, y), exact(x, y), rtol=1e-10)
    level = y + 1e9
    np.testing.assert_allclose(one(x, level), exact(x, level), rtol=1e-10)


@both_ways
@pytest.mark.parametrize("row", [0, 30, 119])
def test_windows_that_it_enters_and_leaves(row):
    x, y = series(120, seed=3)
    x[row] = 1e9
    starts = np.arange(61)
    got = jackknife_windows(x, y, starts, starts + 60, np.full(61, 48))
    missed = missed_dependence(dependence_of(x, y, starts, starts + 60), got.n, block_counts(got.n))
    for k in (0, 1, 25, 30, 31, 59, 60):
        want = exact(x[k : k + 60], y[k : k + 60])
        np.testing.assert_allclose((got.estimate[k], got.error[k] / missed[k]), want[:2], rtol=1e-10)


@both_ways
@pytest.mark.parametrize("row", [0, 31, 59])
def test_slopes(row):
    for column in (0, 1):
        pair = series(seed=4)
        pair[column][row] = 1e9
        got = slope_windows(*pair, np.array([0]), np.array([60]), np.array([3]))
        want = exact(*pair, slope=True)
        np.testing.assert_allclose((got.estimate[0], got.error[0], got.inverse_freedom[0]), want, rtol=1e-9)


def exact_weighted(x, y, decay):
    """Return the standard error before dependence: blocks of equal sums of squared weights, newest first."""
    age = np.arange(len(x))[::-1]
    w = decay**age
    kish = w.sum() ** 2 / (w**2).sum()
    blocks = int(block_counts(np.array([int(kish)]))[0])
    done = np.cumsum((w**2)[::-1])[::-1] - w**2  # squares of the newer rows
    block, owner = 0, np.empty(len(x), int)
    for row in range(len(x) - 1, -1, -1):
        block += int(done[row] >= (block + 1) * (w**2).sum() / blocks and block < blocks - 1)
        owner[row] = block
    exactly = [Fraction(value) for value in w]
    z, parts = [], []
    for block in range(blocks):
        kept = np.flatnonzero(owner != block)
        z.append(atanh(correlation(*sums(x[kept], y[kept], [exactly[row] for row in kept]))))
        parts.append(w[owner == block].sum() / w.sum())
    z, parts = np.array(z), np.array(parts)
    return sqrt((((1 - parts) * (z - z.mean())) ** 2).sum() / (1 - (parts**2).sum()))


@pytest.mark.parametrize("row", [0, 60, 100, 110, 119])
def test_weighted(row):
    for column in (0, 1):
        pair = series(120, seed=5)
        pair[column][row] = 1e9
        whole = np.array([0]), np.array([120])
        got = weighted_jackknife(*pair, *whole, np.array([3]), decay=0.97)
        missed = missed_dependence(dependence_of(*pair, *whole), got.kish, block_counts(got.kish))
        assert got.error[0] / missed[0] == pytest.approx(exact_weighted(*pair, 0.97), rel=1e-9)


@both_ways
def test_constant_without_one_block_is_known_exactly():
    x, y = series(seed=6)
    y[:] = 0.1
    y[10] = 1e9
    estimate, error, _ = one(x, y)
    assert abs(estimate) < 1
    assert np.isnan(error)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(3, 90),
    st.sampled_from([1.0, 1e3, 1e9]),
    st.booleans(),
    st.sampled_from([0.0, 0.1]),
)
def test_arrays_and_loops_are_equal(seed, window, size, ranks, missing):
    rng = np.random.default_rng(seed)
    x, y = np.round(rng.standard_t(3, size=(2, 150)), 2)
    x[rng.integers(150)] *= size
    y[rng.random(150) < missing] = nan
    ends = np.arange(1, 151)
    starts = np.maximum(np.maximum.accumulate(ends - window - rng.integers(0, 9, 150)), 0)
    found = []
    for small in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rolling_jackknife, "is_small", lambda *_, small=small, **__: small)
            found.append(jackknife_windows(x, y, starts, ends, np.full(150, 3), ranks=ranks))
    for name in ("estimate", "error", "inverse_freedom", "n"):
        np.testing.assert_allclose(*(getattr(each, name) for each in found), rtol=1e-12, atol=1e-12, err_msg=name)
