"""The labels of the rows: read as what they are, and refused unless they stand in time order, each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coupling.dates.periods import periods_of, without_business_days
from coupling.errors import InputError

__all__ = ["DATES", "check_order", "ordered_rows", "whole_number_dates"]

FIRST_YEAR, LAST_YEAR = 1678, 2261
DATES = (dt.date, np.datetime64)
"""Types of a label that is a date or an instant; datetime and Timestamp are dates too."""


def ordered_rows(index: pd.Index[Any], place: str = "the index") -> pd.Index[Any]:
    """Return the labels of rows as instants, dates, periods or numbers, once it is sure that they increase.

    Dates as Python objects, whole numbers such as 20240805 and texts become a DatetimeIndex; other numbers stay.

    Raises
    ------
    InputError
        If the labels have two levels, one is missing, kinds are mixed, they are no dates, instants or numbers, one
        occurs twice, or they are not in order.

    Examples
    --------
    >>> ordered_rows(pd.Index([20240802, 20240805]))[0]
    Timestamp('2024-08-02 00:00:00')
    """
    rows: pd.Index[Any] = index if isinstance(index, pd.RangeIndex) else _read(index, place)
    _check_years(rows, place)
    check_order(rows, place)
    return rows


def check_order(rows: pd.Index[Any], place: str = "the index") -> None:
    """Raise InputError unless labels increase without repeats."""
    if not rows.is_unique:
        raise InputError(
            f"The row {_shown(rows[rows.duplicated()][0])} occurs twice in {place}; times must increase without "
            "repeats, so keep one of them, as with frame[~frame.index.duplicated()]."
        )
    if rows.is_monotonic_increasing:
        return
    if rows.is_monotonic_decreasing:
        what = f"The newest row comes first in {place} ({_shown(rows[0])} before {_shown(rows[-1])})"
    else:
        falls = int(np.argmin(np.asarray(rows[1:] > rows[:-1])))
        what = f"The rows of {place} are not in time order: {_shown(rows[falls + 1])} follows {_shown(rows[falls])}"
    raise InputError(
        f"{what}; times must increase without repeats: sort them with .sort_index() and form the changes again."
    )


def _check_years(rows: pd.Index[Any], place: str) -> None:
    if not isinstance(rows, pd.DatetimeIndex) or not len(rows):
        return
    if rows.min().year >= FIRST_YEAR and rows.max().year <= LAST_YEAR:
        return
    far = (rows.year < FIRST_YEAR) | (rows.year > LAST_YEAR)
    if far.any():
        raise InputError(f"{rows[int(far.argmax())]} in {place} lies outside the years 1678 to 2261; correct that row.")


def whole_number_dates(index: pd.Index[Any]) -> pd.DatetimeIndex | None:
    """Return whole numbers such as 20240805 as dates, or None where they are other numbers."""
    if not len(index):
        return None
    numbers = index.to_numpy(dtype=np.float64, na_value=np.nan)
    if not ((numbers == np.floor(numbers)) & (numbers >= 1678_01_01) & (numbers <= 2261_12_31)).all():
        return None
    found = pd.to_datetime(pd.Series(numbers.astype(np.int64).astype(str)), format="%Y%m%d", errors="coerce")
    return None if found.isna().any() else pd.DatetimeIndex(found, name=index.name)


def _read(index: pd.Index[Any], place: str) -> Any:
    if isinstance(index, pd.MultiIndex):
        names = ", ".join(str(name) for name in index.names)
        raise InputError(f"Every row has {index.nlevels} labels ({names}); give one row per date, as with .unstack().")
    if index.hasnans:
        raise InputError(
            f"The label of row {int(index.isna().argmax())} is missing in {place}; drop that row or date it."
        )
    if isinstance(index, pd.CategoricalIndex):
        return _read(pd.Index(index.to_numpy(), name=index.name), place)
    if isinstance(index, pd.PeriodIndex):
        return without_business_days(index)
    if isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex):
        return index
    if pd.api.types.is_numeric_dtype(index.dtype) and index.dtype.kind in "iuf":
        return _numbers(index, place)
    return _objects(index, place)


def _numbers(index: pd.Index[Any], place: str) -> Any:
    dates = whole_number_dates(index)
    if dates is not None:
        return dates
    numbers = pd.Index(
        index.to_numpy(dtype=np.float64) if index.dtype.kind == "f" else index.to_numpy(), name=index.name
    )
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        raise InputError(f"A row of {place} is labelled infinity; give it its date or number.")
    return numbers


def _objects(index: pd.Index[Any], place: str) -> Any:
    cells = list(index)
    kinds = {_kind(cell) for cell in cells}
    if len(kinds) > 1 or kinds & {"other"}:
        odd = next(cell for cell in cells if _kind(cell) in ("other", _kind(cells[-1])))
        raise InputError(f"The labels in {place} are not of one kind that has an order ({odd!r} is seen); give dates.")
    if kinds == {"period"}:
        return _periods(cells, index.name, place)
    if kinds == {"number"}:
        return _numbers(pd.Index(np.array(cells), name=index.name), place)
    if kinds == {"text"}:
        from coupling.data.gate.texts import dates_of_texts

        return dates_of_texts(cells, place).rename(index.name)
    return _instants(cells, index.name, place)


def _kind(cell: Any) -> str:
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, pd.Period):
        return "period"
    if isinstance(cell, bool | np.bool_):
        return "other"
    if isinstance(cell, int | float | np.number):
        return "number"
    return "date" if isinstance(cell, DATES) else "other"


def _periods(cells: list[Any], name: Any, place: str) -> pd.Index[Any]:
    try:
        return periods_of(cells).rename(name)
    except (ValueError, TypeError) as error:
        raise InputError(f"The periods in {place} are of several lengths ({error}); give one length.") from None


def _instants(cells: Sequence[Any], name: Any, place: str) -> pd.Index[Any]:
    aware = {getattr(cell, "tzinfo", None) is not None for cell in cells}
    if len(aware) > 1:
        raise InputError(f"Some dates in {place} have a time zone and some have none; give all of them one, or none.")
    try:
        zones = {str(cell.tzinfo) for cell in cells} if aware == {True} else set()
        return pd.DatetimeIndex(pd.to_datetime(list(cells), utc=len(zones) > 1), name=name)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"A date in {place} cannot be read ({error}); give dates from 1678 to 2261.") from None


def _shown(label: Any) -> str:
    if isinstance(label, pd.Timestamp) and label.tz is None and label == label.normalize():
        return f"{label:%Y-%m-%d}"
    return str(label)
