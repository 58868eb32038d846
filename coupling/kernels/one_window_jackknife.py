"""The jackknife of one column with many others in one window: sums of all columns at once, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from coupling._typing import Flags, Floats, Integers
from coupling.kernels.leave_out import correlation_errors, even_edges, middle, without_blocks
from coupling.kernels.minimum import at_least
from coupling.kernels.rolling_jackknife import (
    RollingJackknife,
    block_counts,
    missed_dependence,
    power_of_two,
)

__all__ = ["jackknife_with"]

FLAT = 1e-12


def jackknife_with(rows: Floats, column: int, others: list[int], required: int) -> RollingJackknife:
    """Return the jackknife of the correlations of one column with others, as if each were a window.

    Parameters
    ----------
    rows : array of shape (rows, columns)
        The rows of the window; a pair is estimated from the rows that it shares.
    column : int
    others : list of int
    required : int
        Fewest rows with both values.

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(60, 3))
    >>> jackknife_with(rows, 0, [1, 2], 48).error.round(3).tolist()
    [0.119, 0.114]
    """
    out, n = np.full((len(others), 3), np.nan), np.zeros(len(others), dtype=np.int64)
    columns = np.array(others)
    for there, places in _alike(rows, column, columns):
        out[places] = _of_complete(rows[there, column][:, None], rows[np.ix_(there, columns[places])], required)
        n[places] = np.count_nonzero(there)
    return RollingJackknife(estimate=out[:, 0], error=out[:, 1], inverse_freedom=out[:, 2], n=n)


def _alike(rows: Floats, column: int, others: Integers) -> Iterator[tuple[Flags, list[int]]]:
    """Yield the rows that a column shares with some of the others, and the places of these."""
    there = ~np.isnan(rows)
    there &= there[:, [column]]
    alike: dict[bytes, list[int]] = {}
    for place, other in enumerate(others):
        alike.setdefault(there[:, other].tobytes(), []).append(place)
    for places in alike.values():
        yield there[:, others[places[0]]], places


def _of_complete(x: Floats, y: Floats, required: int) -> Floats:
    """Return correlation, standard error and inverse degrees of freedom (others × 3)."""
    n = np.array([len(x)])
    blocks = int(block_counts(n)[0])
    if len(x) < int(at_least(np.array([required]))[0]):
        return np.full((y.shape[1], 3), np.nan)
    edges = even_edges(np.array([0]), n, max(blocks, 1))[:, 0]
    x, y = _scaled(x), _scaled(y)
    out = correlation_errors(without_blocks(_sums(x, y, edges)))
    if not blocks:
        out[:, 1:] = np.nan
        return out
    first = [each + (1 + 3 * each) / len(x) for each in (_autocorrelations(x), _autocorrelations(y))]
    out[:, 1] *= missed_dependence(first[0] * first[1], np.full(y.shape[1], len(x)), np.array([blocks]))
    return out


def _scaled(values: Floats) -> Floats:
    """Return the columns, those whose squares would overflow or vanish scaled by powers of two."""
    tops = np.abs(values).max(axis=0)
    for column in np.flatnonzero(~((tops > 1e-100) & (tops < 1e100))):
        values[:, column] = power_of_two(values[:, column])
    return values


def _sums(x: Floats, y: Floats, edges: Integers) -> Floats:
    """Return the sums of each block (6 × blocks × columns of y), measured from the median of three rows."""
    half, end = edges[(len(edges) - 1) // 2], edges[-2]
    x, y = (each - middle(each[0], each[half], each[end]) for each in (x, y))
    sums = np.empty((6, len(edges) - 1, y.shape[1]))
    for block, (begin, stop) in enumerate(pairwise(edges.tolist())):
        one, other = x[begin:stop, 0], y[begin:stop]
        sums[0, block], sums[1, block], sums[3, block] = stop - begin, one.sum(), one @ one
        sums[2, block], sums[5, block] = other.sum(axis=0), one @ other
        sums[4, block] = np.einsum("ij,ij->j", other, other)
    return sums


def _autocorrelations(values: Floats) -> Floats:
    """Return the first autocorrelation of each column; missing where it is flat."""
    gaps = values - values[0]
    raw = np.einsum("ij,ij->j", gaps, gaps)
    gaps -= gaps.mean(axis=0)
    squares = np.einsum("ij,ij->j", gaps, gaps)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(squares > FLAT * raw, np.einsum("ij,ij->j", gaps[1:], gaps[:-1]) / squares, np.nan)
