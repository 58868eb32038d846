"""Dates as sessions: every day, or weeks and months whose start or end is stated."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import Clock
from coupling.dates.columns import Rows
from coupling.errors import DataError

__all__ = ["long_spacing", "require_days_of", "sessions_of_stretches", "stretches"]

FEWEST = 5
REGULAR = 0.8
LONG = (("a week", "W", 5, 9), ("a month", "M", 27, 32), ("a quarter", "Q", 88, 93), ("a year", "Y", 364, 367))
WEEKENDS = 0.12  # a market of six days trades on some of its Saturdays


def long_spacing(dates: pd.DatetimeIndex) -> str | None:
    """Tell whether dates stand some days, a week, a month, a quarter or a year apart.

    Examples
    --------
    >>> long_spacing(pd.date_range("2024-01-01", periods=10, freq="7D")), long_spacing(pd.date_range("2024", periods=9))
    ('a week', None)
    >>> long_spacing(pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-29"]))
    'a month'
    """
    steps = np.diff(np.sort(dates.to_numpy().astype("datetime64[D]").astype(np.int64)))
    steps = steps[steps > 0]
    if len(steps) < FEWEST:  # a few are told by all of their distances
        return next((name for name, _, low, high in LONG if _all_within(steps, low, high)), None)
    named = next((name for name, _, low, high in LONG if np.mean((steps >= low) & (steps <= high)) >= REGULAR), None)
    usual = int(np.partition(steps, len(steps) // 2)[len(steps) // 2])  # what most steps are stands in their middle
    regular = usual > 1 and (steps == usual).sum() >= REGULAR * len(steps)
    return named or (f"{usual} days" if regular else None)


def _all_within(steps: np.ndarray, low: int, high: int) -> bool:
    return bool(len(steps)) and bool(((steps >= low) & (steps <= high)).all())


def stretches(dates: pd.DatetimeIndex, spacing: str, means: str) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """Return the first and the last day of the weeks or months that dates name by their start or their end."""
    named = {"a week": (7, "D"), "a month": (1, "M"), "a quarter": (3, "M"), "a year": (12, "M")}
    count, unit = named[spacing] if spacing in named else (int(spacing.split()[0]), "D")
    step = pd.DateOffset(days=count) if unit == "D" else pd.DateOffset(months=count)
    day = pd.Timedelta(days=1)
    if means == "bar_start":
        return dates, pd.DatetimeIndex(dates + step) - day
    return pd.DatetimeIndex(dates - step) + day, dates


def sessions_of_stretches(first: pd.DatetimeIndex, last: pd.DatetimeIndex, clock: Clock | None) -> pd.DatetimeIndex:
    """Return the last session of a clock within each stretch of days; its last day where there is none."""
    if clock is None or clock.days == calendars.EVERY_DAY or not len(last):
        return last
    days = calendars.sessions(clock.days, first.min(), last.max()).as_unit("ns")
    if days.empty:
        return last
    place = days.searchsorted(last, side="right") - 1
    found = days[np.maximum(place, 0)]
    return pd.DatetimeIndex(np.where((place >= 0) & (found >= first), found, last))


def require_days_of(labels: pd.DatetimeIndex, values: pd.Series, clock: Clock, rows: Rows) -> None:
    """Refuse dates on weekends where the clock has none and the values move: they are struck by another clock.

    Values that are filled forward over weekends stand where they stood; a time of day is a clock on whatever dates have
    a value.

    Parameters
    ----------
    labels : DatetimeIndex
        Naive dates in order.
    values : Series
        Of the same rows.
    clock : Clock
    rows : Rows
    """
    if clock.days == calendars.EVERY_DAY or clock.long or clock.name == clock.at or not len(labels):
        return
    own = np.asarray(labels.day_of_week >= 5) & values.ne(values.shift()).to_numpy()
    if own.mean() > WEEKENDS and not _trades_on(clock, labels[own]):
        at = int(own.argmax())
        message = f"{rows.at(at)}: a value is of {labels[at]:%A %Y-%m-%d}, and the clock {clock.name} has no weekends"
        what = f"{message}, but {int(own.sum())} of {len(own)} rows move on them"
        raise DataError(f"{what}; name the clock that they are struck by (UTC for days that end at 24:00 UTC).")


def _trades_on(clock: Clock, dates: pd.DatetimeIndex) -> bool:
    """Tell whether a clock has sessions on most of some dates."""
    days = calendars.sessions(clock.days, dates.min(), dates.max())
    return bool(dates.isin(days).mean() > 0.5)
