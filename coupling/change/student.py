"""The scatter of a bivariate t law: a correlation that a few very large changes do not decide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from coupling._typing import Floats

__all__ = ["correlations", "scatters", "two_dimensional"]


_STEPS, _ENOUGH = 60, 1e-6
_SIGNS = np.array([1.0, -2.0, 1.0])


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
    products, freedom = _products(x)[None], np.array(freedoms)[:, None]
    first = products[0].mean(axis=1) if begin is None else np.array([begin[0, 0], begin[0, 1], begin[1, 1]])
    found = _climbed(products, np.tile(first, (1, len(freedoms), 1)), freedom)[0]
    return found, _likelihoods(products[0], found, freedom)


def correlations(parts: Sequence[Floats], freedom: float) -> Floats:
    """Return the correlation of the likeliest scatter of each of several stretches of centred rows of about one length.

    It is missing where the rows lie on one line.
    """
    products = np.zeros((len(parts), 3, max(map(len, parts))))
    present = np.zeros((len(parts), 1, products.shape[2]))
    for place, part in enumerate(parts):
        products[place, :, : len(part)], present[place, :, : len(part)] = _products(part), 1.0
    first = products.sum(axis=2) / present.sum(axis=2)
    found = _climbed(products, first[:, None], freedom, present)[:, 0]
    return np.asarray(found[:, 1] / np.sqrt(found[:, 0] * found[:, 2]))


def _products(x: Floats) -> Floats:
    return np.stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2])


def _climbed(products: Floats, found: Floats, freedom: Floats | float, present: Floats | float = 1.0) -> Floats:
    """Return the scatters (stretches × freedoms × 3) to which the EM algorithm climbs from those given.

    Products are stretches × 3 × rows; rows that are not present weigh nothing.
    """
    moving = np.ones(found.shape[:2], dtype=bool)
    for _ in range(_STEPS):
        weights = (freedom + 2) / (freedom + _inverses(found) @ products) * present
        better = weights @ products.transpose(0, 2, 1)
        better /= weights.sum(axis=2, keepdims=True)  # the same fixed point as division by T, in fewer steps
        still = np.abs(better - found).max(axis=2) >= _ENOUGH * np.abs(found).max(axis=2)
        found = np.where(moving[..., None], better, found)
        moving &= still
        if not moving.any():
            break
    return found


def _likelihoods(products: Floats, found: Floats, freedom: Floats) -> Floats:
    half, (first, both, second) = freedom[:, 0] / 2, found.T
    spread = np.log1p(_inverses(found) @ products / freedom).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        constant = gammaln(half + 1) - gammaln(half) - np.log(2 * half * np.pi)
        constant -= 0.5 * np.log(first * second - both * both)
    return np.asarray(products.shape[1] * constant - (half + 1) * spread)


def _inverses(found: Floats) -> Floats:
    """Return what products of a row are multiplied by for its squared Mahalanobis distance."""
    area = found[..., 0] * found[..., 2] - found[..., 1] ** 2
    return np.asarray(found[..., ::-1] * _SIGNS / np.where(area > 0, area, np.nan)[..., None])


def two_dimensional(x: Floats) -> bool:
    """Tell whether both columns move, and not as one."""
    a, b = x.T
    area = (a @ a) * (b @ b)
    return bool(area > 0 and (a @ b) ** 2 < (1 - 1e-10) * area)
