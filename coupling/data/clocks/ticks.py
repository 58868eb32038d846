"""Ticks: a calendar of days plus one instant, at a frequency; or a grid of instants while the market is open."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import WallTime

__all__ = ["Frequency", "ticks_of"]

ANCHOR = pd.Timestamp("1990-01-01")
MOMENT = pd.Timedelta(1, unit="ns")
BEYOND = pd.Timedelta(days=7)
SATURDAY = 5


class Frequency(StrEnum):
    """How many sessions lie between two ticks, or how much time between two ticks of one session."""

    MINUTE = "1min"
    FIVE_MINUTES = "5min"
    QUARTER_HOUR = "15min"
    HOUR = "1h"
    DAILY = "1d"
    TWO_DAYS = "2d"
    WEEKLY = "1w"
    MONTHLY = "1mo"

    @property
    def step(self) -> pd.Timedelta | None:
        """Time between two ticks of a grid of bars; none where ticks stand sessions apart.

        Examples
        --------
        >>> Frequency("15min").step, Frequency("1d").step
        (Timedelta('0 days 00:15:00'), None)
        """
        bars = self in (Frequency.MINUTE, Frequency.FIVE_MINUTES, Frequency.QUARTER_HOUR, Frequency.HOUR)
        return pd.Timedelta(str(self)) if bars else None


def ticks_of(
    days: str, at: str, frequency: Frequency | str, first: pd.Timestamp, last: pd.Timestamp
) -> pd.DatetimeIndex:
    """Return the instants (UTC) of all ticks from `first` to `last`, both included.

    A week ends on Friday and a month on its last session; a week or month that `last` leaves unfinished has no tick,
    so that a later observation never changes an earlier tick. Every second session is counted from 1990, not from the
    data. At a frequency of bars `at` has no part: ticks are the multiples of the step in UTC while a session of `days`
    is open, its close among them and its opening not.

    Examples
    --------
    >>> ticks_of("XNYS", "24:00 UTC", "1w", pd.Timestamp("2025-11-17", tz="UTC"), pd.Timestamp("2025-11-29", tz="UTC"))
    DatetimeIndex(['2025-11-22 00:00:00+00:00', '2025-11-29 00:00:00+00:00'],...
    >>> early = pd.Timestamp("2025-11-28", tz="UTC"), pd.Timestamp("2025-11-30", tz="UTC")
    >>> ticks_of("XNYS", "24:00 UTC", "1h", *early).strftime("%d %H:%M").tolist()
    ['28 15:00', '28 16:00', '28 17:00', '28 18:00']
    """
    step = Frequency(frequency).step
    if step is not None:
        return _grid(days, step, first, last)
    start, end = (instant.tz_convert("UTC").tz_localize(None).normalize() for instant in (first, last))
    labels = _at_frequency(days, Frequency(frequency), start - pd.Timedelta(days=1), end)
    instants = calendars.closes(days, labels) if at == "close" else WallTime.parse(at).on(labels)
    return pd.DatetimeIndex(instants[(instants >= first) & (instants <= last)])


def _grid(days: str, step: pd.Timedelta, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the multiples of a step at which a session is open: after its opening, up to its close."""
    every = pd.date_range(first.tz_convert("UTC").ceil(step), last.tz_convert("UTC").floor(step), freq=step)
    every = pd.DatetimeIndex(every.as_unit("ns").asi8, tz="UTC")
    if days == calendars.EVERY_DAY or not len(every):
        return every
    if days == calendars.WEEKDAYS:
        return every[(every - MOMENT).day_of_week < SATURDAY]
    start, end = (instant.tz_localize(None).normalize() for instant in (every[0], every[-1]))
    known = min(end + BEYOND, calendars.known_to(days)) if end <= calendars.known_to(days) else end
    labels = calendars.sessions(days, start - BEYOND, known)
    opens, closes = calendars.opens(days, labels), calendars.closes(days, labels)
    place = closes.searchsorted(every, side="left")
    within = place < len(closes)
    within[within] = opens[place[within]] < every[within]
    return every[within]


def _at_frequency(days: str, frequency: Frequency, start: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
    if frequency is Frequency.DAILY:
        return calendars.sessions(days, start, end)
    if frequency is Frequency.TWO_DAYS:
        every = calendars.sessions(days, min(start, ANCHOR), end)
        second = every[(np.arange(len(every)) - every.searchsorted(ANCHOR)) % 2 == 0]
        return pd.DatetimeIndex(second[second >= start])
    period = "W-FRI" if frequency is Frequency.WEEKLY else "M"
    beyond = end.to_period(period).end_time.normalize()
    every = calendars.sessions(days, start, beyond, assume=end <= calendars.known_to(days))
    final = every.to_series().groupby(every.to_period(period)).max()
    return pd.DatetimeIndex(final[final <= end])
