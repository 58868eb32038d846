"""Forecast probabilities against what happened: exact binomial bounds, calibration by dates, one intercept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaincinv, expit, logit, stdtr

from coupling._typing import Floats

__all__ = ["ENOUGH", "Calibration", "calibration", "clopper_pearson", "least_shown", "shown_range"]


ENOUGH = 100
"""Effective origins from which an intercept may be estimated; with fewer, recalibrating costs more than it gains."""

_SHRINKAGE = 25.0
_SMALLEST = 1e-3
_NORMAL = 1.96


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How forecast probabilities compare with what happened.

    Parameters
    ----------
    said, happened : float
        Mean probability, and share of the origins at which the event happened; missing without any origin.
    origins : int
        Forecasts with an outcome.
    dates : int
        Clusters of dates among them: the effective number of origins.
    p_value : float
        Of equal means, by a t-test clustered by date whose variance is at least the binomial one; missing with
        fewer than two dates.
    intercept : float
        By how much the logit of a forecast has to be moved so that as many events are expected as happened, shrunk by
        dates / (dates + 25); 0 with fewer than 100 dates.
    error : float
        Standard error of the intercept, shrunk alike.
    """

    said: float
    happened: float
    origins: int
    dates: int
    p_value: float
    intercept: float
    error: float = 0.0

    def moved(self, probability: float) -> float:
        """Return a probability with the intercept added to its logit.

        Examples
        --------
        >>> found = Calibration(said=0.5, happened=0.4, origins=200, dates=200, p_value=0.01, intercept=-0.4)
        >>> round(found.moved(0.5), 3), found.moved(0.0), found.moved(1.0)
        (0.401, 0.0, 1.0)
        """
        if not self.intercept or not 0.0 < probability < 1.0:
            return probability
        return float(expit(logit(probability) + self.intercept))


def calibration(said: npt.ArrayLike, happened: npt.ArrayLike, dates: npt.ArrayLike) -> Calibration:
    """Compare forecast probabilities with outcomes; forecasts of one date count as one.

    Parameters
    ----------
    said : array of float, shape (origins,)
        Probabilities.
    happened : array of bool, shape (origins,)
    dates : array, shape (origins,)
        Label of the cluster of each origin: forecasts with one label share their horizon.

    Examples
    --------
    >>> found = calibration([0.2] * 10, [True] * 2 + [False] * 8, range(10))
    >>> found.said, found.happened, found.dates, round(found.p_value, 6)
    (0.2, 0.2, 10, 1.0)
    """
    p, y = np.asarray(said, dtype=float), np.asarray(happened, dtype=float)
    labels = np.unique(np.asarray(dates), return_inverse=True)[1]
    clusters = int(labels.max()) + 1 if labels.size else 0
    error = _clustered_error(y - p, p * (1.0 - p), labels, clusters)
    shrunk = clusters / (clusters + _SHRINKAGE) if clusters >= ENOUGH else 0.0
    kept = p.clip(_SMALLEST, 1.0 - _SMALLEST)
    return Calibration(
        said=float(p.mean()) if clusters else float("nan"),
        happened=float(y.mean()) if clusters else float("nan"),
        origins=len(p),
        dates=clusters,
        p_value=_p_value(float((y - p).mean()), error, clusters) if clusters > 1 else float("nan"),
        intercept=_intercept(kept, y) * shrunk if shrunk else 0.0,
        error=error / float((kept * (1.0 - kept)).mean()) * shrunk if shrunk else 0.0,
    )


def _clustered_error(gaps: Floats, variances: Floats, labels: npt.NDArray[np.intp], clusters: int) -> float:
    """Return the standard error of the mean gap: clustered by date, and no smaller than the binomial one."""
    if clusters < 2:
        return float("nan")
    sums = np.bincount(labels, weights=gaps - gaps.mean())
    variance = max(clusters / (clusters - 1) * float((sums**2).sum()), float(variances.sum()))
    return float(np.sqrt(variance)) / len(gaps)


def _p_value(mean: float, error: float, clusters: int) -> float:
    if not error > 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return float(2.0 * stdtr(clusters - 1, -abs(mean) / error))


def _intercept(p: Floats, y: Floats) -> float:
    """Return the likeliest intercept beside the given logits; without any hit, or any miss, half a one is taken."""
    hits = float(np.clip(y.sum(), 0.5, len(y) - 0.5))
    return float(brentq(lambda a: float(expit(a + logit(p)).sum()) - hits, -30.0, 30.0))


def clopper_pearson(hits: float, trials: float, *, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a binomial share (Clopper and Pearson 1934); hits need not be whole.

    Examples
    --------
    >>> [round(bound, 3) for bound in clopper_pearson(8, 38)]
    [0.096, 0.373]
    """
    tail = (1.0 - level) / 2.0
    lower = float(betaincinv(hits, trials - hits + 1, tail)) if hits > 0 else 0.0
    upper = float(betaincinv(hits + 1, trials - hits, 1.0 - tail)) if hits < trials else 1.0
    return lower, upper


def least_shown(trials: int, *, level: float = 0.95) -> float:
    """Return the smallest upper bound that independent trials can show: that of none which comes true.

    Examples
    --------
    >>> round(least_shown(45), 3), round(least_shown(300), 4), least_shown(0)
    (0.064, 0.0099, 1.0)
    """
    return 1.0 - (1.0 - level) ** (1.0 / trials) if trials else 1.0


def shown_range(lower: float, upper: float, found: Calibration) -> tuple[float, float]:
    """Return the range of a probability that may be printed.

    With at least 100 effective origins both ends are moved by the intercept, and its error is added to their distance
    on the logit scale (in squares). With fewer the range is widened to the exact binomial interval of the share that
    happened, with dates as trials; without any hit, or any miss, that interval is one-sided. No upper end lies below
    what the dates can show, and no lower end above its mirror.

    Parameters
    ----------
    lower, upper : float
        Range over models and parameters.
    found : Calibration

    Examples
    --------
    >>> never = calibration([0.01] * 45, [False] * 45, range(45))
    >>> [round(end, 3) for end in shown_range(0.002, 0.01, never)]
    [0.0, 0.064]
    """
    least = least_shown(found.dates)
    if found.dates >= ENOUGH:
        lower, upper = _recalibrated(lower, upper, found)
    elif 0.0 < found.happened < 1.0:
        ends = clopper_pearson(found.happened * found.dates, found.dates)
        lower, upper = min(lower, ends[0]), max(upper, ends[1])
    else:
        lower, upper = min(lower, found.happened), max(upper, found.happened)
    return min(lower, 1.0 - least), max(upper, least)


def _recalibrated(lower: float, upper: float, found: Calibration) -> tuple[float, float]:
    low, high = logit(lower), logit(upper)
    reach = _NORMAL * found.error
    if np.isfinite(low) and np.isfinite(high):
        middle, half = (low + high) / 2.0, float(np.hypot((high - low) / 2.0, reach))
        low, high = middle - half, middle + half
    else:
        low, high = low - reach, high + reach
    return float(expit(low + found.intercept)), float(expit(high + found.intercept))
