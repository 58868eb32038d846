"""Read one file of values, whatever of the known formats it is in, into raw rows.

The format is told by the header, never by the file's name: plain ``date,value``, a FRED download, Yahoo OHLCV, a wide
table of dated columns, hourly bars ``time_utc,open,high,low,close``, and the Ministry of Finance's yield files in
English (``1974/9/24``) and Japanese (era dates such as ``S49.9.24``, cp932).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from coupling.data.sources.rows import RawRows
from coupling.errors import DataError, nearest

__all__ = ["read_rows", "read_text"]

SIZE_LIMIT = 64 * 1024 * 1024
MISSING = frozenset({"", "-", ".", "na", "n/a", "nan", "null", "none"})
TIME_COLUMNS = ("time_utc",)
DATE_COLUMNS = ("date", "observation_date", "基準日")
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
    raw = _load(path)
    table = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_csv(str(path), raw)
    return replace(_from_table(str(path), table, column), place=path.name, sha256=sha256(raw).hexdigest())


def read_text(place: str, raw: bytes, column: str | None = None) -> RawRows:
    r"""Read the bytes of a CSV table that a source sent, as `read_rows` reads a file.

    Parameters
    ----------
    place : str
        Name that stands in every message.
    raw : bytes
        The table.
    column : str, optional
        Which column holds the value.

    Raises
    ------
    DataError
        If it is of no known format, or holds text in place of a date or a number.

    Examples
    --------
    >>> read_text("DGS10", b"observation_date,DGS10\n2024-08-05,3.78\n").value.tolist()
    [3.78]
    """
    return replace(_from_table(place, _read_csv(place, raw), column), sha256=sha256(raw).hexdigest())


@dataclass(frozen=True)
class _Table:
    """Cells as text, with the line that each row stands on."""

    header: list[str]
    cells: list[list[str]]
    lines: list[int]

    def column(self, place: int) -> list[str]:
        return [row[place].strip() if place < len(row) else "" for row in self.cells]


def _read_parquet(path: Path) -> _Table:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no readable Parquet file ({error}); write it again.") from None
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(names=frame.index.name or "date")
    dates = frame.select_dtypes("datetime").columns
    text = frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d") for name in dates}).astype("string").fillna("")
    return _Table([str(name) for name in frame.columns], text.to_numpy().tolist(), list(range(1, len(frame) + 1)))


def _read_csv(path: str, raw: bytes) -> _Table:
    rows = list(csv.reader(io.StringIO(_decode(path, raw), newline="")))
    start = next((k for k, row in enumerate(rows) if _is_header(row)), None)
    if start is None:
        raise DataError(f"{path}: {_why_no_header(rows)}")
    body = _without_footnotes(rows[start + 1 :])
    kept = [(number, row) for number, row in enumerate(body, start + 2) if any(cell.strip() for cell in row)]
    if not kept:
        raise DataError(f"{path} has a header but no rows; fetch or export it again.")
    return _Table([cell.strip() for cell in rows[start]], [row for _, row in kept], [number for number, _ in kept])


def _load(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= SIZE_LIMIT else b""
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from None
    if size > SIZE_LIMIT:
        raise DataError(
            f"{path} is {size / 2**20:.0f} MiB, above the limit of {SIZE_LIMIT // 2**20} MiB; cut it first."
        )
    return raw


def _decode(path: str, raw: bytes) -> str:
    if not raw.strip():
        raise DataError(f"{path} is empty; fetch or export it again.")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(f"{path} is neither UTF-8 nor cp932 text; convert it, for example with iconv.")


def _is_header(row: list[str]) -> bool:
    names = {cell.strip().lower() for cell in row}
    return len(row) > 1 and bool(names & {*DATE_COLUMNS, *TIME_COLUMNS})


def _without_footnotes(rows: list[list[str]]) -> list[list[str]]:
    """Cut what follows the last row that begins like a date: blank rows, rows of bare commas, footnotes of one cell."""
    for count in range(len(rows), 0, -1):
        row = rows[count - 1]
        filled = [cell for cell in row if cell.strip()]
        if len(filled) > 1 or (filled and re.match(r"\s*[MTSHR]?\d", row[0])):
            return rows[:count]
    return []


def _why_no_header(rows: list[list[str]]) -> str:
    first = ",".join(rows[0])[:80] if rows else ""
    for mark, name in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
        if mark in first:
            return f"the delimiter looks like a {name} ({first!r}); write it with commas."
    if first.lstrip().startswith("<"):
        return "this is an HTML page, not a table; the download went wrong, fetch it again."
    return f"no header with a date column was found (the first line is {first!r}); begin it with 'date,value'."


def _from_table(path: str, table: _Table, column: str | None) -> RawRows:
    names = [name.lower() for name in table.header]
    time = next((names.index(name) for name in TIME_COLUMNS if name in names), None)
    place = time if time is not None else next((names.index(n) for n in DATE_COLUMNS if n in names), None)
    if place is None:
        raise DataError(f"{path} has no date column among {', '.join(table.header)}; name one 'date'.")
    chosen = _value_column(path, table.header, place, column)
    known = next((names.index(name) for name in KNOWN_COLUMNS if name in names), None)
    lines = pd.Series(table.lines)
    parse = _instants if time is not None else _dates
    return RawRows(
        place=path,
        when=parse(path, table.column(place), lines),
        value=_numbers(path, table.column(chosen), lines, table.header[chosen]),
        released=None if known is None else _dates(path, table.column(known), lines),
        line=lines,
        bars=_bars(path, table, lines, chosen),
        hourly=time is not None,
        sha256="",
    )


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


def _bars(path: str, table: _Table, lines: pd.Series, chosen: int) -> pd.DataFrame | None:
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
    dates = pd.to_datetime(text, errors="coerce", format="%Y-%m-%d")
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
