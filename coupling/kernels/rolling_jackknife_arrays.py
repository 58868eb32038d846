"""What `coupling.kernels.rolling_jackknife_loops` does, in arrays: for input too small to wait for a compiler.

Nothing here imports a compiler; the answers are the same within 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from coupling._typing import Floats, Integers
from coupling.kernels.leave_out import WithoutBlocks, correlation_errors, even_edges, leave_out
from coupling.kernels.segments import segments_of

__all__ = ["autocorrelations", "jackknife_arrays", "rank_jackknife", "row_ranks"]

AT_ONCE = 256
"""Windows handled together, so that what they need stays in the cache."""
CELLS = 1 << 16
FLAT = 1e-12


def jackknife_arrays(
    x: Floats,
    y: Floats,
    begin: Integers,
    end: Integers,
    blocks: Integers,
    *,
    errors: Callable[[WithoutBlocks], Floats] = correlation_errors,
) -> Floats:
    """Return estimate, standard error and inverse degrees of freedom of every window (windows × 3).

    Parameters
    ----------
    x, y : array of shape (rows,)
    begin, end, blocks : array of shape (windows,)
        Where there are 0 blocks everything is missing; where there is one there is an estimate alone.
    errors : callable
        Makes the three of what is left.
    """
    out = np.full((len(begin), 3), np.nan)
    for count in np.unique(blocks[blocks > 0]).tolist():
        which = np.flatnonzero(blocks == count)
        for first in range(0, len(which), AT_ONCE):
            some = which[first : first + AT_ONCE]
            out[some] = errors(leave_out(x, y, even_edges(begin[some], end[some], count)))
    return out


def rank_jackknife(x: Floats, y: Floats, begin: Integers, end: Integers, blocks: Integers) -> Floats:
    """Return what `jackknife_arrays` does for the ranks (ties: average rank) within each window."""
    out = np.full((len(begin), 3), np.nan)
    for some, rows in _equally_long(begin, end):
        size = rows.shape[1]
        ranks = [row_ranks(values[rows]).ravel() for values in (x, y)]
        starts = np.arange(len(some)) * size
        out[some] = jackknife_arrays(ranks[0], ranks[1], starts, starts + size, blocks[some])
    return out


def _equally_long(begin: Integers, end: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield some windows of one length at a time, and their rows (windows × rows)."""
    lengths = end - begin
    for length in np.unique(lengths[lengths > 0]).tolist():
        which = np.flatnonzero(lengths == length)
        step = max(1, CELLS // length)
        for first in range(0, len(which), step):
            some = which[first : first + step]
            yield some, begin[some, None] + np.arange(length)


def row_ranks(values: Floats) -> Floats:
    """Return the ranks from 0 within each row; equal values share their average."""
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    place = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    new = np.ones(values.shape, dtype=np.bool_)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    last = np.ones_like(new)
    last[:, :-1] = new[:, 1:]
    lowest = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    highest = np.minimum.accumulate(np.where(last, place, values.shape[1])[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, 0.5 * (lowest + highest), axis=1)
    return ranks


def autocorrelations(x: Floats, begin: Integers, end: Integers) -> Floats:
    """Return the first autocorrelation of each window; missing where x is flat."""
    out = np.full(len(begin), np.nan)
    segments = segments_of(begin, end, len(x))
    if not len(segments.which):
        return out
    shared = x[segments.back[:, :1]]
    back, on = x[segments.back] - shared, x[segments.on] - shared
    count = segments.before + segments.after + 1.0
    total, square, product = (
        segments.back_to(np.cumsum(one, axis=1)) + segments.on_to(np.cumsum(other, axis=1))
        for one, other in ((back, on), (back * back, on * on), (_neighbours(back), _neighbours(on)))
    )
    ends = segments.back_to(back) + segments.on_to(on)
    mean = total / count
    squares = square - total * mean
    with np.errstate(divide="ignore", invalid="ignore"):
        first = (product - mean * (2.0 * total - ends) + (count - 1.0) * mean * mean) / squares
    out[segments.which] = np.where((count > 2) & (squares > FLAT * square), first, np.nan)
    return out


def _neighbours(gaps: Floats) -> Floats:
    """Return the product of each gap with the one before it; that of the first with the shared row is 0."""
    products = np.zeros_like(gaps)
    products[:, 1:] = gaps[:, 1:] * gaps[:, :-1]
    return products
