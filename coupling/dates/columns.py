"""Dates as text: a whole column is read by one form and one order of day and month, or refused.

The order of day and month is never read off one row, a vendor's name or a locale: it comes from the column (some day
above 12) or from the user. A year of two digits stands for 1969 to 2068; beside the name of a month it stands last,
and between figures its place must follow from the column, or be stated, like the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Days, Integers
from coupling.dates.months import MONTH_NAMES
from coupling.errors import DataError

__all__ = ["HOW_TO_STATE", "ORDERS", "Rows", "read_column", "read_dates"]

ORDERS = ("dmy", "mdy", "ymd")
FIRST_YEAR, LAST_YEAR = 1678, 2261
PIVOT = 69
ERAS = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
MONTH = rf"({'|'.join(sorted(MONTH_NAMES, key=len, reverse=True))})\.?"
OF = r"\s+del?\s+"  # 5 de agosto de 2024
FORMS = {
    "year first": re.compile(r"(\d{4})(?:[-/.] ?|年 ?|년 ?)(\d{1,2})(?:[-/.] ?|月 ?|월 ?)(\d{1,2})[日일.]?"),
    "compact": re.compile(r"(\d{4})(\d{2})(\d{2})"),
    "era": re.compile(r"([MTSHR]\d{1,2})\.(\d{1,2})\.(\d{1,2})"),
    "figures with -": re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4}|\d{2})"),
    "figures with /": re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})"),
    "figures with .": re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})"),
    "day month year": re.compile(
        rf"{WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|er|º)?(?:{OF}|[-\s./]*){MONTH}(?:{OF}|[-\s,/]*)(\d{{4}}|\d{{2}})", re.I
    ),
    "month day year": re.compile(rf"{WEEKDAY}{MONTH}[-\s]*(\d{{1,2}})(?:st|nd|rd|th)?,?[-\s]+(\d{{4}}|\d{{2}})", re.I),
    "year month day": re.compile(rf"(\d{{4}})[-\s/]*{MONTH}[-\s/]*(\d{{1,2}})", re.I),
}
ORDER_OF_FORM = {"day month year": "dmy", "month day year": "mdy"}
HOW_TO_STATE = "state the order as 'dates: dmy' or 'dates: mdy' in data.files, or order='dmy' in Python"


@dataclass(frozen=True)
class Rows:
    """Where the cells of a column stand, for messages.

    Parameters
    ----------
    place : str
        File, or frame and column.
    lines : sequence of int, optional
        Line of each row; by default rows are counted from 1.
    called : str
        What a row is called; by default a line where there are lines, else a row.

    Examples
    --------
    >>> Rows("x.csv", [2, 3]).at(1), Rows("frame").at(0)
    ('x.csv, line 3', 'frame, row 1')
    """

    place: str
    lines: Sequence[int] | None = None
    called: str = ""

    def at(self, row: int) -> str:
        """Return the place of a row in words."""
        return f"{self.place}, {self.word} {self.number(row)}"

    def number(self, row: int) -> int:
        """Return the line of a row."""
        return row + 1 if self.lines is None else int(np.asarray(self.lines)[row])

    @property
    def word(self) -> str:
        """What a row is called."""
        return self.called or ("row" if self.lines is None else "line")


def read_dates(
    texts: Iterable[object], *, order: str | None = None, place: str, lines: Sequence[int] | None = None
) -> pd.Series:
    """Read a whole column of dates.

    Parameters
    ----------
    texts : iterable of str
        ``2024-08-05``, ``2024/8/5``, ``20240805``, ``05/12/2023``, ``5.12.2023``, ``Aug 05, 2024``, ``5 Aug 2024``,
        ``05-Aug-24``, ``5. März 2024``, ``5 de agosto de 2024``, or Japanese era dates such as ``S49.9.24``.
    order : {"dmy", "mdy", "ymd"}, optional
        Order of day, month and year where figures stand alone; by default the column must settle it.
    place : str
        File, or frame and column: it stands in every message.
    lines : sequence of int, optional
        Line of each row.

    Returns
    -------
    Series
        Naive dates in nanoseconds, with an index that counts from 0.

    Raises
    ------
    DataError
        If a cell is no date or of another form than the others, if a date can be read two ways, or if a date lies
        before 1678 or after 2261.

    Examples
    --------
    >>> read_dates(["05/12/2023", "13/12/2023"], place="x.csv").dt.strftime("%Y-%m-%d").tolist()
    ['2023-12-05', '2023-12-13']
    """
    return read_column([str(text).strip() for text in texts], order, Rows(place, lines))


def read_column(cells: list[str], order: str | None, rows: Rows) -> pd.Series:
    """Read a whole column of dates as `read_dates` does, its rows called what they are called."""
    if not cells:
        return pd.Series([], dtype="datetime64[ns]")
    form = _form_of(cells, rows)
    parts = [found.groups() for cell in cells if (found := FORMS[form].fullmatch(cell))]
    readings = _readings(form, parts, _require_order(order), cells, rows)
    days = _settled(readings, cells, rows, stated=order is not None)
    return pd.Series(days.astype("datetime64[ns]"))


def _require_order(order: str | None) -> str | None:
    if order is not None and order not in ORDERS:
        raise DataError(f"the order {order!r} of dates is unknown; write {', '.join(ORDERS)}.")
    return order


def _form_of(cells: list[str], rows: Rows) -> str:
    """Return the one form of all cells; raise for the first that is of another form than most."""
    likely = next((name for name, form in FORMS.items() if form.fullmatch(cells[0])), None)
    if likely is not None and all(map(FORMS[likely].fullmatch, cells)):
        return likely
    fits = {name: [form.fullmatch(cell) is not None for cell in cells] for name, form in FORMS.items()}
    best = max(fits, key=lambda name: sum(fits[name]))
    if all(fits[best]):
        return best
    bad = fits[best].index(False)
    if not any(fits[best]):
        raise DataError(f"{rows.at(bad)}: {cells[bad]!r} is no date; write it as 2024-08-05.")
    example = cells[fits[best].index(True)]
    raise DataError(f"{rows.at(bad)}: {cells[bad]!r} is no date of the form of the others ({example!r}); correct it.")


def _readings(
    form: str, parts: list[tuple[str, ...]], order: str | None, cells: list[str], rows: Rows
) -> dict[str, tuple[Days, npt.NDArray[np.bool_]]]:
    """Return the days of a column by each order in which it can be read, with a mask of the possible ones."""
    columns = [_figures(column) for column in zip(*parts, strict=True)]
    if not form.startswith("figures"):
        orders: tuple[str, ...] = (ORDER_OF_FORM.get(form, "ymd"),)
    elif order is not None:
        orders = (order,)
    else:
        short = all(len(part[2]) == 2 for part in parts)
        orders = ORDERS if short else ORDERS[:2]
    readings = {}
    for name in orders:
        figures = dict(zip(name, columns, strict=True))
        place = name.index("y")
        short_year = np.array([len(part[place]) <= 2 and not part[place][0].isalpha() for part in parts])
        year = np.where(short_year, figures["y"] + np.where(figures["y"] < PIVOT, 2000, 1900), figures["y"])
        readings[name] = _days(year, figures["m"], figures["d"])
        _require_years(year, readings[name][1], cells, rows, sure=len(orders) == 1)
    return readings


def _figures(column: tuple[str, ...]) -> Integers:
    """Read figures, names of months, and years of an era."""
    return np.array([_figure(cell) for cell in column], dtype=np.int64)


def _figure(cell: str) -> int:
    if cell.isdigit():
        return int(cell)
    month = MONTH_NAMES.get(cell.casefold().replace("\u0307", "").replace("ı", "i"))  # İ and ı match i
    return ERAS[cell[0]] + int(cell[1:]) if month is None else month


def _days(year: Integers, month: Integers, day: Integers) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Return days, and which of them exist."""
    possible = (month >= 1) & (month <= 12) & (day >= 1)
    start = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    first: Days = start.astype("datetime64[D]")
    possible &= day <= ((start + 1).astype("datetime64[D]") - first).astype(np.int64)
    days: Days = first + (day - 1).astype("timedelta64[D]")
    return days, possible


