"""Compiled loops of ranks in windows that move on; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["rank_correlations", "shift_ranks"]


@compiled(error_model="numpy")
def shift_ranks(values, ranks, start, stop, row, sign):  # type: ignore[no-untyped-def]
    """Let a row join (sign 1) or leave (sign -1) the ranks of the rows start:stop beside it; a tie counts half."""
    own, value = 0.0, values[row]
    for other in range(start, stop):
        ranks[other] += 0.5 * sign * ((value < values[other]) + (value <= values[other]))
        own += 0.5 * ((values[other] < value) + (values[other] <= value))
    ranks[row] = own


@compiled(error_model="numpy")
def rank_correlations(x, y, begin, end, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the correlation of the ranks in each window; a row that comes or goes moves those beside it."""
    left, right = np.empty(len(x)), np.empty(len(x))
    low = high = 0
    for k in range(len(begin)):
        if begin[k] < low or begin[k] >= high or end[k] < high:
            low = high = begin[k]
        while low < begin[k]:
            shift_ranks(x, left, low + 1, high, low, -1.0)
            shift_ranks(y, right, low + 1, high, low, -1.0)
            low += 1
        while high < end[k]:
            shift_ranks(x, left, low, high, high, 1.0)
            shift_ranks(y, right, low, high, high, 1.0)
            high += 1
        middle, xx, xy, yy = 0.5 * (high - low - 1), 0.0, 0.0, 0.0
        for row in range(low, high):
            one, other = left[row] - middle, right[row] - middle
            xx += one * one
            xy += one * other
            yy += other * other
        out[k] = xy / math.sqrt(xx * yy) if xx > 0.0 and yy > 0.0 else np.nan
