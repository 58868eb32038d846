"""Ticks: a calendar of days plus one instant, at a frequency."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import WallTime

__all__ = ["Frequency", "ticks_of"]

ANCHOR = pd.Timestamp("1990-01-01")


class Frequency(StrEnum):
    """How many sessions lie between two ticks."""

    DAILY = "1d"
    TWO_DAYS = "2d"
    WEEKLY = "1w"
    MONTHLY = "1mo"


def ticks_of(
    days: str, at: str, frequency: Frequency | str, first: pd.Timestamp, last: pd.Timestamp
) -> pd.DatetimeIndex:
    """Return the instants (UTC) of all ticks from `first` to `last`, both included.

    A week ends on Friday and a month on its last session; a week or month that `last` leaves unfinished has no tick,
    so that a later observation never changes an earlier tick. Every second session is counted from 1990, not from the
    data.

    Examples
    --------
    >>> ticks_of("XNYS", "24:00 UTC", "1w", pd.Timestamp("2025-11-17", tz="UTC"), pd.Timestamp("2025-11-29", tz="UTC"))
    DatetimeIndex(['2025-11-22 00:00:00+00:00', '2025-11-29 00:00:00+00:00'],...
    """
    start, end = (instant.tz_convert("UTC").tz_localize(None).normalize() for instant in (first, last))
    labels = _at_frequency(days, Frequency(frequency), start - pd.Timedelta(days=1), end)
    instants = calendars.closes(days, labels) if at == "close" else WallTime.parse(at).on(labels)
    return pd.DatetimeIndex(instants[(instants >= first) & (instants <= last)])


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
