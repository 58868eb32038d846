"""What is left of a window without each of its blocks: added up from the blocks before and after, never subtracted.

A total less one block keeps no digit of the others where the block holds a value 1e9 times as large as theirs. Here
the sums over all other blocks are those before plus those after. Deviations are measured from the median of three
rows, each of another block: whichever block is left out, one of the rows that remain is that median, or they lie on
both sides of it. So it is never further from the mean of what remains than its root sum of squares, and a window of n
rows loses no more than a factor of n in the last digit; what is constant without a block gives exact zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coupling._typing import Floats, Integers

__all__ = [
    "ONE",
    "WithoutBlocks",
    "correlation_errors",
    "correlation_of",
    "even_edges",
    "leave_out",
    "middle",
    "slope_errors",
    "without_blocks",
]

ONE = 1.0 - 1e-14
"""From here on a correlation counts as 1, and its distance from 1 as rounding."""


@dataclass(frozen=True)
class WithoutBlocks:
    """Sums of squares of x and y and of their products about the means: of windows, and without each block.

    Parameters
    ----------
    whole : array of shape (3, windows)
    rest : array of shape (3, blocks, windows)
    """

    whole: Floats
    rest: Floats


def even_edges(begin: Integers, end: Integers, blocks: int) -> Integers:
    """Return where the blocks of each window begin and its last one ends, the longer ones first (blocks + 1 × windows).

    Examples
    --------
    >>> even_edges(np.array([0]), np.array([7]), 3).T.tolist()
    [[0, 3, 5, 7]]
    """
    place = np.arange(blocks + 1)[:, None]
    return np.asarray(begin + place * ((end - begin) // blocks) + np.minimum(place, (end - begin) % blocks))


def leave_out(x: Floats, y: Floats, edges: Integers) -> WithoutBlocks:
    """Return what is left of each window without each of its consecutive blocks.

    Parameters
    ----------
    x, y : array of shape (rows,)
    edges : array of shape (blocks + 1, windows)
        Where the blocks begin and the last one ends; with one block nothing is left.
    """
    return without_blocks(_block_sums(x, y, edges))


def without_blocks(sums: Floats) -> WithoutBlocks:
    """Return what is left without each block, from the sums of all (count, x, y, x², y², xy; 6 × blocks × windows)."""
    blocks, windows = sums.shape[1:]
    rest, whole, later = np.empty_like(sums), np.zeros((6, windows)), np.zeros((6, windows))
    for block in range(blocks):
        rest[:, block] = whole
        whole += sums[:, block]
    for block in range(blocks - 1, -1, -1):
        rest[:, block] += later
        later += sums[:, block]
    return WithoutBlocks(_about_means(whole), _about_means(rest))


def _block_sums(x: Floats, y: Floats, edges: Integers) -> Floats:
    """Return count, sums, sums of squares and products of each block, measured from the median of three rows."""
    starts, sizes = edges[:-1], np.diff(edges, axis=0)
    parts, where = _block_parts(x, y, starts, sizes)
    sums = np.empty((6, *starts.shape))
    sums[0] = sizes
    for place, values in enumerate((x, y)):
        first = values[starts]
        sums[1 + place] = (first - middle(first[0], first[len(first) // 2], first[-1])) + parts[place][where]
    np.multiply(sums[1:3], sums[1:3], out=sums[3:5])
    np.multiply(sums[1], sums[2], out=sums[5])
    sums[1:] *= sums[0]
    for place in range(3):
        sums[3 + place] += parts[2 + place][where]
    return sums


def middle(a: Floats, b: Floats, c: Floats) -> Floats:
    """Return the median of three."""
    return np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))


def _block_parts(x: Floats, y: Floats, starts: Integers, sizes: Integers) -> tuple[Floats, Integers]:
    """Return the parts of all blocks that differ (windows share them), and the place of each block among them."""
    tables, where, filled = [], np.empty_like(starts), 0
    for size in range(int(sizes.min()), int(sizes.max()) + 1):
        there = sizes == size
        if not there.any():
            continue
        rows, place = _distinct(starts[there])
        where[there] = place + filled
        tables.append(_parts_of(x, y, rows, size))
        filled += len(rows)
    return np.concatenate(tables, axis=1), where


def _distinct(rows: Integers) -> tuple[Integers, Integers]:
    """Return rows without repetition (all between the first and the last, if these are no more), and their places."""
    first, last = int(rows.min()), int(rows.max())
    if last - first < len(rows):
        return np.arange(first, last + 1), rows - first
    distinct, where = np.unique(rows, return_inverse=True)
    return distinct, where


def _parts_of(x: Floats, y: Floats, starts: Integers, size: int) -> Floats:
    """Return for blocks of one size the means less their first rows, and the sums about the means (5 × blocks)."""
    rows = np.arange(size)[:, None] + starts
    gaps = np.stack([x[rows] - x[starts], y[rows] - y[starts]])
    found = np.empty((5, len(starts)))
    found[:2] = gaps.mean(axis=1)
    gaps -= found[:2, None]
    found[2:4] = np.einsum("kij,kij->kj", gaps, gaps)
    found[4] = np.einsum("ij,ij->j", *gaps)
    return found


def _about_means(sums: Floats) -> Floats:
    """Return the sums of squares and of products about the means; where nothing is left they are missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums[1:3] / sums[0]
        found = np.empty((3, *sums.shape[1:]))
        found[:2] = np.maximum(sums[3:5] - sums[1:3] * means, 0.0)
        found[2] = sums[5] - sums[1] * means[1]
    return found


def correlation_errors(left: WithoutBlocks) -> Floats:
    """Return correlation, standard error of its atanh and inverse degrees of freedom of each window (windows × 3)."""
    whole, without = correlation_of(left.whole), correlation_of(left.rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        shifts = np.arctanh(np.clip((without - whole) / (1.0 - without * whole), -ONE, ONE))
    error, inverse = _spread(shifts)
    far = ~(np.abs(whole) < ONE)
    error[far], inverse[far] = 0.0 * whole[far], 1.0 / max(len(shifts) - 1, 1)
    return np.column_stack([whole, error, inverse])


def slope_errors(left: WithoutBlocks) -> Floats:
    """Return the slope of y on x, its standard error and inverse degrees of freedom of each window (windows × 3)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        whole, without = (np.where(sums[0] > 0.0, sums[2] / sums[0], np.nan) for sums in (left.whole, left.rest))
    return np.column_stack([whole, *_spread(without)])


def correlation_of(sums: Floats) -> Floats:
    """Return the correlation from two sums of squares and that of products; missing where one is flat."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(sums[0]) * np.sqrt(sums[1])
        return np.where(scale > 0.0, np.clip(sums[2] / scale, -1.0, 1.0), np.nan)


def _spread(values: Floats) -> tuple[Floats, Floats]:
    """Return the jackknife's standard error from the values without each block, and 1 / degrees of freedom."""
    blocks = len(values)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        squares = (values - values.mean(axis=0)) ** 2
        second = squares.sum(axis=0)
        kurtosis = np.where(second > 0.0, blocks * ((squares / second) ** 2).sum(axis=0), 1.0)
    least = 1.0 / max(blocks - 1, 1)
    return np.sqrt(second * (blocks - 1) / blocks), np.maximum(least, (kurtosis - 1.0) / (2.0 * blocks))
