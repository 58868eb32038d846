"""Numbers as people and vendors write them: the form is settled by the whole column, or stated, or refused."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.errors import DataError

__all__ = ["MISSING", "PERCENT", "Numbers", "is_missing", "read_numbers"]

ERRORS = frozenset(
    {"#div/0!", "#ref!", "#value!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#getting_data"}
    | {"#wert!", "#bezug!", "#zahl!", "#valeur!", "#nombre!", "#valor!", "#¡div/0!", "#¡valor!", "#¡num!"}
)
"""What a spreadsheet shows for a formula that has no value, in some languages."""
MISSING = ERRORS | frozenset(
    {"", "-", "--", "–", "—", ".", "..", "...", "na", "n/a", "n.a.", "nan", "<na>", "nat", "nd", "n.d.", "null", "none"}
    | {"#n/a", "#n/a n/a", "#n/a field not applicable", "#n/a invalid security", "#na", "#n/d", "#nv"}
)
SIGN = r"(?:[A-Z]{0,3}[$€£¥₩₹₿₽₺฿]|kr\.?|zł|Kč|Ft|Fr\.|Rs\.?|元|円|원|[A-Z]{3})"
"""What stands for a currency: a sign, also after letters (R$, US$), a short word, or its code."""
FORM = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+]?)(?P<unit>{SIGN} ?)?(?P<after>[-+]?)"
    r"(?P<body>[\d.,' ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?)(?P<last>-?)"
    rf"(?P<end> ?(?:%|{SIGN}))?(?P<close>\))?"
)
SAME = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "‘": "'", "−": "-", "％": "%", "＄": "$", "￥": "¥"}
    | {"．": ".", "，": ",", "٫": ".", "٬": ","}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
PERCENT = "% beside each number"
SCALES = frozenset({"BPS", "PCT", "PPM", "TSD", "MIO", "MLN", "MIL", "MRD", "MIA", "BIO", "BLN", "BIL", "TRN"})
OTHER = {".": ",", ",": "."}
NAMES = {".": "point", ",": "comma"}


@dataclass(frozen=True)
class Numbers:
    """A column of numbers, and how it was written.

    Parameters
    ----------
    values : Series
        As float64, to the last bit; missing where the source says so.
    decimal : str, optional
        Its decimal mark, where a cell shows one.
    notes : tuple of str
        How it was read, where it is not the plain form.
    """

    values: pd.Series = field(repr=False)
    decimal: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Column:
    """Where a column stands, for the sentences about it."""

    place: str
    name: str
    lines: Sequence[int]

    def error(self, row: int, cell: object, why: str, advice: str) -> DataError:
        shown = repr(cell if len(str(cell)) <= 60 else f"{str(cell)[:60]}…")
        return DataError(f"{self.place}, line {self.lines[row]}: {shown} in column {self.name!r} {why}; {advice}.")


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no value.

    Examples
    --------
    >>> [is_missing(text) for text in ("#N/A N/A", ".", "ND", "#DIV/0!", "0")]
    [True, True, True, True, False]
    """
    return text.strip().lower() in MISSING


def read_numbers(
    cells: Sequence[Any] | pd.Series,
    *,
    name: str,
    place: str,
    lines: Sequence[int],
    decimal: str | None = None,
    point_is_decimal: bool = False,
) -> Numbers:
    """Read a column of numbers.

    Parameters
    ----------
    cells : sequence
        Texts, or numbers of whatever type.
    name, place : str
        Of the column and of the file, for messages.
    lines : sequence of int
        Line of each cell.
    decimal : str, optional
        The decimal mark, ``.`` or ``,``, where the user states it.
    point_is_decimal : bool
        Whether a point can only be the decimal mark, as in a file whose cells are parted by commas.

    Raises
    ------
    DataError
        If a cell is no finite number, cells contradict each other, or each can be read two ways: one separator followed
        by exactly three digits.

    Examples
    --------
    >>> read_numbers(["5.807,94", "986,1"], name="Zuletzt", place="x.csv", lines=[2, 3]).values.tolist()
    [5807.94, 986.1]
    >>> read_numbers(["157,123", "157,250"], name="Close", place="x.csv", lines=[2, 3])
    Traceback (most recent call last):
    ...
    coupling.errors.DataError: x.csv, line 2: '157,123' in column 'Close' can be read as 157.123 and as 157123, and so
    can every cell with a separator; state 'decimal: "."' or 'decimal: ","' for this file, or decimal='.' in Python.
    """
    column = _Column(place, name, lines)
    if isinstance(cells, pd.Series) and cells.dtype.kind in "iuf":
        return _typed_numbers(cells, column)
    cells = _as_cells(cells)
    values = None if decimal == "," else _plain(cells)
    if values is None or (decimal is None and not point_is_decimal and _three_digits_everywhere(cells)):
        return _formed(cells, column, decimal, point_is_decimal=point_is_decimal)
    _require_finite(values, cells, column)
    pointed = any(isinstance(cell, str) and "." in cell for cell in cells)
    return Numbers(pd.Series(values), "." if pointed else None, _errors_of(cells, values))


