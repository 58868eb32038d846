"""Data in memory taken apart into series: a table with a name, and the column of it that holds the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coupling.data.frames.recognising import is_frame, is_series
from coupling.data.frames.tabulating import as_pandas, tabulate
from coupling.data.frames.wide import instruments_of
from coupling.data.gate.dated import refuse_counter
from coupling.data.observations import Observations
from coupling.data.tables.table import Table
from coupling.errors import InputError

__all__ = ["MEMORY", "Part", "parts_of"]

MEMORY = "in memory"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A series in a table.

    Parameters
    ----------
    name : str
        The instrument.
    table : Table
        As of a file.
    dates : str, optional
        Column of the dates, where the table's heading does not tell.
    column : str, optional
        Column of the values, where the table's heading does not tell.
    """

    name: str
    table: Table = field(repr=False)
    dates: str | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """What every message about it begins with."""
        return f"{self.name} ({MEMORY})"


def parts_of(data: Any, stated: Sequence[str]) -> dict[str, Part | Observations]:
    """Take data apart into series.

    Parameters
    ----------
    data : frame, series, or mapping of str to series
        A wide frame has one column for each instrument; in a mapping each item is a series with dates of its own: a
        pandas series, a frame of one series (or its bars), a dict of dates to values, or observations.
    stated : sequence of str
        Names that the other arguments use: a single one names a frame that holds one series without a name.

    Raises
    ------
    InputError
        If something is no series with dates and values.
    """
    if isinstance(data, Mapping):
        if not data:
            raise InputError("The mapping holds no series; give names and series, as {'SPX': closes}.")
        return {name: _item(name, item) for name, item in data.items() if _require_name(name)}
    if isinstance(data, pd.Series):
        name = _series_name(data, stated)
        return {name: _item(name, data)}
    if hasattr(data, "observations") and hasattr(data, "alignment"):
        raise InputError("A panel is aligned already; use it as it is, or give panel.observations to align it anew.")
    if not is_frame(data):
        raise InputError(
            f"A {type(data).__name__} has no names and dates; give a frame with dates, or a mapping of names to series."
        )
    return _wide(data, stated)


def _require_name(name: object) -> bool:
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"The name {name!r} is no text; call each series by a name, as 'SPX'.")
    return True


def _series_name(series: pd.Series, stated: Sequence[str]) -> str:
    if isinstance(series.name, str) and series.name.strip():
        return series.name
    if len(stated) == 1:
        return stated[0]
    raise InputError("The series has no name; give it one, as coupling.align({'SPX': series}).")


def _item(name: str, item: Any) -> Part | Observations:
    """Return one item of a mapping."""
    if isinstance(item, Observations):
        return item
    place = f"{name} ({MEMORY})"
    if isinstance(item, Mapping):
        item = pd.Series(list(item.values()), index=pd.Index(list(item), dtype=object), dtype=object)
    if isinstance(item, pd.Series):
        table, dates = tabulate(item.to_frame("value"), place)
        return Part(name=name, table=table, dates=dates, column="value")
    if is_series(item):
        raise InputError(
            f"{place}: a series of this library has no dates; give a frame with a date and a value column."
        )
    if not is_frame(item):
        raise InputError(
            f"{place}: a {type(item).__name__} is no series with dates; give a series, a frame, or a dict of dates to "
            "values."
        )
    table, dates = tabulate(as_pandas(item, place), place)
    own = name if (name,) in table.names else None
    return Part(name=name, table=table, dates=dates, column=own)


def _wide(data: Any, stated: Sequence[str]) -> dict[str, Part | Observations]:
    """Return a part for each instrument of a frame, all of one table."""
    place = f"the frame ({MEMORY})"
    frame = as_pandas(data, place)
    table, dates = tabulate(frame, place)
    names = instruments_of(table, dates, place, named=len(stated) == 1)
    if names is None:
        return {stated[0]: Part(name=stated[0], table=table, dates=dates)}
    refuse_counter(frame[[name for name in names if name in frame]])
    return {name: Part(name=name, table=table, dates=dates, column=name) for name in names}
