"""Kendall's τ with ties (τ-b): discordant pairs counted bit by bit of the ranks, n log n."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats

__all__ = ["kendall_tau"]

FEW = 1 << 16
"""Rows whose ranks are sorted by numpy's radix sort."""


def kendall_tau(x: Floats, y: Floats) -> float:
    """Return (concordant - discordant pairs) / √(pairs not tied in x · pairs not tied in y) of two finite columns.

    Missing where a column does not move.

    References
    ----------
    Kendall (1945), Biometrika 33(3); counting as in Knight (1966), Journal of the American Statistical Association 61.

    Examples
    --------
    >>> round(kendall_tau(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])), 12)
    0.666666666667
    """
    by_x, by_y = (np.unique(values, return_inverse=True)[1] for values in (x, y))
    pairs, tied = len(x) * (len(x) - 1) // 2, [_tied(ranks) for ranks in (by_x, by_y, by_x * len(x) + by_y)]
    if pairs in tied[:2]:
        return float("nan")
    discordant = _inversions(by_y[np.lexsort((by_y, by_x))])
    balance = pairs - tied[0] - tied[1] + tied[2] - 2 * discordant
    return min(1.0, max(-1.0, balance / sqrt(pairs - tied[0]) / sqrt(pairs - tied[1])))


def _tied(ranks: npt.NDArray[np.intp]) -> int:
    """Return the number of pairs with the same rank."""
    counts = np.unique(ranks, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _inversions(ranks: npt.NDArray[np.intp]) -> int:
    """Return the number of pairs of which the first is larger: they part at some bit, and share those above it."""
    found, ranks = 0, ranks.astype(np.uint16) if len(ranks) < FEW else ranks
    for bit in reversed(range(int(ranks.max()).bit_length())):
        ones = ((ranks >> bit) & 1).astype(np.intp)
        before = ones.cumsum() - ones
        starts = np.flatnonzero(np.diff((ranks >> (bit + 1)).astype(np.intp), prepend=-1))
        within = before - np.repeat(before[starts], np.diff(starts, append=len(ranks)))
        found += int((within * (1 - ones)).sum())
        ranks = ranks[np.argsort(ranks >> bit, kind="stable")]
    return found