def _typed_numbers(cells: pd.Series, column: _Column) -> Numbers:
    """Return a column of numbers as it is; missing ones stay missing."""
    values = cells.to_numpy(dtype="float64", na_value=np.nan)
    endless = np.isinf(values)
    if endless.any():
        row = int(endless.argmax())
        raise column.error(row, float(values[row]), "is no finite number", "correct or blank it")
    return Numbers(pd.Series(values))


def _errors_of(cells: Sequence[Any], values: Floats) -> tuple[str, ...]:
    """Count the cells whose formula has no value; they are missing, and mostly a slip."""
    missing = (cells[row] for row in np.flatnonzero(np.isnan(values)).tolist())
    found = [cell.strip() for cell in missing if isinstance(cell, str) and cell.strip().lower() in ERRORS]
    return (f"errors of a spreadsheet among the missing values: {len(found)} ({found[0]})",) if found else ()


def _as_cells(cells: Sequence[Any] | pd.Series) -> Sequence[Any]:
    if not isinstance(cells, pd.Series):
        return cells
    values: list[Any] = cells.astype("object").where(cells.notna(), "").tolist()
    return [tuple(cell) if isinstance(cell, np.ndarray) else cell for cell in values]


def _plain(cells: Sequence[Any]) -> Floats | None:
    """Read numbers in the form of programs; None where some cell is none."""
    try:
        values = [*map(float, cells)]
    except (ValueError, TypeError):
        try:
            values = [math.nan if _is_gap(cell) else float(cell) for cell in cells]
        except (ValueError, TypeError):
            return None
    return None if _are_odd(cells) else np.array(values, dtype=np.float64)


def _is_gap(cell: Any) -> bool:
    return isinstance(cell, str) and not cell[:1].isdigit() and is_missing(cell)


def _are_odd(cells: Sequence[Any]) -> bool:
    """Tell whether Python reads as numbers what is none: truths, bytes, digits joined by a low line."""
    try:
        return "_" in "".join(cells)
    except TypeError:
        return any(isinstance(cell, bool | bytes) or (isinstance(cell, str) and "_" in cell) for cell in cells)


