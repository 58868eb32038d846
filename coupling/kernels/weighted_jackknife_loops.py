"""Compiled loops behind `coupling.kernels.weighted_jackknife`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled
from coupling.kernels.rolling_jackknife_loops import TOTALS, block_shifts

__all__ = ["weighted_windows"]


@compiled(error_model="numpy")
def _weigh(x, y, start, stop, decay):  # type: ignore[no-untyped-def]
    """Return the number of complete rows, the newest of them, and the sums of weights and of their squares."""
    count, newest, weight, total, squares = 0, -1, 1.0, 0.0, 0.0
    for row in range(stop - 1, start - 1, -1):
        if x[row] == x[row] and y[row] == y[row]:
            newest = max(newest, row)
            count += 1
            total += weight
            squares += weight * weight
        weight *= decay
    return count, newest, total, squares


@compiled(error_model="numpy")
def _weighted_sums(x, y, start, stop, decay, newest, share, blocks, sums, shares):  # type: ignore[no-untyped-def]
    """Fill the weighted sums of each block, from the newest row back; a block ends once it has its share of squares."""
    for b in range(blocks):
        shares[b] = 0.0
        for moment in range(6):
            sums[moment, b] = 0.0
    weight, block, done, x0, y0 = 1.0, 0, 0.0, x[newest], y[newest]
    for row in range(stop - 1, start - 1, -1):
        if x[row] == x[row] and y[row] == y[row]:
            if done >= (block + 1) * share and block < blocks - 1:
                block += 1
            dx, dy = x[row] - x0, y[row] - y0
            sums[0, block] += weight
            sums[1, block] += weight * dx
            sums[2, block] += weight * dy
            sums[3, block] += weight * dx * dx
            sums[4, block] += weight * dy * dy
            sums[5, block] += weight * dx * dy
            shares[block] += weight * weight
            done += weight * weight
        weight *= decay


@compiled(error_model="numpy")
def _spread(sums, shares, total, squares, blocks, totals, shifts, parts):  # type: ignore[no-untyped-def]
    """Return the correlation, the standard error of its atanh and the inverse degrees of freedom."""
    mean, alike, equal, second, fourth = 0.0, 0.0, 0.0, 0.0, 0.0
    for b in range(blocks):
        parts[b] = sums[0, 0, b] / total
        alike += parts[b] * parts[b]
        equal += (shares[b] / squares) ** 2
    block_shifts(sums, 1, blocks, totals, shifts)
    whole = totals[-1, 0]
    for b in range(blocks):
        mean += shifts[0, b] / blocks
    for b in range(blocks):
        square = ((1.0 - parts[b]) * (shifts[0, b] - mean)) ** 2
        second += square
        fourth += square * square
    if not abs(whole) < 1.0 - 1e-14:
        return whole, 0.0 * whole, equal / (1.0 - equal)
    least = equal / (1.0 - equal)
    inverse = (fourth / (second * second) - equal) / 2.0 if second > 0.0 else least
    return whole, math.sqrt(second / (1.0 - alike)), min(0.5, max(least, inverse))


@compiled(error_model="numpy")
def weighted_windows(x, y, starts, stops, required, decay, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 5): correlation, standard error, inverse freedom, complete rows, effective rows."""
    sums, totals, shares = np.empty((1, 6, most[-1])), np.empty((TOTALS, 1)), np.empty(most[-1])
    shifts, parts = np.empty((1, most[-1])), np.empty(most[-1])
    for k in range(len(starts)):
        count, newest, total, squares = _weigh(x, y, starts[k], stops[k], decay)
        out[k, 3] = count
        if count < required[k] or count == 0:
            continue
        out[k, 4] = total * total / squares
        blocks = most[min(len(most) - 1, int(out[k, 4]))]
        used = max(1, blocks)
        _weighted_sums(x, y, starts[k], stops[k], decay, newest, squares / used, used, sums[0], shares)
        out[k, 0], out[k, 1], out[k, 2] = _spread(sums, shares, total, squares, used, totals, shifts, parts)
        if blocks == 0:
            out[k, 1], out[k, 2] = np.nan, np.nan
