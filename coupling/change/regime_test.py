"""Are there two regimes of a coupling: a likelihood ratio on directions, which no volatility moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coupling._typing import Floats
from coupling.kernels.switching import fit_two_directions, one_direction_log_likelihood

__all__ = ["directions", "ratios", "shuffled"]

ROUNDS = 20
SIDE = 10
"""Rows on either side over which products are averaged for a first guess."""
STRESSED = 0.3


def directions(z: Floats) -> tuple[Floats, Floats]:
    """Return the directions of rows, in columns of equal scatter, and the correlation matrix of their scatter.

    A volatility that all columns share cancels, whatever its law, and so do heavy tails that they share.

    Parameters
    ----------
    z : ndarray of shape (T, N)
        Standardised residuals.

    Returns
    -------
    tuple of ndarray
        Rows of unit length in the metric of the matrix, those without a length left out; and the matrix.

    References
    ----------
    Tyler (1987), Annals of Statistics 15, 234-251: the scatter of directions.

    Examples
    --------
    >>> z = np.random.default_rng(0).normal(size=(500, 2))
    >>> volatility = np.exp(np.random.default_rng(1).normal(size=(500, 1)))
    >>> bool(np.allclose(directions(z)[0], directions(volatility * z)[0]))
    True
    """
    size = np.linalg.norm(z, axis=1)
    rows = z[size > 0] / size[size > 0, None]
    found, correlation = rows, np.eye(z.shape[1])
    for _ in range(ROUNDS):
        found = _unit(rows, correlation)
        scatter = found.T @ found / len(found)
        scale = np.sqrt(np.diag(scatter))
        rows = rows / scale
        correlation = scatter / scale[:, None] / scale
    return _unit(rows, correlation), correlation


def _unit(rows: Floats, metric: Floats) -> Floats:
    length = np.einsum("ti,ij,tj->t", rows, np.linalg.inv(metric), rows) / rows.shape[1]
    return np.asarray(rows / np.sqrt(length)[:, None])


def ratios(x: Floats, correlation: Floats) -> Floats:
    """Return twice the rise of the log-likelihood from one state to two, of B orders of the same rows (B × T × N).

    The states differ in correlations alone. Two starts are tried: the rows about which the products of different
    columns lie highest in their leading combination, and lowest. The orders stop together, so that each is only
    compared with those of its own batch.
    """
    level = _leading(_smoothed(x))
    best = np.full(len(x), -np.inf)
    for side in (level, -level):
        stressed = (side > np.quantile(side, 1 - STRESSED, axis=1, keepdims=True)).astype(float)
        best = np.maximum(best, fit_two_directions(x, stressed))
    return np.asarray(2.0 * (best - one_direction_log_likelihood(x[0], correlation)))


def shuffled(rows: int, block: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the rows in random order, blocks of neighbours kept together."""
    pieces = np.split(np.arange(rows), range(block, rows, block))
    return np.concatenate([pieces[k] for k in rng.permutation(len(pieces))])


def _smoothed(x: Floats) -> Floats:
    """Return products of different columns less their mean, averaged over the rows around each and scaled."""
    i, j = np.triu_indices(x.shape[2], 1)
    products = x[:, :, i] * x[:, :, j]
    products -= products.mean(axis=1, keepdims=True)
    sums = np.concatenate([np.zeros_like(products[:, :1]), products.cumsum(axis=1)], axis=1)
    rows = np.arange(x.shape[1])
    low, high = np.maximum(rows - SIDE, 0), np.minimum(rows + SIDE + 1, len(rows))
    return np.asarray((sums[:, high] - sums[:, low]) / np.sqrt(high - low)[:, None])


def _leading(paths: Floats) -> Floats:
    """Return the combination of paths (B × T × K) that varies most."""
    spread = np.einsum("btk,btl->bkl", paths, paths, optimize=True)
    return np.asarray(np.einsum("btk,bk->bt", paths, np.linalg.eigh(spread)[1][:, :, -1]))
