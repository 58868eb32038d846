"""Compiled loops behind `coupling.kernels.weighted_jackknife`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled
from coupling.kernels.leave_out_loops import correlation_shifts, middle

__all__ = ["weighted_windows"]


@compiled(error_model="numpy")
def _weigh(x, y, start, stop, decay):  # type: ignore[no-untyped-def]
    """Return the number of complete rows, and the sums of weights and of their squares."""
    count, weight, total, squares = 0, 1.0, 0.0, 0.0
    for row in range(stop - 1, start - 1, -1):
        if x[row] == x[row] and y[row] == y[row]:
            count += 1
            total += weight
            squares += weight * weight
        weight *= decay
    return count, total, squares


@compiled(error_model="numpy")
def _block_rows(x, y, start, stop, decay, share, blocks, firsts):  # type: ignore[no-untyped-def]
    """Fill the newest row of each block; a block ends once it has its share of the squares of weights."""
    weight, block, done = 1.0, -1, 0.0
    for row in range(stop - 1, start - 1, -1):
        if x[row] == x[row] and y[row] == y[row]:
            if block < 0 or (done >= (block + 1) * share and block < blocks - 1):
                block += 1
                firsts[block] = row
            done += weight * weight
        weight *= decay
    return block + 1


@compiled(error_model="numpy")
def _weighted_sums(x, y, start, stop, decay, blocks, firsts, sums, shares):  # type: ignore[no-untyped-def]
    """Fill the weighted sums of each block, from the newest row back, measured from the median of three rows."""
    half, last = firsts[blocks // 2], firsts[blocks - 1]
    x0, y0 = middle(x[firsts[0]], x[half], x[last]), middle(y[firsts[0]], y[half], y[last])
    sums[:, :blocks], shares[:blocks] = 0.0, 0.0
    weight, block = 1.0, 0
    for row in range(stop - 1, start - 1, -1):
        if x[row] == x[row] and y[row] == y[row]:
            if block < blocks - 1 and row == firsts[block + 1]:
                block += 1
            dx, dy = x[row] - x0, y[row] - y0
            sums[0, block] += weight
            sums[1, block] += weight * dx
            sums[2, block] += weight * dy
            sums[3, block] += weight * dx * dx
            sums[4, block] += weight * dy * dy
            sums[5, block] += weight * dx * dy
            shares[block] += weight * weight
        weight *= decay


@compiled(error_model="numpy")
def _weighted_spread(sums, shares, total, squares, blocks, whole, shifts):  # type: ignore[no-untyped-def]
    """Return the standard error of atanh r, and the inverse degrees of freedom."""
    mean, alike, equal, second, fourth = 0.0, 0.0, 0.0, 0.0, 0.0
    for b in range(blocks):
        alike += (sums[0, b] / total) ** 2
        equal += (shares[b] / squares) ** 2
        mean += shifts[b] / blocks
    for b in range(blocks):
        square = ((1.0 - sums[0, b] / total) * (shifts[b] - mean)) ** 2
        second += square
        fourth += square * square
    least = equal / (1.0 - equal)
    if not abs(whole) < 1.0 - 1e-14:
        return 0.0 * whole, least
    inverse = (fourth / (second * second) - equal) / 2.0 if second > 0.0 else least
    return math.sqrt(second / (1.0 - alike)), min(0.5, max(least, inverse))


@compiled(error_model="numpy")
def weighted_windows(x, y, starts, stops, required, decay, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 5): correlation, standard error, inverse freedom, complete rows, effective rows."""
    sums, rest, whole, firsts = (
        np.empty((6, most[-1])),
        np.empty((6, most[-1])),
        np.empty(3),
        np.empty(most[-1], np.int64),
    )
    shifts, shares = np.empty(most[-1]), np.empty(most[-1])
    for k in range(len(starts)):
        count, total, squares = _weigh(x, y, starts[k], stops[k], decay)
        out[k, 3] = count
        if count < required[k] or count == 0:
            continue
        out[k, 4] = total * total / squares
        asked = most[min(len(most) - 1, int(out[k, 4]))]
        share = squares / max(1, asked)
        blocks = _block_rows(x, y, starts[k], stops[k], decay, share, max(1, asked), firsts)
        _weighted_sums(x, y, starts[k], stops[k], decay, blocks, firsts, sums, shares)
        out[k, 0] = correlation_shifts(sums, blocks, rest, whole, shifts)
        out[k, 1], out[k, 2] = _weighted_spread(sums, shares, total, squares, blocks, out[k, 0], shifts)
        if asked == 0:
            out[k, 1], out[k, 2] = np.nan, np.nan
