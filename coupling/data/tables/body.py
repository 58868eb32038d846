"""The rows below a heading: what is no row of values is left out and counted, what does not fit is refused."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from coupling.data.numbers import is_missing
from coupling.data.tables.heading import is_dated, is_number, looks_dated
from coupling.data.tables.table import Name
from coupling.errors import DataError

__all__ = ["Body", "cut_body"]

FOOTERS = 20
Row = list[str]


@dataclass(frozen=True)
class Body:
    """Columns of the rows of values, their lines, whether R's row names stand before them, and what was left out."""

    columns: Sequence[Sequence[str]]
    lines: Sequence[int]
    named: bool = False
    notes: tuple[str, ...] = ()

    def names(self, heading: Sequence[Name]) -> list[Name]:
        """Return the names of the columns, of R's row names an empty one."""
        return [*([("",) * len(heading[0])] if self.named else []), *heading]


def cut_body(
    place: str,
    rows: list[Row],
    lines: Sequence[int],
    header: Sequence[str],
    dates: int,
    folded: Set[int] = frozenset(),
) -> Body:
    """Return the rows of values below a heading.

    Parameters
    ----------
    place : str
        File, for messages.
    rows, lines : sequence
        Filled rows below the heading, and their lines.
    header : sequence of str
        Names of the columns, empty where the heading has several lines.
    dates : int
        Place of the column of dates.
    folded : set of int
        Lines that a quoted cell goes beyond.

    Raises
    ------
    DataError
        If there is no row, a filled cell stands beyond the heading, or a quoted cell swallows lines.
    """
    rows, lines, notes = _without_asides(rows, lines, header)
    if not rows:
        raise DataError(f"{place} has a header but no rows; fetch or export it again.")
    width = len(header)
    named = _has_row_names(rows, width, dates)
    count = _without_footers(place, rows, lines, dates + named)
    notes = (*notes, *_footers(rows[count:]))
    rows, lines = rows[:count], lines[:count]
    width += named
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            _require_width(place, row, line, width)
            row[width:] = []
            row += [""] * (width - len(row))
    torn = next((line for line in lines if line in folded), None) if folded else None
    if torn is not None:
        raise DataError(f"{place}, line {torn}: a quoted cell runs over several lines; mend the quote marks there.")
    return Body([*zip(*rows, strict=True)], lines, named, (*notes, *(["row names, left out"] if named else [])))


def _without_asides(
    rows: list[Row], lines: Sequence[int], header: Sequence[str]
) -> tuple[list[Row], Sequence[int], tuple[str, ...]]:
    """Leave out comments, and the heading where it stands again."""
    again = [cell.strip() for cell in header]
    begins = {"#", again[0][:1]} - {""}
    likely = [k for k, row in enumerate(rows) if row[0].lstrip()[:1] in begins] if begins else []
    comments = {k for k in likely if rows[k][0].startswith("#") and not is_missing(rows[k][0])}
    headings = {k for k in likely if [cell.strip() for cell in rows[k]] == again} if again[0] else set()
    aside = comments | headings
    counts = (("comment lines", comments), ("repeated headings", headings))
    notes = tuple(f"{what}, left out: {len(found)}" for what, found in counts if found)
    if not aside:
        return rows, lines, notes
    kept = [k for k in range(len(rows)) if k not in aside]
    return [rows[k] for k in kept], [lines[k] for k in kept], notes


def _has_row_names(rows: list[Row], width: int, dates: int) -> bool:
    """Tell whether each row begins with a name that the heading has no cell for, as R writes them."""
    if any(len(row) != width + 1 for row in rows[:-FOOTERS] or rows[:1]):
        return False
    first = [row[0] for row in rows if len(row) == width + 1]
    unnamed = not any(is_dated(cell) for cell in first) and len(set(first)) == len(first)
    return unnamed and all(is_dated(row[dates + 1]) for row in rows if len(row) == width + 1)


def _without_footers(place: str, rows: list[Row], lines: Sequence[int], dates: int) -> int:
    """Return how many rows there are to the last one that is no footer: it begins like a date, or holds numbers."""
    for count in range(len(rows), max(0, len(rows) - FOOTERS - 1), -1):
        row = rows[count - 1]
        if dates < len(row) and (looks_dated(row[dates]) or _has_values(row, dates)):
            return count
    row, line = rows[-1], lines[-1]
    cell = row[dates] if dates < len(row) else ",".join(row)
    raise DataError(f"{place}, line {line}: {cell[:60]!r} is no date; write it as 2024-08-05.")


def _has_values(row: Row, dates: int) -> bool:
    """Tell whether numbers stand beside a single word: such a row may be one of values, whose date is damaged."""
    words = row[dates].split()
    return len(words) < 2 and any(is_number(cell) for place, cell in enumerate(row) if place != dates)


def _footers(rows: list[Row]) -> list[str]:
    """Count the filled lines below the last date."""
    shown = [row for row in rows if any(cell.strip() for cell in row)]
    if not shown:
        return []
    first = next(cell.strip() for cell in shown[0] if cell.strip())
    return [f"lines below the last date, left out: {len(shown)} ({first[:40]!r})"]


def _require_width(place: str, row: Row, line: int, width: int) -> None:
    beyond = next((cell for cell in row[width:] if cell.strip()), None)
    if beyond is not None:
        message = f"{place}, line {line}: {beyond[:60]!r} stands beyond the {width} columns of the heading"
        raise DataError(f"{message}; name its column there, or mend the line (a decimal comma, a quote mark?).")
