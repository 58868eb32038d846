"""The table of one series as raw rows: stamps and values by the laws of files, and a hash of what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

import pandas as pd

from coupling.data.frames.parts import MEMORY, Part
from coupling.data.frames.values import read_values
from coupling.data.sources.rows import RawRows
from coupling.data.stamps import read_stamps
from coupling.errors import DataError, InputError

__all__ = ["content_hash", "read_part"]

BARS = ("open", "high", "low")
CLOSES = ("value", "close", "price", "close/last", "px_last")


def read_part(part: Part, clock: str | None, reading: Mapping[str, str]) -> RawRows:
    """Return the rows of a part.

    Parameters
    ----------
    part : Part
    clock : str, optional
        The clock of its dates; none where its stamps must tell.
    reading : dict of str to str
        What is stated about its stamps, see `coupling.data.stamps.read_stamps`.
    """
    place = f"{part.name} ({MEMORY})"
    column = _value_column(part, place)
    values = read_values(part.table[column], f"{place}, column {column!r}")
    bars = _bars(part, column, place)
    there = values.notna()
    if not there.any():
        raise DataError(f"{place} holds no value, only {len(values)} missing ones; leave it out.")
    value = values[there].reset_index(drop=True)
    line = pd.Series(range(1, len(values) + 1))[there].reset_index(drop=True)
    dates = part.table[part.dates][there].reset_index(drop=True).rename(None)
    stamps = read_stamps(dates, clock=clock, place=place, lines=line.tolist(), **reading)
    rows = RawRows.stamped(
        stamps,
        place=part.name,
        value=value,
        line=line,
        bars=None if bars is None else bars[there].reset_index(drop=True),
        sha256=content_hash(stamps.when, value),
    )
    missing = int((~there).sum())
    return replace(rows, repairs=(*([f"missing values: {missing}"] if missing else []), *rows.repairs))


def _value_column(part: Part, place: str) -> str:
    if part.column is not None:
        return part.column
    names = {str(name).casefold(): name for name in part.table.columns}
    found = [names[name] for name in CLOSES if name in names]
    if not found:
        shown = ", ".join(map(str, part.table.columns[:6]))
        raise InputError(
            f"{place} has several columns ({shown}) and none called close or value; keep the one that is meant."
        )
    return str(found[0])


def _bars(part: Part, column: str, place: str) -> pd.DataFrame | None:
    names = {str(name).casefold(): name for name in part.table.columns}
    if str(column).casefold() != "close" or not set(BARS) <= set(names):
        return None
    return pd.DataFrame({bar: read_values(part.table[names[bar]], f"{place}, column {bar!r}") for bar in BARS})


def content_hash(when: pd.Series, values: pd.Series) -> str:
    """Return a hash of stamps and values that no order of rows, no library and no layout of memory changes.

    Examples
    --------
    >>> when = pd.Series(pd.to_datetime(["2025-06-02", "2025-06-03"]))
    >>> one = content_hash(when, pd.Series([1.0, 2.0]))
    >>> one == content_hash(when[::-1], pd.Series([2.0, 1.0], index=[1, 0]))
    True
    """
    kind = "instants" if isinstance(when.dtype, pd.DatetimeTZDtype) else "sessions"
    stamps = pd.DatetimeIndex(when).tz_localize(None).as_unit("ns").asi8
    frame = pd.DataFrame({"when": stamps, "value": values.to_numpy()}).dropna().sort_values(["when", "value"])
    frame = frame.drop_duplicates()
    content = frame["when"].to_numpy("<i8").tobytes() + frame["value"].to_numpy("<f8").tobytes()
    return sha256(kind.encode() + content).hexdigest()
