"""The cells of a CSV or Parquet table as text: its header, its rows and the lines that they stand on."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coupling.errors import DataError

__all__ = ["DATE_COLUMNS", "SIZE_LIMIT", "TIME_COLUMNS", "Table", "load", "read_csv", "read_parquet"]

SIZE_LIMIT = 64 * 1024 * 1024
TIME_COLUMNS = ("struck_utc", "time_utc")
DATE_COLUMNS = ("date", "observation_date", "基準日")


@dataclass(frozen=True)
class Table:
    """Cells as text, with the line that each row stands on."""

    header: list[str]
    cells: list[list[str]]
    lines: list[int]

    def column(self, place: int) -> list[str]:
        """Return the cells of a column; a row that is too short has an empty one."""
        return [row[place].strip() if place < len(row) else "" for row in self.cells]


def read_parquet(path: Path) -> Table:
    """Return the cells of a Parquet file, or raise `DataError`."""
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no readable Parquet file ({error}); write it again.") from None
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(names=frame.index.name or "date")
    dates = frame.select_dtypes(["datetime", "datetimetz"]).columns
    text = frame.assign(**{name: _as_written(frame[name]) for name in dates}).astype("string").fillna("")
    return Table([str(name) for name in frame.columns], text.to_numpy().tolist(), list(range(1, len(frame) + 1)))


def _as_written(times: pd.Series) -> pd.Series:
    """Write dates as dates, and times with all they have: the time of day and the offset from UTC."""
    naive = times.dt.tz is None
    if naive and (times.dropna() == times.dropna().dt.normalize()).all():
        return pd.Series(times.dt.strftime("%Y-%m-%d"))
    return pd.Series([None if pd.isna(time) else time.isoformat() for time in times], index=times.index)


def read_csv(path: str, raw: bytes) -> Table:
    """Return the cells below the header; raise `DataError` where there is no header with dates, or no row."""
    rows = list(csv.reader(io.StringIO(_decode(path, raw), newline="")))
    start = next((k for k, row in enumerate(rows) if _is_header(row)), None)
    if start is None:
        raise DataError(f"{path}: {_why_no_header(rows)}")
    body = _without_footnotes(rows[start + 1 :])
    kept = [(number, row) for number, row in enumerate(body, start + 2) if any(cell.strip() for cell in row)]
    if not kept:
        raise DataError(f"{path} has a header but no rows; fetch or export it again.")
    return Table([cell.strip() for cell in rows[start]], [row for _, row in kept], [number for number, _ in kept])


def load(path: Path) -> bytes:
    """Return the bytes of a file; raise `DataError` where it cannot be read or is too large."""
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
