"""Compiled loops behind `coupling.kernels.rolling_jackknife`; import this module only inside a function.

Some windows are handled together, one step for all of them before the next, so that none waits for its own last step.
``sums`` is windows × 6 × blocks: count, sums, squares and product of each block, measured from the window's first row.
"""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["TOTALS", "autocorrelations", "block_shifts", "block_sums", "pearson_jackknife", "spearman_jackknife"]

_FLAT = 1e-12
_ONE = 1.0 - 1e-14
_NEAR = 0.25
_TOGETHER = 16
TOTALS = 10


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def block_sums(x, y, blocks, sums):  # type: ignore[no-untyped-def]
    """Fill the `sums` (6 × blocks) of the rows x and y."""
    size, longer, end = len(x) // blocks, len(x) % blocks, np.uint64(0)  # a sign would be checked at every row
    for b in range(blocks):
        count, begin = size + 1 if b < longer else size, end
        end = begin + np.uint64(count)
        sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0
        for row in range(begin, end):
            dx, dy = x[row] - x[0], y[row] - y[0]
            sx += dx
            sy += dy
            sxx += dx * dx
            syy += dy * dy
            sxy += dx * dy
        sums[0, b], sums[1, b], sums[2, b] = count, sx, sy
        sums[3, b], sums[4, b], sums[5, b] = sxx, syy, sxy


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def autocorrelations(x, starts, stops, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows) with the first autocorrelation of each window; missing where x is flat."""
    for k in range(len(starts)):
        begin, end = starts[k], stops[k]
        n, total, square, product, before = float(end - begin), 0.0, 0.0, 0.0, 0.0
        for row in range(begin, end):
            moved = x[row] - x[begin]
            total += moved
            square += moved * moved
            product += moved * before
            before = moved
        mean = total / n if n > 0.0 else 0.0
        spread = square - total * mean
        sound = n > 2.0 and spread > _FLAT * square
        out[k] = (product - mean * (2.0 * total - before) + (n - 1.0) * mean * mean) / spread if sound else np.nan


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def _add_up(sums, count, blocks, totals):  # type: ignore[no-untyped-def]
    """Fill `totals` (10 × windows): sums over the blocks, the scales of x, of y and of their product, correlation."""
    for k in range(count):
        n, sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for b in range(blocks):
            n += sums[k, 0, b]
            sx += sums[k, 1, b]
            sy += sums[k, 2, b]
            sxx += sums[k, 3, b]
            syy += sums[k, 4, b]
            sxy += sums[k, 5, b]
        totals[0, k], totals[1, k], totals[2, k] = n, sx, sy
        totals[3, k], totals[4, k], totals[5, k] = sxx, syy, sxy
    for k in range(count):
        n, sx, sy = totals[0, k], totals[1, k], totals[2, k]
        xx, yy = totals[3, k] - sx * sx / n, totals[4, k] - sy * sy / n
        flat = not (xx > _FLAT * totals[3, k] and yy > _FLAT * totals[4, k])
        totals[6, k], totals[7, k], totals[8, k] = 1.0 / xx, 1.0 / yy, 1.0 / math.sqrt(xx) / math.sqrt(yy)
        whole = (totals[5, k] - sx * sy / n) * totals[8, k]
        totals[9, k] = np.nan if flat else min(1.0, max(-1.0, whole))


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def _gaps(sums, blocks, total, gaps):  # type: ignore[no-untyped-def]
    """Fill `gaps` with tanh of the change of atanh r when each block is left out, missing where the rest is flat."""
    n, sx, sy, sxx, syy, sxy = total[0], total[1], total[2], total[3], total[4], total[5]
    per_x, per_y, per_xy, whole = total[6], total[7], total[8], total[9]
    for b in range(blocks):
        inverse = 1.0 / (n - sums[0, b])
        ax, ay, axx, ayy = sx - sums[1, b], sy - sums[2, b], sxx - sums[3, b], syy - sums[4, b]
        bxx, byy = axx - ax * ax * inverse, ayy - ay * ay * inverse
        sound = (bxx > _FLAT * axx) & (byy > _FLAT * ayy)
        part, scale = (sxy - sums[5, b] - ax * ay * inverse) * per_xy, math.sqrt((bxx * per_x) * (byy * per_y))
        gaps[b] = (part - whole * scale) / (scale - whole * part) if sound else np.nan


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def _atanh(values):  # type: ignore[no-untyped-def]
    """Replace values by their atanh: by a series, unless one of them is large."""
    large = 0.0
    for b in range(len(values)):
        large += 1.0 if abs(values[b]) > _NEAR else 0.0
    if large > 0.0:
        for b in range(len(values)):
            value = min(_ONE, max(-_ONE, values[b]))
            values[b] = 0.5 * (math.log1p(value) - math.log1p(-value)) if values[b] == values[b] else np.nan
        return
    for b in range(len(values)):
        square = values[b] * values[b]
        series = 1 / 9 + square * (1 / 11 + square * (1 / 13 + square * (1 / 15)))
        values[b] *= 1.0 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * series)))


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def block_shifts(sums, count, blocks, totals, shifts):  # type: ignore[no-untyped-def]
    """Fill `shifts` (windows × blocks) with the change of atanh r when a block is left out; missing if a rest is flat.

    `totals` (10 × windows) ends with the correlation of each window.
    """
    _add_up(sums, count, blocks, totals)
    for k in range(count):
        _gaps(sums[k], blocks, totals[:, k], shifts[k])
        _atanh(shifts[k, :blocks])


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def _jackknife(sums, count, blocks, totals, shifts, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 3) with correlation, standard error of its atanh and inverse degrees of freedom."""
    block_shifts(sums, count, blocks, totals, shifts)
    for k in range(count):
        mean, second, fourth = 0.0, 0.0, 0.0
        for b in range(blocks):
            mean += shifts[k, b]
        mean /= blocks
        for b in range(blocks):
            square = (shifts[k, b] - mean) ** 2
            second += square
            fourth += square * square
        whole, near = totals[9, k], abs(totals[9, k]) < _ONE
        kurtosis = blocks * fourth / (second * second) if near and second > 0.0 else 1.0
        out[k, 0], out[k, 1] = whole, math.sqrt(second * (blocks - 1) / blocks) if near else 0.0 * whole
        out[k, 2] = max(1.0 / (blocks - 1), (kurtosis - 1.0) / (2.0 * blocks))


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def pearson_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 3) with correlation, standard error and inverse degrees of freedom of each window."""
    sums, shifts, totals = np.empty((_TOGETHER, 6, most)), np.empty((_TOGETHER, most)), np.empty((TOTALS, _TOGETHER))
    stop = 0
    while stop < len(starts):
        first, many = stop, blocks[stop]
        while stop < len(starts) and stop < first + _TOGETHER and blocks[stop] == many:
            if many > 0:
                begin, end = starts[stop], stops[stop]
                block_sums(x[begin:end], y[begin:end], many, sums[stop - first])
            stop += 1
        if many > 0:
            _jackknife(sums, stop - first, many, totals, shifts, out[first:stop])


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def _shift_ranks(values, ranks, start, stop, row, sign):  # type: ignore[no-untyped-def]
    """Let one row join (sign 1) or leave (sign -1) the ranks of the rows start:stop."""
    own, value = 0.0, values[row]
    for other in range(start, stop):
        if other != row:
            below = 1.0 if value < values[other] else (0.5 if value == values[other] else 0.0)
            ranks[other] += sign * below
            own += 1.0 - below
    ranks[row] = own


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def spearman_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Do what `pearson_jackknife` does for the ranks (ties: average rank) within each window."""
    sums, shifts, totals = np.empty((1, 6, most)), np.empty((1, most)), np.empty((TOTALS, 1))
    ranks, others = np.empty(len(x)), np.empty(len(x))
    begin, end = 0, 0
    for k in range(len(starts)):
        if blocks[k] == 0:
            continue
        if starts[k] >= end:
            begin = end = starts[k]
        while end < stops[k]:
            _shift_ranks(x, ranks, begin, end, end, 1.0)
            _shift_ranks(y, others, begin, end, end, 1.0)
            end += 1
        while begin < starts[k]:
            _shift_ranks(x, ranks, begin + 1, end, begin, -1.0)
            _shift_ranks(y, others, begin + 1, end, begin, -1.0)
            begin += 1
        block_sums(ranks[begin:end], others[begin:end], blocks[k], sums[0])
        _jackknife(sums, 1, blocks[k], totals, shifts, out[k : k + 1])
