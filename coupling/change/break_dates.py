"""Confidence interval of a break date in a linear regression (Bai 1997; Bai and Perron 2003)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr

from coupling._typing import Floats

__all__ = ["date_interval"]


def date_interval(y: Floats, x: Floats, edges: tuple[int, int, int], *, level: float = 0.95) -> tuple[int, int]:
    """Return the interval of the number of rows before a break.

    The distribution is that of the estimate's error, so that its upper quantile gives the lower end. Regressor moments
    and error variances may differ between the two segments; errors are taken as uncorrelated.

    Parameters
    ----------
    y, x : ndarray of shape (T,) and (T, k)
        Dependent variable and regressors.
    edges : tuple of int
        First row of the left segment, first row of the right one, and the end of the right one.
    level : float
        Coverage.
    """
    first, cut, stop = edges
    left, right = _segment(y[first:cut], x[first:cut]), _segment(y[cut:stop], x[cut:stop])
    delta = right[0] - left[0]
    power = float(delta @ left[1] @ delta) / left[2] if left[2] > 0 else np.inf
    if not (np.isfinite(power) and power > 0 and right[2] > 0):
        return cut, cut
    xi = float(delta @ right[1] @ delta) / (left[2] * power)
    if not xi > 0:
        return first + 1, stop
    ends = [_quantile(share, xi, right[2] / left[2], len(y)) / power for share in ((1 - level) / 2, (1 + level) / 2)]
    return cut - int(np.ceil(ends[1])), cut - int(np.floor(ends[0]))


def _segment(y: Floats, x: Floats) -> tuple[Floats, Floats, float]:
    """Return coefficients, regressor moments and error variance."""
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    residuals = y - x @ coefficients
    return np.asarray(coefficients), x.T @ x / len(y), float(residuals @ residuals) / len(y)


def _quantile(share: float, xi: float, variance_ratio: float, n: int) -> float:
    """Return the quantile of the position of the maximum of a two-sided Brownian motion with drift, within ±n."""
    phi = xi * variance_ratio
    bounds = (-float(n), 0.0) if share < 0.5 else (0.0, float(n))
    gap = [_distribution(bound, xi, phi) - share for bound in bounds]
    if gap[0] * gap[1] > 0:
        return bounds[int(abs(gap[0]) > abs(gap[1]))]
    return float(brentq(lambda v: _distribution(v, xi, phi) - share, *bounds, xtol=1e-10))


def _distribution(v: float, xi: float, phi: float) -> float:
    """Return the distribution function of the maximiser of Bai (1997, appendix B), scaled to drift 1/2 on the left.

    To the left of 0 the process is W(-v) - |v|/2, to the right sqrt(phi) W(v) - xi v / 2.
    """
    if v < 0:
        return _left(-v, xi / phi, phi / xi * (phi + 2 * xi) / (phi + xi), (phi + 2 * xi) ** 2 / ((phi + xi) * xi))
    if v == 0:
        return _distribution(-1e-300, xi, phi)
    scaled = xi**2 / phi * v
    mirror = phi / xi
    inner = xi / phi * (2 * phi + xi) / (phi + xi)
    return 1 - _left(scaled, mirror, inner, (2 * phi + xi) ** 2 / ((phi + xi) * phi))


def _left(u: float, ratio: float, weight: float, constant: float) -> float:
    root = np.sqrt(u)
    near = -root * np.exp(-u / 8) / np.sqrt(2 * np.pi)
    far = weight * np.exp(ratio * (1 + ratio) * u / 2 + log_ndtr(-(0.5 + ratio) * root))
    return float(near - far + (u / 2 - 2 + constant) * np.exp(log_ndtr(-root / 2)))
