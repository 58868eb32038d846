"""A large text file of bars as the table of its wanted columns, parsed block by block by a pyarrow dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from coupling.data.numbers import MISSING, is_missing
from coupling.data.shapes.stated import mark_of
from coupling.data.tables.decoding import decodings
from coupling.data.tables.delimited import Grid, read_grid
from coupling.data.tables.heading import is_number
from coupling.data.tables.large import Wanted, wanted_of, with_columns
from coupling.data.tables.table import Options, Table
from coupling.data.tables.text import said_of
from coupling.data.tables.times import times_of_day
from coupling.dates.columns import read_dates
from coupling.errors import DataError
from coupling.limits.budget import require_memory

__all__ = ["read_large_text"]

HEAD = 128 * 1024
INTEGER = re.compile(r"-?\d{9,19}")
SURE = re.compile(r"[-+]?\d+\.(?!\d{3}$)\d+")
PER_BYTE = 1.5
"""Bytes of memory that a byte of text takes at most while it is read."""


def read_large_text(path: Path, options: Options) -> Table | None:
    """Return the table of a large text file; none where it is to be read cell by cell."""
    place = str(path)
    found = _head(path, options)
    if found is None:
        return None
    head, grid = found
    wanted = wanted_of(place, head, options)
    types = None if wanted is None else _types(head, wanted, options, grid.delimiter)
    if wanted is None or types is None:
        return None
    size = path.stat().st_size
    require_memory(size * PER_BYTE, f"reading {path.name}", "cut it into several files of less")
    columns = _columns(path, len(head.names), grid, types)
    if columns is None:
        return None
    if wanted.roles.time is not None:
        try:
            times = columns.pop(wanted.roles.time)
            columns[wanted.roles.date] = _joined(place, columns[wanted.roles.date], times, options)
        except DataError:  # it knows no line
            return None
    rows = len(columns[wanted.value])
    return with_columns(head, wanted, columns, range(grid.lines[0], grid.lines[0] + rows)) if rows else None


def _head(path: Path, options: Options) -> tuple[Table, Grid] | None:
    """Return the first rows of the file as the laws of every file read them."""
    with path.open("rb") as file:
        raw = file.read(HEAD)
    raw = raw[: raw.rfind(b"\n") + 1]
    if not raw:
        return None
    text, encoding = next(decodings(str(path), raw, options.encoding))
    grid = read_grid(str(path), text, options.delimiter, options.date_column)
    if encoding != "utf-8" or grid is None or not grid.heading.flat or not grid.rows or grid.folded:
        return None
    names = list(grid.heading.names)
    if any(len(row) != len(names) for row in grid.rows) or any("#" in row[0][:1] for row in grid.rows):
        return None
    return Table(
        names=names,
        columns=[*zip(*grid.rows, strict=True)],
        lines=grid.lines,
        shape=grid.heading.shape,
        notes=said_of(grid, encoding),
        point_is_decimal=grid.delimiter == ",",
        line=grid.line,
    ), grid


def _types(head: Table, wanted: Wanted, options: Options, delimiter: str) -> dict[int, Any] | None:
    """Return the type of each wanted column; none where some cell of the head is of another form."""
    import pyarrow as pa

    types: dict[int, Any] = {}
    for place in wanted.numbers:
        if not _are_numbers(head.texts(place), options, delimiter):
            return None
        types[place] = pa.float64()
    coded = pa.dictionary(pa.int32(), pa.string())
    for place in wanted.times:
        kind = coded if wanted.roles.time is not None else _type_of_times(head.texts(place))
        if kind is None:
            return None
        types[place] = kind
    texts = (wanted.roles.time, wanted.roles.ticker)
    return types | {place: coded for place in texts if place is not None}


def _are_numbers(cells: Sequence[str], options: Options, delimiter: str) -> bool:
    """Tell whether all cells are in the form of programs, and a point is sure to be the decimal mark."""
    shown = [cell for cell in cells if not is_missing(cell)]
    if options.decimal == "," or not shown or any("_" in cell or not is_number(cell) for cell in shown):
        return False
    sure = options.decimal == "." or delimiter == "," or any(map(SURE.fullmatch, shown))
    return sure or not any("." in cell for cell in shown)


def _type_of_times(cells: Sequence[str]) -> Any:
    """Return the type of a column of times: unix time, or instants as ISO 8601 has them; none for any other form."""
    import pyarrow as pa

    if all(map(INTEGER.fullmatch, cells)):
        return pa.int64()
    for kind in (pa.timestamp("us", tz="UTC"), pa.timestamp("us")):
        try:
            read = pd.Series(pa.array(cells).cast(kind).to_pandas())
        except pa.ArrowInvalid:
            continue
        return None if (read == read.dt.normalize()).all() else kind
    return None


def _columns(path: Path, width: int, grid: Grid, types: dict[int, Any]) -> dict[int, Any] | None:
    """Return the columns as pandas has them; none where a cell below the head is of another form."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.dataset as ds

    names = [f"c{place}" for place in range(width)]
    missing = sorted({form for word in MISSING for form in (word, word.upper(), word.title(), "NaN", "<NA>", "NaT")})
    form = ds.CsvFileFormat(
        pa.csv.ParseOptions(delimiter=mark_of(grid.delimiter), ignore_empty_lines=False),
        read_options=pa.csv.ReadOptions(column_names=names, skip_rows=grid.lines[0] - 1),
        convert_options=pa.csv.ConvertOptions(
            column_types={names[place]: kind for place, kind in types.items()}, null_values=missing
        ),
    )
    try:
        schema = pa.schema([(names[place], kind) for place, kind in sorted(types.items())])
        table = ds.dataset(str(path), schema=schema, format=form).to_table()
    except (pa.ArrowException, OSError, ValueError):
        return None
    return {place: table.column(names[place]).to_pandas() for place in types}


def _joined(place: str, dates: pd.Series, times: pd.Series, options: Options) -> pd.Series:
    """Return naive date and time of each row; each distinct date and time is read once."""
    days = read_dates(dates.cat.categories, order=options.dates, place=place)
    cells = [cell.strip() for cell in times.cat.categories]
    clocks = pd.to_timedelta(times_of_day(f"{place}, time", cells, range(1, len(cells) + 1)))
    return pd.Series(days.to_numpy()[dates.cat.codes] + clocks.to_numpy()[times.cat.codes])
