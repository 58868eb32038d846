"""Read one file of values, whatever of the known formats it is in, into raw rows.

The format is told by the header, never by the file's name: plain ``date,value``, a FRED download, Yahoo OHLCV, a wide
table of dated columns, hourly bars ``time_utc,open,high,low,close``, and the Ministry of Finance's yield files in
English (``1974/9/24``) and Japanese (era dates such as ``S49.9.24``, cp932).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from coupling.data.sources.rows import RawRows
from coupling.data.sources.table import DATE_COLUMNS, TIME_COLUMNS, Table, load, read_csv, read_parquet
from coupling.errors import DataError, nearest

__all__ = ["DatedTable", "read_rows", "read_table"]

MISSING = frozenset({"", "-", ".", "na", "n/a", "nan", "null", "none"})
VALUE_COLUMNS = ("value", "close")
BAR_COLUMNS = ("open", "high", "low")
KNOWN_COLUMNS = ("release_date",)
ERAS = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}


def read_rows(path: Path, column: str | None = None) -> RawRows:
    """Read one file.

    Parameters
    ----------
    path : Path
        A CSV file, or a Parquet file with the same columns.
    column : str, optional
        Which column holds the value; by default ``value``, ``close``, or the only one there is.

    Raises
    ------
    DataError
        If the file is missing, empty, too large, of no known format, or holds text in place of a date or a number.
    """
    raw = load(path)
    table = read_parquet(path) if path.suffix.lower() == ".parquet" else read_csv(str(path), raw)
    return replace(_dated(str(path), table, raw).rows(column), place=path.name)


def read_table(place: str, raw: bytes) -> DatedTable:
    r"""Read the bytes of a CSV table, and its dates once for all the columns that are wanted of it.

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
    return _dated(place, read_csv(place, raw), raw)


@dataclass(frozen=True)
class DatedTable:
    """A table of which the dates are read.

    Parameters
    ----------
    place : str
        Name that stands in every message.
    cells : Table
        Its cells as text.
    when : Series
        Dates (naive), or instants (UTC) where `hourly`.
    dates_in : int
        Column that `when` was read from.
    line : Series
        Line of each row.
    hourly : bool
        Whether the rows are bars that carry their own instants.
    sha256 : str
        Hash of the bytes.
    """

    place: str
    cells: Table
    when: pd.Series
    dates_in: int
    line: pd.Series
    hourly: bool
    sha256: str

    def rows(self, column: str | None = None) -> RawRows:
        """Return a column as raw rows; raise `DataError` where there is none of that name, or it holds no numbers."""
        path, table = self.place, self.cells
        chosen = _value_column(path, table.header, self.dates_in, column)
        known = _first_of(KNOWN_COLUMNS, table.header)
        return RawRows(
            place=path,
            when=self.when,
            value=_numbers(path, table.column(chosen), self.line, table.header[chosen]),
            released=None if known is None else _dates(path, table.column(known), self.line),
            line=self.line,
            bars=_bars(path, table, self.line, chosen),
            hourly=self.hourly,
            sha256=self.sha256,
        )


def _dated(path: str, table: Table, raw: bytes) -> DatedTable:
    time = _first_of(TIME_COLUMNS, table.header)
    place = time if time is not None else _first_of(DATE_COLUMNS, table.header)
    if place is None:
        raise DataError(f"{path} has no date column among {', '.join(table.header)}; name one 'date'.")
    lines = pd.Series(table.lines)
    when = (_dates if time is None else _instants)(path, table.column(place), lines)
    return DatedTable(path, table, when, place, lines, time is not None, sha256(raw).hexdigest())


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


def _dates(path: str, texts: list[str], lines: pd.Series) -> pd.Series:
    """Parse dates of one shape: 2024-08-05, 1974/9/24, or an era date such as S49.9.24."""
    text = pd.Series(texts, dtype="string")
    mark = "/" if "/" in texts[0] else "-"
    dates = pd.to_datetime(text, errors="coerce", format=f"%Y{mark}%m{mark}%d")
    if dates.isna().any():
        dates = _dates_of_other_shapes(text)
    return _require_dates(path, dates.astype("datetime64[ns]"), text, lines, "2024-08-05")


def _dates_of_other_shapes(text: pd.Series) -> pd.Series:
    era = text.str.fullmatch(r"[MTSHR]\d{1,2}\.\d{1,2}\.\d{1,2}")
    plain = text.str.fullmatch(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]00:00:00(\+00:00|Z)?)?")
    iso = text.str.slice(0, 10).str.replace("/", "-").where(plain & ~era)
    if era.any():
        iso = iso.mask(era, _from_era(text.where(era)))
    return pd.to_datetime(iso, errors="coerce", format="%Y-%m-%d")


def _from_era(text: pd.Series) -> pd.Series:
    parts = text.str.extract(r"([MTSHR])(\d+)\.(\d+)\.(\d+)")
    year = parts[0].map(ERAS).astype("Int64") + parts[1].astype("Int64")
    return year.astype("string") + "-" + parts[2] + "-" + parts[3]


def _instants(path: str, texts: list[str], lines: pd.Series) -> pd.Series:
    text = pd.Series(texts, dtype="string")
    instants = pd.to_datetime(text, errors="coerce", utc=True, format="ISO8601")
    return _require_dates(path, instants.astype("datetime64[ns, UTC]"), text, lines, "2024-08-05T00:00:00Z")


def _require_dates(path: str, dates: pd.Series, text: pd.Series, lines: pd.Series, example: str) -> pd.Series:
    bad = dates.isna()
    if bad.any():
        at = int(bad.to_numpy().argmax())
        raise DataError(f"{path}, line {lines[at]}: {text[at]!r} is no date; write it as {example}.")
    return dates
