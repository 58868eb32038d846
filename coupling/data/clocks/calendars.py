"""Calendars of days: which dates are sessions, and when an exchange opens and closes."""

from __future__ import annotations

import warnings
from datetime import time
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coupling.errors import ConfigurationError, DataError, nearest
from coupling.keeping.keeper import kept

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

__all__ = [
    "EVERY_DAY",
    "WEEKDAYS",
    "closes",
    "is_exchange",
    "known_from",
    "known_to",
    "opens",
    "refuse_unknown",
    "require_days",
    "sessions",
    "zone",
]

EVERY_DAY = "every"
WEEKDAYS = "weekdays"
FIRST = pd.Timestamp("1990-01-01")  # where a calendar names no bound of its own, it does not vouch for earlier dates
LAST = pd.Timestamp("2100-12-31")
LIKELY = ("XNYS", "XTKS", "XLON", "XHKG", "XETR", "XPAR")  # suggested before codes that are as near
USUAL_SESSIONS, USUALLY = 250, 20  # a day of the week is usual with 20 sessions among 250
FAILURES = (ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError)  # a library's own
_BUILDING = Lock()  # warning filters belong to the whole process, so one thread at a time may set them


def require_days(days: str) -> str:
    """Return the name of a calendar, or raise `ConfigurationError` when nobody knows it."""
    if days in (EVERY_DAY, WEEKDAYS) or is_exchange(days):
        return days
    raise refuse_unknown("calendar", days, (EVERY_DAY, WEEKDAYS))


def refuse_unknown(what: str, name: str, beside: tuple[str, ...]) -> ConfigurationError:
    """Return the refusal of a name that is no exchange's code: its code where it is an alias, else the nearest word."""
    code = _aliases().get(name)
    likely = [*beside, *LIKELY]
    words = likely if get_close_matches(name, likely, n=1) else [*beside, *_names()]
    hint = f"write the code {code!r}" if code else nearest(name, words, most=12)
    return ConfigurationError(f"{what} {name!r} is unknown; {hint}")


def is_exchange(days: str) -> bool:
    """Tell whether the name is an exchange's (a market identifier code such as XNYS)."""
    return days not in (EVERY_DAY, WEEKDAYS) and days in _names()


def known_from(days: str) -> pd.Timestamp:
    """Return the first date whose sessions are known: the calendar's own bound, or 1990 where it names none.

    Examples
    --------
    >>> [f"{known_from(days):%Y}" for days in ("XNYS", "XTKS", "XHKG")]
    ['1990', '1997', '1960']
    """
    bound = _classes()[days].bound_min() if is_exchange(days) else pd.Timestamp.min
    return FIRST if bound is None else pd.Timestamp(bound).ceil("D")


def known_to(days: str) -> pd.Timestamp:
    """Return the last date whose sessions are known: the calendar's own bound, or 2100 where it names none."""
    bound = _classes()[days].bound_max() if is_exchange(days) else None
    return LAST if bound is None else min(pd.Timestamp(bound), LAST)


def sessions(days: str, first: pd.Timestamp, last: pd.Timestamp, *, assume: bool = False) -> pd.DatetimeIndex:
    """Return the session labels (naive dates) of a calendar from `first` to `last`, both included.

    Before the dates that an exchange's calendar knows (see `known_from`) its usual days of the week count. After them
    they count where `assume` says so, for a margin of which nothing hangs; else a date after them is refused.

    Raises
    ------
    DataError
        If `last` lies after the dates that the calendar knows.

    Examples
    --------
    >>> sessions("XNYS", pd.Timestamp("2025-11-26"), pd.Timestamp("2025-11-28")).strftime("%d").tolist()
    ['26', '28']
    """
    if days == EVERY_DAY:
        return pd.date_range(first, last, freq="D")
    if days == WEEKDAYS:
        return pd.date_range(first, last, freq="B")
    start, end = known_from(days), known_to(days)
    if last > end and not assume:
        raise _too_late(days, last)
    all_known = pd.DatetimeIndex(_hours(days, first, min(last, end)).index)
    known = all_known[(all_known >= first) & (all_known <= last)]
    if first >= start and last <= end:
        return pd.DatetimeIndex(known)
    usual = _usual_days(all_known, first, last)
    return pd.DatetimeIndex(usual[usual < start].append(known).append(usual[usual > end]))


