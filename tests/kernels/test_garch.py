"""The sums along a GARCH series against the means of what every row gives."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.kernels.garch import garch_path, log_densities, mean_likelihood, scores

SERIES = np.random.default_rng(7).standard_t(4, size=403) + 0.3
MOMENTS = float(SERIES.mean()), float(SERIES.var())


@pytest.mark.parametrize("shape", [None, 4.5])
@pytest.mark.parametrize("start", ["sample", "recursion", 1.3])
@pytest.mark.parametrize("parameters", [(0.1, 0.05, 0.1, 0.0, 0.85), (-0.2, 0.1, 0.02, 0.15, 0.8)])
def test_the_likelihood_and_its_slopes_are_the_means_over_the_rows(
    parameters: tuple[float, ...], start: str | float, shape: float | None
) -> None:
    path = garch_path(np.array(parameters), SERIES, start)
    mean, slopes = mean_likelihood(np.array(parameters), SERIES, MOMENTS, start, shape)
    assert mean == pytest.approx(log_densities(path, shape).mean(), rel=1e-12)
    there = scores(path, shape).mean(axis=1)
    assert slopes[: len(there)] == pytest.approx(there, rel=1e-10, abs=1e-12)


def test_a_variance_that_is_not_positive_has_no_likelihood_but_slopes() -> None:
    parameters = np.array([0.0, -0.2, 0.05, 0.0, 0.3])
    path = garch_path(parameters, SERIES, "sample")
    assert path.variances.min() < 0
    mean, slopes = mean_likelihood(parameters, SERIES, MOMENTS, "sample", None)
    assert mean == -np.inf
    assert slopes[:5] == pytest.approx(scores(path, None).mean(axis=1), rel=1e-8)
