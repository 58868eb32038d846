"""How far the windows of many resampled paths lie from the correlation of each whole path."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats, Integers

__all__ = ["ROOF", "largest_deviations"]

ROOF = 1.0 - 1e-12
"""Largest correlation of which Fisher's z is formed."""

_FLAT = 1e-12


def largest_deviations(z: Floats, rows: Integers, margins: Floats, window: int) -> Floats:
    """Return for each path of two columns the largest studentised deviation of a window from the whole.

    A path is made of residuals drawn, with the variances of a GARCH model. Deviations are those of Fisher's z; each is
    divided by the root of the window's own variance (`coupling.kernels.moving.fisher_variances`) averaged with that of
    all windows of the path.

    Parameters
    ----------
    z : ndarray, shape (rows, 2)
        Standardised residuals, with means near zero.
    rows : ndarray of int, shape (paths, rows)
        Which rows of residuals a path takes.
    margins : ndarray, shape (2, 5)
        First variance of each column, and ``omega, alpha, gamma, beta``.
    window : int
        Rows of a window, in which a column that does not move leaves no deviation.

    Examples
    --------
    >>> z = np.random.default_rng(0).normal(size=(600, 2))
    >>> z[450:, 1] += 3 * z[450:, 0]
    >>> rows, steady = np.arange(600).reshape(2, 300), np.array([[1.0, 1.0, 0.0, 0.0, 0.0]] * 2)
    >>> largest_deviations(z, rows, steady, 60).round(1).tolist()
    [2.7, 9.1]
    """
    from coupling.kernels.constancy_loops import largest_deviations as run

    one, other = np.ascontiguousarray(z.T)
    out = np.empty(len(rows))
    run(one, other, np.ascontiguousarray(rows), margins, window, ROOF, _FLAT, out)
    return out
