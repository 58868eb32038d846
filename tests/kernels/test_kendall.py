"""Kendall's τ against scipy's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from coupling.kernels.kendall import FEW, kendall_tau

COLUMNS = st.integers(2, 60).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-4, 4).map(float), min_size=n, max_size=n)] * 2)
)


@given(COLUMNS)
def test_ties_count_as_in_scipy(columns: tuple[list[float], list[float]]) -> None:
    x, y = np.array(columns)
    np.testing.assert_allclose(kendall_tau(x, y), kendalltau(x, y).statistic, rtol=1e-12, atol=1e-15)


def test_many_rows() -> None:
    x, noise = np.random.default_rng(0).standard_normal((2, FEW + 10))
    for y in (x, -x, noise, x + noise):
        np.testing.assert_allclose(kendall_tau(x, y), kendalltau(x, y).statistic, rtol=1e-12)
