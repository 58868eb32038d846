"""Least squares of local projections: lagged designs, episode scores and Newey–West errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats, Places

__all__ = ["Projection", "cholesky_shocks", "episode_projection", "lagged", "reduced_projection", "wild_t"]


def lagged(values: Floats, lags: int) -> Floats:
    """Return the columns lagged by 1, …, lags side by side; the first rows are missing.

    Examples
    --------
    >>> lagged(np.array([[1.0], [2.0], [3.0]]), 2).tolist()
    [[nan, nan], [1.0, nan], [2.0, 1.0]]
    """
    made = np.full((len(values), values.shape[1] * lags), np.nan)
    for lag in range(1, lags + 1):
        made[lag:, (lag - 1) * values.shape[1] : lag * values.shape[1]] = values[:-lag]
    return made


@dataclass(frozen=True)
class Projection:
    """One horizon of a projection on an observed shock, for K instruments.

    Parameters
    ----------
    estimate, error : ndarray, shape (K,)
        Response to a shock of 1, and its standard error from the scores of G episodes.
    scores : ndarray, shape (G, K)
        Σ over the rows of an episode of residual shock × residual response.
    weights : ndarray, shape (G,)
        Σ over the rows of an episode of the squared residual shock.
    rows : int
    """

    estimate: Floats
    error: Floats
    scores: Floats
    weights: Floats
    rows: int


def episode_projection(response: Floats, shock: Floats, controls: Floats, episode: Places) -> Projection | None:
    """Project responses on a shock, given controls, with errors clustered by episode.

    β = Σ s̃ ỹ / Σ s̃² with shock and response made orthogonal to the controls. Rows without a shock share what they
    add equally among the episodes. The variance is G / (G - 1) Σ u² / (Σ s̃²)² with u the episode sums of s̃ (ỹ - s̃
    β).

    Parameters
    ----------
    response : ndarray, shape (T, K)
    shock : ndarray, shape (T,)
    controls : ndarray, shape (T, P)
        Constant included.
    episode : ndarray of int, shape (T,)
        Episode of each row with a shock, numbered from 0; -1 elsewhere.

    Returns
    -------
    Projection or None
        None where fewer than two episodes, or not enough rows, remain.
    """
    known = np.isfinite(np.column_stack([response, shock, controls])).all(axis=1)
    members = np.unique(episode[known & (episode >= 0)])
    if len(members) < 2 or known.sum() <= controls.shape[1] + 1:
        return None
    orthogonal, _ = np.linalg.qr(controls[known])
    s, y = shock[known], response[known]
    s = s - orthogonal @ (orthogonal.T @ s)
    y = y - orthogonal @ (orthogonal.T @ y)
    belongs = (episode[known][:, None] == members).astype(float)
    products, squares = s[:, None] * y, s**2
    scores, weights = belongs.T @ products, belongs.T @ squares
    scores = scores + (products.sum(axis=0) - scores.sum(axis=0)) / len(members)
    weights = weights + (squares.sum() - weights.sum()) / len(members)
    total = weights.sum()
    estimate = scores.sum(axis=0) / total
    moments = scores - weights[:, None] * estimate
    error = np.sqrt(len(members) / (len(members) - 1) * (moments**2).sum(axis=0)) / total
    return Projection(estimate, error, scores, weights, int(known.sum()))


def wild_t(projection: Projection, patterns: npt.NDArray[np.int8]) -> Floats:
    """Return t statistics under sign patterns of the episodes with no effect imposed, shape (patterns, K).

    The residual responses of an episode change sign together for all instruments (Rademacher weights).
    """
    z, q = projection.scores, projection.weights
    signs = patterns.astype(float)
    total = q.sum()
    estimate = signs @ z / total
    cross = signs @ (q[:, None] * z)
    squares = (z**2).sum(axis=0) - 2 * estimate * cross + estimate**2 * (q**2).sum()
    error = np.sqrt(np.maximum(squares, 0.0) * len(z) / (len(z) - 1)) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(estimate / error)


def cholesky_shocks(values: Floats, lags: int) -> Floats:
    """Return the unit shocks of a VAR in the order of its columns, shape (K, K), one shock per column.

    The covariance of the residuals has denominator T - 1 and each column of its Cholesky factor is divided by its
    diagonal.
    """
    design = np.column_stack([np.ones(len(values)), lagged(values, lags)])[lags:]
    coefficients = np.linalg.lstsq(design, values[lags:], rcond=None)[0]
    factor = np.linalg.cholesky(np.cov((values[lags:] - design @ coefficients).T, ddof=1))
    return np.asarray(factor / np.diag(factor))


def reduced_projection(values: Floats, lags: int, horizon: int) -> tuple[Floats, Floats]:
    """Project the columns `horizon` rows ahead on a constant and their lags, and return what the first lag does.

    Errors are Newey and West's (1987) with the Bartlett kernel, as many lags as the horizon, and no small-sample
    factor.

    Returns
    -------
    coefficients, errors : ndarray, shape (K, K)
        Row: response; column: variable one row before.
    """
    design = np.column_stack([np.ones(len(values)), lagged(values, lags)])[lags:]
    x, y = design[: len(design) - horizon + 1], values[lags + horizon - 1 :]
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ y
    residual = y - x @ coefficients
    errors = np.empty((y.shape[1], x.shape[1]))
    for k in range(y.shape[1]):
        scores = x * residual[:, k : k + 1]
        meat = scores.T @ scores
        for lag in range(1, horizon + 1):
            part = scores[lag:].T @ scores[:-lag]
            meat = meat + (1 - lag / (horizon + 1)) * (part + part.T)
        errors[k] = np.sqrt(np.diag(inverse @ meat @ inverse))
    first = slice(1, 1 + y.shape[1])
    return coefficients[first].T, errors[:, first]
