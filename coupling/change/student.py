"""The scatter of a bivariate t law: a correlation that a few very large changes do not decide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from coupling._typing import Floats

__all__ = ["scatter", "scatters", "two_dimensional"]


_STEPS, _ENOUGH = 60, 1e-6


def scatters(x: Floats, freedoms: Sequence[float], begin: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the likeliest scatter matrices of a bivariate t law at some degrees of freedom, by the EM algorithm.

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Centred.
    freedoms : sequence of float
        Degrees of freedom.
    begin : ndarray of shape (2, 2), optional
        A scatter matrix near by, from which fewer steps are needed; by default the mean of squares.

    Returns
    -------
    ndarray of shape (freedoms, 3)
        First variance, covariance and second variance; missing where the rows lie on one line.
    ndarray of shape (freedoms,)
        Log-likelihoods.

    References
    ----------
    Liu and Rubin (1995), Statistica Sinica 5, 19-39, with the degrees of freedom known; Kent, Tyler and Vardi (1994),
    Communications in Statistics - Simulation 23, 441-453 (division by the sum of weights).

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_t(5, size=(4000, 2))
    >>> found, likelihoods = scatters(x, [2.0, 5.0, 30.0])
    >>> int(likelihoods.argmax()), bool(abs(found[1, 1]) < 0.05)
    (1, True)
    """
    products = np.stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2])
    first = products.mean(axis=1) if begin is None else np.array([begin[0, 0], begin[0, 1], begin[1, 1]])
    freedom, found = np.array(freedoms)[:, None], np.tile(first, (len(freedoms), 1))
    moving = np.arange(len(found))
    for _ in range(_STEPS):
        known, nu = found[moving], freedom[moving]
        weights = (nu + 2) / (nu + _inverses(known) @ products)
        better = weights @ products.T / weights.sum(axis=1, keepdims=True)  # the same fixed point as / T, sooner
        found[moving] = better
        moving = moving[np.abs(better - known).max(axis=1) >= _ENOUGH * np.abs(known).max(axis=1)]
        if not len(moving):
            break
    return found, _likelihoods(products, found, freedom)


def scatter(x: Floats, freedom: float) -> Floats:
    """Return the likeliest scatter at one number of degrees of freedom: both variances about the covariance."""
    return np.asarray(scatters(x, [freedom])[0][0])


def _likelihoods(products: Floats, found: Floats, freedom: Floats) -> Floats:
    half, area = freedom[:, 0] / 2, found[:, 0] * found[:, 2] - found[:, 1] ** 2
    spread = np.log1p(_inverses(found) @ products / freedom).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        constant = gammaln(half + 1) - gammaln(half) - np.log(2 * half * np.pi) - 0.5 * np.log(area)
    return np.asarray(products.shape[1] * constant - (half + 1) * spread)


def _inverses(found: Floats) -> Floats:
    """Return what products of a row are multiplied by for its squared Mahalanobis distance."""
    first, both, second = found.T
    area = first * second - both * both
    return np.asarray((np.stack([second, -2 * both, first]) / np.where(area > 0, area, np.nan)).T)


def two_dimensional(x: Floats) -> bool:
    """Tell whether both columns move, and not as one."""
    a, b = x.T
    area = (a @ a) * (b @ b)
    return bool(area > 0 and (a @ b) ** 2 < (1 - 1e-10) * area)
