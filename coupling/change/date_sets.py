"""The set of dates at which a correlation may have broken: those that a likelihood ratio does not reject."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from coupling._typing import Floats
from coupling.change.student import distance, scatter, two_dimensional

__all__ = ["DateSet", "date_set"]


_FREEDOMS = (2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 25.0, 60.0)
_CORRELATIONS = np.tanh(np.arange(-265, 266) / 100)


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
    freedom, scales = _law(moved)
    profile = _profile(moved / scales, freedom)[edge - 1 : rows - edge]
    within = 2 * (profile.max() - profile) <= -2 * np.log1p(-np.sqrt(level))
    return DateSet(int(profile.argmax()) + edge, _spans(np.flatnonzero(within) + edge), float(within.sum()) / rows)


def _law(x: Floats) -> tuple[float, Floats]:
    """Return the degrees of freedom and scales of the likeliest bivariate t law with one correlation."""
    fits = [(*_fit(x, freedom), freedom) for freedom in _FREEDOMS]
    _, found, freedom = max(fits, key=lambda fit: fit[0])
    return freedom, np.sqrt(np.diag(found))


def _fit(x: Floats, freedom: float) -> tuple[float, Floats]:
    """Return log-likelihood and scatter matrix at some degrees of freedom."""
    found = scatter(x, freedom)
    constant = gammaln(freedom / 2 + 1) - gammaln(freedom / 2) - np.log(freedom * np.pi)
    constant -= 0.5 * np.log(np.linalg.det(found))
    spread = np.log1p(distance(x, found) / freedom).sum()
    return float(len(x) * constant - (freedom + 2) / 2 * spread), found


def _profile(x: Floats, freedom: float) -> Floats:
    """Return the log-likelihood of a break after each row, at the best correlation before and after it."""
    a, b = x.T
    squares, products = (a * a + b * b) / freedom, 2 * a * b / freedom
    before = np.full(len(x), -np.inf)
    after = np.full(len(x), -np.inf)
    for rho in _CORRELATIONS:
        room = 1 - rho * rho
        each = products * (-rho / room)
        each += squares / room
        each += 1.0
        np.log(each, out=each)
        each *= -(freedom + 2) / 2
        each -= 0.5 * np.log(room)
        summed = np.cumsum(each)
        np.maximum(before, summed, out=before)
        np.maximum(after, summed[-1] - summed, out=after)
    return np.asarray(before + after)


def _spans(numbers: NDArray[np.intp]) -> tuple[tuple[int, int], ...]:
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return tuple((int(run[0]), int(run[-1])) for run in runs)