def closes(days: str, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the close (UTC) of each session label; missing where the exchange was shut on that date.

    Before the dates that the calendar knows, its regular close of that time stands on every date.

    Raises
    ------
    DataError
        If a label lies after the dates that the calendar knows.

    Examples
    --------
    >>> closes("XNYS", pd.DatetimeIndex(["2025-11-27", "2025-11-28"])).tolist()
    [NaT, Timestamp('2025-11-28 18:00:00+0000', tz='UTC')]
    """
    return _times(days, labels, "close")


def opens(days: str, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the open (UTC) of each session label, as `closes` does."""
    return _times(days, labels, "open")


def zone(days: str) -> str:
    """Return the time zone of an exchange, or UTC for a calendar that is none.

    Examples
    --------
    >>> zone("XTKS")
    'Asia/Tokyo'
    """
    return str(_classes()[days].tz) if is_exchange(days) else "UTC"


def _times(days: str, labels: pd.DatetimeIndex, what: str) -> pd.DatetimeIndex:
    if not len(labels):
        return pd.DatetimeIndex([], tz="UTC").as_unit("ns")
    if labels.max() > known_to(days):
        raise _too_late(days, labels.max())
    first, last = labels.min(), labels.max()
    times = _hours(days, first, last)[what].reindex(labels)
    early = labels < known_from(days)
    if early.any():
        times[early] = _regular(_exchange(days, *_range(days, first, last)), what, labels[early])
    return pd.DatetimeIndex(times).as_unit("ns")


def _regular(calendar: ExchangeCalendar, what: str, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the regular open or close of dates of which the calendar knows no more."""
    changes, offset = (getattr(calendar, name) for name in (f"{what}_times", f"{what}_offset"))
    wall = labels
    for since, clock in changes:
        moved = labels + pd.Timedelta(days=offset, hours=clock.hour, minutes=clock.minute)
        wall = moved if since is None else moved.where(labels >= since, wall)
    local = wall.tz_localize(calendar.tz, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="shift_forward")
    return local.tz_convert("UTC")


def _usual_days(known: pd.DatetimeIndex, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the dates on the days of the week that have sessions in the calendar's first year."""
    counts = known[:USUAL_SESSIONS].day_of_week.value_counts()
    every = pd.date_range(first, last, freq="D")
    return every[every.day_of_week.isin(counts.index[counts >= USUALLY])]


def _too_late(days: str, date: pd.Timestamp) -> DataError:
    library = f"exchange_calendars {version('exchange_calendars')}"
    return DataError(
        f"the calendar {days} of {library} ends on {known_to(days):%Y-%m-%d}, and {date:%Y-%m-%d} lies after it; use a "
        f"newer exchange_calendars, {_instead_of(days)}"
    )


def _instead_of(days: str) -> str:
    """Name what serves in place of a calendar."""
    times = _classes()[days].close_times
    close = times[-1][1] if isinstance(times, tuple) else time(17)
    return f"days: weekdays, or a clock that is a time of day, such as '{close:%H:%M} {zone(days)}'"


def _hours(days: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Return the open and the close of every session of an exchange, which a calendar takes long to be built for."""
    return _kept_hours(days, *_range(days, first, last))


@lru_cache(maxsize=128)
def _kept_hours(days: str, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    return kept(_hours_between, days, start, end, lasting=True)


def _hours_between(days: str, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    calendar = _exchange(days, start, end)
    labels = pd.DatetimeIndex(calendar.sessions.to_numpy())
    return pd.DataFrame({"open": calendar.opens.array, "close": calendar.closes.array}, index=labels)


def _range(days: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the range of a calendar, which depends on the dates asked for, never on today."""
    require_days(days)
    start = known_from(days) if first < FIRST else max(known_from(days), FIRST)
    return start, min(pd.Timestamp(max(last.year + 2, 2030), 12, 31), known_to(days))


def _exchange(days: str, start: pd.Timestamp, end: pd.Timestamp) -> ExchangeCalendar:
    """Return the calendar of an exchange."""
    built = _built(days, start, end)
    if isinstance(built, str):
        raise ConfigurationError(built)
    return built


@lru_cache(maxsize=128)
def _built(days: str, start: pd.Timestamp, end: pd.Timestamp) -> ExchangeCalendar | str:
    """Return a calendar, or why the library cannot build it (4.13 fails at five of its own under pandas 3.1)."""
    from exchange_calendars import get_calendar

    with _BUILDING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exchange_calendars 4.13 does several things that pandas 3.1 deprecates
        try:
            return get_calendar(days, start=start, end=end)
        except FAILURES as error:
            libraries = " with ".join(f"{name} {version(name)}" for name in ("exchange_calendars", "pandas"))
            reason = f"{type(error).__name__}: {str(error)[:60].partition('[')[0].strip()}"
            return f"calendar {days!r} cannot be built by {libraries} ({reason}); use {_instead_of(days)}"


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    from exchange_calendars import get_calendar_names

    return frozenset(get_calendar_names(include_aliases=False))


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    from exchange_calendars import get_calendar_names, resolve_alias

    return {name: resolve_alias(name) for name in get_calendar_names() if name not in _names()}


@lru_cache(maxsize=1)
def _classes() -> dict[str, type[ExchangeCalendar]]:
    """Return the class of every exchange's calendar by its code: they know bounds and zone before one is built."""
    from exchange_calendars.calendar_utils import _default_calendar_factories

    return dict(_default_calendar_factories)
