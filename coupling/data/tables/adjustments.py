"""What a table shows beside its closes: adjusted closes, dividends and splits; each is named, none is used unasked."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from coupling.data.numbers import read_numbers
from coupling.data.shapes import load_names, normal
from coupling.data.tables.roles import find
from coupling.data.tables.table import Options, Table
from coupling.errors import DataError

__all__ = ["name_adjustments"]

ROUNDING = 1e-4
SHOWN = 3


def name_adjustments(
    place: str, table: Table, chosen: int, values: pd.Series, dates: pd.Series, options: Options
) -> tuple[str, ...]:
    """Return the sentences on raw and adjusted closes, dividends and splits.

    Parameters
    ----------
    place : str
        File.
    table : Table
        Its cells.
    chosen : int
        Place of the column that serves.
    values, dates : Series
        Its numbers, and the dates of the rows.
    options : Options
        What is stated of the file.
    """
    known = load_names()
    field = next((level for level in table.names[chosen] if normal(level) in known.value), None)
    if field is None:
        return ()
    adjusted = _beside(table, chosen, field, known.adjusted)
    notes = [] if adjusted is None else [_compared(place, table, chosen, adjusted, values, options)]
    for names, nothing, what in ((known.dividends, (0.0,), "dividends"), (known.splits, (0.0, 1.0), "splits")):
        column = _beside(table, chosen, field, names)
        paid = [] if column is None else _rows_of(place, table, column, nothing, options)
        if paid:
            days = ", ".join(f"{dates.iloc[row]:%Y-%m-%d}" for row in paid[:SHOWN]) + (", …" if paid[SHOWN:] else "")
            notes.append(f"{what} on {_rows(len(paid))} ({days}); whether the closes allow for them is not said")
    return tuple(notes)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _beside(table: Table, chosen: int, field: str, names: tuple[str, ...]) -> int | None:
    """Return the column of one of the names that belongs to the same ticker as the chosen one."""
    own = table.names[chosen]
    for place in find(table.names, names):
        if all(mine == its for mine, its in zip(own, table.names[place], strict=True) if mine != field):
            return place
    return None


def _compared(place: str, table: Table, chosen: int, adjusted: int, values: pd.Series, options: Options) -> str:
    serves, other = table.header[chosen], table.header[adjusted]
    field = next(level for level in table.names[adjusted] if normal(level) in load_names().adjusted)
    said = f"{serves} serves and {other} does not ('column: {field}' for the other)"
    try:
        beside = _numbers(place, table, adjusted, options)
    except DataError:
        return said
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (np.log(beside) - np.log(values)).diff().abs() > ROUNDING
    if not apart.any():
        return f"{said}; both change alike"
    line = table.lines[int(apart.to_numpy().argmax())]
    return f"{said}; the two change differently on {_rows(int(apart.sum()))}, first on line {line}"


def _rows_of(place: str, table: Table, column: int, nothing: tuple[float, ...], options: Options) -> list[int]:
    try:
        paid = _numbers(place, table, column, options)
    except DataError:
        return []
    return [row for row, value in enumerate(paid) if not math.isnan(value) and value not in nothing]


def _numbers(place: str, table: Table, column: int, options: Options) -> pd.Series:
    return read_numbers(
        table.columns[column],
        name=table.header[column],
        place=place,
        lines=table.lines,
        decimal=options.decimal,
        point_is_decimal=True,
    ).values
