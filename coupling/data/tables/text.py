"""A text file as a table: its encoding, its delimiter and its heading are found by evidence of the file, or stated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coupling.data.shapes.stated import DELIMITERS
from coupling.data.tables.body import Body, cut_body
from coupling.data.tables.decoding import decodings
from coupling.data.tables.delimited import Grid, read_grid
from coupling.data.tables.heading import is_dated
from coupling.data.tables.roles import date_place
from coupling.data.tables.table import Options, Table
from coupling.errors import DataError

__all__ = ["read_text", "said_of", "unknown_heading"]

NAMES = {mark: f"{name}s" for name, mark in DELIMITERS.items()}
SAMPLE = 20
DECIMAL_COMMA = re.compile(r"[-+(]?\d[\d.]*,\d{1,2} ?%?\)?")


def read_text(place: str, raw: bytes, options: Options) -> Table:
    r"""Return the table of a text file.

    Raises
    ------
    DataError
        If it is no text or no table, or rows do not fit its heading.

    Examples
    --------
    >>> read_text("x.csv", b"date;value\n2025-06-02;5808,42\n", Options()).texts(1)
    ['5808,42']
    """
    first = ""
    found: list[tuple[Grid, str]] = []
    for text, encoding in decodings(place, raw, options.encoding):
        first = first or text
        grid = read_grid(place, text, options.delimiter, options.date_column)
        if grid is not None:
            found.append((grid, encoding))
        if grid is not None and grid.heading.shape is not None:
            break
    if not found:
        raise DataError(unknown_heading(place, first, options))
    grid, encoding = found[-1] if found[-1][0].heading.shape is not None else found[0]
    return _table(place, grid, encoding, options)


def _table(place: str, grid: Grid, encoding: str, options: Options) -> Table:
    heading = grid.heading
    names = list(heading.names)
    header = [name[0] for name in names] if heading.flat else [""] * len(names)
    where = f"{place}, line {grid.line}" if grid.line else place
    dates = date_place(where, names, heading.shape, options.date_column, grid.first(SAMPLE))
    whole = grid.columns is not None and dates == 0 and not header[0][:1].isdigit()  # no row can be an aside
    body = (
        Body(grid.columns or [], grid.lines)
        if whole
        else cut_body(place, grid.rows, grid.lines, header, dates, grid.folded)
    )
    return Table(
        names=body.names(names),
        columns=body.columns,
        lines=body.lines,
        shape=heading.shape,
        notes=(*said_of(grid, encoding), *body.notes),
        point_is_decimal=grid.delimiter == "," and not (grid.columns is None and _has_decimal_comma(body.columns)),
        line=grid.line,
    )


def said_of(grid: Grid, encoding: str) -> tuple[str, ...]:
    """Return what is told of the form of a text: its encoding and its delimiter, where they are not the usual ones."""
    said = [f"text in {encoding}"] if encoding != "utf-8" else []
    said += [f"cells parted by {NAMES.get(grid.delimiter, repr(grid.delimiter))}"] if grid.delimiter != "," else []
    return tuple(said)


def _has_decimal_comma(columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether a quoted cell shows a decimal comma, so that a point in its file may part thousands."""
    return any(DECIMAL_COMMA.fullmatch(cell.strip()) for column in columns for cell in column if "," in cell)


def unknown_heading(place: str, text: str, options: Options) -> str:
    """Say that the shape of a file is not known, and how to map it by hand."""
    first = next((line.strip() for line in text[:10_000].splitlines() if line.strip()), "")[:80]
    if options.date_column is not None:
        return f"{place} has no line of names with {options.date_column!r} (the first line is {first!r}); correct it."
    if options.delimiter is not None:
        parted = f"parted by {options.delimiter!r} as stated"
        return f"{place} has no heading with a date column, {parted} (the first line is {first!r}); correct it."
    advice = "name its columns in data.files ('date_column:', 'column:'), or begin it with 'date,value'"
    if is_dated(first) or first[:1].isdigit():
        advice = "its columns have no names, put 'date,value' above them"
    return f"{place}: no header with a date column was found (the first line is {first!r}); {advice}."
