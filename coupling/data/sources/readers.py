"""Read one file of values, whatever of the known shapes it is in, into raw rows.

The shape is told by the heading, never by the file's name (`coupling.data.shapes`): bytes become a table
(`coupling.data.tables`), its numbers are read by the law of `coupling.data.numbers` and its dates and times by that of
`coupling.data.stamps`. CSV, Excel and Parquet obey the same laws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from coupling.data.instrument import STATED, SourceEntry
from coupling.data.numbers import Numbers, read_numbers
from coupling.data.shapes import normal
from coupling.data.sources.rows import RawRows
from coupling.data.stamps import Stamps, read_stamps
from coupling.data.tables.adjustments import name_adjustments
from coupling.data.tables.large import digest_of, is_large, is_parquet
from coupling.data.tables.large_parquet import Between, read_large_parquet
from coupling.data.tables.large_text import read_large_text
from coupling.data.tables.opening import EXCEL, PARQUET, load, require_kind
from coupling.data.tables.roles import BAR_COLUMNS, Roles, assign_roles, date_place, of_one_ticker, value_place
from coupling.data.tables.table import Options, Table
from coupling.data.tables.text import read_text
from coupling.data.tables.times import stamps_of, without_empty
from coupling.dates.columns import read_dates
from coupling.errors import DataError
from coupling.keeping.keeper import kept

__all__ = ["SESSION", "STRUCK", "DatedTable", "date_table", "read_entry", "read_rows", "read_table"]

STRUCK, SESSION = "struck_utc", "session"
SAMPLE = 20
EVER: Between = (None, None)


def read_entry(path: Path, entry: SourceEntry, symbols: Sequence[str] = (), between: Between = EVER) -> RawRows:
    """Read one file with what its source entry states; `symbols` are those of the instrument elsewhere."""
    stated = {name: getattr(entry, name) for name in ("clock", *STATED) if name != "unit"}
    return read_rows(path, entry.column, between, symbols=tuple(symbols), **stated)


def read_rows(path: Path, column: str | None = None, between: Between = EVER, **stated: Any) -> RawRows:
    """Read one file.

    Parameters
    ----------
    path : Path
        A text file with a delimiter, an Excel workbook or a Parquet file.
    column : str, optional
        Which column holds the value; by default that of its shape, ``value``, ``close``, or the only one there is.
    between : tuple of Timestamp, optional
        First and last instant that are wanted: what a large Parquet file has far outside is not read.
    **stated
        What is stated of it beside, such as the clock (see `coupling.data.tables.table.Options`).

    Raises
    ------
    DataError
        If the file is missing, empty, too large, of no known shape, or holds text in place of a date or a number.
    """
    options, place = Options(column=column, **stated), str(path)
    table = read_large(path, options, between) if is_large(path) else None
    if table is not None:
        _require_meant(place, options, is_workbook=False, is_typed=is_parquet(path))
        return replace(date_table(place, table, options, digest_of(path)).rows(), place=path.name)
    return replace(kept(_rows, place, load(path), options), place=path.name)


def _rows(place: str, raw: bytes, options: Options) -> RawRows:
    return date_table(place, _table(place, raw, options), options, _digest(raw)).rows()


def read_large(path: Path, options: Options, between: Between) -> Table | None:
    """Return the wanted columns of a large file of bars; none where it is to be read cell by cell."""
    return read_large_parquet(path, options, between) if is_parquet(path) else read_large_text(path, options)


def read_table(place: str, raw: bytes) -> DatedTable:
    r"""Read the bytes of a CSV table of sessions, and its dates once for all the columns that are wanted of it.

    Parameters
    ----------
    place : str
        Name that stands in every message.
    raw : bytes
        The table.

    Raises
    ------
    DataError
        If it is of no known shape, or holds text in place of a date.

    Examples
    --------
    >>> table = read_table("yields", b"Date,2Y,10Y\n2024/8/5,0.3,0.8\n")
    >>> [table.rows(tenor).value.tolist() for tenor in ("2Y", "10Y")]
    [[0.3], [0.8]]
    """
    options = Options(means="session")
    return date_table(place, read_text(place, raw, options), options, _digest(raw))


def _table(place: str, raw: bytes, options: Options) -> Table:
    """Read the kind of file that its name says."""
    suffix = Path(place).suffix.lower()
    _require_meant(place, options, is_workbook=suffix in EXCEL, is_typed=suffix in (*EXCEL, *PARQUET))
    if suffix in PARQUET:
        from coupling.data.tables.parquet import read_parquet

        require_kind(place, raw, b"PAR1")
        return read_parquet(place, raw)
    if suffix in EXCEL:
        from coupling.data.tables.excel import read_excel

        require_kind(place, raw, b"PK\x03\x04")
        return read_excel(place, raw, options)
    return read_text(place, raw, options)


def _require_meant(place: str, options: Options, *, is_workbook: bool, is_typed: bool) -> None:
    """Refuse what is stated of a file of another kind: it would be passed over in silence."""
    text = [name for name in ("delimiter", "encoding") if getattr(options, name) is not None]
    wrong = ["sheet"] if options.sheet is not None and not is_workbook else text if is_typed else []
    if wrong:
        kind = "no workbook" if wrong == ["sheet"] else "no text with a delimiter"
        raise DataError(f"{place} is {kind}; leave '{wrong[0]}:' out.")


@dataclass(frozen=True)
class DatedTable:
    """A table of which the dates are read.

    Parameters
    ----------
    place : str
        Name that stands in every message.
    table : Table
        Its cells.
    roles : Roles
        Which column is what.
    stamps : Stamps
        What its dates and times mean.
    options : Options
        What is stated of it.
    sha256 : str
        Hash of the bytes.
    """

    place: str
    table: Table
    roles: Roles
    stamps: Stamps
    options: Options
    sha256: str

    def rows(self, column: str | None = None) -> RawRows:
        """Return a column as raw rows; raise `DataError` where there is none of that name, or it holds no numbers."""
        table = self.table
        options = self.options if column is None else replace(self.options, column=column)
        chosen = value_place(table.where(self.place), table, self.roles, options)
        numbers = self._numbers(chosen)
        notes = name_adjustments(self.place, table, chosen, numbers.values, self.stamps.labels, options)
        rows = RawRows.stamped(
            self.stamps,
            place=self.place,
            value=numbers.values,
            released=self._released(),
            line=pd.Series(table.lines),
            bars=self._bars(chosen, numbers.decimal),
            sha256=self.sha256,
        )
        taken = [f"column {table.header[chosen]}"] if len(table.names[0]) > 1 and column is None else []
        return replace(rows, repairs=(*table.notes, *taken, *rows.repairs, *numbers.notes, *notes))

    def _numbers(self, place: int, decimal: str | None = None) -> Numbers:
        table = self.table
        return read_numbers(
            table.columns[place],
            name=table.header[place],
            place=self.place,
            lines=table.lines,
            decimal=self.options.decimal or decimal,
            point_is_decimal=table.point_is_decimal and (table.shape is None or table.shape.decimal != ","),
        )

    def _bars(self, chosen: int, decimal: str | None) -> pd.DataFrame | None:
        """Open, high and low, where the value is a bar's close."""
        own = self.table.names[chosen]
        if "close" not in map(normal, own):
            return None
        wanted = [tuple(name if normal(level) == "close" else level for level in own) for name in BAR_COLUMNS]
        names = [tuple(map(normal, levels)) for levels in self.table.names]
        places = [[k for k, levels in enumerate(names) if levels == tuple(map(normal, one))] for one in wanted]
        if any(len(found) != 1 for found in places):
            return None
        read = [self._numbers(found[0], decimal).values for found in places]
        return pd.DataFrame(dict(zip(BAR_COLUMNS, read, strict=True)))

    def _released(self) -> pd.Series | None:
        if self.roles.released is None:
            return None
        texts = self.table.texts(self.roles.released)
        return read_dates(texts, place=self.place, lines=self.table.lines)


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def date_table(place: str, table: Table, options: Options, digest: str) -> DatedTable:
    """Read the dates of a table; `digest` is the hash of what it was made of."""
    sample = list(zip(*(list(column[:SAMPLE]) for column in table.columns), strict=True))
    date = date_place(table.where(place), table.names, table.shape, options.date_column, sample)
    roles = assign_roles(table, options, date)
    table = without_empty(of_one_ticker(table.where(place), table, roles, options), date)
    read = _read_exported if roles.session is not None else _read_stamps
    return DatedTable(place, table, roles, read(place, table, roles, options), options, digest)


def _read_stamps(place: str, table: Table, roles: Roles, options: Options) -> Stamps:
    shape = table.shape
    return read_stamps(
        stamps_of(place, table, roles, roles.date),
        clock=options.clock,
        place=place,
        ends=None if roles.ends is None else stamps_of(place, table, roles, roles.ends),
        zone=options.zone or (None if shape is None else shape.zone),
        order=options.dates,
        means=options.means or (None if shape is None else shape.means),
        length=options.length,
        lines=table.lines,
    )


def _read_exported(place: str, table: Table, roles: Roles, options: Options) -> Stamps:  # noqa: ARG001
    """Instants that are what they say, each with the date that stands beside it."""
    assert roles.session is not None  # the caller sees to it
    stamps = read_stamps(table.texts(roles.date), clock=None, place=place, means="snapshot", lines=table.lines)
    if stamps.struck is None:
        raise DataError(f"{place} needs times of UTC in {STRUCK!r}; export it again.")
    return replace(stamps, labels=read_dates(table.texts(roles.session), place=place, lines=table.lines), note="")
