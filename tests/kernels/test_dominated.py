"""Windows that one row makes: the share by hand, the row that was put in, and coverage without it."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.kernels.dominated import dominated_windows


def test_the_share_is_that_of_the_largest_product_and_the_rest_is_numpys() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(2, 100))
    x[30], y[30] = 8.0, -8.0
    starts, stops = np.array([0, 20, 40]), np.array([60, 80, 100])
    found = dominated_windows(x, y, starts, stops)
    for k, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        products = (x[start:stop] - x[start:stop].mean()) * (y[start:stop] - y[start:stop].mean())
        total = products.sum()
        assert found.share[k] == pytest.approx((np.sign(total) * products).max() / abs(total), rel=1e-12)
    assert found.marked[:2].all()
    assert found.row[:2].tolist() == [30, 30]
    rows = np.setdiff1d(np.arange(60), [30])
    assert found.estimate[0] == pytest.approx(np.corrcoef(x[rows], y[rows])[0, 1], abs=1e-12)
    assert np.isnan(found.estimate[~found.marked]).all()


def test_missing_rows_a_flat_series_and_a_short_window_mark_nothing() -> None:
    x = np.array([1.0, np.nan, 2.0, 3.0, 5.0, 4.0])
    found = dominated_windows(x, np.ones(6), np.array([0, 0]), np.array([6, 2]))
    assert not found.marked.any()
    assert found.row.tolist() == [-1, -1]


@pytest.mark.parametrize("rows", [30, 60])
def test_without_the_row_the_interval_covers_the_truth(rows: int) -> None:
    rng, draws, rho = np.random.default_rng(rows), 600, 0.3
    z = rng.normal(size=(draws, rows, 2))
    z[..., 1] = rho * z[..., 0] + np.sqrt(1 - rho**2) * z[..., 1]
    z[:, rows // 3] = 8.0
    x, y = z.reshape(-1, 2).T
    starts = np.arange(draws) * rows
    found = dominated_windows(x, y, starts, starts + rows)
    assert found.marked.mean() > 0.99
    covered = (found.lower <= rho) & (rho <= found.upper)
    assert covered[found.marked].mean() >= 0.93
