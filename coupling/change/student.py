"""The scatter of a bivariate t law: a correlation that a few very large changes do not decide."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["distance", "scatter", "two_dimensional"]


_STEPS, _ENOUGH = 60, 1e-6


def scatter(x: Floats, freedom: float, begin: Floats | None = None) -> Floats:
    """Return the likeliest scatter matrix of a bivariate t law at some degrees of freedom, by the EM algorithm.

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Centred.
    freedom : float
        Degrees of freedom.
    begin : ndarray of shape (2, 2), optional
        A scatter matrix near by, from which fewer steps are needed; by default the mean of squares.

    References
    ----------
    Liu and Rubin (1995), Statistica Sinica 5, 19-39, with the degrees of freedom known; Kent, Tyler and Vardi (1994),
    Communications in Statistics - Simulation 23, 441-453 (division by the sum of weights).

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_t(5, size=(4000, 2))
    >>> bool(abs(scatter(x, 5.0)[0, 1]) < 0.05)
    True
    """
    products = np.column_stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2])
    found = products.mean(axis=0) if begin is None else np.array([begin[0, 0], begin[0, 1], begin[1, 1]])
    for _ in range(_STEPS):
        weights = (freedom + 2) / (freedom + products @ _inverse(found))
        better: Floats = weights @ products / weights.sum()  # the same fixed point as / len(x), in fewer steps
        done = np.abs(better - found).max() < _ENOUGH * np.abs(found).max()
        found = better
        if done:
            break
    return np.array([[found[0], found[1]], [found[1], found[2]]])


def _inverse(found: Floats) -> Floats:
    """Return what products of a row are multiplied by for its squared Mahalanobis distance."""
    first, both, second = found
    area = first * second - both * both
    if not area > 0:
        raise np.linalg.LinAlgError("the rows lie on one line")
    inverse: Floats = np.array([second, -2 * both, first]) / area
    return inverse


def distance(x: Floats, of: Floats) -> Floats:
    """Return the squared Mahalanobis distance of each row."""
    return np.asarray(np.einsum("ti,ij,tj->t", x, np.linalg.inv(of), x))


def two_dimensional(x: Floats) -> bool:
    """Tell whether both columns move, and not as one."""
    a, b = x.T
    area = (a @ a) * (b @ b)
    return bool(area > 0 and (a @ b) ** 2 < (1 - 1e-10) * area)
