"""All correlations of one window by products of matrices: what thousands of columns ask for.

Each column is brought to mean 0 and length 1 in two passes, so that no product cancels. Columns with missing values
meet the others on the rows that they share, by products with their masks; where little is left of a column on such
rows, and digits would be lost, the pair is estimated in two passes of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from coupling._typing import Flags, Floats, Integers
from coupling.kernels.rolling_arrays import direct_correlation

__all__ = ["one_window"]

TOGETHER = 128
"""Columns whose products with all later ones are in memory at once."""
LEAST = 1e-3
"""Share of a column's squares that must lie about the mean of the shared rows."""


def one_window(rows: Floats, required: int, first: int, last: int, out: Floats | None = None) -> Floats:
    """Return the correlations of the columns first:last with every later column, one after the other.

    Parameters
    ----------
    rows : array of shape (rows, columns)
        The rows of the window; missing values are left out pair by pair.
    required : int
        Fewest rows with both values.
    first, last : int
    out : array of shape (pairs,), optional
        Where the result is written.

    Examples
    --------
    >>> one_window(np.array([[1.0, 2.0, 1.0], [2.0, 1.0, 2.0], [3.0, 4.0, 3.0]]), 3, 0, 2).round(4).tolist()
    [0.6547, 1.0, 0.6547]
    """
    width = rows.shape[1]
    out = np.empty(sum(width - 1 - i for i in range(first, last))) if out is None else out
    if len(rows) < required:
        out[:] = np.nan
        return out
    holes, place = np.isnan(rows.sum(axis=0)), 0
    unit = _unit(rows, holes)
    shared = _Shared(rows, unit, holes, required) if holes.any() else None
    room = np.empty(min(TOGETHER, last - first) * (width - 1 - first))
    for begin in range(first, last, TOGETHER):
        own, others = slice(begin, min(begin + TOGETHER, last)), slice(begin + 1, width)
        table = room[: (own.stop - begin) * (width - 1 - begin)].reshape(own.stop - begin, -1)
        np.matmul(unit[:, own].T, unit[:, others], out=table)
        if shared is not None:
            shared.correct(table, own, others)
        for k, row in enumerate(table):
            out[place : place + len(row) - k] = row[k:]
            place += len(row) - k
    return np.clip(out, -1.0, 1.0, out=out)


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


class _Shared:
    """What the pairs with a missing value need: the products of the columns with the masks of the others."""

    def __init__(self, rows: Floats, unit: Floats, holes: Flags, required: int) -> None:
        self.rows, self.unit, self.holes, self.required = rows, unit, holes, required
        self.there = (~np.isnan(rows)).astype(float)
        self.squares = unit * unit

    def correct(self, table: Floats, own: slice, others: slice) -> None:
        """Put the correlations over shared rows into the products of some columns with those from `others` on."""
        where = slice(None) if self.holes[own].any() else np.flatnonzero(self.holes[others])
        if table[:, where].size:
            table[:, where] = self._over_shared_rows(table[:, where], np.arange(own.start, own.stop), others, where)

    def _over_shared_rows(self, products: Floats, own: Integers, others: slice, where: Any) -> Floats:
        one, mask, whole_one = (each[:, own] for each in (self.unit, self.there, self.squares))
        other, its, whole_other = (each[:, others][:, where] for each in (self.unit, self.there, self.squares))
        count = mask.T @ its
        with np.errstate(divide="ignore", invalid="ignore"):
            sums = one.T @ its, mask.T @ other
            whole = whole_one.T @ its, mask.T @ whole_other
            left = [square - total * total / count for square, total in zip(whole, sums, strict=True)]
            found = (products - sums[0] * sums[1] / count) / (np.sqrt(left[0]) * np.sqrt(left[1]))
        sound = (left[0] > LEAST * whole[0]) & (left[1] > LEAST * whole[1])
        columns = np.arange(others.start, others.stop)[where]
        for i, j in zip(*np.nonzero(~sound & (count >= self.required)), strict=True):
            both = self.rows[:, [own[i], columns[j]]]
            found[i, j] = direct_correlation(both[~np.isnan(both).any(axis=1)])
        found[count < self.required] = np.nan
        return np.asarray(found)
