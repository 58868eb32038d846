"""The table of one series as raw rows by the code that reads files, and a hash of what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_scalar

from coupling.data.frames.exact import require_exact
from coupling.data.frames.parts import Part
from coupling.data.frames.wide import place_of_dates
from coupling.data.numbers import is_missing
from coupling.data.sources.readers import date_table
from coupling.data.sources.rows import RawRows
from coupling.data.tables.roles import assign_roles, value_place
from coupling.data.tables.table import Options
from coupling.errors import DataError

__all__ = ["content_hash", "read_part"]


def read_part(part: Part, clock: str | None, reading: Mapping[str, str], symbols: Sequence[str]) -> RawRows:
    """Return the rows of a part; the rows in which its own value is missing are counted and have no stamp.

    Parameters
    ----------
    part : Part
    clock : str, optional
        The clock of its dates; none where its stamps must tell.
    reading : dict of str to str
        What is stated about its stamps and numbers, see `coupling.data.tables.table.Options`.
    symbols : sequence of str
        By which the instrument goes elsewhere.
    """
    options = Options(clock=clock, column=part.column, date_column=part.dates, symbols=tuple(symbols), **reading)
    table, place = part.table, part.place
    roles = assign_roles(table, options, place_of_dates(table, part.dates, place))
    chosen = value_place(place, table, roles, options)
    require_exact(table.columns[chosen], f"{place}, column {table.header[chosen]!r}", table.lines)
    there = [row for row, cell in enumerate(table.columns[chosen]) if not _is_missing(cell)]
    if not there:
        raise DataError(f"{place} holds no value, only {len(table.lines)} missing ones; leave it out.")
    missing = len(table.lines) - len(there)
    rows = date_table(place, table.rows(there) if missing else table, options, "").rows()
    return replace(
        rows,
        place=part.name,
        sha256=content_hash(rows.when, rows.value),
        repairs=(*([f"missing values: {missing}"] if missing else []), *rows.repairs),
    )


def _is_missing(cell: Any) -> bool:
    return is_missing(cell) if isinstance(cell, str) else bool(is_scalar(cell) and pd.isna(cell))


def content_hash(when: pd.Series, values: pd.Series) -> str:
    """Return a hash of stamps and values that no order of rows, no library and no layout of memory changes.

    Examples
    --------
    >>> when = pd.Series(pd.to_datetime(["2025-06-02", "2025-06-03"]))
    >>> one = content_hash(when, pd.Series([1.0, 2.0]))
    >>> one == content_hash(when[::-1], pd.Series([2.0, 1.0]))
    True
    """
    kind = "instants" if isinstance(when.dtype, pd.DatetimeTZDtype) else "sessions"
    stamps = pd.DatetimeIndex(when).tz_localize(None).as_unit("ns").asi8
    frame = pd.DataFrame({"when": stamps, "value": values.to_numpy(dtype=np.float64)})
    frame = frame.dropna().sort_values(["when", "value"]).drop_duplicates()
    content = frame["when"].to_numpy("<i8").tobytes() + frame["value"].to_numpy("<f8").tobytes()
    return sha256(kind.encode() + content).hexdigest()