def _three_digits_everywhere(cells: Sequence[Any]) -> bool:
    pointed = [cell for cell in cells if isinstance(cell, str) and "." in cell and not is_missing(cell)]
    return bool(pointed) and all(re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", cell.strip()) for cell in pointed)


def _require_finite(values: Floats, cells: Sequence[Any], column: _Column) -> None:
    endless = np.isinf(values)
    if endless.any():
        row = int(endless.argmax())
        raise column.error(row, cells[row], "is no finite number", "correct or blank it")


@dataclass(frozen=True)
class _Written:
    """A cell in its parts: sign, digits with their marks, and what stands around them."""

    row: int
    cell: str
    negative: bool
    body: str
    unit: str


def _formed(cells: Sequence[Any], column: _Column, decimal: str | None, *, point_is_decimal: bool) -> Numbers:
    """Read numbers with separators, currency or percent signs."""
    values = [math.nan] * len(cells)
    written: list[_Written] = []
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            if not is_missing(cell):
                written.append(_parts(row, cell, column))
        else:
            values[row] = _typed(row, cell, column)
    unit = _one_unit(written, column)
    if unit in SCALES:
        raise column.error(written[0].row, written[0].cell, f"is counted in {unit}", "write plain numbers in one unit")
    if decimal is None:
        _require_no_parts_of_32(written, column)
    mark = decimal or _decimal_of(written, column, point_is_decimal=point_is_decimal)
    for one in written:
        number = _value(one, mark or ".", column)
        values[one.row] = -number if one.negative else number
    numbers = np.array(values, dtype=np.float64)
    _require_finite(numbers, cells, column)
    notes = (*([f"decimal {NAMES[mark]}"] if mark == "," else []), *([f"{unit} beside each number"] if unit else []))
    return Numbers(pd.Series(numbers), mark, (*notes, *_errors_of(cells, numbers)))


def _typed(row: int, cell: Any, column: _Column) -> float:
    try:
        return float("no number" if isinstance(cell, bool | bytes) else cell)
    except (ValueError, TypeError):
        raise column.error(row, cell, f"is no number but {type(cell).__name__}", "choose another column") from None


def _parts(row: int, cell: str, column: _Column) -> _Written:
    found = FORM.fullmatch(cell.strip().translate(SAME))
    signs = [] if found is None else [found[name] for name in ("open", "sign", "after", "last") if found[name]]
    if found is None or bool(found["open"]) != bool(found["close"]) or len(signs) > 1:
        raise column.error(row, cell, "is no number", "correct or blank it")
    negative = bool(found["open"]) or "-" in signs
    unit = "".join(part.strip() for part in (found["unit"], found["end"]) if part)
    return _Written(row, cell, negative, found["body"].strip(), unit)


def _one_unit(written: list[_Written], column: _Column) -> str:
    """Return the sign that stands beside every number; refuse a column of two units."""
    units = {one.unit: one for one in reversed(written)}
    if len(units) > 1:
        first, second = sorted(units.values(), key=lambda one: one.row)[:2]
        named = [repr(one.unit) if one.unit else "no unit" for one in (first, second)]
        why = f"carries {named[1]}, and line {column.lines[first.row]} {named[0]}"
        raise column.error(second.row, second.cell, why, "write one unit throughout")
    return next(iter(units), "")


def _decimal_of(written: list[_Written], column: _Column, *, point_is_decimal: bool) -> str | None:
    """Return the decimal mark that the cells show; None where no cell has any separator."""
    shown: dict[str, _Written] = {}
    open_ones: list[_Written] = []
    for one in written:
        mark = _evidence(one.body)
        if mark == "?":
            open_ones.append(one)
        elif mark is not None:
            shown.setdefault(mark, one)
    if len(shown) > 1:
        first, second = sorted(shown.values(), key=lambda one: one.row)
        why = f"has another decimal mark than {first.cell!r} of line {column.lines[first.row]}"
        raise column.error(second.row, second.cell, why, "write all numbers in one form")
    if shown or not open_ones:
        return next(iter(shown), None)
    if point_is_decimal and all("." in one.body for one in open_ones):
        return "."
    raise _two_ways(open_ones[0], column)


def _require_no_parts_of_32(written: list[_Written], column: _Column) -> None:
    """Refuse a column of 110'165 alone: thousands as the Swiss write them, or 16.5 thirty-seconds of a bond's price."""
    marked = [one for one in written if not one.body.isdigit()]
    if marked and all(re.fullmatch(r"\d{1,3}'\d{3}", one.body) for one in marked):
        one = marked[0]
        why = f"can be read as {one.body.replace(chr(39), '')}, and as a bond's price in 32nds, and so can every cell "
        raise column.error(one.row, one.cell, f"{why}with an apostrophe", "state 'decimal: \".\"' if it is the former")


def _two_ways(one: _Written, column: _Column) -> DataError:
    mark = "." if "." in one.body else ","
    why = f"can be read as {one.body.replace(mark, '.')} and as {one.body.replace(mark, '')}, and so can every cell "
    advice = "state 'decimal: \".\"' or 'decimal: \",\"' for this file, or decimal='.' in Python"
    return column.error(one.row, one.cell, f"{why}with a separator", advice)


def _evidence(body: str) -> str | None:
    """Return the decimal mark that a cell shows, ``?`` where it could be either, None where it has no separator."""
    marks = [mark for mark in body if mark in OTHER]
    if not marks:
        return None
    last = marks[-1]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return OTHER[last]
    before, after = body.split(last)
    grouped = re.fullmatch(r"[1-9]\d{0,2}", before) and re.fullmatch(r"\d{3}", after)
    return "?" if grouped else last


def _value(one: _Written, decimal: str, column: _Column) -> float:
    thousands = re.escape(OTHER[decimal])
    mark = re.escape(decimal)
    plain = rf"\d*(?:{mark}\d*)?(?:[eE][-+]?\d+)?"
    grouped = rf"\d{{1,3}}(?:([{thousands}' ])\d{{3}})(?:\1\d{{3}})*(?:{mark}\d*)?"
    indian = rf"\d{{1,2}}(?:{thousands}\d{{2}})*{thousands}\d{{3}}(?:{mark}\d*)?"
    if not any(re.fullmatch(form, one.body) for form in (plain, grouped, indian)):
        why = f"is no number with a decimal {NAMES[decimal]}"
        raise column.error(one.row, one.cell, why, "correct or blank it, or state 'decimal:' for this file")
    return float(re.sub(rf"[{thousands}' ]", "", one.body).replace(decimal, "."))
