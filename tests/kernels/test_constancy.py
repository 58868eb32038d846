"""The deviations of drawn paths against the path, the errors and the correlation that an envelope shows."""

from __future__ import annotations

import numpy as np
import pytest

from coupling._typing import Floats
from coupling.change.envelope import _deviations
from coupling.kernels.constancy import largest_deviations
from coupling.volatility import fit_garch, rebuild_paths


def of_paths(paths: Floats, window: int) -> Floats:
    """Return the deviations of paths as they are: their rows one after the other, and a variance that stays 1."""
    rows = np.arange(paths.shape[0] * paths.shape[1]).reshape(paths.shape[:2])
    return largest_deviations(paths.reshape(-1, 2), rows, np.array([[1.0, 1.0, 0.0, 0.0, 0.0]] * 2), window)


@pytest.mark.parametrize("asymmetric", [False, True])
def test_paths_are_rebuilt_as_the_plain_way_does(asymmetric: bool) -> None:
    rng = np.random.default_rng(3)
    fits = [fit_garch(x, asymmetric=asymmetric) for x in rng.standard_t(5, size=(2, 300)) * [[1.0], [7.0]]]
    z, rows = np.column_stack([fit.path.standardized for fit in fits]), rng.integers(300, size=(5, 300))
    expected = of_paths(rebuild_paths(z[rows], fits), 40)
    margins = np.array([[fit.path.variances[0], *fit.theta[1:5]] for fit in fits])
    np.testing.assert_allclose(largest_deviations(z, rows, margins, 40), expected, rtol=1e-9)


@pytest.mark.parametrize(("rows", "window"), [(200, 60), (61, 60), (120, 60), (97, 3)])
def test_each_path_is_that_of_the_plain_way(rows: int, window: int) -> None:
    paths = np.random.default_rng(window).standard_t(4, size=(6, rows, 2))
    paths[2, rows // 2, 0] *= 1e4  # leaves no trace once it has left the window
    expected = [np.abs(np.divide(*_deviations(path, window)[:2])).max() for path in paths]
    np.testing.assert_allclose(of_paths(paths, window), expected, rtol=1e-9)


def test_a_window_without_a_move_leaves_no_deviation() -> None:
    paths = np.random.default_rng(1).standard_normal((1, 100, 2))
    paths[0, 10:30, 0] = 0.0
    path, error, _ = _deviations(paths[0], 10)
    assert np.isnan(path).any()
    assert of_paths(paths, 10)[0] == pytest.approx(np.nanmax(np.abs(path / error)), rel=1e-9)


def test_a_path_that_cannot_vary_has_none() -> None:
    x = np.random.default_rng(2).standard_normal(80)
    assert of_paths(np.stack([x, 2 * x], axis=1)[None], 20).tolist() == [0.0]
