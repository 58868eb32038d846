"""Forecast-error variance decompositions and stability of many vector autoregressions at once.

Every array has the models on its first axis: coefficients ``(M, k, k * lags)`` with the lags side by side (newest
first), residual covariances ``(M, k, k)``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats

__all__ = ["AT_ONCE", "Method", "companions", "is_stable", "spectral_radius", "variance_shares"]

AT_ONCE = 1024
"""Models that are in memory together with all that they need in between."""

Method = Literal["generalized", "cholesky"]


def variance_shares(coefficients: Floats, covariance: Floats, *, horizon: int, method: Method) -> Floats:
    """Return the shares of forecast-error variance, rows receive and columns send, each row summing to 1.

    Parameters
    ----------
    coefficients : ndarray, shape (M, k, k * lags)
    covariance : ndarray, shape (M, k, k)
        Residual covariance; a common factor does not matter.
    horizon : int
        Number of moving-average terms, 0 to horizon - 1.
    method : {"generalized", "cholesky"}
        Pesaran and Shin (1998), rows scaled to sum to 1 as in Diebold and Yilmaz (2012); or orthogonalised in the
        order of the columns.

    Returns
    -------
    ndarray, shape (M, k, k)
        Missing where a covariance is not positive definite.

    Examples
    --------
    >>> no_lags = np.zeros((1, 2, 2))
    >>> variance_shares(no_lags, np.array([[[1.0, 0.5], [0.5, 1.0]]]), horizon=10, method="generalized")[0]
    array([[0.8, 0.2],
           [0.2, 0.8]])
    """
    shares = np.empty_like(covariance)
    for first in range(0, len(shares), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        shares[part] = _shares(coefficients[part], covariance[part], horizon, method)
    return shares


def _shares(coefficients: Floats, covariance: Floats, horizon: int, method: Method) -> Floats:
    responses, k = [_impact(covariance, method)], covariance.shape[1]
    by_lag = [coefficients[:, :, first : first + k] for first in range(0, coefficients.shape[2], k)]
    total = responses[0] ** 2
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(1, horizon):
            moved = [own @ before for own, before in zip(by_lag, responses, strict=False)]
            responses = [sum(moved[1:], start=moved[0]), *responses[: len(by_lag) - 1]]
            total += responses[0] ** 2
        total /= total @ np.ones((k, 1))
    return total


def _impact(covariance: Floats, method: Method) -> Floats:
    """Return the first responses: to shocks of one standard deviation as they come, or made orthogonal."""
    if method == "generalized":
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(covariance / np.sqrt(np.where(variance > 0, variance, np.nan))[:, None, :])
    try:
        return np.asarray(np.linalg.cholesky(covariance))
    except np.linalg.LinAlgError:
        return np.stack([_cholesky_or_missing(each) for each in covariance])


def _cholesky_or_missing(covariance: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.cholesky(covariance))
    except np.linalg.LinAlgError:
        return np.full_like(covariance, np.nan)


def companions(coefficients: Floats) -> Floats:
    """Return the companion matrices, shape (M, k * lags, k * lags)."""
    models, k, width = coefficients.shape
    result = np.zeros((models, width, width))
    result[:, :k] = coefficients
    result[:, np.arange(k, width), np.arange(width - k)] = 1.0
    return result


def spectral_radius(coefficients: Floats) -> Floats:
    """Return the largest modulus of the companion eigenvalues of each model; below 1 it is stable.

    Examples
    --------
    >>> spectral_radius(np.array([[[0.5, 0.0], [0.3, -0.9]]]))
    array([0.9])
    """
    return np.asarray(np.abs(np.linalg.eigvals(companions(coefficients))).max(axis=1))


def is_stable(coefficients: Floats) -> npt.NDArray[np.bool_]:
    """Return whether each model is stable; one with missing coefficients is not.

    A model whose lag matrices have norms that sum to less than 1 is stable, so that eigenvalues are computed for
    the others only.
    """
    models, k, width = coefficients.shape
    by_lag = np.abs(coefficients).reshape(models, k, width // k, k)
    norms = [by_lag.sum(axis=axis).max(axis=other).sum(axis=1) for axis, other in ((3, 1), (1, 2))]
    stable = np.minimum(*norms) < 1
    unsure = ~stable & np.isfinite(coefficients).all(axis=(1, 2))
    if unsure.any():
        stable[unsure] = spectral_radius(coefficients[unsure]) < 1
    return np.asarray(stable)
