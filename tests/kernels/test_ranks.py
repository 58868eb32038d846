"""The rank correlation in windows against scipy's, ties, gaps and jumps of the windows included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from coupling.kernels.ranks import rolling_rank_correlation
from coupling.kernels.rolling_jackknife import jackknife_windows


def by_scipy(x: np.ndarray, y: np.ndarray, start: int, stop: int, required: int) -> float:
    rows = np.isfinite(x[start:stop]) & np.isfinite(y[start:stop])
    one, other = x[start:stop][rows], y[start:stop][rows]
    if len(one) < max(required, 3) or len(set(one)) < 2 or len(set(other)) < 2:
        return np.nan
    return float(spearmanr(one, other).statistic)


@given(st.integers(0, 200), st.integers(1, 40))
def test_every_window_is_that_of_scipy(seed: int, distinct: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(distinct, size=(2, 50)) / 7.0
    x[rng.random(50) < 0.1] = np.nan
    starts = np.sort(rng.integers(40, size=9))
    starts[5:] = starts[5:][::-1]  # windows need not come in order
    stops = np.minimum(starts + rng.integers(0, 30, size=9), 50)
    required = rng.integers(0, 9, size=9)
    found = rolling_rank_correlation(x, y, starts, stops, required)
    there = [by_scipy(x, y, *limits) for limits in zip(starts, stops, required, strict=True)]
    np.testing.assert_allclose(found, there, atol=1e-12)


@pytest.mark.parametrize("window", [20, 60, 400])
def test_it_is_the_estimate_of_the_jackknife(window: int) -> None:
    x, y = np.random.default_rng(1).standard_t(3, size=(2, 400)) * 1e9
    stops = np.arange(window, 401)
    limits = stops - window, stops, np.full(len(stops), window)
    found = rolling_rank_correlation(x, y, *limits)
    np.testing.assert_allclose(found, jackknife_windows(x, y, *limits, ranks=True).estimate, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(found, rolling_rank_correlation(y, x, *limits))
