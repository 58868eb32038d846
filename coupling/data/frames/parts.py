"""Data in memory as plain tables: one for each series, or one for all columns of a wide frame, dates in a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coupling.data.frames.heads import BAR_NAMES, date_column, flat, is_bars
from coupling.data.frames.recognising import is_frame, is_series
from coupling.data.observations import Observations
from coupling.errors import InputError

__all__ = ["MEMORY", "Part", "parts_of"]

MEMORY = "in memory"
EXAMPLE = "coupling.align({'SPX': frame})"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A series in a table.

    Parameters
    ----------
    name : str
        The instrument.
    table : DataFrame
        Rows numbered from 0, columns of unique names, one of them of dates.
    dates : str
        Column of the dates.
    column : str, optional
        Column of the values, where the table does not settle it.
    notes : tuple of str
        What was chosen on the way.
    """

    name: str
    table: pd.DataFrame = field(repr=False)
    dates: str
    column: str | None = None
    notes: tuple[str, ...] = ()


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
            raise InputError("The mapping holds no series; give names and series, as {'BTC': closes}.")
        return {_name(name): _item(_name(name), item) for name, item in data.items()}
    if isinstance(data, pd.Series):
        return {(name := _series_name(data, stated)): _item(name, data)}
    if not is_frame(data):
        raise InputError(
            f"A {type(data).__name__} has no names and dates; give a frame with dates, or a mapping of names to series."
        )
    return dict(_wide(_pandas(data, "the frame"), stated))


def _name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"The name {name!r} is no text; call each series by a name, as 'BTC'.")
    return name


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
        return _of_series(name, item, place)
    if is_series(item):
        raise InputError(
            f"{place}: a series of this library has no dates; give a frame with a date and a value column."
        )
    if not is_frame(item):
        raise InputError(
            f"{place}: a {type(item).__name__} is no series with dates; give a series, a frame, or a dict of dates to "
            "values."
        )
    frame, notes = flat(_pandas(item, place), place, one_ticker=True)
    table, dates = date_column(frame, place)
    values = [column for column in table.columns if column != dates]
    return Part(name=name, table=table, dates=dates, column=values[0] if len(values) == 1 else None, notes=notes)


def _of_series(name: str, series: pd.Series, place: str) -> Part:
    if isinstance(series.index, pd.MultiIndex):
        raise InputError(f"{place}: the index has several levels; keep the one of the dates, as series.droplevel(1).")
    table, dates = date_column(series.to_frame("value"), place)
    return Part(name=name, table=table, dates=dates, column="value")


def _wide(frame: pd.DataFrame, stated: Sequence[str]) -> list[tuple[str, Part | Observations]]:
    """Return a part for each column of a wide frame, all of one table."""
    place = f"the frame ({MEMORY})"
    frame, notes = flat(frame, place)
    table, dates = date_column(frame, place)
    values = [column for column in table.columns if column != dates]
    if not values:
        raise InputError(f"{place} has dates and no column of values; add one for each instrument.")
    if is_bars(table.columns) or (len(values) == 1 and values[0].casefold() in BAR_NAMES):
        if len(stated) == 1 and stated[0] not in values:
            return [(stated[0], _item(stated[0], frame))]
        if is_bars(table.columns):
            shown = ", ".join(values[:5])
            raise InputError(f"{place} holds the bars of one instrument ({shown}); give it a name, as {EXAMPLE}.")
    return [
        (name, Part(name=name, table=table[[dates, name]], dates=dates, column=name, notes=notes)) for name in values
    ]


def _pandas(frame: Any, place: str) -> pd.DataFrame:
    """Return a frame of any library as one of pandas, with checked names."""
    import narwhals as nw

    if isinstance(frame, pd.DataFrame):
        found = frame
    else:
        wrapped = nw.from_native(frame)
        if isinstance(wrapped, nw.LazyFrame):
            raise InputError(f"{place} is lazy; collect it first, as frame.collect().")
        found = wrapped.to_pandas()
    if not found.columns.is_unique:
        twice = found.columns[found.columns.duplicated()][0]
        raise InputError(f"{place} has two columns named {twice!r}; keep the one that is meant.")
    if not len(found.columns) or not len(found):
        raise InputError(f"{place} has {len(found)} rows and {len(found.columns)} columns; give dates and values.")
    return found
