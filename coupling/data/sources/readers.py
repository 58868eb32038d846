"""Read one file of values, whatever of the known formats it is in, into raw rows.

The format is told by the header, never by the file's name: plain ``date,value``, a FRED download, Yahoo OHLCV, a wide
table of dated columns, bars ``time_utc,open,high,low,close``, values that carry the instant at which they are struck
(``struck_utc,session,value``, as an export has them), and the Ministry of Finance's yield files in English
(``1974/9/24``) and Japanese (era dates such as ``S49.9.24``, cp932). What dates and times mean is read by
`coupling.data.stamps`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from coupling.data.dates import read_dates
from coupling.data.sources.rows import RawRows
from coupling.data.sources.table import DATE_COLUMNS, TIME_COLUMNS, Table, load, read_csv, read_parquet
from coupling.data.stamps import Stamps, read_stamps
from coupling.errors import DataError, nearest

__all__ = ["SESSION", "STRUCK", "DatedTable", "read_rows", "read_table"]

MISSING = frozenset({"", "-", ".", "na", "n/a", "nan", "null", "none"})
VALUE_COLUMNS = ("value", "close")
BAR_COLUMNS = ("open", "high", "low")
KNOWN_COLUMNS = ("release_date",)
STRUCK, SESSION = "struck_utc", "session"


def read_rows(path: Path, column: str | None = None, *, clock: str | None = None, means: str | None = None) -> RawRows:
    """Read one file.

    Parameters
    ----------
    path : Path
        A CSV file, or a Parquet file with the same columns.
    column : str, optional
        Which column holds the value; by default ``value``, ``close``, or the only one there is.
    clock : str, optional
        Name of the stated clock.
    means : str, optional
        What a date or time means, see `coupling.data.stamps.read_stamps`.

    Raises
    ------
    DataError
        If the file is missing, empty, too large, of no known format, or holds text in place of a date or a number.
    """
    raw = load(path)
    table = read_parquet(path) if path.suffix.lower() == ".parquet" else read_csv(str(path), raw)
    return replace(_dated(str(path), table, raw, clock, means).rows(column), place=path.name)


def read_table(place: str, raw: bytes) -> DatedTable:
    r"""Read the bytes of a CSV table of sessions, and its dates once for all the columns that are wanted of it.

    Parameters
    ----------
    place : str
        Name that stands in every message.
    raw : bytes
        The table.

    Raises
    ------
    DataError
        If it is of no known format, or holds text in place of a date.

    Examples
    --------
    >>> table = read_table("yields", b"Date,2Y,10Y\n2024/8/5,0.3,0.8\n")
    >>> [table.rows(tenor).value.tolist() for tenor in ("2Y", "10Y")]
    [[0.3], [0.8]]
    """
    return _dated(place, read_csv(place, raw), raw, None, "session")


@dataclass(frozen=True)
class DatedTable:
    """A table of which the dates are read.

    Parameters
    ----------
    place : str
        Name that stands in every message.
    cells : Table
        Its cells as text.
    stamps : Stamps
        What its dates or times mean.
    dates_in : int
        Column that they were read from.
    line : Series
        Line of each row.
    sha256 : str
        Hash of the bytes.
    """

    place: str
    cells: Table
    stamps: Stamps
    dates_in: int
    line: pd.Series
    sha256: str

    def rows(self, column: str | None = None) -> RawRows:
        """Return a column as raw rows; raise `DataError` where there is none of that name, or it holds no numbers."""
        path, table = self.place, self.cells
        chosen = _value_column(path, table.header, self.dates_in, column)
        known = _first_of(KNOWN_COLUMNS, table.header)
        return RawRows.stamped(
            self.stamps,
            place=path,
            value=_numbers(path, table.column(chosen), self.line, table.header[chosen]),
            released=None if known is None else read_dates(table.column(known), place=path, lines=table.lines),
            line=self.line,
            bars=_bars(path, table, self.line, chosen),
            sha256=self.sha256,
        )


def _dated(path: str, table: Table, raw: bytes, clock: str | None, means: str | None) -> DatedTable:
    struck, time = _first_of((STRUCK,), table.header), _first_of(TIME_COLUMNS, table.header)
    place = time if time is not None else _first_of(DATE_COLUMNS, table.header)
    if place is None:
        raise DataError(f"{path} has no date column among {', '.join(table.header)}; name one 'date'.")
    lines = pd.Series(table.lines)
    if struck is not None:
        stamps = _struck(path, table, struck)
    else:
        stamps = read_stamps(table.column(place), clock=clock, place=path, means=means, lines=table.lines)
    return DatedTable(path, table, stamps, place, lines, sha256(raw).hexdigest())


def _struck(path: str, table: Table, place: int) -> Stamps:
    """Instants that are what they say, each with the date that stands beside it."""
    read = read_stamps(table.column(place), clock=None, place=path, means="snapshot", lines=table.lines)
    session = _first_of((SESSION,), table.header)
    if session is None or read.struck is None:
        raise DataError(f"{path} needs UTC times in {STRUCK!r}, and a column {SESSION!r} of dates; add them.")
    return replace(read, labels=read_dates(table.column(session), place=path, lines=table.lines), note="")


def _first_of(names: tuple[str, ...], header: list[str]) -> int | None:
    """Find the first of some names in the header."""
    known = [name.lower() for name in header]
    return next((known.index(name) for name in names if name in known), None)


def _value_column(path: str, header: list[str], date_place: int, column: str | None) -> int:
    """Find the column of values; a tenor such as 10Y is found under its Japanese name 10年 too."""
    names = [name.lower().replace("年", "y") for name in header]
    if column is not None:
        if column.lower() in names:
            return names.index(column.lower())
        raise DataError(f"{path} has no column {column!r}; {nearest(column, header)}")
    others = [place for place in range(len(header)) if place != date_place]
    named = [names.index(name) for name in VALUE_COLUMNS if name in names]
    if named or len(others) == 1:
        return (named or others)[0]
    raise DataError(f"{path} has several columns ({', '.join(header)}); say which with 'column:' in the configuration.")


def _bars(path: str, table: Table, lines: pd.Series, chosen: int) -> pd.DataFrame | None:
    """Open, high and low, where the value is a bar's close."""
    names = [name.lower() for name in table.header]
    if names[chosen] != "close" or not set(BAR_COLUMNS) <= set(names):
        return None
    return pd.DataFrame({name: _numbers(path, table.column(names.index(name)), lines, name) for name in BAR_COLUMNS})


def _numbers(path: str, texts: list[str], lines: pd.Series, name: str) -> pd.Series:
    """Read numbers to the last bit, which not every version of pandas does by itself."""
    numbers = pd.Series([_number(text) for text in texts], dtype="float64")
    bad = numbers.abs() == float("inf")
    if bad.any():
        at = int(bad.to_numpy().argmax())
        message = f"{path}, line {lines[at]}: {texts[at]!r} in column {name!r} is no number"
        raise DataError(f"{message}; correct or blank it.")
    return numbers


def _number(text: str) -> float:
    """Return a number, a missing value, or infinity for what is neither."""
    try:
        value = float(text)
    except ValueError:
        return float("nan" if text.lower() in MISSING else "inf")
    return value if value == value and "_" not in text else float("nan" if text.lower() in MISSING else "inf")
