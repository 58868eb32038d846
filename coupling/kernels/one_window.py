"""All correlations of one window by products of matrices: what thousands of columns ask for.

Each column is brought to mean 0 and length 1 in two passes, so that no product cancels. Columns with missing values
meet the others on the rows that they share, by products with their masks; where little is left of a column on such
rows, and digits would be lost, the pair is estimated in two passes of its own.
"""

from __future__ import annotations

import numpy as np

from coupling._typing import Flags, Floats
from coupling.kernels.rolling_arrays import direct_correlation

__all__ = ["one_window"]

TOGETHER = 512
"""Columns with missing values that are handled at once."""
LEAST = 1e-3
"""Share of a column's squares that must lie about the mean of the shared rows."""


def one_window(rows: Floats, required: int, first: int, last: int) -> Floats:
    """Return the correlations of the columns first:last with every later column, one after the other.

    Parameters
    ----------
    rows : array of shape (rows, columns)
        The rows of the window; missing values are left out pair by pair.
    required : int
        Fewest rows with both values.
    first, last : int

    Examples
    --------
    >>> one_window(np.array([[1.0, 2.0, 1.0], [2.0, 1.0, 2.0], [3.0, 4.0, 3.0]]), 3, 0, 2).round(4).tolist()
    [0.6547, 1.0, 0.6547]
    """
    width = rows.shape[1]
    table = _products(rows, required, first, last)
    out, place = np.empty(sum(width - 1 - i for i in range(first, last))), 0
    for i in range(first, last):
        count = width - 1 - i
        out[place : place + count] = table[i - first, i + 1 :]
        place += count
    return np.clip(out, -1.0, 1.0, out=out)


def _products(rows: Floats, required: int, first: int, last: int) -> Floats:
    """Return the correlations of the columns first:last with all columns, but for a last rounding beyond 1."""
    if len(rows) < required:
        return np.full((last - first, rows.shape[1]), np.nan)
    holes = np.isnan(rows.sum(axis=0))
    unit = _unit(rows, holes)
    every = first == 0 and last >= unit.shape[1] - 1
    table = unit.T @ unit if every else unit[:, first:last].T @ unit  # of one matrix half the products do
    if holes.any():
        _by_masks(rows, unit, holes, required, first, last, table)
    return table


def _unit(rows: Floats, holes: Flags) -> Floats:
    """Return the columns with mean 0 and length 1 over their own rows, 0 where a value is missing."""
    if holes.any():
        return _unit_of_any(rows)
    unit = rows - rows[0]
    unit -= unit.mean(axis=0)
    squares = np.einsum("ij,ij->j", unit, unit)
    far = ~((squares > 1e-200) & (squares < 1e200))
    if unit[:, far].any():  # infinite ones too
        return _unit_of_any(rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit /= np.sqrt(squares)
    return np.asarray(unit)


def _unit_of_any(rows: Floats) -> Floats:
    unit = np.full(rows.shape, np.nan)
    for column in range(rows.shape[1]):
        there = ~np.isnan(rows[:, column])
        values = 0.5 * rows[there, column]
        gaps = values - values[:1]
        top = np.abs(gaps).max(initial=0.0)
        if top > 0.0:
            gaps = gaps / top
            gaps -= gaps.mean()
            unit[:, column] = 0.0
            unit[there, column] = gaps / np.sqrt(gaps @ gaps)
    return unit


def _by_masks(rows: Floats, unit: Floats, holes: Flags, required: int, first: int, last: int, table: Floats) -> None:
    there = (~np.isnan(rows)).astype(float)
    squares = unit * unit
    own = np.arange(first, last)
    for place in range(0, len(own), TOGETHER):
        some = own[place : place + TOGETHER]
        others = np.arange(rows.shape[1]) if holes[some].any() else np.flatnonzero(holes)
        at = np.ix_(some - first, others)
        one, other, mask, its = unit[:, some], unit[:, others], there[:, some], there[:, others]
        count = mask.T @ its
        with np.errstate(divide="ignore", invalid="ignore"):
            sums = one.T @ its, mask.T @ other
            whole = squares[:, some].T @ its, mask.T @ squares[:, others]
            left = [square - total * total / count for square, total in zip(whole, sums, strict=True)]
            found = (table[at] - sums[0] * sums[1] / count) / (np.sqrt(left[0]) * np.sqrt(left[1]))
        sound = (left[0] > LEAST * whole[0]) & (left[1] > LEAST * whole[1])
        for i, j in zip(*np.nonzero(~sound & (count >= required)), strict=True):
            both = rows[:, [some[i], others[j]]]
            found[i, j] = direct_correlation(both[~np.isnan(both).any(axis=1)])
        found[count < required] = np.nan
        table[at] = found
