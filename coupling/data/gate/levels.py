"""Levels where changes are needed: the rule by which a column of levels is known.

Two levels that wander have large correlations by accident, so that what estimates from changes refuses them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Flags, Floats

__all__ = ["level_columns", "looks_like_levels"]


FEWEST = 5
SMOOTH = 0.25
"""Median step of a level of one sign, at most, beside its median size."""
FEWEST_OF_AN_ARRAY = 20
"""Rows from which neighbours tell independent rows from a path (of 20 independent rows 0.6 % look like one)."""
LONG = 100
WANDERING = 0.1
"""Sum of squared steps, beside that of squared deviations, below which a long column wanders."""
EXCHANGEABLE = 1.0
"""The same share from which rows do not follow each other; that of independent rows is 2."""


def looks_like_levels(values: Floats, *, dated: bool = True) -> bool:
    r"""Tell whether a column looks like levels rather than changes.

    It does if its values (at least 5, not all equal) have one sign and :math:`\mathrm{median} |\Delta x| \le 0.25\,
    \mathrm{median} |x|`, or if there are at least 100 and :math:`\sum \Delta x^2 / \sum (x - \bar x)^2 < 0.1`.

    Parameters
    ----------
    values : array of shape (rows,)
        Missing ones are left out.
    dated : bool
        Whether the rows belong to a frame. A bare array says nothing of an order, so that the first rule then also
        asks for 20 rows of which neighbours are nearer to each other than any two are (a share below 1; independent
        rows have 2).

    Examples
    --------
    >>> changes = np.random.default_rng(0).normal(size=250)
    >>> looks_like_levels(changes), looks_like_levels(100 * np.exp(changes.cumsum() / 100))
    (False, True)
    """
    known = values[np.isfinite(values)]
    top = float(np.abs(known).max(initial=0.0))
    if len(known) < FEWEST or not top > 0:
        return False
    unit = np.ldexp(known, -int(np.frexp(top)[1]))
    if unit.min() == unit.max():
        return False
    steps, gaps = np.diff(unit), unit - unit.mean()
    share = float((steps**2).sum() / (gaps**2).sum())
    if len(known) >= LONG and share < WANDERING:
        return True
    one_sign = unit.min() > 0 or unit.max() < 0
    smooth = bool(np.median(np.abs(steps)) <= SMOOTH * np.median(np.abs(unit)))
    return bool(one_sign) and smooth and (dated or (len(known) >= FEWEST_OF_AN_ARRAY and share < EXCHANGEABLE))


def level_columns(frame: pd.DataFrame, *, dated: bool = True) -> list[object]:
    """Return the names of the columns that look like levels.

    Columns that a panel declares as flows (``frame.attrs["flows"]``) are changes whatever they look like.
    """
    flows = set(frame.attrs.get("flows", ()))
    values = frame.to_numpy()
    suspects = ((place, frame.columns[place]) for place in np.flatnonzero(_may_be_levels(values)).tolist())
    return [name for place, name in suspects if name not in flows and looks_like_levels(values[:, place], dated=dated)]


def _may_be_levels(values: Floats) -> Flags:
    """Tell of many columns at once which a rule may hold of: of one sign, or of small steps."""
    part = values[: max(LONG, len(values) // 4)]
    signs, squares, moved = _both_signs(part), _squares(values), np.zeros(values.shape[1])
    for first in range(0, len(part) - 1, LONG):
        moved += _squares(np.diff(part[first : first + LONG + 1], axis=0))
    gaps = np.flatnonzero(np.isnan(squares))
    if len(gaps):
        some = values[:, gaps]
        signs[gaps], moved[gaps] = _both_signs(some), _squares(np.nan_to_num(np.diff(some, axis=0), copy=False))
        squares[gaps] = _squares(np.nan_to_num(some, copy=False))
    far = moved > 2 * WANDERING * squares  # of some steps
    return np.asarray(~(signs & far & (squares > 1e-100) & (squares < 1e100)))


def _both_signs(values: Floats) -> Flags:
    return np.asarray((np.fmin.reduce(values, axis=0) < 0) & (np.fmax.reduce(values, axis=0) > 0))


def _squares(values: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->j", values, values))
