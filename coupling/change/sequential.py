"""One pair watched row by row: a likelihood ratio of the newest rows against a correlation that stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from coupling._typing import Floats
from coupling.change.student import distance, scatter

__all__ = ["Alarm", "PairLaw", "PairWatch", "watch_pair"]

_FREEDOMS = (2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0, 10.0, 15.0, 30.0)
_REFIT = 63
_SURE = 1.05
_SIDES = np.array([-1.0, 1.0])


@dataclass(frozen=True)
class PairLaw:
    """A bivariate t law with mean zero: scales of both columns, correlation and degrees of freedom."""

    scales: Floats
    correlation: float
    freedom: float

    def ratios(self, x: Floats, shift: float) -> Floats:
        """Return the log-likelihood ratios (rows × 2) of a correlation lower, and higher, by a Fisher-z shift."""
        a, b = (x / self.scales).T
        others = np.tanh(np.arctanh(self.correlation) + shift * _SIDES)
        return np.column_stack([self._log(a, b, other) - self._log(a, b, self.correlation) for other in others])

    def _log(self, a: Floats, b: Floats, rho: float) -> Floats:
        room = 1 - rho * rho
        away = np.log1p((a * a - 2 * rho * a * b + b * b) / (room * self.freedom))
        return np.asarray(-0.5 * np.log(room) - (self.freedom + 2) / 2 * away)


@dataclass(frozen=True)
class Alarm:
    """A row at which the correlation was found to have left its baseline.

    Parameters
    ----------
    row : int
        The last row that was needed.
    since : int
        The likeliest first row of the new correlation.
    begun : int
        First row of the baseline.
    law : PairLaw
        The baseline.
    side : int
        -1 where the correlation fell, 1 where it rose.
    """

    row: int
    since: int
    begun: int
    law: PairLaw
    side: int


@dataclass(frozen=True)
class PairWatch:
    """The path of a pair: statistic over threshold, baseline by row (missing while it is learnt), and the alarms.

    Parameters
    ----------
    ratio : ndarray of shape (T,)
        Statistic over its threshold; an alarm where it reaches 1.
    baseline : ndarray of shape (T,)
        Correlation of the baseline.
    alarms : tuple of Alarm
    begun : int
        First row of the newest baseline.
    law : PairLaw or None
        The newest baseline; None while it is learnt.
    """

    ratio: Floats
    baseline: Floats
    alarms: tuple[Alarm, ...]
    begun: int
    law: PairLaw | None


def watch_pair(x: Floats, *, threshold: float, shift: float = 0.6, least: int = 250, lag: int = 60) -> PairWatch:
    """PairWatch two columns for a change of their correlation, and begin anew after each alarm.

    The baseline grows: at row t it is fitted to the rows from its begin to t - `lag`, every 63 rows. Its error and
    volatilities of their own make false alarms likelier, so that the limit of the statistic is
    1.05 (1 + 100 / rows of the baseline) times the threshold. After an alarm the baseline begins at the likeliest row
    of the change.

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Changes of steady volatility (standardised beforehand).
    threshold : float
        Mean number of rows to a false alarm, at least.
    shift : float
        Change of Fisher's z that is looked for, down and up.
    least, lag : int
        Rows that a baseline has at least, and newest rows that it leaves out.

    References
    ----------
    Shiryaev (1963), Theory of Probability and its Applications 8, 22-46; Pollak (1985), Annals of Statistics 13,
    206-227: the statistic less the number of rows is a martingale, so that the mean time to a false alarm is at least
    the threshold.
    """
    ratio, baseline = np.full(len(x), np.nan), np.full(len(x), np.nan)
    alarms: list[Alarm] = []
    begun, law = 0, None
    while begun + least + lag < len(x):
        found, law = _until_alarm(x, begun, ratio, baseline, (threshold, shift, least, lag))
        if found is None:
            break
        alarms.append(found)
        begun, law = found.since, None
    return PairWatch(ratio, baseline, tuple(alarms), begun, law)


def _until_alarm(
    x: Floats, begun: int, ratio: Floats, baseline: Floats, plan: tuple[float, float, int, int]
) -> tuple[Alarm | None, PairLaw]:
    threshold, shift, least, lag = plan
    first = max([begun + least + lag, *(np.flatnonzero(~np.isnan(ratio))[-1:] + 1)])
    statistic, best, since = np.zeros(2), np.zeros(2), np.full(2, first)
    for start, law in _laws(x, begun, first, lag):
        limit = _SURE * threshold * (1 + 100 / (start - lag - begun))
        for row, logs in enumerate(law.ratios(x[start : start + _REFIT], shift), start=start):
            since[best <= 0] = row
            best = np.maximum(best, 0) + logs
            statistic = (1 + statistic) * np.exp(logs)
            ratio[row], baseline[row] = statistic.mean() / limit, law.correlation
            if ratio[row] >= 1:
                side = int(statistic.argmax())
                return Alarm(row, int(since[side]), begun, law, int(_SIDES[side])), law
    return None, law


def _laws(x: Floats, begun: int, first: int, lag: int) -> Iterator[tuple[int, PairLaw]]:
    law = None
    for start in range(first, len(x), _REFIT):
        law = fit_law(x[begun : start - lag], near=law)
        yield start, law


def fit_law(x: Floats, near: PairLaw | None = None) -> PairLaw:
    """Return the likeliest law; with one from fewer rows only the degrees of freedom next to it are tried."""
    place = _FREEDOMS.index(near.freedom) if near else 0
    tried = _FREEDOMS[max(place - 1, 0) : place + 2] if near else _FREEDOMS
    return max((_fit(x, freedom) for freedom in tried), key=lambda fit: fit[0])[1]


def _fit(x: Floats, freedom: float) -> tuple[float, PairLaw]:
    found = scatter(x, freedom)
    scales = np.sqrt(np.diag(found))
    constant = gammaln(freedom / 2 + 1) - gammaln(freedom / 2) - np.log(freedom)
    total = len(x) * (constant - 0.5 * np.log(np.linalg.det(found)))
    total -= (freedom + 2) / 2 * np.log1p(distance(x, found) / freedom).sum()
    return float(total), PairLaw(scales, float(found[0, 1] / scales.prod()), freedom)
