"""A frame of any library as the table that files become: dates in a column, texts by the laws of text files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from coupling.data.shapes import load_names, normal, recognise
from coupling.data.tables.heading import find_heading, is_dated
from coupling.data.tables.table import Cells, Options, Table, require_cells
from coupling.data.tables.text import read_text
from coupling.errors import InputError

__all__ = ["as_pandas", "tabulate"]

FIRST_ROWS = 20
UNNAMED = ("", "Unnamed: 0")
"""What programs call a first column without a name."""


def as_pandas(frame: Any, place: str) -> pd.DataFrame:
    """Return a frame of any library as one of pandas; refuse what has no rows, is lazy, or names two columns alike."""
    import narwhals as nw

    if isinstance(frame, pd.DataFrame):
        found = frame
    else:
        wrapped = nw.from_native(frame)
        if isinstance(wrapped, nw.LazyFrame):
            raise InputError(f"{place} is lazy; collect it first, as frame.collect().")
        found = wrapped.to_pandas()
    if not found.columns.is_unique:
        twice = found.columns[found.columns.duplicated()][0]
        raise InputError(f"{place} has two columns named {twice!r}; keep the one that is meant.")
    if not len(found.columns) or not len(found):
        raise InputError(f"{place} has {len(found)} rows and {len(found.columns)} columns; give dates and values.")
    require_cells(place, found.size)
    return found


def tabulate(frame: pd.DataFrame, place: str) -> tuple[Table, str | None]:
    """Return the table of a frame, and the name of its column of dates where the frame itself tells.

    Raises
    ------
    InputError
        If it has no dates, or dates in its index and in a column.
    DataError
        If its texts are no table.
    """
    headed = not (_is_default(frame.columns) and _is_default(frame.index))
    if headed:
        frame = _with_named_dates(frame)
        _require_names(frame, place)
    frame, dates = _with_dates(frame, place)
    if dates is None and find_heading(_first_rows(frame, headed=headed)) is None:
        what = ", ".join(map(str, frame.columns[:5]))
        raise InputError(f"{place} has no dates, neither as index nor in a column ({what}); set them as the index.")
    several = isinstance(frame.columns, pd.MultiIndex)
    if not several and (not headed or any(_is_text(frame[name]) for name in frame)):
        return _from_text(frame, dates, place, headed=headed), dates
    names = [tuple(map(str, name)) if several else (str(name),) for name in frame.columns]
    names = [(name[0],) * len(name) if dates == name[0] and not any(name[1:]) else name for name in names]
    return Table(
        names=names,
        columns=[frame.iloc[:, k].rename(None) for k in range(len(names))],
        lines=list(range(1, len(frame) + 1)),
        shape=None if several else recognise([name[0] for name in names]),
    ), dates


def _require_names(frame: pd.DataFrame, place: str) -> None:
    if isinstance(frame.columns, pd.MultiIndex):
        return
    for column in frame.columns:
        if not isinstance(column, str) or not column.strip():
            raise InputError(f"{place}: the column name {column!r} is no text; name each column after its instrument.")
        first = re.sub(r"\.\d+$", "", column)
        if first != column and first in frame:
            message = f"{place} has columns {first!r} and {column!r}, as pandas names a second column of one name"
            raise InputError(f"{message}; keep the one that is meant.")


def _with_dates(frame: pd.DataFrame, place: str) -> tuple[pd.DataFrame, str | None]:
    """Bring dates of the index into a column; of several columns of times none is chosen here."""
    if isinstance(frame.index, pd.MultiIndex):
        named = ", ".join(str(name) for name in frame.index.names)
        raise InputError(f"{place}: the rows have several indexes ({named}); give one column for each instrument.")
    typed = [name for name in frame if _is_time(frame[name])]
    if not _is_dated(frame.index):
        if len(typed) > 1 and recognise(map(str, frame.columns)) is None:
            raise InputError(f"{place} has dates in the columns {typed[0]!r} and {typed[1]!r}; leave one of them out.")
        return frame.reset_index(drop=True), str(typed[0]) if len(typed) == 1 else None
    columns = [name for name in frame if name in typed or normal(str(name)) in load_names().date]
    if columns:
        raise InputError(f"{place} has dates in its index and in the column {columns[0]!r}; leave one of them out.")
    own = frame.index.name
    name = own if isinstance(own, str) and own.strip() and own not in frame else "date"
    return frame.reset_index(names=name), name


def _with_named_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Name the first column where it is the index of dates that a program wrote without a name."""
    first = frame.columns[0]
    if first not in UNNAMED or any(normal(str(name)) in load_names().date for name in frame.columns):
        return frame
    cells = [cell for cell in frame.iloc[:FIRST_ROWS, 0] if cell is not None]
    dated = all(is_dated(cell) if isinstance(cell, str) else isinstance(cell, date) for cell in cells)
    return frame.rename(columns={first: "date"}) if dated else frame


def _is_time(column: pd.Series | pd.DataFrame) -> bool:
    if isinstance(column, pd.DataFrame):  # of names of several levels
        return False
    return types.is_datetime64_any_dtype(column.dtype) or isinstance(column.dtype, pd.PeriodDtype)


def _is_dated(index: pd.Index) -> bool:
    """Tell whether an index may hold dates: everything but numbers that only count rows."""
    if isinstance(index, pd.RangeIndex):
        return False
    if types.is_numeric_dtype(index.dtype):
        return bool(len(index) and index.min() > 10**7)
    return True


def _is_text(column: pd.Series) -> bool:
    return not types.is_numeric_dtype(column.dtype) and any(isinstance(cell, str) for cell in column.head(FIRST_ROWS))


def _is_default(labels: Any) -> bool:
    """Tell whether labels only count, as those of a table that was read without a heading or an index."""
    return list(labels) == list(range(len(labels)))


def _first_rows(frame: pd.DataFrame, *, headed: bool) -> list[list[str]]:
    rows = [
        ["" if types.is_scalar(cell) and pd.isna(cell) else str(cell) for cell in row]
        for row in frame.head(FIRST_ROWS).itertuples(index=False)
    ]
    return [[str(name) for name in frame.columns], *rows] if headed else rows


def _from_text(frame: pd.DataFrame, dates: str | None, place: str, *, headed: bool) -> Table:
    """Read a frame that holds texts as the file that it may have been; what is a number already stays one."""
    raw = frame.to_csv(index=False, header=headed, lineterminator="\n").encode()
    table = read_text(place, raw, Options(delimiter=",", date_column=dates))
    rows = np.array(table.lines) - 1 - headed
    typed = frame.iloc[rows].reset_index(drop=True)
    columns: list[Cells] = [
        typed.iloc[:, k].rename(None) if types.is_numeric_dtype(typed.dtypes.iloc[k]) else table.columns[k]
        for k in range(len(table.names))
    ]
    return replace(table, columns=columns, lines=(rows + 1).tolist(), point_is_decimal=False)
