"""The set of dates at which a correlation may have broken: those that a likelihood ratio does not reject."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coupling._typing import Floats
from coupling.change.student import scatters, two_dimensional

__all__ = ["DateSet", "date_set"]


_FREEDOMS = (2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 25.0, 60.0)
_STEP, _APART = 0.01, 10
_CORRELATIONS = np.tanh(_STEP * np.arange(-265, 266))


@dataclass(frozen=True)
class DateSet:
    """Numbers of rows before a break that a likelihood ratio does not reject.

    Parameters
    ----------
    likeliest : int
        The number with the largest likelihood.
    spans : tuple of (int, int)
        The set as stretches, first and last number of each.
    share : float
        Size of the set as a share of the rows.
    """

    likeliest: int
    spans: tuple[tuple[int, int], ...]
    share: float

    @property
    def hull(self) -> tuple[int, int]:
        """The smallest and the largest number of the set."""
        return self.spans[0][0], self.spans[-1][1]


def date_set(x: Floats, *, edge: int, level: float = 0.95) -> DateSet | None:
    """Return the set of dates of one break in the correlation of two columns; None where nothing can be told.

    The profile likelihood of a bivariate t law whose correlation changes once is taken at every date; a date stays
    in the set while twice its distance from the largest is at most -2 log(1 - sqrt(level)), 7.35 at 95 %. Scales and
    degrees of freedom are those of one correlation throughout. It supposes one break and a correlation that is
    constant otherwise.

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Changes of steady volatility (standardised beforehand).
    edge : int
        Rows that lie on either side of every date considered.
    level : float
        Coverage.

    References
    ----------
    Eo and Morley (2015), Quantitative Economics 6, 463-497: the confidence set of a break date by inverting the
    likelihood ratio, its distribution (1 - exp(-x / 2))².

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(600, 2))
    >>> x[400:, 1] = 0.8 * x[400:, 0] + 0.6 * x[400:, 1]
    >>> found = date_set(x, edge=50)
    >>> found.hull[0] <= 400 <= found.hull[1], found.share < 0.1
    (True, True)
    """
    return _found(np.ascontiguousarray(x, dtype=float).tobytes(), edge, level)


@lru_cache(maxsize=64)
def _found(raw: bytes, edge: int, level: float) -> DateSet | None:
    """The same pair is dated by the page, its baseline and its claims."""
    x: Floats = np.frombuffer(raw).reshape(-1, 2)
    rows = len(x)
    if rows < 2 * edge + 1:
        return None
    moved = x - x.mean(axis=0)
    if not two_dimensional(moved):
        return None
    law = _law(moved)
    if law is None:
        return None
    freedom, scales = law
    profile = _profile(moved / scales, freedom, edge)
    within = 2 * (profile.max() - profile) <= -2 * np.log1p(-np.sqrt(level))
    return DateSet(int(profile.argmax()) + edge, _spans(np.flatnonzero(within) + edge), float(within.sum()) / rows)


def _law(x: Floats) -> tuple[float, Floats] | None:
    """Return the degrees of freedom and scales of the likeliest bivariate t law with one correlation.

    There is none where too many rows lie on one line.
    """
    found, likelihoods = scatters(x, _FREEDOMS)
    if not np.isfinite(likelihoods).any():
        return None
    best = int(np.nanargmax(likelihoods))
    return _FREEDOMS[best], np.sqrt(found[best, [0, 2]])


def _profile(x: Floats, freedom: float, edge: int) -> Floats:
    """Return the log-likelihood of a break after each row within the edges, at the best correlation before and after.

    Every tenth of the correlations is tried first, and those between two of them only where some row can want them: on
    the scale of Fisher's z the log-likelihood of a row curves down by at most the degrees of freedom plus two.
    """
    a, b = x.T
    squares, products = (a * a + b * b) / freedom, 2 * a * b / freedom

    def summed(place: int) -> tuple[Floats, Floats]:
        rho = _CORRELATIONS[place]
        room = 1 - rho * rho
        each = products * (-rho / room)
        each += squares / room
        each += 1.0
        np.log(each, out=each)
        each *= -(freedom + 2) / 2
        each -= 0.5 * np.log(room)
        sums = np.cumsum(each)
        inner = sums[edge - 1 : len(x) - edge]
        return inner, sums[-1] - inner

    tried = np.array([summed(place) for place in range(0, len(_CORRELATIONS), _APART)])
    best = tried.max(axis=0)
    counted = np.arange(edge, len(x) - edge + 1)
    above = (freedom + 2) * (_APART * _STEP) ** 2 / 8 * np.stack([counted, counted[::-1]])
    wanted = (np.maximum(tried[:-1], tried[1:]) > best - above).any(axis=(1, 2))
    for cell in np.flatnonzero(wanted):
        for place in range(cell * _APART + 1, (cell + 1) * _APART):
            np.maximum(best, summed(place), out=best)
    return np.asarray(best.sum(axis=0))


def _spans(numbers: NDArray[np.intp]) -> tuple[tuple[int, int], ...]:
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return tuple((int(run[0]), int(run[-1])) for run in runs)
