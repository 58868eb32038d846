"""A column of dates and times as it is written: wall clock of each row, and the instant where a zone is known."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Integers
from coupling.data.stamps.plain import read_plain
from coupling.data.stamps.unix import read_integers
from coupling.dates.columns import Rows, read_dates
from coupling.dates.periods import periods_of, without_business_days
from coupling.dates.times import split_time, time_of
from coupling.errors import DataError

__all__ = ["Written", "read_written"]

DAY = pd.Timedelta(days=1)
INTEGER = re.compile(r"-?\d+(?:\.0+)?")
EXAMPLE = "write it as 2024-08-05, or 2024-08-05T15:30:00Z with a time of day"
ADD_ZONE = "add the zone to the times, or state it (zone: America/New_York in data.files, zone= in Python)"


@dataclass(frozen=True)
class Written:
    """What a column says, before anything is made of it.

    Parameters
    ----------
    wall : DatetimeIndex
        Naive: date and time of day as they are written.
    instants : DatetimeIndex, optional
        UTC; absent where no zone is written.
    zone : str
        Zone in words.
    last : DatetimeIndex, optional
        Last day of each row's stretch, where the rows are periods of more than a day.
    length : Timedelta, optional
        Length of each row's stretch, where the rows are periods of less than a day.
    """

    wall: pd.DatetimeIndex
    instants: pd.DatetimeIndex | None = None
    zone: str = ""
    last: pd.DatetimeIndex | None = None
    length: pd.Timedelta | None = None

    @property
    def midnights(self) -> bool:
        """Whether every row is a midnight as written."""
        return bool((self.wall == self.wall.normalize()).all())

    def placed(self, zone: str | None, rows: Rows) -> Written:
        """Return naive times of day as instants of a zone; raise `DataError` without one, or where summer time forbids.

        Where clocks are set back, the order of the rows settles which hour is meant, or the column is refused.
        """
        if zone is None:
            at = int((self.wall != self.wall.normalize()).argmax())
            raise DataError(f"{rows.at(at)}: {self.wall[at]} has a time of day and no time zone; {ADD_ZONE}.")
        return Written(self.wall, _localised(self.wall, zone, rows), zone, self.last, self.length)


def read_written(column: Any, order: str | None, rows: Rows) -> Written:
    """Read a column of texts, datetimes, dates, periods or integers; raise `DataError` for what is none of them."""
    if column is None or isinstance(column, pd.MultiIndex | dict | set | frozenset):
        raise DataError(f"{rows.place}: the dates are a {type(column).__name__}; give one column of dates or times.")
    if isinstance(column, list) and {*map(type, column)} == {str}:
        return _from_texts([*map(str.strip, column)], order, rows)
    values = column if isinstance(column, pd.Index) else pd.Series(column).reset_index(drop=True)
    _require_whole(values, rows)
    if isinstance(values.dtype, pd.PeriodDtype):
        return _from_periods(pd.PeriodIndex(values), rows)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _from_zoned(pd.DatetimeIndex(values), rows)
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return Written(_nanoseconds(pd.DatetimeIndex(values), rows))
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_complex_dtype(values.dtype):
        raise DataError(f"{rows.at(0)}: {values[0]!r} is no date; {EXAMPLE}.")
    if pd.api.types.is_numeric_dtype(values.dtype):
        whole = values.dtype.kind == "i"
        return _of_integers(np.asarray(values, dtype=np.int64), rows) if whole else _from_numbers(list(values), rows)
    return _from_objects(list(values), order, rows)


def _require_whole(values: Any, rows: Rows) -> None:
    missing = np.asarray(pd.isna(values))
    if missing.any():
        raise DataError(f"{rows.at(int(missing.argmax()))}: the date is missing; fill it in or leave the row out.")


def _from_objects(values: list[Any], order: str | None, rows: Rows) -> Written:
    kinds = {_kind(value) for value in values}
    if kinds <= {"text"}:
        return _from_texts([str(value).strip() for value in values], order, rows)
    if kinds == {"integer"}:
        return _from_numbers(values, rows)
    if kinds == {"date"}:
        return Written(_nanoseconds_of(values, rows))
    if kinds == {"zoned"}:
        walls = _nanoseconds_of([value.replace(tzinfo=None) for value in values], rows)
        zones = {str(value.tzinfo) for value in values}
        instants = _nanoseconds_of([value.astimezone(dt.UTC).replace(tzinfo=None) for value in values], rows)
        return Written(walls, instants.tz_localize("UTC"), zones.pop() if len(zones) == 1 else "their own zones")
    if kinds == {"period"} and len({value.freq for value in values}) == 1:
        return _from_periods(periods_of(values), rows)
    odd = next((k for k, value in enumerate(values) if _kind(value) != _kind(values[0])), 0)
    what = f"is a {type(values[odd]).__name__}"
    beside = f", and {values[0]!r} before it a {type(values[0]).__name__}" if odd else ""
    raise DataError(f"{rows.at(odd)}: {values[odd]!r} {what}{beside}; {EXAMPLE}.")


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "other"
    if isinstance(value, int | np.integer | float | np.floating):
        return "integer"
    if isinstance(value, dt.datetime):
        return "date" if value.tzinfo is None else "zoned"
    if isinstance(value, dt.date | np.datetime64):
        return "date"
    return "period" if isinstance(value, pd.Period) else "other"


def _from_numbers(values: list[Any], rows: Rows) -> Written:
    return _of_integers([_integer(value, k, rows) for k, value in enumerate(values)], rows)


def _integer(value: Any, row: int, rows: Rows) -> int:
    if value != value or value in (float("inf"), float("-inf")) or int(value) != value:
        raise DataError(f"{rows.at(row)}: {value!r} is no date; {EXAMPLE}.")
    return int(value)


def _of_integers(values: list[int] | Integers, rows: Rows) -> Written:
    dates, instants, unit = read_integers(values, rows)
    if dates is not None:
        return Written(dates)
    assert instants is not None  # either of the two is there
    return Written(instants.tz_localize(None), instants, f"UTC, written as unix {unit}")


def _from_texts(texts: list[str], order: str | None, rows: Rows) -> Written:
    if texts and all(map(INTEGER.fullmatch, texts)):
        return _of_integers([int(text.split(".")[0]) for text in texts], rows)
    plain = read_plain(texts) if texts and order is None else None
    if plain is not None:
        wall, instants = plain
        return Written(wall, wall.tz_localize("UTC"), "UTC") if instants else Written(wall)
    found = [split_time(text) for text in texts]
    dates = [text if match is None else match["date"] for text, match in zip(texts, found, strict=True)]
    days = read_dates(dates, order=order, place=rows.place, lines=rows.lines)
    if not any(found):
        return Written(pd.DatetimeIndex(days))
    times = [time_of(match, k, rows) for k, match in enumerate(found)]
    wall = pd.DatetimeIndex(days) + pd.to_timedelta([time for time, _ in times], unit="ns")
    offsets = [offset for _, offset in times]
    aware = [offset is not None for offset in offsets]
    if not any(aware):
        return Written(wall)
    if not all(aware):
        at = aware.index(False) if aware[0] else aware.index(True)
        message = f"{rows.at(at)}: {texts[at]!r} {'has no time zone' if aware[0] else 'has a time zone'}"
        raise DataError(f"{message}, and other rows {'have one' if aware[0] else 'have none'}; write all rows alike.")
    shifts = pd.to_timedelta([offset or 0 for offset in offsets], unit="min")
    zones = set(offsets)
    zone = "UTC" if zones == {0} else _offset_name(zones.pop() or 0) if len(zones) == 1 else "the offsets written"
    return Written(wall, (wall - shifts).tz_localize("UTC"), zone)


def _offset_name(minutes: int) -> str:
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _from_zoned(index: pd.DatetimeIndex, rows: Rows) -> Written:
    instants = _nanoseconds(index.tz_convert("UTC").tz_localize(None), rows).tz_localize("UTC")
    zone = index.tz
    assert zone is not None  # its type says so
    return Written(instants.tz_convert(zone).tz_localize(None), instants, str(zone))


def _from_periods(periods: pd.PeriodIndex, rows: Rows) -> Written:
    periods = without_business_days(periods)
    starts = _nanoseconds(periods.start_time, rows)
    ends = _nanoseconds((periods + 1).start_time, rows)
    longest = max(ends - starts, default=DAY)
    if longest > DAY:
        return Written(starts.normalize(), last=(ends - DAY).normalize())
    return Written(starts, length=None if longest == DAY else longest)


def _nanoseconds(index: pd.DatetimeIndex, rows: Rows) -> pd.DatetimeIndex:
    try:
        return index.as_unit("ns")
    except (pd.errors.OutOfBoundsDatetime, OverflowError):
        at = int(((index.year < 1678) | (index.year > 2261)).argmax())
        message = f"{rows.at(at)}: {index[at]} lies outside the years 1678 to 2261"
        raise DataError(f"{message}; correct or leave out the row.") from None


def _nanoseconds_of(values: list[Any], rows: Rows) -> pd.DatetimeIndex:
    outside = [k for k, value in enumerate(values) if not 1678 <= _year(value) <= 2261]
    if outside:
        message = f"{rows.at(outside[0])}: {values[outside[0]]} lies outside the years 1678 to 2261"
        raise DataError(f"{message}; correct or leave out the row.")
    return pd.DatetimeIndex(np.array([np.datetime64(value, "ns") for value in values], dtype="datetime64[ns]"))


def _year(value: Any) -> int:
    year = getattr(value, "year", None)
    return int(year) if year is not None else int(np.datetime64(value, "Y").astype(int)) + 1970


def _no_one_instant() -> tuple[type[Exception], ...]:
    """Errors of a time of day that comes twice or never: before version 3 pandas raises those of pytz."""
    if int(pd.__version__.split(".")[0]) >= 3:
        return (ValueError,)
    return (ValueError, import_module("pytz").exceptions.InvalidTimeError)


def _localised(wall: pd.DatetimeIndex, zone: str, rows: Rows) -> pd.DatetimeIndex:
    backwards = len(wall) > 1 and bool(wall[0] > wall[-1])
    ordered = wall[::-1] if backwards else wall
    try:
        local = ordered.tz_localize(zone, ambiguous="infer", nonexistent="raise")
    except (KeyError, OSError, IndexError):
        raise DataError(f"{rows.place}: the zone {zone!r} is unknown; write it as America/New_York or UTC.") from None
    except _no_one_instant():
        never = wall.tz_localize(zone, ambiguous=np.ones(len(wall), bool), nonexistent="NaT").isna()
        at = int((never if never.any() else wall.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").isna()).argmax())
        why = "never comes" if never.any() else "comes twice, and the rows do not tell which is meant,"
        message = f"{rows.at(at)}: {wall[at]} {why} in {zone}, where clocks are set then"
        raise DataError(f"{message}; write the offset from UTC beside the times, or state another zone.") from None
    instants = local.tz_convert("UTC").as_unit("ns")
    return instants[::-1] if backwards else instants
