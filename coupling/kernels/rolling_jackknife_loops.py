"""Compiled loops behind `coupling.kernels.rolling_jackknife`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["block_shifts", "block_sums", "pearson_jackknife", "spearman_jackknife"]

_FLAT = 1e-12
_ONE = 1.0 - 1e-14
_NEAR = 0.25


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def block_sums(x, y, start, stop, blocks, sums):  # type: ignore[no-untyped-def]
    """Fill `sums` (6 × blocks): count, sums, squares and product of each block, measured from the first row."""
    size, longer = (stop - start) // blocks, (stop - start) % blocks
    x0, y0, end = x[start], y[start], start
    for b in range(blocks):
        begin = end
        end += size + (1 if b < longer else 0)
        sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0
        for row in range(begin, end):
            dx, dy = x[row] - x0, y[row] - y0
            sx += dx
            sy += dy
            sxx += dx * dx
            syy += dy * dy
            sxy += dx * dy
        sums[0, b], sums[1, b], sums[2, b] = end - begin, sx, sy
        sums[3, b], sums[4, b], sums[5, b] = sxx, syy, sxy


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _whole(sums, blocks):  # type: ignore[no-untyped-def]
    """Return the sums over all blocks, the inverse sums of squared deviations and the correlation."""
    n, sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for b in range(blocks):
        n += sums[0, b]
        sx += sums[1, b]
        sy += sums[2, b]
        sxx += sums[3, b]
        syy += sums[4, b]
        sxy += sums[5, b]
    xx, yy = sxx - sx * sx / n, syy - sy * sy / n
    flat = not (xx > _FLAT * sxx and yy > _FLAT * syy)
    scale = np.nan if flat else 1.0 / (math.sqrt(xx) * math.sqrt(yy))
    return n, sx, sy, sxx, syy, sxy, xx, yy, min(1.0, max(-1.0, (sxy - sx * sy / n) * scale)) if not flat else np.nan


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def block_shifts(sums, blocks, shifts):  # type: ignore[no-untyped-def]
    """Fill `shifts` with the change of atanh r when each block is left out (missing if a rest is flat); return r."""
    n, sx, sy, sxx, syy, sxy, xx, yy, whole = _whole(sums, blocks)
    per_x, per_y, per_xy = 1.0 / xx, 1.0 / yy, 1.0 / math.sqrt(xx) / math.sqrt(yy)
    far = False
    for b in range(blocks):
        inverse = 1.0 / (n - sums[0, b])
        ax, ay, axx, ayy = sx - sums[1, b], sy - sums[2, b], sxx - sums[3, b], syy - sums[4, b]
        bxx, byy = axx - ax * ax * inverse, ayy - ay * ay * inverse
        sound = (bxx > _FLAT * axx) & (byy > _FLAT * ayy)
        part = (sxy - sums[5, b] - ax * ay * inverse) * per_xy / math.sqrt((bxx * per_x) * (byy * per_y))
        gap = (part - whole) / (1.0 - part * whole)
        square = gap * gap
        series = 1 / 9 + square * (1 / 11 + square * (1 / 13 + square * (1 / 15)))
        series = 1.0 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * series)))
        shifts[b] = gap * series if sound else np.nan
        far = far | (square > _NEAR * _NEAR)
        sums[0, b] = gap
    if far:
        for b in range(blocks):
            gap = min(_ONE, max(-_ONE, sums[0, b]))
            shifts[b] = 0.5 * (math.log1p(gap) - math.log1p(-gap)) if shifts[b] == shifts[b] else np.nan
    return whole


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _jackknife(sums, blocks, shifts):  # type: ignore[no-untyped-def]
    """Return the correlation, the standard error of its atanh and the inverse degrees of freedom; uses up `sums`."""
    whole = block_shifts(sums, blocks, shifts)
    if not abs(whole) < _ONE:
        return whole, 0.0 * whole, 1.0 / (blocks - 1)
    mean = 0.0
    for b in range(blocks):
        mean += shifts[b]
    mean /= blocks
    second, fourth = 0.0, 0.0
    for b in range(blocks):
        square = (shifts[b] - mean) ** 2
        second += square
        fourth += square * square
    kurtosis = blocks * fourth / (second * second) if second > 0.0 else 1.0
    error = math.sqrt(second * (blocks - 1) / blocks)
    return whole, error, max(1.0 / (blocks - 1), (kurtosis - 1.0) / (2.0 * blocks))


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def pearson_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 3) with correlation, standard error and inverse degrees of freedom of each window."""
    sums, shifts = np.empty((6, most)), np.empty(most)
    for k in range(len(starts)):
        if blocks[k] > 0:
            block_sums(x, y, starts[k], stops[k], blocks[k], sums)
            out[k, 0], out[k, 1], out[k, 2] = _jackknife(sums, blocks[k], shifts)


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _shift_ranks(values, ranks, start, stop, row, sign):  # type: ignore[no-untyped-def]
    """Let one row join (sign 1) or leave (sign -1) the ranks of the rows start:stop."""
    own, value = 0.0, values[row]
    for other in range(start, stop):
        if other != row:
            below = 1.0 if value < values[other] else (0.5 if value == values[other] else 0.0)
            ranks[other] += sign * below
            own += 1.0 - below
    ranks[row] = own


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def spearman_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Do what `pearson_jackknife` does for the ranks (ties: average rank) within each window."""
    sums, shifts = np.empty((6, most)), np.empty(most)
    first, second = np.empty(len(x)), np.empty(len(x))
    begin, end = 0, 0
    for k in range(len(starts)):
        if blocks[k] == 0:
            continue
        if starts[k] >= end:
            begin = end = starts[k]
        while end < stops[k]:
            _shift_ranks(x, first, begin, end, end, 1.0)
            _shift_ranks(y, second, begin, end, end, 1.0)
            end += 1
        while begin < starts[k]:
            _shift_ranks(x, first, begin + 1, end, begin, -1.0)
            _shift_ranks(y, second, begin + 1, end, begin, -1.0)
            begin += 1
        block_sums(first, second, starts[k], stops[k], blocks[k], sums)
        out[k, 0], out[k, 1], out[k, 2] = _jackknife(sums, blocks[k], shifts)
