"""Least-squares segmentation of a linear regression: the best cut dates for every number of breaks.

Dynamic programming over all segments (Bai and Perron 2003), with the residual sum of squares of any segment taken from
cumulative moments. Time grows as T², memory as T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coupling._typing import Floats

__all__ = ["Moments", "best_cuts"]

_AT_ONCE = 16
"""Stops that are worked on together: few enough for the memory near the processor."""

Rows = int | slice | NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """Cumulative cross products of y and the regressors; element t sums the first t rows."""

    xx: Floats
    xy: Floats
    yy: Floats

    @classmethod
    def of(cls, y: Floats, x: Floats) -> Moments:
        """Add up the products of y, shape (T,), and x, shape (T, k)."""
        products = (np.einsum("ti,tj->tij", x, x), x * y[:, None], y * y)
        return cls(*(np.concatenate([np.zeros((1, *p.shape[1:])), np.cumsum(p, axis=0)]) for p in products))

    def rss(self, first: Rows, stop: Rows) -> Floats:
        """Return the residual sums of squares of the segments [first, stop), which broadcast."""
        xx, xy = self.xx[stop] - self.xx[first], self.xy[stop] - self.xy[first]
        explained = _solve(xx, xy)
        explained *= xy
        left = self.yy[stop] - self.yy[first]
        left -= explained[..., 0] if explained.shape[-1] == 1 else explained.sum(axis=-1)
        return np.maximum(left, 0.0, out=left)

    def coefficients(self, first: int, stop: int) -> Floats:
        """Return the coefficients of one segment."""
        xx, xy = self.xx[stop] - self.xx[first], self.xy[stop] - self.xy[first]
        return np.asarray(_solve(xx[None], xy[None])[0])


def _solve(xx: Floats, xy: Floats) -> Floats:
    if xx.shape[-1] == 1:
        return np.divide(xy, xx[..., 0], out=np.zeros_like(xy), where=xx[..., 0] > 0)
    try:
        return np.asarray(np.linalg.solve(xx, xy[..., None])[..., 0], dtype=float)
    except np.linalg.LinAlgError:
        return np.asarray((np.linalg.pinv(xx, hermitian=True) @ xy[..., None])[..., 0])


def best_cuts(moments: Moments, smallest: int, breaks: int) -> tuple[list[list[int]], Floats]:
    """Return for 0, 1, …, `breaks` breaks the cuts (first rows of the later segments) and the residual sum of squares.

    Parameters
    ----------
    moments : Moments
        Cumulative moments of T rows.
    smallest : int
        Rows that a segment must have.
    breaks : int
        Largest number of breaks; there must be room for them.
    """
    n = len(moments.yy) - 1
    cost = np.full((breaks + 1, n + 1), np.inf)
    previous = np.zeros((breaks + 1, n + 1), dtype=np.int64)
    cost[0, smallest:] = moments.rss(0, slice(smallest, n + 1))
    step = min(smallest, _AT_ONCE)
    for first in range(2 * smallest, n - smallest + 1, step):  # the last segment begins where another ends
        _add_stops(moments, smallest, np.arange(first, min(first + step, n - smallest + 1)), cost, previous)
    _add_stops(moments, smallest, np.array([n]), cost, previous)
    return [_walk(previous, number, n) for number in range(breaks + 1)], cost[:, n]


def _add_stops(
    moments: Moments, smallest: int, stops: NDArray[np.int64], cost: Floats, previous: NDArray[np.int64]
) -> None:
    """Fill the columns of some stops, which are no more than a segment has rows: no segment lies between two."""
    first = np.arange(smallest, stops[-1] - smallest + 1)
    short = first + smallest > stops[:, None]
    stop = stops[:, None]  # of several regressors the moments of too short a segment would not be inverted
    rss = moments.rss(first, stop if moments.xy.shape[1] == 1 else np.where(short, first + smallest, stop))
    rss[short] = np.inf
    for breaks in range(1, min(len(cost), int(stops[-1]) // smallest)):
        begun = (breaks - 1) * smallest  # a segment that begins earlier leaves no room for the breaks before it
        total = rss[:, begun:] + cost[breaks - 1, first[begun:]]
        best = total.argmin(axis=1)
        cost[breaks, stops] = total[np.arange(len(stops)), best]
        previous[breaks, stops] = first[begun:][best]


def _walk(previous: NDArray[np.int64], number: int, n: int) -> list[int]:
    cuts: list[int] = []
    stop = n
    for left in range(number, 0, -1):
        stop = int(previous[left, stop])
        cuts.append(stop)
    return cuts[::-1]