def _require_years(
    year: Integers, possible: npt.NDArray[np.bool_], cells: list[str], rows: Rows, *, sure: bool
) -> None:
    bad = possible & ((year < FIRST_YEAR) | (year > LAST_YEAR))
    if bad.any() and (sure or bad.all()):
        at = int(bad.argmax())
        message = f"{rows.at(at)}: {cells[at]!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
        raise DataError(f"{message}; correct or leave out the row.")
    possible &= ~bad


def _settled(
    readings: dict[str, tuple[Days, npt.NDArray[np.bool_]]], cells: list[str], rows: Rows, *, stated: bool
) -> Days:
    """Return the days of the one order in which every cell is a date; two that give other days are no evidence."""
    possible = np.array([mask for _, mask in readings.values()])
    nowhere = ~possible.any(axis=0)
    if nowhere.any():
        at = int(nowhere.argmax())
        how = f" in the order {next(iter(readings))}" if stated else ""
        raise DataError(f"{rows.at(at)}: {cells[at]!r} is no date{how}; write it as 2024-08-05.")
    whole = {name: days for name, (days, mask) in readings.items() if mask.all()}
    if not whole:
        raise DataError(_contradiction(possible, list(readings), cells, rows))
    found = list(whole.values())
    differs = np.any([days != found[0] for days in found[1:]] or [np.zeros(len(cells), bool)], axis=0)
    if differs.any():
        at = int(differs.argmax())
        meanings = " or ".join(str(days[at]) for days in found)
        message = f"{rows.at(at)}: {cells[at]!r} can be read as {meanings}, and no date of the column settles which"
        raise DataError(f"{message}; {HOW_TO_STATE}.")
    return found[0]


def _contradiction(possible: npt.NDArray[np.bool_], names: list[str], cells: list[str], rows: Rows) -> str:
    """Name two rows that cannot be of one order."""
    first = int((~possible[0]).argmax())
    second = int((~possible[1] & possible[0]).argmax())
    at = f"{rows.place}, {rows.word}s {rows.number(min(first, second))} and {rows.number(max(first, second))}"
    one, other = cells[second], cells[first]
    return f"{at}: {one!r} is no date but in the order {names[0]}, and {other!r} none in it; write them in one order."
