"""Checked input of the estimators of this room."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.data.gate.estimator_input import checked_matrix
from coupling.dates.days import read_moment
from coupling.errors import InputError
from coupling.limits.budget import count, require_seconds
from coupling.machine.scikit import BaseEstimator
from coupling.volatility import standardize_ewma

__all__ = ["MARGINS", "changes_of", "complete_pairs", "instant", "require_effort", "standardized"]

MARGINS = ("garch", "gjr")


def changes_of(estimator: BaseEstimator, X: Any, *, min_rows: int = 10, levels: bool = False) -> pd.DataFrame:
    """Return X (rows = time, columns = instruments) as a frame of floats; see `checked_matrix`.

    Raises
    ------
    InputError
        If X is not a table of finite or missing numbers with enough rows and two columns, a column name repeats, the
        rows are not in order, or a column looks like levels where changes are asked for.
    """
    return checked_matrix(estimator, X, min_rows=min_rows, levels=levels)


def require_effort(changes: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """Return the changes, or raise InputError, before work begins, if all pairs would take too long.

    Parameters
    ----------
    changes : DataFrame
    seconds : float
        That a pair is estimated to take on one core; the prices were measured.
    """
    pairs = changes.shape[1] * (changes.shape[1] - 1) // 2
    what = f"{count(pairs, 'pair')} of {count(len(changes), 'row')}"
    require_seconds(pairs * seconds, what, "take fewer instruments, rows or replications")
    return changes


def standardized(changes: pd.DataFrame, standardize: str | None) -> pd.DataFrame:
    """Return the changes as they are, or each divided by its exponentially weighted volatility of the row before."""
    if standardize is None:
        return changes
    if standardize != "ewma":
        raise InputError(f"standardize must be None or 'ewma', not {standardize!r}.")
    return standardize_ewma(changes)


def complete_pairs(changes: pd.DataFrame) -> list[tuple[tuple[Hashable, Hashable], pd.DataFrame]]:
    """Return every pair of columns with the rows in which both are there, each column centred and scaled.

    Scaling changes no correlation; it keeps products of very large or very small numbers finite. A constant column
    becomes zeros.
    """
    values, known = changes.to_numpy(dtype=float, na_value=np.nan), changes.notna().to_numpy()
    pairs: list[tuple[tuple[Hashable, Hashable], pd.DataFrame]] = []
    names = changes.columns.tolist()
    for i, j in combinations(range(len(names)), 2):
        both = known[:, i] & known[:, j]
        unit = np.column_stack([_unit(values[both, column]) for column in (i, j)])
        index = changes.index if both.all() else changes.index[both]
        columns = changes.columns if len(names) == 2 else changes.columns[[i, j]]
        pairs.append(((names[i], names[j]), pd.DataFrame(unit, index=index, columns=columns, copy=False)))
    return pairs


def _unit(column: Floats) -> Floats:
    largest = np.abs(column).max(initial=0.0)
    if not largest > 0 or column.min() == column.max():
        return np.zeros(len(column))
    small = column / largest
    small -= small.mean()
    small /= small.std()
    return np.asarray(small)


def instant(label: Any, index: pd.Index) -> Any:
    """Return a label that compares with the index: for a time index a Timestamp, in UTC if nothing is said.

    Rows labelled by periods take the period that holds the date; rows with numbers take a number.

    Raises
    ------
    InputError
        If the label is no date, one that can be read two ways, or of another kind than the rows.
    """
    if isinstance(index, pd.PeriodIndex):
        if isinstance(label, pd.Period):
            label = label.start_time
        return pd.Period(_naive(read_moment(label, what="the date")), freq=index.freqstr)
    if not isinstance(index, pd.DatetimeIndex):
        return _number(label, index)
    time = read_moment(label, what="the date")
    if index.tz is None:
        return _naive(time)
    return time.tz_localize(index.tz) if time.tz is None else time.tz_convert(index.tz)


def _naive(time: pd.Timestamp) -> pd.Timestamp:
    return time if time.tz is None else time.tz_convert("UTC").tz_localize(None)


def _number(label: Any, index: pd.Index) -> Any:
    if (pd.api.types.is_number(label) and not pd.api.types.is_bool(label)) or isinstance(label, pd.Timedelta):
        return label
    raise InputError(
        f"{label!r} is of another kind than the rows of X (from {index[0]!r} on); give labels of its index, or set the "
        "dates as the index."
    )
