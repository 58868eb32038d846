"""The cells of a table as floating-point numbers: converted where nothing is lost, else refused with their place."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.errors import InputError

__all__ = ["NoNumberError", "array_of_numbers", "columns_of_numbers"]


class NoNumberError(InputError, TypeError):
    """A cell is no number; a TypeError too, as scikit-learn has it."""


def columns_of_numbers(frame: pd.DataFrame, *, copy: bool = True) -> Floats:
    """Return the values of a frame, missing ones as nan; without a copy they may be those of the frame.

    Numbers, truths, nullable and arrow types, Decimal and Fraction are converted, and categories that are numbers;
    texts, dates, durations and complex numbers are refused.

    Raises
    ------
    InputError
        If a cell is no real number; the message names column, value and row.

    Examples
    --------
    >>> columns_of_numbers(pd.DataFrame({"BTC": [Decimal("0.1"), None]}, dtype=object)).ravel().tolist()
    [0.1, nan]
    """
    if all(isinstance(dtype, np.dtype) and dtype.kind in "fiu" for dtype in set(frame.dtypes.to_numpy())):
        return frame.to_numpy(dtype=np.float64, copy=copy)
    values = np.empty(frame.shape, dtype=np.float64)
    for place, name in enumerate(frame.columns):
        values[:, place] = _column(name, frame.iloc[:, place])
    return values


def array_of_numbers(X: Any) -> Any:
    """Return an array or a list of lists ready for scikit-learn's checks, which convert some things in silence.

    Masked values become missing; texts that look like numbers, dates and records are refused.

    Raises
    ------
    InputError
        If a cell is no number.
    """
    if isinstance(X, list | tuple):
        X = _listed(X)
    if isinstance(X, np.ma.MaskedArray):
        return np.ma.filled(X.astype(np.float64), np.nan) if X.dtype.kind in "biuf" else _refuse_kind(X.dtype)
    if not hasattr(X, "shape") and not hasattr(X, "__array__"):
        raise InputError(f"X is a {type(X).__name__}, not a table: expected a 2D array or a frame.")
    if not isinstance(X, np.ndarray) or isinstance(X, np.matrix):
        return X
    if X.dtype.kind in "MmUSV":
        _refuse_kind(X.dtype)
    if X.ndim < 2:
        raise InputError(
            f"Expected 2D array, got {'1D' if X.ndim else 'scalar'} array instead (shape {X.shape}). Reshape your "
            "data: rows are times and columns instruments, as in a frame."
        )
    if X.dtype.kind == "O" and X.ndim == 2:
        return columns_of_numbers(pd.DataFrame(X).rename(columns=lambda place: f"x{place}"))
    return X


def _listed(X: Any) -> Any:
    try:
        return np.asarray(X)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"X is a list of rows of unequal lengths or kinds ({error}); give every row the same."
        ) from None


def _refuse_kind(dtype: Any) -> Any:
    raise InputError(
        f"X is an array of {dtype}, and changes are numbers; convert it, or give a frame with named columns."
    )


def _column(name: Any, column: pd.Series) -> Floats:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        column = column.astype(object)
    elif pd.api.types.is_complex_dtype(dtype):
        raise InputError(f"Complex data not supported: column {name!r} holds {column.iloc[0]!r}; give real numbers.")
    elif pd.api.types.is_numeric_dtype(dtype) and not _decimal(dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if column.dtype.kind in "Mm":
        _refuse(name, column, 0)
    cells = column.to_numpy(dtype=object)
    return np.array([_number(cell, name, column, row) for row, cell in enumerate(cells)], dtype=np.float64)


def _decimal(dtype: Any) -> bool:
    return isinstance(dtype, pd.ArrowDtype) and "decimal" in str(dtype)


def _number(cell: Any, name: Any, column: pd.Series, row: int) -> float:
    if cell is None or cell is pd.NA:
        return np.nan
    if not isinstance(cell, Real | Decimal | Fraction | np.bool_):
        _refuse(name, column, row)
    try:
        return float(cell)
    except (ValueError, OverflowError):
        _refuse(name, column, row)
    return np.nan


def shortened(text: str) -> str:
    """Return a text cut to 60 characters, as a message can bear it."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _refuse(name: Any, column: pd.Series, row: int) -> Any:
    place = column.index[row] if len(column) else "no row"
    value = column.iloc[row] if len(column) else column.dtype
    told = ("the text " if isinstance(value, str) else "") + shortened(repr(value))
    raise NoNumberError(
        f"Column {name!r} holds {told} at row {place}: could not convert string or object (each argument must "
        "be no string but a number); columns must be numeric, so convert it with pd.to_numeric or leave it out."
    )
