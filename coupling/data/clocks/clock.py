"""Clocks: the rule that gives a dated value its two times, when it was struck and when it was known."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd
from pandas.tseries.offsets import BMonthEnd
from pydantic import field_validator

from coupling.configuration.section import Section
from coupling.configuration.shipped import shipped_table
from coupling.data.clocks import calendars
from coupling.dates.durations import parse_duration
from coupling.dates.zones import require_zone
from coupling.errors import ConfigurationError

__all__ = ["Clock", "Publication", "WallTime", "load_clock"]

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2} ")


class WallTime(Section):
    """A time of day in a zone, such as ``15:00 Asia/Tokyo``; 24:00 is the end of the day.

    Examples
    --------
    >>> WallTime.parse("15:00 Asia/Tokyo").on(pd.DatetimeIndex(["2025-11-20"]))[0]
    Timestamp('2025-11-20 06:00:00+0000', tz='UTC')
    """

    hours: int
    minutes: int
    zone: str

    @classmethod
    def parse(cls, text: str) -> WallTime:
        """Read ``HH:MM Zone``; raise `ConfigurationError` when it is something else."""
        try:
            clock, zone = text.split()
            hours, minutes = (int(part) for part in clock.split(":"))
            require_zone(zone)
        except ValueError:
            raise ConfigurationError(
                f"{text!r} is no time of day; write it as '15:00 Europe/London' or '24:00 UTC'"
            ) from None
        if not (0 <= hours * 60 + minutes <= 24 * 60 and 0 <= minutes < 60):
            raise ConfigurationError(f"{text!r} is outside 00:00 to 24:00")
        return cls(hours=hours, minutes=minutes, zone=zone)

    def on(self, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Return the instant (UTC) of this time of day on each date."""
        wall = labels + pd.Timedelta(days=self.hours // 24, hours=self.hours % 24, minutes=self.minutes)
        local = wall.tz_localize(self.zone, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="shift_forward")
        return local.tz_convert("UTC").as_unit("ns")


class Publication(Section):
    """When a value becomes known: at a time of day.

    It is that of the same day, the next session, the next named weekday, or the last weekday of the next month, each
    counted from `after` days later.
    """

    next: str
    at: str
    after: int = 0

    def on(self, labels: pd.DatetimeIndex, days: str) -> pd.DatetimeIndex:
        """Return the instant (UTC) at which the value of each date is published."""
        return WallTime.parse(self.at).on(self._dates(labels + pd.Timedelta(days=self.after), days))

    def _dates(self, labels: pd.DatetimeIndex, days: str) -> pd.DatetimeIndex:
        if self.next == "same" or not len(labels):
            return labels
        if self.next == "month":
            return labels + BMonthEnd(0) + BMonthEnd(1)
        if self.next in WEEKDAY_NAMES:
            ahead = (WEEKDAY_NAMES.index(self.next) - labels.day_of_week - 1) % 7 + 1
            return labels + pd.to_timedelta(ahead, unit="D")
        calendar = calendars.WEEKDAYS if self.next == "weekday" else days
        later = calendars.sessions(calendar, labels.min(), labels.max() + pd.Timedelta(days=30), assume=True)
        return later[later.searchsorted(labels, side="right")]


class Clock(Section):
    """The clock of an instrument at a source.

    Parameters
    ----------
    name, title : str
        Short name, and what it means.
    days : str
        ``every``, ``weekdays`` or an exchange's market identifier code.
    at : str
        ``close`` or a time of day with its zone.
    delay : str, optional
        Added to `at`.
    since : str, optional
        Dates before this one are struck otherwise and have no instant.
    monthly : bool
        Whether a date stands for its whole month, whose last weekday is then the day of the strike.
    weekly : bool
        Whether the values stand a week apart, each struck on its own date.
    known : Publication, optional
        Absent where a value is known when it is struck.
    """

    name: str
    title: str
    days: str
    at: str
    delay: str | None = None
    since: str | None = None
    monthly: bool = False
    weekly: bool = False
    known: Publication | None = None

    @field_validator("since", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return None if value is None else str(value)

    @property
    def long(self) -> bool:
        """Whether its dates stand further apart than sessions, by declaration."""
        return self.monthly or self.weekly

    def struck_at(self, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Return the instant (UTC) at which the value of each date was struck; missing where there was none.

        Examples
        --------
        >>> load_clock("XTKS").struck_at(pd.DatetimeIndex(["2024-11-01", "2024-11-05"])).strftime("%H:%M").tolist()
        ['06:00', '06:30']
        """
        days = labels + BMonthEnd(0) if self.monthly else labels
        exact = calendars.closes(self.days, days) if self.at == "close" else WallTime.parse(self.at).on(days)
        struck = exact if self.delay is None else exact + parse_duration(self.delay)
        return struck if self.since is None else pd.DatetimeIndex(struck.where(labels >= pd.Timestamp(self.since)))

    @property
    def regular_before(self) -> pd.Timestamp | None:
        """First date whose close is known; before it the exchange's regular close of that time stands on every date."""
        return calendars.known_from(self.days) if self.at == "close" else None

    def known_at(self, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Return the instant (UTC) at which the value of each date became known, never before it was struck.

        Examples
        --------
        >>> load_clock("MOF").known_at(pd.DatetimeIndex(["2025-11-21"]))[0].strftime("%Y-%m-%d %H:%M")
        '2025-11-25 00:30'
        """
        return self.struck_at(labels) if self.known is None else self.known.on(labels, self.days)


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Clock]:
    return {
        name: Clock(name=name, **entry) for name, entry in shipped_table("coupling.data.clocks", "clocks.yaml").items()
    }


def load_clock(name: str) -> Clock:
    """Return the clock of that name; an exchange's market identifier code is a clock too (its close).

    So is a time of day with its zone, on whatever dates have a value.

    Raises
    ------
    ConfigurationError
        If nobody knows the name.

    Examples
    --------
    >>> load_clock("XLON").at
    'close'
    >>> load_clock("17:20 Europe/Athens").days
    'weekdays'
    """
    clocks = _catalogue()
    if name in clocks:
        return clocks[name]
    if calendars.is_exchange(name):
        return Clock(name=name, title=f"close of the exchange {name}", days=name, at="close")
    if TIME_OF_DAY.match(name):
        WallTime.parse(name)
        return Clock(name=name, title=name, days=calendars.WEEKDAYS, at=name)
    raise calendars.refuse_unknown("clock", name, tuple(clocks))
