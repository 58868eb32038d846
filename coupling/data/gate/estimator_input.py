"""The table of changes that an estimator takes, checked in one place and copied: the caller may change his own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coupling.data.gate.changes import checked_changes, read_changes
from coupling.errors import InputError, TooShortError
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator, validate_data

__all__ = ["checked_matrix"]


def checked_matrix(
    estimator: BaseEstimator,
    X: Any,
    *,
    min_rows: int = 3,
    missing: bool = True,
    levels: bool = False,
    copy: bool = True,
) -> pd.DataFrame:
    """Return X (any frame, or an array; rows = time, columns = instruments) as a frame of floats of its own.

    An array's columns are called ``x0, x1, ...``. What an estimator computes later reads this copy: X may change. The
    estimator learns ``caution_``: in words what was left out, allowed or lost (empty where there is nothing).

    Parameters
    ----------
    estimator : BaseEstimator
        Learns the number and the names of the columns, and the caution; its ``allow_levels`` says whether levels pass.
    X : DataFrame of pandas, polars or pyarrow, or array of shape (rows, instruments)
    min_rows : int
        Fewest rows.
    missing : bool
        Whether missing values pass; infinite ones never do.
    levels : bool
        Whether levels are what the estimator asks for.
    copy : bool
        Without a copy the numbers may be those of X: for an estimator that copies the rows that it needs.

    Raises
    ------
    InputError
        If X is not a table of numbers with enough rows and two columns, its column names repeat, its rows are not in
        time order, a value is infinite, or missing where it may not be, or a column looks like levels.
    """
    require_limits(estimator)
    read = read_changes(X, copy=copy)
    framed = isinstance(read.frame, pd.DataFrame)
    table = read.frame.to_numpy() if framed else read.frame
    rules = {"ensure_all_finite": not missing, "ensure_min_samples": min_rows, "ensure_min_features": 2}
    order, copied = "C" if copy else None, copy and not framed
    try:
        values = validate_data(estimator, table, dtype=np.float64, order=order, copy=copied, **rules)
        if framed:  # the names; of types scikit-learn would ask column by column
            validate_data(estimator, read.frame, skip_check_array=True)
    except (ValueError, TypeError) as error:
        kind = TooShortError if "minimum of" in str(error) and "sample" in str(error) else InputError
        raise error if isinstance(error, InputError) else kind(str(error)) from error
    columns = read.frame.columns if framed else pd.Index([f"x{j}" for j in range(values.shape[1])])
    frame = pd.DataFrame(values, index=read.frame.index if framed else None, columns=columns, copy=False)
    if framed:
        frame.attrs.update(read.frame.attrs)
    allow = None if levels else bool(getattr(estimator, "allow_levels", False))
    checked = checked_changes(read, frame, allow_levels=allow, dated=framed)
    estimator.caution_ = checked.caution
    frame.attrs["unfinished"] = checked.unfinished
    return frame
