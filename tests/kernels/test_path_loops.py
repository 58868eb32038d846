"""The compiled reading of many paths against pandas and numpy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.kernels.path_loops import moving_deviations, path_sums

CHANGES = np.random.default_rng(3).standard_t(4, size=(60, 7)) + 0.4


@pytest.mark.parametrize("window", [2, 30, 60])
def test_the_deviation_of_each_window_is_that_of_pandas(window: int) -> None:
    out = np.empty((61 - window, 7))
    moving_deviations(CHANGES, window, 0.4, out)
    there = pd.DataFrame(CHANGES).rolling(window).std().to_numpy()[window - 1 :]
    np.testing.assert_allclose(out, there, rtol=1e-9)


def test_a_constant_path_does_not_deviate() -> None:
    out = np.empty((31, 2))
    moving_deviations(np.full((60, 2), 0.1), 30, 0.1, out)
    assert (out == 0.0).all()


@pytest.mark.parametrize("start", [0, 17, 59])
def test_sums_are_those_of_numpy_with_the_drift_of_each_row(start: int) -> None:
    drift, out = np.linspace(-1, 1, 7), np.empty((60 - start, 7))
    path_sums(CHANGES, drift, start, 0.01, out)
    np.testing.assert_allclose(out, 0.01 * np.cumsum(CHANGES + drift, axis=0)[start:], rtol=1e-12, atol=1e-13)
