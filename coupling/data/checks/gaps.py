"""Gaps of more than a week (and of two usual spacings), and how many sessions of the calendar they miss."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Integers
from coupling.data.checks.form import COLUMNS, findings, symbol_of
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY
from coupling.data.observations import Observations

__all__ = ["find_gaps"]

LONG_GAP = pd.Timedelta(days=7)


def find_gaps(item: Observations) -> pd.DataFrame:
    """Return one row per gap: sessions missed, and its length in days."""
    dates = pd.DatetimeIndex(item.dates).unique()
    length = pd.Series(dates[1:] - dates[:-1], index=dates[1:])
    long = length[length > max(LONG_GAP, 2 * length.median())]
    if long.empty:
        return pd.DataFrame(columns=COLUMNS)
    ends = pd.DatetimeIndex(long.index)
    missed = _sessions_between(item, ends - pd.TimedeltaIndex(long), ends)
    rows = pd.DataFrame({"date": ends, "value": missed, "against": 0.0, "size": long / pd.Timedelta(days=1)})
    return findings(item, "gap", rows[rows["value"] > 0], symbol_of(item))


def _sessions_between(item: Observations, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> Integers:
    """Count the sessions of the calendar that lie within each of some stretches."""
    clock = "" if item.origin is None else item.origin.clock
    days = calendars.EVERY_DAY if clock == HOURLY else load_clock(clock).days if clock else calendars.WEEKDAYS
    known = calendars.sessions(days, starts.min(), ends.max())
    held = known.searchsorted(ends, side="right") - known.searchsorted(starts, side="left")
    return np.asarray(np.maximum(held - 2, 0))
