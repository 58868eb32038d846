"""Compiled loops behind `coupling.kernels.rolling_jackknife`; import this module only inside a function."""

from __future__ import annotations

import numpy as np

from coupling.kernels.compiling import compiled
from coupling.kernels.leave_out_loops import block_sums, correlation_shifts, spread
from coupling.kernels.rank_loops import shift_ranks

__all__ = ["autocorrelations", "pearson_jackknife", "spearman_jackknife"]

_FLAT = 1e-12
_ONE = 1.0 - 1e-14


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
        squares = square - total * mean
        sound = n > 2.0 and squares > _FLAT * square
        out[k] = (product - mean * (2.0 * total - before) + (n - 1.0) * mean * mean) / squares if sound else np.nan


@compiled(error_model="numpy")
def _jackknife(sums, blocks, rest, whole, shifts, out):  # type: ignore[no-untyped-def]
    """Fill `out` (3) with the correlation, the standard error of its atanh and the inverse degrees of freedom."""
    out[0] = correlation_shifts(sums, blocks, rest, whole, shifts)
    if abs(out[0]) < _ONE:
        out[1], out[2] = spread(shifts, blocks)
    else:
        out[1], out[2] = 0.0 * out[0], 1.0 / (blocks - 1)


@compiled(error_model="numpy")
def pearson_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 3) with correlation, standard error and inverse degrees of freedom of each window."""
    sums, rest, whole, shifts = np.empty((6, most)), np.empty((6, most)), np.empty(3), np.empty(most)
    for k in range(len(starts)):
        if blocks[k] > 0:
            block_sums(x, y, starts[k], stops[k], blocks[k], sums)
            _jackknife(sums, blocks[k], rest, whole, shifts, out[k])


@compiled(error_model="numpy")
def spearman_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Do what `pearson_jackknife` does for the ranks (ties: average rank) within each window."""
    sums, rest, whole, shifts = np.empty((6, most)), np.empty((6, most)), np.empty(3), np.empty(most)
    ranks, others = np.empty(len(x)), np.empty(len(x))
    begin, end = 0, 0
    for k in range(len(starts)):
        if blocks[k] == 0:
            continue
        if starts[k] >= end:
            begin = end = starts[k]
        while end < stops[k]:
            shift_ranks(x, ranks, begin, end, end, 1.0)
            shift_ranks(y, others, begin, end, end, 1.0)
            end += 1
        while begin < starts[k]:
            shift_ranks(x, ranks, begin + 1, end, begin, -1.0)
            shift_ranks(y, others, begin + 1, end, begin, -1.0)
            begin += 1
        block_sums(ranks, others, begin, end, blocks[k], sums)
        _jackknife(sums, blocks[k], rest, whole, shifts, out[k])
