"""The rows that a vector autoregression can use: complete, in order, without a gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.data.gate.estimator_input import checked_matrix
from coupling.data.gate.table import is_table
from coupling.errors import InputError
from coupling.limits.budget import require_memory
from coupling.machine.scikit import BaseEstimator

__all__ = ["Sample", "complete_sample", "require_tables"]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Complete rows between the first and the last one, and how many were cut off at the ends."""

    values: npt.NDArray[np.float64]
    index: pd.Index[Any]
    names: pd.Index[Any]
    dropped: int


def complete_sample(estimator: BaseEstimator, X: Any) -> Sample:
    """Return the complete rows of X (frame or array of changes, rows = time, columns = instruments).

    Incomplete rows at either end of a frame, such as the first row of a difference, are cut off and counted; an array
    must be complete, and its columns are called ``x0, x1, ...``. See
    `coupling.data.gate.estimator_input.checked_matrix`.

    Raises
    ------
    InputError
        If X is not a table of numbers with at least three rows and two columns, its column names repeat, its times do
        not increase, a value is infinite, a row is incomplete where it may not be, or a column is constant.
    """
    frame = checked_matrix(estimator, X, missing=is_table(X))
    values, index, names = frame.to_numpy(), frame.index, frame.columns
    first, last = _complete_span(values, index)
    kept = values[first:last]
    _check_values(kept, names)
    return Sample(values=kept, index=index[first:last], names=names, dropped=len(values) - len(kept))


def require_tables(windows: int, instruments: int, lags: int) -> None:
    """Raise InputError, before they are allocated, if the tables of every window would not fit into memory."""
    needed = 8.0 * windows * instruments**2 * (4 + lags)
    what = f"tables of {instruments} instruments in {windows:,} windows"
    require_memory(needed, what, "take fewer instruments, lags or rows, or allow more with coupling.limits.allowance")


def _complete_span(values: npt.NDArray[np.float64], index: pd.Index[Any]) -> tuple[int, int]:
    complete = np.asarray(~np.isnan(values).any(axis=1))
    if not complete.any():
        raise InputError("No row of X is complete; give instruments that were observed together.")
    first, last = int(complete.argmax()), len(complete) - int(complete[::-1].argmax())
    if not complete[first:last].all():
        where = index[first + int((~complete[first:last]).argmax())]
        raise InputError(
            f"The row {where} is incomplete between complete ones, so lags would skip it; "
            "give the closes to cp.align, or the instruments at common observation times."
        )
    return first, last


def _check_values(values: npt.NDArray[np.float64], names: pd.Index[Any]) -> None:
    constant = values.min(axis=0) == values.max(axis=0)
    if constant.any():
        raise InputError(f"The column {names[int(constant.argmax())]!r} is constant; leave it out.")
