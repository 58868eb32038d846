"""The Forbes-Rigobon adjustment of a correlation, and a regression slope that needs none."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import stdtr

from coupling._typing import Floats
from coupling.inference import correlation_from_means

__all__ = ["Slope", "adjusted_correlation", "equal_slopes", "figures_of", "slope_of"]

Slope = tuple[float, float, int]


def adjusted_correlation(correlation: Any, variance_rise: Any) -> Any:
    """Return the Forbes-Rigobon (2002, eq. 11) correlation ``r / sqrt(1 + d (1 - r²))``.

    Parameters
    ----------
    correlation : float or array
        Correlation in the stressed period.
    variance_rise : float or array
        d: variance of the *source* in the stressed period over that in the calm one, minus 1.

    Returns
    -------
    float or array
        What the correlation would have been without the rise of the source's variance.

    Examples
    --------
    >>> round(float(adjusted_correlation(0.6, 2.0)), 6)
    0.39736
    """
    r = np.asarray(correlation, dtype=float)
    return r / np.sqrt(1 + np.asarray(variance_rise, dtype=float) * (1 - r * r))


def figures_of(calm: Floats, stress: Floats, rows: tuple[int, int]) -> dict[str, Floats]:
    """Return correlations, variance ratios (ddof 1) and the adjusted correlation from the means of the moments."""
    r = [correlation_from_means(part) for part in (calm, stress)]
    variances = [np.stack([m[..., 2] - m[..., 0] ** 2, m[..., 3] - m[..., 1] ** 2]) for m in (calm, stress)]
    with np.errstate(divide="ignore", invalid="ignore"):
        unbiased = (rows[1] / (rows[1] - 1)) / (rows[0] / (rows[0] - 1))
        ratio = unbiased * variances[1][0] / variances[0][0]
        noise = [np.maximum(v[1] * (1 - c * c), 0.0) for v, c in zip(variances, r, strict=True)]
        return {
            "calm": r[0],
            "stress": r[1],
            "adjusted": adjusted_correlation(r[1], ratio - 1),
            "variance_ratio": ratio,
            "noise_ratio": unbiased * noise[1] / noise[0],
        }


def slope_of(x: Floats) -> Slope:
    """Return the slope of the target on the source, its HC3 variance and the degrees of freedom."""
    a, b = (x - x.mean(axis=0)).T
    power = float(a @ a)
    if not power > 0:
        return float("nan"), float("nan"), len(x) - 2
    slope = float(a @ b) / power
    leverage = 1 / len(x) + a * a / power
    error = (b - slope * a) / np.maximum(1 - leverage, 1e-8)
    return slope, float((a * a) @ (error * error)) / power**2, len(x) - 2


def equal_slopes(calm: Slope, stress: Slope) -> float:
    """Return the p-value of equal slopes, Welch's degrees of freedom."""
    total = calm[1] + stress[1]
    if not total > 0:
        return float("nan")
    freedom = total**2 / sum(v * v / df for _, v, df in (calm, stress))
    return float(2 * stdtr(freedom, -abs(stress[0] - calm[0]) / np.sqrt(total)))
