"""A table: its heading, its columns and the lines that they stand on, whatever file it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from coupling.data.shapes import Shape
from coupling.errors import DataError

__all__ = ["CELL_LIMIT", "Cells", "Options", "Table", "require_cells"]

CELL_LIMIT = 10_000_000
Name = tuple[str, ...]
Cells = Sequence[Any] | pd.Series


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is stated about a file where it does not say so itself (see `coupling.data.instrument.FileEntry`).

    `symbols` are those by which the instrument goes elsewhere: they tell its rows among several tickers.
    """

    clock: str | None = None
    column: str | None = None
    ticker: str | None = None
    date_column: str | None = None
    dates: str | None = None
    zone: str | None = None
    means: str | None = None
    length: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows below a heading.

    Parameters
    ----------
    names : list of tuple of str
        Names of the columns: one of each, or several where the heading has more than one line (field and ticker).
    columns : list
        The cells of each column: texts, or a Series of its own type.
    lines : list of int
        Line (or row, counted from 1) of each row.
    shape : Shape, optional
        The declared shape of the heading, where it has one.
    notes : tuple of str
        How it was read and what was left out, each with its count.
    point_is_decimal : bool
        Whether a point in a number can only be the decimal mark, as cells are parted by commas.
    line : int
        Line of the heading; 0 where the names stand apart from the rows.
    """

    names: list[Name]
    columns: Sequence[Cells] = field(repr=False)
    lines: Sequence[int] = field(repr=False)
    shape: Shape | None = None
    notes: tuple[str, ...] = ()
    point_is_decimal: bool = False
    line: int = 0

    def where(self, place: str) -> str:
        """Return the file, with the line of its heading where it has one."""
        return f"{place}, line {self.line}" if self.line else place

    @property
    def header(self) -> list[str]:
        """Names of the columns, of several levels joined."""
        return [" ".join(part for part in name if part) for name in self.names]

    def rows(self, keep: Sequence[int]) -> Table:
        """Return some of the rows."""
        columns = [_cells(column, keep) for column in self.columns]
        return replace(self, columns=columns, lines=[self.lines[k] for k in keep])

    def texts(self, place: int) -> list[str]:
        """Return the cells of a column as texts without surrounding blanks."""
        column = self.columns[place]
        try:
            return [*map(str.strip, column)]
        except TypeError:  # not all of them are texts
            return ["" if cell is None else str(cell).strip() for cell in column]


def _cells(column: Cells, keep: Sequence[int]) -> Cells:
    if isinstance(column, pd.Series):
        return column.iloc[list(keep)].reset_index(drop=True)
    return [column[place] for place in keep]


def require_cells(place: str, count: int) -> None:
    """Raise `DataError` where a table has more cells than fit in bounded memory."""
    if count > CELL_LIMIT:
        raise DataError(f"{place} holds more than {CELL_LIMIT:,} cells ({count:,}); cut it first.")
