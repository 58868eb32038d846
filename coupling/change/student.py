"""The scatter of a bivariate t law: a correlation that a few very large changes do not decide."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["distance", "scatter", "two_dimensional"]


_STEPS, _ENOUGH = 60, 1e-6


def scatter(x: Floats, freedom: float) -> Floats:
    """Return the likeliest scatter matrix of a bivariate t law at some degrees of freedom, by the EM algorithm.

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Centred.
    freedom : float
        Degrees of freedom.

    References
    ----------
    Liu and Rubin (1995), Statistica Sinica 5, 19-39, with the degrees of freedom known.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_t(5, size=(4000, 2))
    >>> bool(abs(scatter(x, 5.0)[0, 1]) < 0.05)
    True
    """
    found: Floats = x.T @ x / len(x)
    for _ in range(_STEPS):
        weights = (freedom + 2) / (freedom + distance(x, found))
        better: Floats = (x * weights[:, None]).T @ x / len(x)
        done = np.abs(better - found).max() < _ENOUGH * np.abs(found).max()
        found = better
        if done:
            break
    return found


def distance(x: Floats, of: Floats) -> Floats:
    """Return the squared Mahalanobis distance of each row."""
    return np.asarray(np.einsum("ti,ij,tj->t", x, np.linalg.inv(of), x))


def two_dimensional(x: Floats) -> bool:
    """Tell whether both columns move, and not as one."""
    a, b = x.T
    area = (a @ a) * (b @ b)
    return bool(area > 0 and (a @ b) ** 2 < (1 - 1e-10) * area)
