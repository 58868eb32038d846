"""The table of changes that an estimator takes, checked in one place and copied: the caller may change his own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from coupling.errors import InputError
from coupling.limits import require_limits

__all__ = ["checked_matrix"]


def checked_matrix(estimator: BaseEstimator, X: Any, *, min_rows: int = 3, missing: bool = True) -> pd.DataFrame:
    """Return X (frame or array, rows = time, columns = instruments) as a frame of floats of its own.

    An array's columns are called ``x0, x1, ...``. What an estimator computes later reads this copy: X may change.

    Parameters
    ----------
    estimator : BaseEstimator
        Learns the number and the names of the columns.
    X : DataFrame or array of shape (rows, instruments)
    min_rows : int
        Fewest rows.
    missing : bool
        Whether missing values pass; infinite ones never do.

    Raises
    ------
    InputError
        If X is not a table of numbers with enough rows and two columns, its column names repeat, its times do not
        increase, or a value is infinite, or missing where it may not be.
    """
    require_limits(estimator)
    framed = isinstance(X, pd.DataFrame)
    if framed and not X.columns.is_unique:
        raise InputError(f"The column {X.columns[X.columns.duplicated()][0]!r} occurs twice; give each its own name.")
    rules = {"ensure_all_finite": not missing, "ensure_min_samples": min_rows, "ensure_min_features": 2}
    try:
        values = validate_data(estimator, X, dtype=np.float64, order="C", copy=True, **rules)
    except ValueError as error:
        raise InputError(str(error)) from error
    columns = X.columns if framed else pd.Index([f"x{j}" for j in range(values.shape[1])])
    frame = pd.DataFrame(values, index=X.index if framed else None, columns=columns, copy=False)
    _check_times(frame.index)
    _check_finite(frame)
    return frame


def _check_times(index: pd.Index[Any]) -> None:
    if isinstance(index, pd.DatetimeIndex) and not (index.is_monotonic_increasing and index.is_unique):
        raise InputError("The times of the rows must increase without repeats; sort them and drop repeats.")


def _check_finite(frame: pd.DataFrame) -> None:
    infinite = np.isinf(frame.to_numpy())
    if infinite.any():
        row, column = (int(place[0]) for place in infinite.nonzero())
        where = f"column {frame.columns[column]!r} at {frame.index[row]}"
        raise InputError(f"X contains infinity ({where}); a change must be finite or missing.")
