"""The loop over drawn paths against the path, the errors and the correlation that an envelope shows."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.change.envelope import _deviations
from coupling.kernels.constancy import largest_deviations


@pytest.mark.parametrize(("rows", "window"), [(200, 60), (61, 60), (120, 60), (97, 3)])
def test_each_path_is_that_of_the_plain_way(rows: int, window: int) -> None:
    paths = np.random.default_rng(window).standard_t(4, size=(6, rows, 2))
    paths[2, rows // 2, 0] *= 1e4  # leaves no trace once it has left the window
    expected = [np.abs(np.divide(*_deviations(path, window)[:2])).max() for path in paths]
    np.testing.assert_allclose(largest_deviations(paths, window), expected, rtol=1e-9)


def test_a_window_without_a_move_leaves_no_deviation() -> None:
    paths = np.random.default_rng(1).standard_normal((1, 100, 2))
    paths[0, 10:30, 0] = 0.0
    path, error, _ = _deviations(paths[0], 10)
    assert np.isnan(path).any()
    assert largest_deviations(paths, 10)[0] == pytest.approx(np.nanmax(np.abs(path / error)), rel=1e-9)


def test_a_path_that_cannot_vary_has_none() -> None:
    x = np.random.default_rng(2).standard_normal(80)
    assert largest_deviations(np.stack([x, 2 * x], axis=1)[None], 20).tolist() == [0.0]
