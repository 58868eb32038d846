"""Dates that a user gives one by one: settings, arguments, lists of events. None is read two ways, none is a number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coupling.dates.columns import HOW_TO_STATE, Rows, read_column, read_dates
from coupling.dates.times import split_time, time_of
from coupling.errors import DataError, InputError

__all__ = ["has_two_readings", "read_day", "read_days", "read_instant", "read_moment"]

FIGURES = re.compile(r"\d{1,2}([-/.]) ?\d{1,2}\1 ?(\d{4}|\d{2})")
WRITE = "write it as 2024-08-05"


def read_day(value: Any, *, what: str = "the date") -> dt.date:
    """Read a single date.

    Parameters
    ----------
    value : str, date or Timestamp
        ``2024-08-05``, ``5 Aug 2024``; a Timestamp only at midnight and without a zone.
    what : str
        Name of what is read, for messages.

    Raises
    ------
    InputError
        If it is no date, can be read two ways, is a number, or has a time of day.

    Examples
    --------
    >>> read_day("2024-08-05")
    datetime.date(2024, 8, 5)
    >>> read_day("05/12/2023")
    Traceback (most recent call last):
    coupling.errors.InputError: the date '05/12/2023' can be read as 2023-12-05 or 2023-05-12; write it as 2024-08-05
    """
    moment = read_moment(value, what=what)
    if moment.tz is not None or moment != moment.normalize():
        extra = "a time zone" if moment.tz is not None else "a time of day"
        raise InputError(f"{what} {_said(value)} has {extra}, and a day is asked for; {WRITE}")
    return moment.date()


def read_moment(value: Any, *, what: str = "the date") -> pd.Timestamp:
    """Read a single date or instant, naive or aware as it is written.

    Examples
    --------
    >>> read_moment("2024-08-02T12:30Z")
    Timestamp('2024-08-02 12:30:00+0000', tz='UTC')
    """
    return read_days([value], what=what)[0]


def read_instant(value: Any, *, what: str = "the instant") -> dt.datetime:
    r"""Read a single instant, whose zone is written.

    Examples
    --------
    >>> read_instant("2024-08-02T12:30Z")
    datetime.datetime(2024, 8, 2, 12, 30, tzinfo=datetime.timezone.utc)
    >>> read_instant("2024-08-02 12:30")
    Traceback (most recent call last):
    coupling.errors.InputError: the instant '2024-08-02 12:30' has a time of day and no zone; write 2024-08-05T13:00Z
    """
    moment = read_moment(value, what=what)
    if moment.tz is None:
        raise InputError(f"{what} {_said(value)} has a time of day and no zone; write 2024-08-05T13:00Z")
    return moment.tz_convert(dt.UTC).to_pydatetime(warn=False)


def read_days(
    values: Iterable[Any], *, what: str = "the date", lines: Sequence[int] | None = None
) -> list[pd.Timestamp]:
    """Read a list of dates and instants; figures such as 05/12/2023 are settled by the whole list or refused.

    Parameters
    ----------
    values : iterable of str, date or Timestamp
        Each a day, or an instant with its zone.
    what : str
        Name of what is read, for messages.
    lines : sequence of int, optional
        Line of each value.

    Returns
    -------
    list of Timestamp
        Naive where no zone is written.

    Raises
    ------
    InputError
        If a value is no date or a number, or the list can be read two ways.

    Examples
    --------
    >>> [f"{day:%Y-%m-%d}" for day in read_days(["05/12/2023", "13/12/2023"])]
    ['2023-12-05', '2023-12-13']
    """
    listed = list(values)
    rows = Rows(what, lines)
    texts = [value.strip() if isinstance(value, str) else None for value in listed]
    parts = [None if text is None else split_time(text) for text in texts]
    dates = [text if part is None else part["date"] for text, part in zip(texts, parts, strict=True)]
    figures = [k for k, date in enumerate(dates) if date is not None and FIGURES.fullmatch(date)]
    try:
        settled = _settled(dates, figures, rows, alone=len(listed) == 1)
        return [
            _of_other(value, what) if dates[k] is None else _timed(settled[k], time_of(parts[k], k, rows))
            for k, value in enumerate(listed)
        ]
    except DataError as error:
        raise InputError(str(error).rstrip(".").replace(HOW_TO_STATE, "write them as 2024-08-05")) from None


def has_two_readings(text: str) -> bool:
    """Tell whether a date is written in figures whose order is not told by themselves.

    Examples
    --------
    >>> has_two_readings("05/12/2023"), has_two_readings("2023-12-05"), has_two_readings("5.12.2023 14:00Z")
    (True, False, True)
    """
    part = split_time(text.strip())
    return FIGURES.fullmatch(text.strip() if part is None else part["date"]) is not None


def _settled(dates: list[str | None], figures: list[int], rows: Rows, *, alone: bool) -> dict[int, pd.Timestamp]:
    found: dict[int, pd.Timestamp] = {}
    if alone and figures:
        found[0] = _alone(str(dates[0]), rows.place)
    elif figures:
        listed = Rows(rows.place, [rows.number(k) for k in figures], rows.word)
        column = read_column([str(dates[k]) for k in figures], None, listed)
        found |= dict(zip(figures, column, strict=True))
    for k, date in enumerate(dates):
        if date is not None and k not in found:
            place = rows.place if alone else rows.at(k)
            found[k] = _alone(date, place)
    return found


def _alone(text: str, what: str) -> pd.Timestamp:
    """Read a text that no other text explains."""
    readings: list[str] = []
    for order in ("dmy", "mdy", "ymd") if FIGURES.fullmatch(text) else ("ymd",):
        try:
            day = read_dates([text], order=order, place=what)[0]
        except DataError:
            continue
        readings += [] if f"{day:%Y-%m-%d}" in readings else [f"{day:%Y-%m-%d}"]
    if len(readings) == 1:
        return pd.Timestamp(readings[0])
    if readings:
        raise InputError(f"{what} {text!r} can be read as {' or '.join(readings)}; {WRITE}")
    raise InputError(f"{what} {text!r} is no date between 1678 and 2261; {WRITE}")


def _timed(day: pd.Timestamp, time: tuple[int, int | None]) -> pd.Timestamp:
    since, offset = time
    moment = day + pd.Timedelta(since, unit="ns")
    return moment if offset is None else (moment - pd.Timedelta(minutes=offset)).tz_localize("UTC")


def _of_other(value: Any, what: str) -> pd.Timestamp:
    """Read a date that is no text; a number is none."""
    if not isinstance(value, dt.date | np.datetime64) or pd.isna(value):
        kind = "missing" if value is None or value is pd.NaT else f"a {type(value).__name__}"
        raise InputError(f"{what} {_said(value)} is {kind}, not a date; {WRITE}")
    try:
        return pd.Timestamp(value).as_unit("ns")
    except (pd.errors.OutOfBoundsDatetime, OverflowError, ValueError):
        raise InputError(f"{what} {_said(value)} is no date between 1678 and 2261; {WRITE}") from None


def _said(value: Any) -> str:
    return repr(value) if isinstance(value, str | int | float) or value is None else str(value)
