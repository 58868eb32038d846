"""Moving sums against plain ones, and the variance of Fisher's z against its closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.kernels.moving import fisher_variances, moving_sum


@pytest.mark.parametrize("window", [1, 2, 3, 7, 8, 60, 100])
def test_sum(window: int) -> None:
    values = np.random.default_rng(0).standard_normal((100, 3))
    views = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)
    np.testing.assert_allclose(moving_sum(values, window), views.sum(axis=-1), rtol=1e-12, atol=1e-12)


def test_sum_forgets_what_has_left_the_window() -> None:
    values = np.array([1e16, 1.0, 1.0, 1.0, 1.0])
    assert moving_sum(values, 2)[1:].tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("rho", [0.0, 0.5, -0.9])
def test_variance_under_normal_law(rho: float) -> None:
    """The variance of Fisher's z is 1 / n under the normal law, whatever the correlation."""
    rows = 200_000
    x, y = np.random.default_rng(1).multivariate_normal([0, 0], [[1, rho], [rho, 1]], rows).T
    assert fisher_variances(x, y, rows)[0] * rows == pytest.approx(1.0, abs=0.03)


def test_variance_under_elliptical_law() -> None:
    """Under t with 12 degrees of freedom it is (1 + kurtosis / 3) / n with excess kurtosis 6 / 8 (Muirhead 1982)."""
    rows, rng = 400_000, np.random.default_rng(2)
    z = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], rows) / np.sqrt(rng.chisquare(12, (rows, 1)) / 12)
    assert fisher_variances(*z.T, rows)[0] * rows == pytest.approx(1.25, abs=0.05)


def test_flat_window_is_missing() -> None:
    x = np.r_[np.zeros(10), np.ones(10)]
    variances = fisher_variances(x, np.arange(20.0) - 9.5, 5)
    assert np.isnan(variances[:6]).all()
    assert np.isfinite(variances[-3:]).all()
