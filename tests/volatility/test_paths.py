"""Rebuilt paths: residuals in their own order give back the series; rows stay together."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.volatility import GarchFit, fit_garch, rebuild_paths, resample_paths


@pytest.fixture(scope="module")
def margins() -> list[GarchFit]:
    z = np.random.default_rng(0).multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 400)
    return [fit_garch(column, asymmetric=True) for column in (z * (1 + np.arange(400)[:, None] % 100 / 50)).T]


def test_own_order_gives_back_the_series(margins: list[GarchFit]) -> None:
    z = np.column_stack([margin.path.standardized for margin in margins])
    expected = np.column_stack([margin.path.residuals for margin in margins])
    np.testing.assert_allclose(rebuild_paths(z[None], margins)[0], expected, rtol=1e-9)


@pytest.mark.parametrize("block", [1, 10, "auto"])
def test_rows_stay_together(margins: list[GarchFit], block: int | str) -> None:
    paths = np.concatenate(list(resample_paths(margins, block=block, replications=300, random_state=0)))
    assert paths.shape == (300, 400, 2)
    correlations = [np.corrcoef(path.T)[0, 1] for path in paths]
    original = np.corrcoef([margin.path.residuals for margin in margins])[0, 1]
    assert np.mean(correlations) == pytest.approx(original, abs=0.03)


def test_seed(margins: list[GarchFit]) -> None:
    one, two = (next(resample_paths(margins, block=1, replications=5, random_state=7)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
