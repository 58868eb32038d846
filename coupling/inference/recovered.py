"""The interval of a difference of two independent estimates, recovered from their own intervals."""

from __future__ import annotations

import numpy as np

__all__ = ["recovered_interval"]


def recovered_interval(
    one: float, one_limits: tuple[float, float], other: float, other_limits: tuple[float, float]
) -> tuple[float, float]:
    """Return the limits of one minus the other, two independent estimates (Zou 2007, equation 15; MOVER).

    Each limit takes the variance that the nearer limits of the two imply, so that the skewness of both is kept.

    Parameters
    ----------
    one, other : float
    one_limits, other_limits : (float, float)
        Their intervals at the level asked for.

    Returns
    -------
    lower, upper : float
        Missing where a limit is.

    References
    ----------
    Zou (2007), Psychological Methods 12, 399-413.

    Examples
    --------
    >>> lower, upper = recovered_interval(0.49, (0.36, 0.61), 0.36, (0.16, 0.53))
    >>> round(lower, 2), round(upper, 2)
    (-0.08, 0.36)
    """
    change = one - other
    lower = change - np.hypot(one - one_limits[0], other_limits[1] - other)
    return float(lower), float(change + np.hypot(one_limits[1] - one, other - other_limits[0]))
