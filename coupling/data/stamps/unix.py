"""Whole numbers as dates: 20240805, or seconds, milliseconds, microseconds or nanoseconds since 1970."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Integers
from coupling.dates.columns import Rows, read_dates
from coupling.errors import DataError

__all__ = ["read_integers"]

UNITS = (
    ("seconds", 10**8, 10**10, 10**9),
    ("milliseconds", 10**11, 10**13, 10**6),
    ("microseconds", 10**14, 10**16, 10**3),
    ("nanoseconds", 10**17, 9 * 10**18, 1),
)
EXCEL = range(10_000, 80_000)
Read = tuple[pd.DatetimeIndex | None, pd.DatetimeIndex | None, str]


def read_integers(numbers: list[int] | Integers, rows: Rows) -> Read:
    """Read whole numbers by the magnitude of the whole column.

    Returns
    -------
    tuple
        Naive dates where all are of the form 20240805, else instants (UTC); and the unit.

    Raises
    ------
    DataError
        If the numbers are of no unit, or of two.

    Examples
    --------
    >>> read_integers([20240805], Rows("x"))[0][0], read_integers([1748871000], Rows("x"))[1][0]
    (Timestamp('2024-08-05 00:00:00'), Timestamp('2025-06-02 13:30:00+0000', tz='UTC'))
    """
    whole = _unit_of_all(numbers) if isinstance(numbers, np.ndarray) else None
    if whole is not None:
        return None, pd.DatetimeIndex(np.asarray(numbers) * whole[3], tz="UTC").as_unit("ns"), whole[0]
    values = list(map(int, numbers))
    if all(16_780_101 <= value <= 22_611_231 for value in values):
        days = read_dates(map(str, values), place=rows.place, lines=rows.lines)
        return pd.DatetimeIndex(days), None, "dates"
    largest = max(values, key=abs, default=0)
    unit = next((unit for unit in UNITS if unit[1] <= abs(largest) < unit[2]), None)
    if unit is None:
        raise DataError(_no_unit(values, values.index(largest), rows))
    name, _, _, factor = unit
    at = next((k for k, value in enumerate(values) if _of_smaller_unit(value, name)), None)
    if at is not None:
        message = f"{rows.at(at)}: {values[at]} is too small for unix {name}, as {largest} in another row"
        raise DataError(f"{message}; write the column in one unit.")
    return None, pd.DatetimeIndex(np.array(values, dtype=np.int64) * factor, tz="UTC").as_unit("ns"), name


def _unit_of_all(values: Integers) -> tuple[str, int, int, int] | None:
    """Return the unit of which every number of an array is a plausible time."""
    sizes = np.abs(values)
    return next((unit for unit in UNITS if len(sizes) and unit[1] <= sizes.min() and sizes.max() < unit[2]), None)


def _of_smaller_unit(value: int, unit: str) -> bool:
    """Tell whether a number would be a plausible time in a smaller unit, and lies within months of 1970 in this one."""
    below = [found for found in UNITS[: [name for name, *_ in UNITS].index(unit)] if found[1] <= abs(value) < found[2]]
    return bool(below) or (unit != "seconds" and 16_780_101 <= value <= 22_611_231)


def _no_unit(values: list[int], row: int, rows: Rows) -> str:
    if values[row] in EXCEL:
        what = "looks like the day number of a spreadsheet; save the column as dates"
    else:
        what = "is no date: neither 20240805 nor a unix time since 1970; write it as 2024-08-05"
    return f"{rows.at(row)}: {values[row]} {what}."
