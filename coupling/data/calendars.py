"""Calendars of days: which dates are sessions, and when an exchange opens and closes."""

from __future__ import annotations

import warnings
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import pandas as pd

from coupling.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

__all__ = ["EVERY_DAY", "WEEKDAYS", "closes", "is_exchange", "opens", "require_days", "sessions", "zone"]

EVERY_DAY = "every"
WEEKDAYS = "weekdays"
FIRST_YEAR = 1990
_BUILDING = Lock()  # warning filters belong to the whole process, so one thread at a time may set them
LATER_FIRST_YEARS = {"AIXK": 2017, "XBOM": 1997, "XSAU": 2021, "XSHG": 1991, "XTKS": 1997}


def require_days(days: str) -> str:
    """Return the name of a calendar, or raise `ConfigurationError` when nobody knows it."""
    if days in (EVERY_DAY, WEEKDAYS) or is_exchange(days):
        return days
    raise ConfigurationError(f"calendar {days!r} is unknown; {nearest(days, _names())}")


def is_exchange(days: str) -> bool:
    """Tell whether the name is an exchange's (a market identifier code such as XNYS)."""
    return days not in (EVERY_DAY, WEEKDAYS) and days in _names()


def sessions(days: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the session labels (naive dates) of a calendar from `first` to `last`, both included.

    An exchange's own dates begin in 1990 (Tokyo: 1997); before them every weekday counts.

    Examples
    --------
    >>> sessions("XNYS", pd.Timestamp("2025-11-26"), pd.Timestamp("2025-11-28")).strftime("%d").tolist()
    ['26', '28']
    """
    if days == EVERY_DAY:
        return pd.date_range(first, last, freq="D")
    weekdays = pd.date_range(first, last, freq="B")
    if days == WEEKDAYS:
        return weekdays
    calendar = _exchange(days, last.year)
    start = calendar.first_session
    known = calendar.sessions[(calendar.sessions >= first) & (calendar.sessions <= last)]
    return pd.DatetimeIndex(weekdays[weekdays < start].append(known))


def closes(days: str, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the close (UTC) of each session label; missing where the exchange was shut on that date.

    Before the exchange's own dates begin, its regular close of that time stands on every date.

    Examples
    --------
    >>> closes("XNYS", pd.DatetimeIndex(["2025-11-27", "2025-11-28"])).tolist()
    [NaT, Timestamp('2025-11-28 18:00:00+0000', tz='UTC')]
    """
    return _times(days, labels, "closes")


def opens(days: str, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the open (UTC) of each session label, as `closes` does."""
    return _times(days, labels, "opens")


def zone(days: str) -> str:
    """Return the time zone of an exchange, or UTC for a calendar that is none.

    Examples
    --------
    >>> zone("XTKS")
    'Asia/Tokyo'
    """
    return str(_exchange(days, FIRST_YEAR).tz) if is_exchange(days) else "UTC"


def _times(days: str, labels: pd.DatetimeIndex, what: str) -> pd.DatetimeIndex:
    calendar = _exchange(days, labels.max().year if len(labels) else FIRST_YEAR)
    known = getattr(calendar, what)
    times = known.reindex(labels)
    early = labels < calendar.first_session
    if early.any():
        clock = (calendar.close_times if what == "closes" else calendar.open_times)[0][1]
        wall = labels[early] + pd.Timedelta(hours=clock.hour, minutes=clock.minute)
        times[early] = wall.tz_localize(calendar.tz).tz_convert("UTC")
    return pd.DatetimeIndex(times).as_unit("ns")


def _exchange(days: str, last_year: int) -> ExchangeCalendar:
    """Return the calendar of an exchange; its range depends on the dates asked for, never on today."""
    require_days(days)
    return _cached(days, max(last_year + 2, 2030))


@lru_cache(maxsize=32)
def _cached(days: str, end_year: int) -> ExchangeCalendar:
    from exchange_calendars import get_calendar

    start = LATER_FIRST_YEARS.get(days, FIRST_YEAR)
    with (
        _BUILDING,
        warnings.catch_warnings(),
    ):  # exchange_calendars 4.13 reads zoned values in a way that pandas 3.1 deprecates
        warnings.filterwarnings("ignore", message="Series.values returning an ndarray that drops timezone")
        return get_calendar(days, start=f"{start}-01-01", end=f"{end_year}-12-31")


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    from exchange_calendars import get_calendar_names

    return frozenset(get_calendar_names(include_aliases=False))
