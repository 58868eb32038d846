"""Types that would not hold a close to the last bit, or are no numbers at all: refused before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from coupling.data.tables.table import Cells
from coupling.errors import InputError

__all__ = ["require_exact"]

LARGEST_WHOLE = 2**53
SHORT = frozenset({"float16", "float32", "float", "halffloat"})


def require_exact(column: Cells, place: str, lines: Sequence[int]) -> None:
    """Raise `InputError` where a column's type is none of levels, or holds fewer digits than they have.

    Examples
    --------
    >>> require_exact(pd.Series([5808.42]), "SPX", [1])
    >>> require_exact(pd.Series([5808.42], dtype="float32"), "SPX", [1])
    Traceback (most recent call last):
    ...
    coupling.errors.InputError: SPX: float32 holds about 7 digits, fewer than many closes have; read the data as 64-bit
    floats, or accept the loss with .astype('float64').
    """
    if not isinstance(column, pd.Series):
        return
    kind = str(column.dtype)
    if types.is_bool_dtype(column.dtype) or types.is_complex_dtype(column.dtype):
        raise InputError(f"{place}: values of type {kind} are no levels; give numbers.")
    if types.is_datetime64_any_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        raise InputError(f"{place}: values of type {kind} are no levels; make it the index, or leave it out.")
    if kind.lower().split("[")[0] in SHORT:
        raise InputError(
            f"{place}: {kind} holds about 7 digits, fewer than many closes have; read the data as 64-bit floats, or "
            "accept the loss with .astype('float64')."
        )
    if not types.is_float_dtype(column.dtype):
        _require_exact_cells(column, place, lines)


def _require_exact_cells(column: pd.Series, place: str, lines: Sequence[int]) -> None:
    cells: list[Any] = column.tolist()
    for row, cell in enumerate(cells):
        if isinstance(cell, np.float32 | np.float16):
            message = f"{place}, row {lines[row]}: {cell!r} holds fewer digits than a 64-bit float"
            raise InputError(f"{message}; read it as one.")
        if isinstance(cell, int | np.integer) and abs(int(cell)) > LARGEST_WHOLE and int(float(cell)) != int(cell):
            message = f"{place}, row {lines[row]}: {cell} has more digits than a 64-bit float holds"
            raise InputError(f"{message}; scale it down.")
