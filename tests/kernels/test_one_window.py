"""One window of many columns: products of matrices meet two passes, and one jackknife of many columns each alone."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.kernels import rolling
from coupling.kernels.one_window import one_window
from coupling.kernels.one_window_jackknife import jackknife_with
from coupling.kernels.rolling import rolling_correlation, rolling_correlation_plain
from coupling.kernels.rolling_jackknife import jackknife_windows


def hard(seed=0, rows=100):
    rng = np.random.default_rng(seed)
    values = rng.standard_t(4, size=(rows, 12))
    values[:, 3] = 2 * values[:, 2] + 1
    values[:, 4] = 7.0
    values[5, 5] = 1e9
    values[:, 6] *= 1e-170
    values[:, 7] += 1e9
    return values


def with_gaps(values, seed=1):
    rng = np.random.default_rng(seed)
    values = values.copy()
    values[rng.random(values.shape) < 0.1] = np.nan
    values[:50, 8] = np.nan
    values[:30, 9], values[30:, 9] = np.nan, 3.3
    values[10:15, 10], values[10:15, 11] = 1e12, np.nan
    return values


@pytest.mark.parametrize(
    "values", [hard(), np.delete(hard(), 6, axis=1), with_gaps(hard())], ids=["tiny", "whole", "gaps"]
)
def test_products_of_matrices_meet_two_passes(values):
    rows, width = values.shape
    want = rolling_correlation_plain(values, np.array([0]), np.array([rows]), np.array([30]))[0]
    got = one_window(values, 30, 0, width - 1)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    np.testing.assert_allclose(got, want, atol=1e-12)
    np.testing.assert_allclose(one_window(values, 30, 2, 4), want[2 * width - 3 : 4 * width - 10], atol=1e-12)
    assert np.isnan(one_window(values, rows + 1, 0, width - 1)).all()


@pytest.mark.parametrize("column", [0, 5, 130, 299])
def test_one_column_with_gaps_among_many(column):
    values = np.random.default_rng(3).normal(size=(40, 300))
    values[:7, column] = np.nan
    got = one_window(values, 30, 0, 299)
    want = np.ma.corrcoef(np.ma.masked_invalid(values), rowvar=False).data[np.triu_indices(300, 1)]
    own = np.corrcoef(values[7:], rowvar=False)[column]
    where = np.flatnonzero(np.any(np.array(np.triu_indices(300, 1)) == column, axis=0))
    want[where] = np.delete(own, column)
    np.testing.assert_allclose(got, want, atol=1e-12)


def test_the_number_of_pairs_decides(monkeypatch):
    limits = np.array([10]), np.array([90]), np.array([20])
    found = []
    for few in (0, np.inf):
        monkeypatch.setattr(rolling, "FEW", few)
        found.append(rolling_correlation(with_gaps(hard()), *limits))
    np.testing.assert_allclose(*found, atol=1e-12)


@pytest.mark.parametrize("column", [0, 5, 7, 8])
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("rows", [100, 11])
def test_one_jackknife_of_many_columns_meets_each_alone(column, gaps, rows):
    values = (with_gaps(hard()) if gaps else np.delete(hard(), 6, axis=1))[:rows]
    others = [other for other in range(values.shape[1]) if other != column]
    got = jackknife_with(values, column, others, 8)
    limits = np.array([0]), np.array([rows]), np.array([8])
    for place, other in enumerate(others):
        alone = jackknife_windows(values[:, column], values[:, other], *limits)
        for name in ("estimate", "error", "inverse_freedom", "n"):
            np.testing.assert_allclose(getattr(got, name)[place], getattr(alone, name)[0], rtol=1e-10, atol=1e-12)
