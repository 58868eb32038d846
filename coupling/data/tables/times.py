"""The stamps of a table: its column of dates, joined with a column of times of day where there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.numbers import is_missing
from coupling.data.tables.roles import Roles
from coupling.data.tables.table import Cells, Table
from coupling.errors import DataError

__all__ = ["stamps_of", "times_of_day", "without_empty"]

TIME = re.compile(r"(\d{1,2}):?(\d{2})(?::?(\d{2}))?(?:\.0*)?")


def stamps_of(place: str, table: Table, roles: Roles, column: int) -> pd.Series | list[str]:
    """Return a column of dates or instants; times of day that are all midnight say nothing and are left out.

    Raises
    ------
    DataError
        If a time of day cannot be read.
    """
    cells = table.columns[column]
    stamps = cells if isinstance(cells, pd.Series) else table.texts(column)
    if roles.time is None or column != roles.date:
        return stamps
    times = times_of_day(f"{place}, line", table.texts(roles.time), table.lines)
    if set(times) == {"00:00:00"}:
        return stamps
    dates = stamps.astype("string") if isinstance(stamps, pd.Series) else stamps
    return [f"{str(date).removesuffix(' 00:00:00')} {time}" for date, time in zip(dates, times, strict=True)]


def times_of_day(where: str, cells: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """Return times of day as ``15:30:00``; raise `DataError` for a cell that is none, by its number in `numbers`."""
    width = max((len(cell) for cell in cells if cell.isdigit()), default=0)
    return [_time(f"{where} {numbers[row]}", cell, width) for row, cell in enumerate(cells)]


def _time(where: str, cell: str, width: int) -> str:
    """Read a time of day; figures without a colon are hours, minutes and seconds where one of the column has five."""
    figures = cell.isdigit() and (width > 2 or not int(cell))
    found = TIME.fullmatch(cell.zfill(6 if width > 4 else 4) if figures else cell)
    if found is None:
        raise DataError(f"{where}: {cell!r} is no time of day; write it as 15:30:00.")
    hour, minute, second = found.groups(default="00")
    return f"{hour:0>2}:{minute}:{second}"


def without_empty(table: Table, date: int) -> Table:
    """Leave out the rows of which no cell says anything; a date alone may be missing in none that does."""
    undated = _undated(table.columns[date])
    named = [column for column, name in zip(table.columns, table.names, strict=True) if any(name)]  # no index's numbers
    empty = {k for k in undated if all(_is_empty(cell) for column in named for cell in column[k : k + 1])}
    return table.rows([k for k in range(len(table.lines)) if k not in empty]) if empty else table


def _undated(column: Cells) -> list[int]:
    """Return the rows without a date: most columns have a figure at the beginning of each cell."""
    if isinstance(column, pd.Series) and column.dtype.kind in "Mif":
        return np.flatnonzero(column.isna().to_numpy()).tolist()
    first = "".join(cell[:1] for cell in column if isinstance(cell, str))
    if len(first) == len(column) and first.isdigit():
        return []
    return [k for k, cell in enumerate(column) if _is_empty(cell)]


def _is_empty(cell: Any) -> bool:
    return not cell[:1].isdigit() and is_missing(cell) if isinstance(cell, str) else bool(pd.isna(cell))
