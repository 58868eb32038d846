"""Text as rows of cells: the delimiter is the one under which a known heading stands, or the one stated."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from coupling.data.shapes.stated import DELIMITERS, mark_of
from coupling.data.tables.heading import Heading, find_heading
from coupling.data.tables.plain import plain_columns
from coupling.data.tables.table import CELL_LIMIT, require_cells
from coupling.errors import DataError

__all__ = ["Grid", "read_grid"]

NAMES = {mark: name for name, mark in DELIMITERS.items()}
HEAD_LINES = 200
HEAD_LENGTH = 200_000
ROWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Grid:
    """The filled rows of a text below its heading, with their lines.

    `folded` are those lines that a quoted cell goes beyond, and `line` is that of the heading. Of a plain text the
    cells stand by column, in `columns`, and are brought into rows where somebody asks for them.
    """

    heading: Heading
    filled: list[list[str]] = field(repr=False)
    lines: Sequence[int] = field(repr=False)
    folded: set[int]
    delimiter: str
    line: int = 0
    columns: list[list[str]] | None = field(default=None, repr=False)

    @cached_property
    def rows(self) -> list[list[str]]:
        """The rows, each with its cells."""
        return self.filled if self.columns is None else self.first(len(self.lines))

    def first(self, count: int) -> list[list[str]]:
        """Return some rows at the beginning."""
        if self.columns is None:
            return self.filled[:count]
        return [*map(list, zip(*(column[:count] for column in self.columns), strict=True))]


def read_grid(place: str, text: str, delimiter: str | None = None, date_column: str | None = None) -> Grid | None:
    """Return the rows of a text; None where no delimiter shows a heading that is known.

    Raises
    ------
    DataError
        If several delimiters show one, or a quote mark or an endless cell makes the text unreadable.
    """
    stated, skip = _stated(text)
    marks = [mark_of(delimiter)] if delimiter is not None else [stated] if stated else [*DELIMITERS.values()]
    head = "".join(io.StringIO(text[:HEAD_LENGTH], newline="").readlines()[skip : skip + HEAD_LINES])
    grids: list[Grid] = []
    for mark in marks:
        if mark in head:
            heading = find_heading(_head(head, mark), date_column)
            if heading is not None:
                grids.append(_below(place, text, mark, heading, skip))
    grids = [grid for grid in grids if grid.heading.sure] or grids
    fitting = [grid for grid in grids if _fits(grid)] if len(grids) > 1 else grids
    if len(fitting) > 1:
        named = " and ".join(NAMES[grid.delimiter] for grid in fitting)
        raise DataError(f"{place} can be read with the delimiter {named}; state 'delimiter:' for this file.")
    return next(iter(fitting or grids), None)


def _stated(text: str) -> tuple[str, int]:
    """Return the delimiter that Excel's first line ``sep=;`` states, and the lines to pass over."""
    first = text[:10].splitlines()[0].strip() if text else ""
    return (first[4], 1) if first.lower().startswith("sep=") and len(first) == 5 else ("", 0)


def _reader(text: str, mark: str, *, strict: bool) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=strict, skipinitialspace=mark != " ")


def _head(text: str, mark: str) -> list[list[str]]:
    """Return the first rows, as far as they can be read."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(_reader(text, mark, strict=False))
    return rows


def _below(place: str, text: str, mark: str, heading: Heading, skip: int) -> Grid:
    """Return the filled rows below the heading: at one stroke where every row is a line, else one by one."""
    first = heading.body + skip
    columns = plain_columns(place, text, mark, len(heading.names), first)
    if columns is not None:
        return Grid(heading, [], range(first + 1, first + 1 + len(columns[0])), set(), mark, first, columns)
    with suppress(csv.Error):
        reader = _reader(text, mark, strict=True)
        rows = [*islice(reader, ROWS_AT_ONCE)]
        if reader.line_num == len(rows) < ROWS_AT_ONCE:
            lines = [line for line, row in enumerate(rows[first:], start=first + 1) if _is_filled(row)]
            filled = [rows[line - 1] for line in lines]
            require_cells(place, sum(map(len, filled)))
            return Grid(heading, filled, lines, set(), mark, first)
    return _row_by_row(place, text, mark, heading, first)


def _is_filled(row: list[str]) -> bool:
    return bool(row) and ((not row[0].isspace() and bool(row[0])) or any(map(str.strip, row)))


def _row_by_row(place: str, text: str, mark: str, heading: Heading, first: int) -> Grid:
    rows: list[list[str]] = []
    lines: list[int] = []
    folded: set[int] = set()
    reader = _reader(text, mark, strict=True)
    line, count = 1, 0
    try:
        for number, row in enumerate(reader):
            if number >= first and _is_filled(row):
                rows.append(row)
                lines.append(line)
                count += len(row)
                if reader.line_num > line:
                    folded.add(line)
                if count > CELL_LIMIT:
                    break
            line = reader.line_num + 1
    except csv.Error as error:
        advice = "mend the quote marks there" if "field limit" not in str(error) else "a quote mark may be open"
        raise DataError(f"{place}, line {line}: the row cannot be read ({error}); {advice}.") from None
    require_cells(place, count)
    return Grid(heading, rows, lines, folded, mark, first)


def _fits(grid: Grid) -> bool:
    """Tell whether the rows have as many cells as the heading."""
    width = len(grid.heading.names)
    return grid.columns is not None or (
        bool(grid.rows) and sum(len(row) == width for row in grid.rows) > len(grid.rows) // 2
    )
