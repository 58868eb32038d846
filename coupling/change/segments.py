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
        """Return the residual sums of squares of the segments [first, stop)."""
        xx, xy = self.xx[stop] - self.xx[first], self.xy[stop] - self.xy[first]
        explained = _solve(xx, xy)
        explained *= xy
        left = self.yy[stop] - self.yy[first]
        left -= explained[:, 0] if explained.shape[1] == 1 else explained.sum(axis=1)
        return np.maximum(left, 0.0, out=left)

    def coefficients(self, first: int, stop: int) -> Floats:
        """Return the coefficients of one segment."""
        xx, xy = self.xx[stop] - self.xx[first], self.xy[stop] - self.xy[first]
        return np.asarray(_solve(xx[None], xy[None])[0])


def _solve(xx: Floats, xy: Floats) -> Floats:
    if xx.shape[-1] == 1:
        return np.divide(xy, xx[:, 0], out=np.zeros_like(xy), where=xx[:, 0] > 0)
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
    for stop in range(smallest, n + 1):
        rss = moments.rss(slice(stop - smallest + 1), stop)
        cost[0, stop] = rss[0]
        total = cost[:-1, : len(rss)] + rss
        previous[1:, stop] = total.argmin(axis=1)
        cost[1:, stop] = total.min(axis=1)
    return [_walk(previous, number, n) for number in range(breaks + 1)], cost[:, n]


def _walk(previous: NDArray[np.int64], number: int, n: int) -> list[int]:
    cuts: list[int] = []
    stop = n
    for left in range(number, 0, -1):
        stop = int(previous[left, stop])
        cuts.append(stop)
    return cuts[::-1]
