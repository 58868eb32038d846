"""The first-order filter against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from coupling.kernels.decay import decay_filter


@pytest.mark.parametrize("shape", [(1,), (31,), (32,), (33,), (2800,), (3, 1025), (2, 2, 100)])
@pytest.mark.parametrize("decay", [0.0, 0.5, 0.98, 0.99999, -0.7, 1.0])
def test_is_the_linear_filter(shape: tuple[int, ...], decay: float) -> None:
    rng = np.random.default_rng(0)
    drive, before = rng.standard_normal(shape), rng.standard_normal(shape[:-1])
    expected = lfilter([1.0], [1.0, -decay], drive, zi=decay * before[..., None])[0]
    np.testing.assert_allclose(
        decay_filter(drive, decay, before), expected, rtol=0, atol=1e-13 * np.abs(expected).max()
    )


def test_a_value_does_not_reach_those_before_it_nor_shorten_those_after_it() -> None:
    drive = np.zeros(100)
    drive[40] = 1e18
    drive[:40] = drive[41:] = 1e-6
    np.testing.assert_allclose(decay_filter(drive, 0.1), lfilter([1.0], [1.0, -0.1], drive), rtol=1e-12)


def test_backwards_is_the_filter_of_the_rows_turned_round() -> None:
    drive = np.random.default_rng(1).standard_normal((2, 70))
    expected = decay_filter(drive[:, ::-1], 0.9, 2.0)[:, ::-1]
    np.testing.assert_allclose(decay_filter(drive, 0.9, 2.0, backwards=True), expected, rtol=1e-13)
