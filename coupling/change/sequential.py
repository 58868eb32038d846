"""One pair watched row by row: a likelihood ratio of the newest rows against a correlation that stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

import numpy as np

from coupling._typing import Floats
from coupling.change.student import scatters, two_dimensional

__all__ = ["Alarm", "PairLaw", "PairWatch", "watch_pair"]

_FREEDOMS = (2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0, 10.0, 15.0, 30.0)
_REFIT = 63
_NOTHING = 1e-10  # of the scale of a column, and of what the other leaves open
_FEW = 3  # different values: with fewer a column does not move
_MOST = 600.0  # of a log-likelihood ratio, whose exponential is a number
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

    @property
    def margin(self) -> float:
        """By what the limit is raised: volatilities of their own make alarms likelier, under heavy tails most of all.

        And the more so the closer the correlation is to one, from a half on.
        """
        return (0.85 + 1 / self.freedom) * (1 + 1.5 * max(self.correlation**2 - 0.25, 0.0))

    @property
    def scatter(self) -> Floats:
        """The scatter matrix."""
        return np.asarray(np.outer(self.scales, self.scales) * [[1.0, self.correlation], [self.correlation, 1.0]])

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
        The newest baseline; None while it is learnt, and where a column of it does not move.
    known : bool
        Whether there are rows enough for the newest baseline.
    """

    ratio: Floats
    baseline: Floats
    alarms: tuple[Alarm, ...]
    begun: int
    law: PairLaw | None
    known: bool


def watch_pair(x: Floats, *, threshold: float, shift: float = 0.6, least: int = 250, lag: int = 60) -> PairWatch:
    """Watch two columns for a change of their correlation, and begin anew after each alarm.

    The baseline grows: at row t it is fitted to the rows from its begin to t - `lag`, every 63 rows. Its error and
    volatilities of their own make false alarms likelier, so that the limit of the statistic is the margin of the law
    times (1 + 100 / rows of the baseline) times the threshold. A stretch whose baseline has no law, since a column
    hardly moves, is not watched. After an alarm the baseline begins at the likeliest row
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
    return PairWatch(ratio, baseline, tuple(alarms), begun, law, begun + least + lag < len(x))


def _until_alarm(
    x: Floats, begun: int, ratio: Floats, baseline: Floats, plan: tuple[float, float, int, int]
) -> tuple[Alarm | None, PairLaw | None]:
    threshold, shift, least, lag = plan
    first = max([begun + least + lag, *(np.flatnonzero(~np.isnan(ratio))[-1:] + 1)])
    sides, law = (_Side(first), _Side(first)), None
    for start, law in _laws(x, begun, first, lag):
        if law is None:
            continue
        limit = law.margin * threshold * (1 + 100 / (start - lag - begun))
        for row, logs in enumerate(law.ratios(x[start : start + _REFIT], shift).tolist(), start=start):
            for side, log in zip(sides, logs, strict=True):
                side.add(log, row)
            ratio[row], baseline[row] = (sides[0].statistic + sides[1].statistic) / 2 / limit, law.correlation
            if ratio[row] >= 1:
                up = sides[1].statistic > sides[0].statistic
                return Alarm(row, sides[up].since, begun, law, int(_SIDES[int(up)])), law
    return None, law


class _Side:
    """One direction of a change: its statistic, and its likeliest first row so far."""

    def __init__(self, first: int) -> None:
        self.statistic, self.best, self.since = 0.0, 0.0, first

    def add(self, log: float, row: int) -> None:
        """Add the log-likelihood ratio of a row."""
        if self.best <= 0:
            self.since = row
        self.best = max(self.best, 0.0) + log
        self.statistic = (1 + self.statistic) * exp(min(log, _MOST))


def _laws(x: Floats, begun: int, first: int, lag: int) -> Iterator[tuple[int, PairLaw | None]]:
    law = None
    for start in range(first, len(x), _REFIT):
        law = fit_law(x[begun : start - lag], near=law)
        yield start, law


def fit_law(x: Floats, near: PairLaw | None = None) -> PairLaw | None:
    """Return the likeliest law; with one from fewer rows only the degrees of freedom next to it are tried.

    There is none where a column does not move, or in fewer than half of the rows, or both move as one.
    """
    if min(len(np.unique(column)) for column in x.T) < _FEW or (np.median(np.abs(x), axis=0) == 0).any():
        return None
    if not two_dimensional(x):
        return None
    place = _FREEDOMS.index(near.freedom) if near else 0
    tried = _FREEDOMS[max(place - 1, 0) : place + 2] if near else _FREEDOMS
    begin = None if near is None else near.scatter
    with np.errstate(all="ignore"):
        found, likelihoods = scatters(x, tried, begin)
        sizes = found[:, [0, 2]]
        room = np.where((sizes > _NOTHING).all(axis=1), 1 - found[:, 1] ** 2 / sizes.prod(axis=1), 0.0)
    told = np.where(room > _NOTHING, likelihoods, -np.inf)
    best = int(told.argmax())
    if not np.isfinite(told[best]):  # too many rows lie on one line
        return None
    scales = np.sqrt(sizes[best])
    return PairLaw(scales, float(found[best, 1] / scales.prod()), tried[best])
