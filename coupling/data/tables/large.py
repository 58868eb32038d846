"""Large files of bars: only the columns that are wanted, read by pyarrow datasets instead of cell by cell.

The head of the file is read by the laws of every file (its heading, which column is what, the form of numbers and of
times). Only where it shows bars in a form of programs are the columns read typed; what is in any other form, or turns
out to be below, goes the way of every file, which has the sentence for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from stat import S_ISREG
from typing import Any

import pandas as pd

from coupling.data.shapes import load_names, normal
from coupling.data.tables.opening import EXCEL, PARQUET
from coupling.data.tables.roles import BAR_COLUMNS, Roles, assign_roles, date_place, find, value_place
from coupling.data.tables.table import Options, Table

__all__ = ["LARGE", "Wanted", "digest_of", "is_large", "is_parquet", "wanted_of", "with_columns"]

LARGE = 1024 * 1024
"""Bytes from which a file may be read by its columns."""

SAMPLE = 20


@dataclass(frozen=True)
class Wanted:
    """Which columns of a file are read.

    Parameters
    ----------
    roles : Roles
        Which column is what.
    value : int
        The column of values.
    beside : tuple of int
        Columns that are read beside it: the open, high and low of a bar whose close it is, and those of which something
        is said (adjusted closes, dividends, splits).
    """

    roles: Roles
    value: int
    beside: tuple[int, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The columns of numbers."""
        return (self.value, *self.beside)

    @property
    def times(self) -> tuple[int, ...]:
        """The columns of instants."""
        return tuple(place for place in (self.roles.date, self.roles.ends) if place is not None)

    @property
    def places(self) -> list[int]:
        """All of them in the order of the file."""
        texts = (self.roles.time, self.roles.ticker)
        return sorted({*self.numbers, *self.times, *(place for place in texts if place is not None)})


def is_large(path: Path) -> bool:
    """Tell whether a path is a file that may be read by its columns."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    return S_ISREG(status.st_mode) and status.st_size >= LARGE and path.suffix.lower() not in EXCEL


def is_parquet(path: Path) -> bool:
    """Tell whether a file is to be Parquet by its name."""
    return path.suffix.lower() in PARQUET


def digest_of(path: Path) -> str:
    """Return the hash of a file's bytes, of which few are in memory at a time."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def wanted_of(place: str, head: Table, options: Options) -> Wanted | None:
    """Return the columns that are wanted of a file, by its first rows; none where its rows are no plain bars."""
    rows = list(zip(*(list(column[:SAMPLE]) for column in head.columns), strict=True))
    where = head.where(place)
    dates = date_place(where, head.names, head.shape, options.date_column, rows)
    roles = assign_roles(head, options, dates)
    if len(head.names[0]) > 1 or roles.session is not None or roles.released is not None:
        return None
    known = load_names()
    value = value_place(where, head, roles, options)
    bar = BAR_COLUMNS if head.names[value] and normal(head.names[value][-1]) == "close" else ()
    sets = (*((name,) for name in bar), known.adjusted, known.dividends, known.splits)
    beside = [place for names in sets for place in find(head.names, names)]
    return Wanted(roles, value, tuple(k for k in dict.fromkeys(beside) if k != value))


def with_columns(head: Table, wanted: Wanted, columns: dict[int, Any], lines: Any) -> Table:
    """Return the table of the wanted columns alone, as they were read."""
    places = [place for place in wanted.places if place in columns]
    return Table(
        names=[head.names[place] for place in places],
        columns=[_plain(columns[place]) for place in places],
        lines=lines,
        shape=head.shape,
        notes=head.notes,
        point_is_decimal=True,
        line=head.line,
    )


def _plain(column: Any) -> pd.Series:
    return pd.Series(column).reset_index(drop=True).rename(None)
