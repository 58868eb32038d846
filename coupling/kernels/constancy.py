"""How far the windows of many drawn paths lie from the correlation of each whole path."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["ROOF", "largest_deviations"]

ROOF = 1.0 - 1e-12
"""Largest correlation of which Fisher's z is formed."""

_FLAT = 1e-12


def largest_deviations(paths: Floats, window: int) -> Floats:
    """Return for each path of two columns the largest studentised deviation of a window from the whole.

    Deviations are those of Fisher's z; each is divided by the root of the window's own variance
    (`coupling.kernels.moving.fisher_variances`) averaged with that of all windows of the path.

    Parameters
    ----------
    paths : ndarray, shape (paths, rows, 2)
        With means near zero.
    window : int
        Rows of a window, in which a column that does not move leaves no deviation.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(2, 300, 2))
    >>> x[1, 150:, 1] += 3 * x[1, 150:, 0]
    >>> largest_deviations(x, 60).round(1).tolist()
    [2.7, 9.1]
    """
    from coupling.kernels.constancy_loops import largest_deviations as run

    x, y = np.ascontiguousarray(np.moveaxis(paths, 2, 0))
    out = np.empty(len(x))
    run(x, y, np.arctanh(_correlations(x, y)), window, ROOF, _FLAT, out)
    return out


def _correlations(x: Floats, y: Floats) -> Floats:
    """Return the correlation of each path; missing where a column is flat or it is 1, so that nothing varies."""
    x, y = (each - each.mean(axis=1, keepdims=True) for each in (x, y))
    squares = (x * x).sum(axis=1) * (y * y).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (x * y).sum(axis=1) / np.sqrt(squares)
    return np.where(np.abs(found) < ROOF, found, np.nan)
