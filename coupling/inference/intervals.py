"""Intervals from replications: basic, percentile-t, and bias-corrected and accelerated.

Every function works on the first axis, so that one call serves a number or a whole path. There is no plain percentile
interval on purpose: it moves a biased estimate's bias twice to the wrong side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from coupling._typing import Floats
from coupling.limits.asked import require_level

__all__ = ["basic_interval", "bca_interval", "percentile_t_interval"]


def basic_interval(estimate: ArrayLike, replicates: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the basic (reverse percentile) interval: 2 × estimate minus the quantiles (Davison and Hinkley 1997, 5.6).

    Parameters
    ----------
    estimate : array of shape (...)
        Estimate from the data.
    replicates : array of shape (R, ...)
        Bootstrap replicates.
    level : float
        Coverage.

    Returns
    -------
    tuple of ndarray
        Lower and upper end.

    Examples
    --------
    >>> lower, upper = basic_interval(1.0, np.linspace(0.0, 4.0, 101), level=0.9)
    >>> round(float(lower), 6), round(float(upper), 6)
    (-1.8, 1.8)
    """
    theta = np.asarray(estimate, dtype=float)
    low, high = _quantiles(replicates, level)
    return 2 * theta - high, 2 * theta - low


def percentile_t_interval(
    estimate: ArrayLike, standard_error: ArrayLike, t_replicates: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the percentile-t interval from studentised replicates (Davison and Hinkley 1997, 5.5).

    Parameters
    ----------
    estimate, standard_error : array of shape (...)
        Estimate and standard error from the data.
    t_replicates : array of shape (R, ...)
        ``(replicate - estimate) / standard error of the replicate``.
    level : float
        Coverage.

    Returns
    -------
    tuple of ndarray
        Lower and upper end.

    Examples
    --------
    >>> lower, upper = percentile_t_interval(1.0, 0.5, np.linspace(-2.0, 2.0, 101), level=0.9)
    >>> round(float(lower), 6), round(float(upper), 6)
    (0.1, 1.9)
    """
    theta, error = np.asarray(estimate, dtype=float), np.asarray(standard_error, dtype=float)
    low, high = _quantiles(t_replicates, level)
    return theta - high * error, theta - low * error


def bca_interval(
    estimate: ArrayLike, replicates: ArrayLike, jackknife: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the bias-corrected and accelerated interval (Efron 1987).

    Parameters
    ----------
    estimate : array of shape (...)
        Estimate from the data.
    replicates : array of shape (R, ...)
        Bootstrap replicates.
    jackknife : array of shape (B, ...)
        Delete-one (or delete-one-block) estimates, for the acceleration.
    level : float
        Coverage.

    Returns
    -------
    tuple of ndarray
        Lower and upper end; missing where every replicate lies on one side of the estimate.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=50)
    >>> replicates = x[rng.integers(50, size=(2000, 50))].mean(axis=1)
    >>> lower, upper = bca_interval(x.mean(), replicates, (x.sum() - x) / 49)
    >>> bool(lower < x.mean() < upper)
    True
    """
    theta = np.asarray(estimate, dtype=float)
    values = np.asarray(replicates, dtype=float)
    tail = _tail(level)
    share = (values < theta).mean(axis=0) + 0.5 * (values == theta).mean(axis=0)
    deleted = np.asarray(jackknife, dtype=float)
    influence = deleted.mean(axis=0) - deleted
    power = (influence**2).sum(axis=0) ** 1.5
    with np.errstate(invalid="ignore", divide="ignore"):
        acceleration = np.where(power > 0, (influence**3).sum(axis=0) / (6 * power), 0.0)
        bias = ndtri(np.where((share > 0) & (share < 1), share, np.nan))
        ends = [_adjusted(bias, acceleration, z) for z in (ndtri(tail), ndtri(1 - tail))]
    return _at_shares(values, ends[0]), _at_shares(values, ends[1])


def _adjusted(bias: Floats, acceleration: Floats, z: float) -> Floats:
    return np.asarray(ndtr(bias + (bias + z) / (1 - acceleration * (bias + z))))


def _at_shares(values: Floats, shares: Floats) -> Floats:
    """Take from each column of the replicates the quantile at its own share."""
    flat = values.reshape(len(values), -1)
    picked = [
        np.quantile(column, share) if np.isfinite(share) else np.nan
        for column, share in zip(flat.T, shares.ravel(), strict=True)
    ]
    return np.asarray(picked, dtype=float).reshape(values.shape[1:])


def _quantiles(replicates: ArrayLike, level: float) -> tuple[Floats, Floats]:
    tail = _tail(level)
    low, high = np.quantile(np.asarray(replicates, dtype=float), [tail, 1 - tail], axis=0)
    return low, high


def _tail(level: float) -> float:
    return (1 - require_level(level)) / 2
