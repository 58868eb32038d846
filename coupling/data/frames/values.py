"""The values of a column as floats, to the last bit, or refused with column and row: nothing is coerced."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from coupling.errors import InputError

__all__ = ["read_values"]

LARGEST_WHOLE = 2**53
MISSING = frozenset({"", "-", ".", "na", "n/a", "#n/a", "nan", "null", "none"})


def read_values(column: pd.Series, place: str) -> pd.Series:
    """Return the values of a column as 64-bit floats; what is missing stays so.

    Parameters
    ----------
    column : Series
        Numbers of any dtype that holds them exactly: floats of 64 bits, integers, nullable and Arrow types, and objects
        (numbers, decimals, texts of numbers, None).
    place : str
        It stands in every message.

    Raises
    ------
    InputError
        If a value is no finite number, or the type holds fewer digits than closes have.

    Examples
    --------
    >>> from decimal import Decimal
    >>> read_values(pd.Series([Decimal("5808.42"), None, 5738], dtype=object), "frame, column 'SPX'").tolist()
    [5808.42, nan, 5738.0]
    """
    column = column.reset_index(drop=True)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    _require_type(column, place)
    if types.is_float_dtype(column.dtype) and not types.is_object_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        items = column.tolist()
        values = np.array([_number(item, row, place) for row, item in enumerate(items)], dtype=np.float64)
    infinite = np.isinf(values)
    if infinite.any():
        at = int(infinite.argmax())
        raise InputError(f"{_at(place, at)}: {values[at]} is no level; correct or blank it.")
    return pd.Series(values)


def _require_type(column: pd.Series, place: str) -> None:
    kind = str(column.dtype)
    if types.is_bool_dtype(column.dtype) or types.is_complex_dtype(column.dtype):
        raise InputError(f"{place}: values of type {kind} are no levels; give numbers.")
    if types.is_datetime64_any_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        raise InputError(f"{place}: values of type {kind} are no levels; make it the index, or leave it out.")
    if kind.lower().split("[")[0] in ("float16", "float32", "float", "halffloat", "halffloat"):
        raise InputError(
            f"{place}: {kind} holds about 7 digits, fewer than many closes have; read the data as 64-bit floats, or "
            "accept the loss with .astype('float64')."
        )


def _number(item: Any, row: int, place: str) -> float:
    if item is None or item is pd.NA or item is pd.NaT:
        return math.nan
    if isinstance(item, bool | np.bool_):
        raise InputError(f"{_at(place, row)}: {item!r} is no number; correct or blank it.")
    if isinstance(item, np.float32 | np.float16):
        raise InputError(f"{_at(place, row)}: {item!r} holds fewer digits than a 64-bit float; read it as one.")
    try:
        value = _text(item) if isinstance(item, str) else float(item)
        exact = not isinstance(item, int | np.integer) or abs(int(item)) <= LARGEST_WHOLE or int(value) == int(item)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{_at(place, row)}: {item!r} is no number; correct or blank it.") from None
    if not exact:
        raise InputError(f"{_at(place, row)}: {item} has more digits than a 64-bit float holds; scale it down.")
    return value


def _text(text: str) -> float:
    """Read a number in the form of programs; what says that there is none is missing."""
    if text.strip().lower() in MISSING:
        return math.nan
    if "_" in text:
        raise ValueError(text)
    return float(text)


def _at(place: str, row: int) -> str:
    return f"{place}, row {row + 1}"
