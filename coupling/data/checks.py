"""Checks on every series: what looks wrong is found and shown, and nothing is corrected.

Each check compares a value with what is usual for the same series nearby: a difference counts when it is more than
twenty times the median of its kind over the surrounding year and above a floor of 0.05 % (or 0.5 bp).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coupling.data import calendars
from coupling.data.changes import ChangeRule
from coupling.data.clocks import load_clock
from coupling.data.instrument import HOURLY
from coupling.data.observations import Observations

__all__ = ["CHECKS", "check_series"]

CHECKS = ("gap", "repeated value", "spike that reverses", "close against next open", "second source")
COLUMNS = ["instrument", "check", "date", "value", "against", "size", "source"]
USUAL = 20.0
NEARBY = 251
FLOOR = {ChangeRule.LOG: 0.05, ChangeRule.BASIS_POINTS: 0.5}
LONG_GAP = pd.Timedelta(days=7)
LONG_RUN = 5
REVERSAL = 0.8
SPIKE = 8.0


def check_series(item: Observations, seconds: Iterable[Observations] = ()) -> pd.DataFrame:
    """Find what looks wrong in a series, alone and against its second sources.

    Parameters
    ----------
    item : Observations
        The series that serves.
    seconds : iterable of Observations
        Other sources of the same instrument. Only those with the same clock are compared value by value.

    Returns
    -------
    DataFrame
        One row per finding: ``instrument, check, date, value, against, size, source``. `size` is in the unit of a
        change (% or bp), in days for a gap, and in rows for a repeated value.
    """
    others = list(seconds)
    found = [_gaps(item), _repeats(item), _spikes(item), _opens(item)]
    found += [_opens(other) for other in others]
    found += [_disagreements(item, other) for other in others if _same_clock(item, other)]
    frames = [frame for frame in found if len(frame)]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True).sort_values(["check", "date"], kind="stable", ignore_index=True)


def _findings(item: Observations, check: str, rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Bring the findings of one check, with columns date, value, against and size, into the common form."""
    return rows.assign(instrument=item.name, check=check, source=source)[COLUMNS]


def _symbol(item: Observations) -> str:
    return "" if item.origin is None else item.origin.symbol


def _by_date(item: Observations, values: pd.Series) -> pd.Series:
    series = pd.Series(values.to_numpy(dtype=float), index=pd.DatetimeIndex(item.dates))
    return series[~series.index.duplicated(keep="last")]


def _difference(item: Observations, value: pd.Series, against: pd.Series) -> pd.Series:
    """Difference of two levels in the unit of a change."""
    if item.change is ChangeRule.LOG:
        return pd.Series(100.0 * np.log(value / against))
    return (value - against) * (100.0 if item.change is ChangeRule.BASIS_POINTS else 1.0)


def _unusual(item: Observations, difference: pd.Series, times: float = USUAL) -> pd.Series:
    """Tell which differences are many times as large as is usual nearby."""
    size = difference.abs()
    usual = size.rolling(NEARBY, center=True, min_periods=20).median()
    return size > np.maximum(times * usual.fillna(size.median()), FLOOR.get(item.change, 0.0))


def _gaps(item: Observations) -> pd.DataFrame:
    """Gaps of more than a week (and of two usual spacings), and how many sessions of the calendar they miss."""
    dates = pd.DatetimeIndex(item.dates).unique()
    length = pd.Series(dates[1:] - dates[:-1], index=dates[1:])
    long = length[length > max(LONG_GAP, 2 * length.median())]
    ends = pd.DatetimeIndex(long.index)
    missed = [_sessions_between(item, *span) for span in zip(ends - pd.TimedeltaIndex(long), ends, strict=True)]
    rows = pd.DataFrame({"date": long.index, "value": missed, "against": 0.0, "size": long / pd.Timedelta(days=1)})
    return _findings(item, "gap", rows[rows["value"] > 0], _symbol(item))


def _sessions_between(item: Observations, start: pd.Timestamp, end: pd.Timestamp) -> int:
    clock = "" if item.origin is None else item.origin.clock
    days = calendars.EVERY_DAY if clock == HOURLY else load_clock(clock).days if clock else calendars.WEEKDAYS
    return max(len(calendars.sessions(days, start, end)) - 2, 0)


def _repeats(item: Observations) -> pd.DataFrame:
    """Runs in which a value stands at least five times in a row (a yield under a cap may do so rightly)."""
    values = item.levels
    run = (values != values.shift()).cumsum().to_numpy()
    table = pd.DataFrame({"date": pd.DatetimeIndex(item.dates), "value": values.to_numpy(), "run": run})
    runs = table.groupby("run").agg(date=("date", "last"), value=("value", "last"), size=("value", "size"))
    long = runs[runs["size"] >= LONG_RUN]
    return _findings(item, "repeated value", long.assign(against=long["value"]), _symbol(item))


def _spikes(item: Observations) -> pd.DataFrame:
    """Changes eight times the usual size of which the next change takes back at least four fifths."""
    levels = _by_date(item, item.levels)
    change = _difference(item, levels, levels.shift())
    back = change.shift(-1)
    reverses = (np.sign(change) == -np.sign(back)) & ((change + back).abs() <= (1.0 - REVERSAL) * change.abs())
    spike = reverses & _unusual(item, change, SPIKE)
    rows = pd.DataFrame({"date": levels.index, "value": levels, "against": levels.shift(), "size": change})[spike]
    return _findings(item, "spike that reverses", rows, _symbol(item))


def _opens(item: Observations) -> pd.DataFrame:
    """Closes of a market that never closes which break with the next day's open."""
    clock = None if item.origin is None or item.origin.clock == HOURLY else load_clock(item.origin.clock)
    if item.bars is None or clock is None or clock.days != calendars.EVERY_DAY:
        return pd.DataFrame(columns=COLUMNS)
    close, following = _by_date(item, item.levels), _by_date(item, item.bars["open"]).shift(-1)
    difference = _difference(item, close, following)
    rows = pd.DataFrame({"date": close.index, "value": close, "against": following, "size": difference})
    return _findings(item, "close against next open", rows[_unusual(item, difference)], _symbol(item))


def _same_clock(item: Observations, other: Observations) -> bool:
    return item.origin is not None and other.origin is not None and item.origin.clock == other.origin.clock


def _disagreements(item: Observations, other: Observations) -> pd.DataFrame:
    """Dates on which two sources with the same clock differ by far more than usual."""
    both = pd.concat([_by_date(item, item.levels), _by_date(other, other.levels)], axis=1, join="inner").dropna()
    difference = _difference(item, both[0], both[1])
    rows = pd.DataFrame({"date": both.index, "value": both[0], "against": both[1], "size": difference})
    return _findings(item, "second source", rows[_unusual(item, difference)], _symbol(other))
