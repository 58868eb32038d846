"""GARCH(1,1) and GJR recursions as linear filters, with log-likelihood and scores."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from coupling._typing import Floats
from coupling.kernels.decay import decay_filter

__all__ = [
    "GarchPath",
    "backcast",
    "garch_path",
    "log_densities",
    "mean_likelihood",
    "scores",
    "shape_scores",
    "variance_paths",
]


_MU, _OMEGA, _ALPHA, _GAMMA, _BETA = range(5)


@dataclass(frozen=True, kw_only=True)
class GarchPath:
    """Residuals and conditional variances of a series of T rows at ``mu, omega, alpha, gamma, beta``, and their slopes.

    `start` is that of `garch_path`.
    """

    parameters: Floats
    start: str | float
    residuals: Floats
    variances: Floats

    @property
    def standardized(self) -> Floats:
        """Residuals divided by their conditional standard deviation."""
        return np.asarray(self.residuals / np.sqrt(self.variances))

    @property
    def jacobian(self) -> Floats:
        """Derivatives of the variances by the five parameters, 5 × T: computed where they are asked for."""
        _, _, alpha, gamma, beta = self.parameters
        lagged = self.residuals[:-1]
        squares, negative = lagged**2, lagged < 0.0
        slopes = np.empty((5, self.residuals.size))
        slopes[_MU, 1:] = -2.0 * lagged * (alpha + gamma * negative)
        slopes[_OMEGA, 1:] = 1.0
        slopes[_ALPHA, 1:] = squares
        slopes[_GAMMA, 1:] = squares * negative
        slopes[_BETA, 1:] = self.variances[:-1]
        slopes[:, 0] = _first(self.parameters, *_moments(self.residuals), self.start)[1]
        return decay_filter(slopes, beta)

    @property
    def standardized_jacobian(self) -> Floats:
        """Derivatives of the standardised residuals by the five parameters, 5 × T."""
        slopes = -0.5 * self.residuals / self.variances**1.5 * self.jacobian
        slopes[_MU] -= 1.0 / np.sqrt(self.variances)
        return np.asarray(slopes)


def backcast(residuals: Floats) -> float:
    """Return the exponentially weighted mean square of the first 75 residuals (weight 0.94), as arch does."""
    first = residuals[:75]
    weights = 0.94 ** np.arange(first.size)
    return float((weights * first**2).sum() / weights.sum())


def garch_path(parameters: Floats, x: Floats, start: str | float) -> GarchPath:
    """Return the conditional variances of a series; their derivatives are computed where they are asked for.

    ``h[t] = omega + (alpha + gamma 1{e[t-1] < 0}) e[t-1]**2 + beta h[t-1]`` with ``e = x - mu``
    (Bollerslev 1986; Glosten, Jagannathan & Runkle 1993).

    Parameters
    ----------
    parameters : array of 5
        ``mu, omega, alpha, gamma, beta``; gamma is 0 for the symmetric model.
    x : array of T
        The series.
    start : {"sample", "recursion"} or float
        First variance: the mean of ``e**2``; ``omega + (alpha + gamma / 2 + beta) m`` with m that mean; or the
        same with m the number given. In the first two the dependence of m on mu is part of the derivatives.
    """
    mu, omega, alpha, gamma, beta = parameters
    residuals = x - mu
    squares = residuals[:-1] ** 2
    drive = np.empty_like(x)
    drive[1:] = omega + alpha * squares + gamma * (squares * (residuals[:-1] < 0.0))
    drive[0] = _first(parameters, *_moments(residuals), start)[0]
    return GarchPath(parameters=parameters, start=start, residuals=residuals, variances=decay_filter(drive, beta))


def _moments(residuals: Floats) -> tuple[float, float]:
    """Return the mean and the mean square."""
    return float(residuals.mean()), float(residuals @ residuals) / residuals.size


def _first(parameters: Floats, mean: float, square: float, start: str | float) -> tuple[float, Floats]:
    """Return the first variance and its five derivatives, given the mean and the mean square of the residuals."""
    omega, alpha, gamma, beta = parameters[1:]
    level, slope = (square, -2.0 * mean) if isinstance(start, str) else (float(start), 0.0)
    if start == "sample":
        return level, np.array([slope, 0.0, 0.0, 0.0, 0.0])
    memory = alpha + gamma / 2.0 + beta
    return omega + memory * level, np.array([memory * slope, 1.0, level, level / 2.0, level])


def variance_paths(z: Floats, parameters: Floats, first: Floats) -> Floats:
    """Return the variances ``h[t + 1] = omega + ((alpha + gamma 1{z[t] < 0}) z[t]**2 + beta) h[t]`` of many paths.

    One row of all paths at a time.

    Parameters
    ----------
    z : ndarray, shape (rows, ...)
        Standardised residuals.
    parameters : array of 4
        ``omega, alpha, gamma, beta``, each broadcast to a row.
    first : ndarray
        Variance of the first row, broadcast too.

    Examples
    --------
    >>> variance_paths(np.ones((3, 1)), np.array([1.0, 0.2, 0.0, 0.3]), np.array([4.0])).ravel().tolist()
    [4.0, 3.0, 2.5]
    """
    omega, alpha, gamma, beta = parameters
    memory = z**2
    memory *= alpha + gamma * (z < 0.0) if np.any(gamma) else alpha
    memory += beta
    variances = np.empty_like(memory)
    variances[:1] = first
    for before, kept, after in zip(variances, memory, variances[1:], strict=False):
        np.multiply(before, kept, out=after)
        after += omega
    return variances


def log_densities(path: GarchPath, shape: float | None) -> Floats:
    """Return the log density of each row: normal, or Student with `shape` degrees of freedom and unit variance."""
    k = path.residuals**2 / path.variances
    if shape is None:
        return np.asarray(-0.5 * (math.log(2.0 * math.pi) + np.log(path.variances) + k))
    return np.asarray(
        _constant(shape) - 0.5 * np.log(path.variances) - (shape + 1.0) / 2.0 * np.log1p(k / (shape - 2.0))
    )


def mean_likelihood(
    parameters: Floats, x: Floats, moments: tuple[float, float], start: str | float, shape: float | None
) -> tuple[float, Floats]:
    """Return the means of `log_densities` and of their `scores` (six).

    The first is minus infinity where a variance is not positive. Arguments as in `garch_path` and `log_densities`, and
    the mean and the variance of the series. The slopes of the variances are not formed: what a row adds to them counts
    by the sum of all weights that follow, and those sums are one filter from the last row to the first.
    """
    mu, omega, alpha, gamma, beta = (float(each) for each in parameters)
    mean = moments[0] - mu
    first, slopes = _first(parameters, mean, moments[1] + mean**2, start)
    e = x - mu
    lagged, falls = e[:-1], np.minimum(e[:-1], 0.0)
    squares, fallen = lagged * lagged, falls * falls
    drive = np.empty_like(e)
    drive[0], drive[1:] = first, omega + alpha * squares + gamma * fallen
    h = decay_filter(drive, beta)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # where a variance is not positive
        ahead = e / h
        k = e * ahead
        value, weight, by_shape = _weighed(k, float(np.log(h).sum()), shape)
        later = decay_filter(0.5 * (weight * k - 1.0) / h, beta, backwards=True)
    after = later[1:]
    added = [-2.0 * (alpha * (lagged @ after) + gamma * (falls @ after)), after.sum()]
    by_parameter = slopes * later[0] + [*added, squares @ after, fallen @ after, h[:-1] @ after]
    by_parameter[_MU] += (weight * ahead).sum()
    return value / x.size if h.min() > 0.0 else -math.inf, np.array([*by_parameter, by_shape]) / x.size


def _weighed(k: Floats, logs: float, shape: float | None) -> tuple[float, Floats | float, float]:
    """Return the sum of the log densities at distances k, what each distance weighs, and the slope by the shape."""
    if shape is None:
        return -0.5 * (k.size * math.log(2.0 * math.pi) + logs + float(k.sum())), 1.0, 0.0
    rest, near = shape - 2.0, 1.0 / (shape - 2.0 + k)
    distances = float(np.log1p(k / rest).sum())
    by_shape = k.size * _shape_constant(shape, 1) - 0.5 * distances + 0.5 * (shape + 1.0) / rest * float(k @ near)
    return k.size * _constant(shape) - 0.5 * logs - 0.5 * (shape + 1.0) * distances, (shape + 1.0) * near, by_shape


def scores(path: GarchPath, shape: float | None) -> Floats:
    """Return the derivatives of the log densities: 5 × T, and a sixth row for `shape` if it is given."""
    k = path.residuals**2 / path.variances
    weight = 1.0 if shape is None else (shape + 1.0) / (shape - 2.0 + k)
    slopes = 0.5 * (weight * k - 1.0) / path.variances * path.jacobian
    slopes[_MU] += weight * path.residuals / path.variances
    if shape is None:
        return np.asarray(slopes)
    return np.vstack([slopes, shape_scores(k, shape, 1)])


def shape_scores(k: Floats, shape: float, dimension: int) -> Floats:
    """Return the derivative of a Student log density by its degrees of freedom at squared distance k."""
    rest, constant = shape - 2.0, _shape_constant(shape, dimension)
    return np.asarray(constant - 0.5 * np.log1p(k / rest) + 0.5 * (shape + dimension) * k / (rest * (rest + k)))


def _constant(shape: float) -> float:
    return float(gammaln((shape + 1.0) / 2.0) - gammaln(shape / 2.0) - 0.5 * math.log(math.pi * (shape - 2.0)))


def _shape_constant(shape: float, dimension: int) -> float:
    """Return the derivative of the constant of a Student log density by its degrees of freedom."""
    return float(0.5 * (digamma((shape + dimension) / 2.0) - digamma(shape / 2.0)) - dimension / (2.0 * (shape - 2.0)))
