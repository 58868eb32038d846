"""Kalman filter of a vector autoregression with drifting coefficients and forgetting factors (Koop and Korobilis).

The state is ordered by equation, then by lag and sender, so that each observation touches one block of it per equation
and no Kronecker product is ever formed; plain numpy is then fast enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats
from coupling.kernels.decomposition import is_stable
from coupling.kernels.var import design

__all__ = ["Prior", "filter_coefficients", "least_squares_prior"]


_BEFORE_THE_MODEL = 0.1
_AFTER_UNSTABLE = 0.99


@dataclass(frozen=True, kw_only=True)
class Prior:
    """Mean and variance of the coefficients (k × k·lags each, variances of one equation), and the noise covariance.

    ``spread`` has shape (k * lags, k * lags): the prior covariance of the coefficients of every equation.
    """

    mean: Floats
    spread: Floats
    noise: Floats


def least_squares_prior(y: Floats, lags: int) -> Prior:
    """Return least squares with a constant: coefficients, inverse of the regressors' cross products, noise covariance.

    The spread is not multiplied by the noise variance, as in R's ConnectednessApproach (``BayesPrior``).
    """
    k = y.shape[1]
    z = design(y, lags)
    centred = z - z.mean(axis=0)
    inverse = np.linalg.pinv(centred[:, k:].T @ centred[:, k:], hermitian=True)
    mean = (inverse @ centred[:, k:].T @ centred[:, :k]).T
    residuals = centred[:, :k] - centred[:, k:] @ mean.T
    return Prior(mean=mean, spread=inverse, noise=residuals.T @ residuals / len(z))


def filter_coefficients(
    y: Floats, lags: int, prior: Prior, *, forget_coefficients: float, forget_covariance: float
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return the filtered coefficients and noise covariances at every row.

    Parameters
    ----------
    y : ndarray, shape (T, k)
        Centred.
    lags : int
    prior : Prior
    forget_coefficients, forget_covariance : float
        Forgetting factors of the coefficients' covariance (kappa1) and of the noise covariance (kappa2).

    Returns
    -------
    coefficients : ndarray, shape (T, k, k * lags)
        The prior mean at the first `lags` rows. Where the update is not stable: those of the row before.
    covariance : ndarray, shape (T, k, k)
    held : ndarray of bool, shape (T,)
        Rows at which the coefficients of the row before were kept.
    """
    rows, k = y.shape
    past = np.zeros((rows, k * lags))
    past[lags:] = design(y, lags)[:, k:]
    coefficients, covariance = np.empty((rows, k, k * lags)), np.empty((rows, k, k))
    held = np.zeros(rows, dtype=bool)
    state, spread = prior.mean.copy(), np.asarray(np.kron(np.eye(k), prior.spread), dtype=np.float64)
    latest = state
    coefficients[0], covariance[0] = state, prior.noise
    for t in range(1, rows):
        error = y[t] - latest @ past[t] if t > lags else np.sqrt(_BEFORE_THE_MODEL) * y[t]
        noise = forget_covariance * covariance[t - 1] + (1 - forget_covariance) * error[:, None] * error
        covariance[t], coefficients[t] = noise, coefficients[t - 1]
        if t < lags:
            continue
        if t > lags:
            spread /= forget_coefficients
        latest = _update(state, spread, y[t], past[t], noise)
        held[t] = not (_surely_stable(latest, lags) or is_stable(latest[None])[0])
        if held[t]:
            state = _AFTER_UNSTABLE * state
        else:
            state = coefficients[t] = latest
    return coefficients, covariance, held


def _update(state: Floats, spread: Floats, y: Floats, past: Floats, noise: Floats) -> Floats:
    """Return the state after one observation; `spread` is updated in place."""
    k = len(y)
    seen = spread.reshape(len(spread), k, -1) @ past
    uncertainty = noise + past @ seen.reshape(k, -1, k)
    whiten = np.linalg.inv(np.linalg.cholesky((uncertainty + uncertainty.T) / 2))
    gain = whiten @ seen.T
    spread -= gain.T @ gain
    spread += spread.T.copy()  # without this, rounding that is not symmetric grows with every forgetting
    spread /= 2
    return np.asarray(state + ((whiten @ (y - state @ past)) @ gain).reshape(state.shape))


def _surely_stable(coefficients: Floats, lags: int) -> bool:
    """Return whether the norms of the lag matrices sum to less than 1, which is cheaper than eigenvalues."""
    flat = coefficients.ravel()
    return bool(lags * (flat @ flat) < 1)
