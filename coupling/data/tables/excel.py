"""A sheet of an Excel workbook as a table, by python-calamine, after its unpacked size has been looked at."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from coupling.data.tables.body import cut_body
from coupling.data.tables.heading import find_heading
from coupling.data.tables.parts import error_cells
from coupling.data.tables.percents import in_percent, percent_cells
from coupling.data.tables.roles import date_place
from coupling.data.tables.table import Options, Table, require_cells
from coupling.data.tables.text import unknown_heading
from coupling.errors import DataError, nearest

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["read_excel"]

UNPACKED_LIMIT = 512 * 1024 * 1024
CHUNK = 1024 * 1024
LONGEST_TAG = 200
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)
HEAD = 200
CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\b[^>]*?\br=["\']([A-Z]{0,3})(\d{1,7})["\']')
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*")


def read_excel(place: str, raw: bytes, options: Options) -> Table:
    """Return the table of a sheet: the one named, or the only one that holds anything.

    Raises
    ------
    DataError
        If python-calamine is missing, the workbook is damaged or unfolds to too much, or the sheet is not told.
    """
    _require_size(place, raw)
    rows = _rows(place, raw, options.sheet)
    heading = find_heading(rows[:HEAD], options.date_column)
    if heading is None:
        raise DataError(unknown_heading(place, ",".join(next((row for row in rows if any(row)), [])), options))
    below = [(row, k) for k, row in enumerate(rows[heading.body :], heading.body + 1) if any(map(str.strip, row))]
    header = [name[0] for name in heading.names] if heading.flat else [""] * len(heading.names)
    where = f"{place}, line {heading.body}"
    dates = date_place(where, heading.names, heading.shape, options.date_column, rows[heading.body : heading.body + 20])
    body = cut_body(place, [row for row, _ in below], [line for _, line in below], header, dates)
    columns = [_one_form(list(column)) for column in body.columns]
    return Table(
        names=body.names(heading.names),
        columns=columns,
        lines=body.lines,
        shape=heading.shape,
        notes=body.notes,
        line=heading.body,
    )


def _require_size(place: str, raw: bytes) -> None:
    """Unpack each part once, in pieces: what a workbook says of its own size need not be true."""
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as folder:
            for member in folder.infolist():
                extent, before = (1, 1), b""
                with folder.open(member) as part:
                    while piece := part.read(CHUNK):
                        size += len(piece)
                        _require_unpacked(place, size)
                        if member.filename.startswith("xl/worksheets/"):
                            extent, before = _extent(before + piece, extent), piece[-LONGEST_TAG:]
                            require_cells(place, extent[0] * extent[1])
    except BROKEN_ZIP as error:
        raise DataError(f"{place} is no readable Excel workbook ({error}); save it again as .xlsx.") from None


def _require_unpacked(place: str, size: int) -> None:
    if size > UNPACKED_LIMIT:
        raise DataError(f"{place} unfolds to more than {UNPACKED_LIMIT // 2**20} MiB; cut it first.")


def _extent(content: bytes, extent: tuple[int, int]) -> tuple[int, int]:
    """Return how far down and right the cells reach: the reader makes room for all up to the furthest."""
    deepest, widest = extent
    for letters, number in CELL.findall(content):
        deepest = max(deepest, int(number))
        widest = max(widest, _column_number(letters))
    return deepest, widest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(place: str, raw: bytes, sheet: str | None) -> list[list[str]]:
    """Return the cells of a sheet as texts in which a number keeps its last bit."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise DataError(f"{place}: Excel workbooks need the extra 'excel' (python-calamine); add it.") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        chosen = _sheet(place, book, sheet)
        cells: list[list[Any]] = chosen.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise DataError(f"{place} is no readable Excel workbook ({error}); save it again as .xlsx.") from None
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise DataError(f"{place} is no readable Excel workbook; save it again as .xlsx.") from None
    shown = percent_cells(raw, chosen.name)
    percents = {(row - 1, _column_number(letters.encode()) - 1) for row, letters in shown}
    for (row, letters), fault in error_cells(raw, chosen.name).items():
        _write(cells, row - 1, _column_number(letters.encode()) - 1, fault)
    return [
        [in_percent(cell) if (r, c) in percents and type(cell) is float else _text(cell) for c, cell in enumerate(row)]
        for r, row in enumerate(cells)
    ]


def _write(cells: list[list[Any]], row: int, column: int, text: str) -> None:
    if row < len(cells) and column < len(cells[row]):
        cells[row][column] = text


def _sheet(place: str, book: CalamineWorkbook, wanted: str | None) -> CalamineSheet:
    names: list[str] = book.sheet_names
    if wanted is not None:
        if wanted not in names:
            raise DataError(f"{place} has no sheet {wanted!r}; {nearest(wanted, names)}")
        return book.get_sheet_by_name(wanted)
    sheets = [book.get_sheet_by_name(name) for name in names if _is_shown(book, name)]
    filled = [one for one in sheets if one.total_height]
    if len(filled) != 1:
        listed = ", ".join(repr(one.name) for one in filled) or "none that holds anything"
        raise DataError(f"{place} has several sheets or none ({listed}); say which with 'sheet:' in data.files.")
    return filled[0]


def _is_shown(book: CalamineWorkbook, name: str) -> bool:
    about = {one.name: (str(one.typ), str(one.visible)) for one in book.sheets_metadata}
    kind, visible = about.get(name, ("WorkSheet", "Visible"))
    return kind.endswith("WorkSheet") and visible.endswith("Visible")


def _text(cell: Any) -> str:
    """Write a cell; a number with three decimals gets a fourth, so that it cannot be taken for grouped digits."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
        return f"{text}0" if re.fullmatch(r"-?\d+\.\d{3}", text) else text
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _one_form(cells: list[str]) -> list[str]:
    """Give the midnights of a column of moments their time of day, which the reader leaves out."""
    if not any(MOMENT.fullmatch(cell) for cell in cells):
        return cells
    return [f"{cell} 00:00:00" if DAY.fullmatch(cell) else cell for cell in cells]
