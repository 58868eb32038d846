"""How long the bars of a column are, and the instants at which they end."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.dates.columns import Rows
from coupling.dates.durations import parse_duration
from coupling.errors import DataError, InputError

__all__ = ["DAILY", "LONG", "MEANS", "as_ends", "bar_length", "ends_after", "in_words", "leaves_out_days"]
__all__ += ["leaves_out_nights", "spacing", "stated_length"]

DAILY = pd.Timedelta(hours=20)
LONG = pd.Timedelta(days=4)
RUN = 8
REGULAR = 0.5
OVERLAPS = 0.05
EARLY = pd.Timedelta(hours=4)
NIGHT, SHORT = pd.Timedelta(hours=6), pd.Timedelta(hours=4)
HOUR = pd.Timedelta(hours=1)
MEANS = "means: bar_start or means: bar_end in data.files, means='bar_end' in Python"
STATE = (
    "state the bars' length (length: 1h in data.files, length='1h' in Python), or whether a time is a bar's start or "
    f"end ({MEANS})"
)


def in_words(length: pd.Timedelta) -> str:
    """Return a length as it is said.

    Examples
    --------
    >>> in_words(pd.Timedelta("15min")), in_words(pd.Timedelta("1h")), in_words(pd.Timedelta("7D"))
    ('15 minutes', '1 hour', '7 days')
    """
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count = length / pd.Timedelta(seconds=size)
        if count >= 1 and count == int(count):
            return f"{int(count)} {unit}{'s' if count > 1 else ''}"
    return str(length)


def spacing(times: pd.DatetimeIndex) -> pd.Timedelta | None:
    """Return the commonest distance between neighbouring times, the shorter of two; none for fewer than two times."""
    steps = _steps(times)
    if not len(steps):
        return None
    found, counts = np.unique(steps, return_counts=True)
    return pd.Timedelta(int(found[counts.argmax()]), unit="ns")


def leaves_out_days(times: pd.DatetimeIndex) -> bool:
    """Tell whether there is a value a day, and on many days none: a market's sessions, which end at its close.

    Examples
    --------
    >>> opens = pd.date_range("2025-06-02 13:30", periods=10, freq="B", tz="UTC")
    >>> leaves_out_days(opens), leaves_out_days(pd.date_range("2025-06-02 13:30", periods=10, tz="UTC"))
    (True, False)
    """
    step = spacing(times)
    if step is None or not DAILY <= step <= LONG:
        return False
    return bool(np.mean(_steps(times) > 1.5 * step.value) > OVERLAPS)


def leaves_out_nights(times: pd.DatetimeIndex) -> bool:
    """Tell whether there are many values a day and on most days none for hours: a market's bars.

    Examples
    --------
    >>> hours = pd.date_range("2025-06-02 13:30", periods=240, freq="h", tz="UTC")
    >>> leaves_out_nights(hours), leaves_out_nights(hours[(hours.hour >= 13) & (hours.hour < 20)])
    (False, True)
    """
    step = spacing(times)
    if step is None or step > SHORT:
        return False
    nights = int((_steps(times) >= max(NIGHT.value, 2 * step.value)).sum())
    days = times.normalize().nunique()
    return bool(days > 1 and nights >= REGULAR * (days - 1))


def bar_length(starts: pd.DatetimeIndex, stated: str | pd.Timedelta | None, rows: Rows) -> pd.Timedelta:
    """Return the length of bars that are named by their starts.

    Parameters
    ----------
    starts : DatetimeIndex
        Where they start.
    stated : str or Timedelta, optional
        As ``1h``; by default the commonest spacing.
    rows : Rows
        Where they stand.

    Raises
    ------
    DataError
        If there is no commonest spacing, if bars of another length stand among the others, or if bars would overlap.
    """
    length = spacing(starts) if stated is None else stated_length(stated)
    if length is None:
        raise DataError(f"{rows.place} holds one time, which does not tell how long a bar is; {STATE}.")
    steps = _steps(starts)
    size = length.value
    slack = EARLY.value if length >= DAILY else 0  # days of 23 hours, and closes that are early
    short = steps < size - slack
    if stated is None and np.mean(steps == size) < REGULAR and np.mean(steps < 1.2 * size) < REGULAR:
        raise DataError(f"{rows.place}: the times have no common spacing; {STATE}.")
    if len(steps) and np.mean(short) > OVERLAPS:
        at = _row_of(starts, int(short.argmax()))
        message = f"{rows.at(at)}: bars of {in_words(length)} would overlap from {starts[at]} on"
        raise DataError(f"{message}; {STATE}.")
    _require_one_length(starts, steps, length, rows)
    return length


def stated_length(length: str | pd.Timedelta) -> pd.Timedelta:
    """Return a length as it is stated; raise `DataError` where it is none."""
    if isinstance(length, pd.Timedelta):
        return length
    try:
        return parse_duration(length)
    except InputError as error:
        raise DataError(f"the length of bars is wrong: {error}") from None


def _steps(times: pd.DatetimeIndex) -> np.ndarray:
    return np.diff(_distinct(times))


def _distinct(times: pd.DatetimeIndex) -> np.ndarray:
    """Return distinct times in order; those of bars mostly are, and looking takes less than sorting."""
    instants = np.asarray(times.as_unit("ns").asi8)
    if (instants[1:] > instants[:-1]).all():
        return instants
    instants = np.sort(instants)
    first = np.ones(len(instants), dtype=np.bool_)
    first[1:] = instants[1:] > instants[:-1]
    return instants[first]


def _row_of(times: pd.DatetimeIndex, place: int) -> int:
    """Return the row of a place among the distinct times in order."""
    return int((times.as_unit("ns").asi8 == _distinct(times)[place]).argmax())


def _require_one_length(starts: pd.DatetimeIndex, steps: np.ndarray, length: pd.Timedelta, rows: Rows) -> None:
    """Refuse a stretch of longer bars: nights and holidays do not follow one another with one and the same length."""
    if length >= DAILY or len(steps) < RUN:
        return
    same = (steps[1:] == steps[:-1]) & (steps[1:] > length.value)
    ends = np.flatnonzero(np.convolve(same, np.ones(RUN - 1, int), "valid") == RUN - 1)
    if len(ends):
        other = pd.Timedelta(int(steps[ends[0]]), unit="ns")
        at = _row_of(starts, int(ends[0]))
        message = f"{rows.at(at)}: bars of {in_words(other)} stand among bars of {in_words(length)}"
        raise DataError(f"{message}; give them as two files.")


def ends_after(starts: pd.DatetimeIndex, length: pd.Timedelta) -> pd.DatetimeIndex:
    """Return when bars end that are named by their starts: a day on which clocks are set ends where the next begins.

    Examples
    --------
    >>> days = pd.date_range("2025-11-01", periods=3, tz="America/New_York").tz_convert("UTC")
    >>> [f"{end:%H}" for end in ends_after(days, pd.Timedelta("1D"))]
    ['04', '05', '05']
    """
    ends = starts + length
    if length < DAILY:
        return ends
    times = _distinct(starts)
    after = np.append(times[1:], times[-1:] + length.value)[np.searchsorted(times, starts.as_unit("ns").asi8)]
    moved = np.abs(after - ends.as_unit("ns").asi8) == HOUR.value
    return ends.where(~moved, pd.DatetimeIndex(after, tz="UTC"))


def as_ends(ends: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, str]:
    """Return ends of bars; where all name the last millisecond or second within the bar, the end after it."""
    for words, step in (("millisecond", 10**6), ("second", 10**9)):
        if len(ends) and (((ends.as_unit("ns").asi8 + step) % (60 * 10**9)) == 0).all():
            return ends + pd.Timedelta(step, unit="ns"), f", the {words} after the one written"
    return ends, ""
