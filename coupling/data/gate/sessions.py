"""What the rows of a frame stand for: sessions by date, or instants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

__all__ = ["session_dates"]

SATURDAY, MONDAY = 5, 0


def session_dates(index: pd.Index[Any], *, zone: str | None = None, ticks: bool = False) -> pd.DatetimeIndex | None:
    """Return the dates of the sessions that rows are labelled by, or None where the labels are instants.

    Naive labels are dates. Labels with a time zone are dates if all stand at midnight in their own zone, or in `zone`
    after a conversion to UTC. Two cases are instants although they stand at midnight UTC: the ticks of a panel, and
    labels that fall on Saturdays and never on Mondays, as the ends (24:00) of weekdays do.

    Parameters
    ----------
    index : Index
    zone : str, optional
        Zone of a market whose sessions the labels may be.
    ticks : bool
        Whether the labels are known to be ticks, at which a session is over.

    Examples
    --------
    >>> session_dates(pd.date_range("2024-08-05", periods=1, tz="America/New_York"))[0]
    Timestamp('2024-08-05 00:00:00')
    >>> session_dates(pd.date_range("2024-08-05 01:00", periods=2, freq="h", tz="UTC")) is None
    True
    """
    if isinstance(index, pd.PeriodIndex):
        return pd.DatetimeIndex(index.to_timestamp())
    if not isinstance(index, pd.DatetimeIndex) or not len(index):
        return None
    if index.tz is None:
        return index
    for local in (index, index.tz_convert(zone) if zone else index):
        plain = local.tz_localize(None)
        if not (plain.asi8 % (np.timedelta64(1, "D") // np.timedelta64(1, plain.unit))).any():
            utc = str(local.tz) in ("UTC", "UTC+00:00")
            return None if utc and (ticks or _ends_of_weekdays(plain)) else plain
    return None


def _ends_of_weekdays(days: pd.DatetimeIndex) -> bool:
    weekday = np.asarray(days.day_of_week)
    return bool((weekday == SATURDAY).any() and not (weekday == MONDAY).any())
