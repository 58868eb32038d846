"""Compiled loops behind `coupling.kernels.ranks`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["rank_correlations"]


@compiled(error_model="numpy")
def _moved(values, ranks, first, stop, other, by):  # type: ignore[no-untyped-def]
    """Move the ranks of some rows by those of `other` among them, and return its own rank; a tie counts half."""
    below = 0.0
    for row in range(first, stop):
        ranks[row] += 0.5 * by * ((other < values[row]) + (other <= values[row]))
        below += 0.5 * ((values[row] < other) + (values[row] <= other))
    return below


@compiled(error_model="numpy")
def rank_correlations(x, y, begin, end, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the correlation of the ranks in each window; a row that comes or goes moves those beside it."""
    left, right = np.empty(len(x)), np.empty(len(x))
    low = high = 0
    for k in range(len(begin)):
        if begin[k] < low or begin[k] >= high or end[k] < high:
            low = high = begin[k]
        while low < begin[k]:
            _moved(x, left, low + 1, high, x[low], -1.0)
            _moved(y, right, low + 1, high, y[low], -1.0)
            low += 1
        while high < end[k]:
            left[high] = _moved(x, left, low, high, x[high], 1.0)
            right[high] = _moved(y, right, low, high, y[high], 1.0)
            high += 1
        middle, xx, xy, yy = 0.5 * (high - low - 1), 0.0, 0.0, 0.0
        for row in range(low, high):
            one, other = left[row] - middle, right[row] - middle
            xx += one * one
            xy += one * other
            yy += other * other
        out[k] = xy / math.sqrt(xx * yy) if xx > 0.0 and yy > 0.0 else np.nan
