"""Did the instruments move together on an event? Mahalanobis ranks per event, and Hotelling's test over episodes."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtrc

from coupling._typing import Floats
from coupling.events.studies.abnormal import Abnormal

__all__ = ["hotelling", "mahalanobis_rank"]


def mahalanobis_rank(abnormal: Abnormal, event: int, day: int) -> tuple[float, float, int]:
    """Rank the joint abnormal change of one day of an event among the days of its own estimation window.

    The distance is D² = a' S⁻¹ a, with S the covariance of the estimation residuals (rows on which all instruments
    have a value); p = (1 + rows with a D² at least as large) / (1 + rows).

    Parameters
    ----------
    abnormal : Abnormal
    event : int
        Row of the event.
    day : int
        Place of the day in the event window.

    Returns
    -------
    (float, float, int)
        D², p-value and the number of rows; missing when fewer than three rows per instrument remain.
    """
    change = abnormal.change[event, :, day]
    known = np.isfinite(change) & np.isfinite(abnormal.sigma[event])
    rows = abnormal.residual[event][known].T
    rows = rows[np.isfinite(rows).all(axis=1)]
    if known.sum() < 2 or len(rows) < 3 * known.sum():
        return float("nan"), float("nan"), len(rows)
    scale = rows.std(axis=0)
    precision = np.linalg.pinv(np.cov((rows / scale).T, ddof=0))
    distances = np.einsum("ti,ij,tj->t", rows / scale, precision, rows / scale)
    step = change[known] / scale
    observed = float(step @ precision @ step)
    return observed, float((1 + (distances >= observed).sum()) / (1 + len(rows))), len(rows)


def hotelling(responses: Floats) -> tuple[float, float, int]:
    """Test that the mean response of all instruments is zero: T² = n m' S⁻¹ m, F with p and n - p degrees of freedom.

    Parameters
    ----------
    responses : ndarray, shape (episodes, instruments)
        Episodes with a missing response are left out, and so are instruments that never moved.

    Returns
    -------
    (float, float, int)
        T², p-value and the number of episodes; missing unless there are more episodes than instruments + 3.
    """
    moving = responses[:, np.nanmax(np.abs(responses), axis=0, initial=0.0) > 0]
    rows = moving[np.isfinite(moving).all(axis=1)]
    n, p = rows.shape
    if n <= p + 3 or not p:
        return float("nan"), float("nan"), n
    scaled = rows / rows.std(axis=0, ddof=1)
    mean = scaled.mean(axis=0)
    statistic = float(n * mean @ np.linalg.solve(np.cov(scaled.T, ddof=1).reshape(p, p), mean))
    return statistic, float(fdtrc(p, n - p, statistic * (n - p) / (p * (n - 1)))), n
