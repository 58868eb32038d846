"""Which lines of a text are its heading: one line of names, two or three of fields and tickers, or none by shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coupling.data.shapes import Shape, load_names, normal, recognise, recognise_headless
from coupling.data.tables.table import Name

__all__ = ["Heading", "find_heading", "is_dated", "is_number", "looks_dated"]

Rows = Sequence[Sequence[str]]
LEVELS = 3
HEADLESS = 20
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]{0,2} +)?"
DATED = re.compile(rf"\W*(?i:{WEEKDAY})(?:[MTSHR]?\d|[^\W\d_]{{3,9}}[.,]?[ -]+\d{{1,2}}\b)")
DATE = re.compile(
    rf"(?i:{WEEKDAY})(?:"
    r"\d{4}[-/.年년] ?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{8}$|\d{10,19}(\.\d+)?$|[MTSHR]\d{1,2}\.\d"
    r"|\d{1,2}[- ]?[^\W\d_]{3,}\.?[- ,]|[^\W\d_]{3,9}\.? \d{1,2},? \d{4})"
)


@dataclass(frozen=True)
class Heading:
    """Where a table begins.

    Parameters
    ----------
    names : list of tuple of str
        Names of the columns, one for each line of the heading.
    body : int
        Index of the row below it.
    shape : Shape, optional
        The declared shape that it has.
    sure : bool
        Whether a name says that it is one; else it only stands above a date.
    """

    names: list[Name]
    body: int
    shape: Shape | None = None
    sure: bool = True

    @property
    def flat(self) -> list[str]:
        """Names of the columns where the heading has one line."""
        return [name[0] for name in self.names] if all(len(name) == 1 for name in self.names) else []


def looks_dated(cell: str) -> bool:
    """Tell whether a cell begins as some date may, so that a line below the last such cell is a footer.

    Examples
    --------
    >>> [looks_dated(cell) for cell in ("2025-06-02", "Nov 21, 2025", "S49.9.24", "Downloaded", "Source: FRED")]
    [True, True, True, False, False]
    """
    return DATED.match(cell) is not None


def is_dated(cell: str) -> bool:
    """Tell whether a cell begins as a date in one of the known shapes."""
    return DATE.match(cell.strip()) is not None


def find_heading(rows: Rows, date_column: str | None = None) -> Heading | None:
    """Find the heading among the first rows of a text; None where there is none that is known.

    Examples
    --------
    >>> find_heading([["Security", "SPX Index"], [], ["Date", "PX_LAST"], ["2025-06-02", "1"]]).shape.name
    'bloomberg'
    >>> find_heading([["Price", "Close"], ["Ticker", "^GSPC"], ["Date", ""], ["2025-06-02", "1"]]).names
    [('Date', 'Date'), ('Close', '^GSPC')]
    """
    for place in range(len(rows)):
        found = _levels(rows, place) or _one_line(rows, place, date_column) or _unnamed(rows, place)
        if found is not None:
            return found
    first = next((place for place, row in enumerate(rows) if any(row)), None)
    shape = None if first is None else recognise_headless([row for row in rows[first:] if any(row)][:HEADLESS])
    return None if shape is None or first is None else Heading([(name,) for name in shape.columns], first, shape)


def _one_line(rows: Rows, place: int, date_column: str | None) -> Heading | None:
    """A line of names among which there is one of dates; lines of words may stand below series with flags."""
    row = rows[place]
    if len(row) < 2 or any(is_dated(cell) for cell in row):
        return None
    shape = recognise(row)
    known = {normal(date_column)} if date_column is not None else set(load_names().date)
    named = any(normal(cell) in known for cell in row)
    if shape is not None and shape.flags is not None:
        body = next((k for k in range(place + 1, len(rows)) if rows[k] and is_dated(rows[k][0])), None)
        return None if body is None else Heading(_named(row), body, shape)
    return Heading(_named(row), place + 1, shape) if shape is not None or named else None


def _named(row: Sequence[str]) -> list[Name]:
    """Return the names of a line without the empty cells at its end: nothing may stand below those."""
    last = max(place for place, cell in enumerate(row) if cell.strip())
    return [(cell.strip(),) for cell in row[: last + 1]]


def _unnamed(rows: Rows, place: int) -> Heading | None:
    """A line of names above dates without a name: the index of pandas, or the row names of R (one cell fewer)."""
    row, below = rows[place], _below(rows, place + 1)
    if not row or not below or not is_dated(below[0]) or any(is_dated(cell) or not cell.strip() for cell in row[1:]):
        return None
    if any(mark in cell for cell in (row[0], below[0]) for mark in ";|\t"):  # parted by another delimiter
        return None
    if len(row) > 1 and len(below) == len(row) and not row[0].strip():
        return Heading([(cell.strip(),) for cell in row], place + 1, sure=False)
    if len(below) == len(row) + 1 and row[0].strip() and not any(is_number(cell) for cell in row):
        return Heading([("",), *((cell.strip(),) for cell in row)], place + 1, sure=False)
    return None


def _levels(rows: Rows, place: int) -> Heading | None:
    """Two or three lines of names: the last of them names the index alone, as in ``Date,,,``, or is left out."""
    row = rows[place]
    index = bool(row) and len(row) > 1 and not any(cell.strip() for cell in row[1:])
    if index and normal(row[0]) in load_names().date:
        above = [rows[k] for k in range(max(0, place - LEVELS), place) if _is_level(rows[k], len(row))]
        return _joined(above, row[0], place + 1) if above and rows[place - 1] is above[-1] else None
    below = _below(rows, place + 1)
    if len(row) > 1 and _is_level(row, len(row)) and _is_level(below, len(row)) and not row[0].strip():
        dated = _below(rows, place + 2)
        return _joined([row, below], "", place + 2) if dated and is_dated(dated[0]) else None
    return None


def _joined(levels: Rows, index: str, body: int) -> Heading:
    names = [tuple(cell.strip() for cell in column) for column in zip(*levels, strict=True)]
    return Heading([(index.strip(),) * len(levels), *names[1:]], body)


def _is_level(row: Sequence[str], width: int) -> bool:
    filled = len(row) == width and all(cell.strip() for cell in row[1:])
    return filled and not any(is_number(cell) or is_dated(cell) for cell in row)


def _below(rows: Rows, place: int) -> Sequence[str]:
    return rows[place] if place < len(rows) else ()


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number in the form of programs."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
