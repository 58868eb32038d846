"""The common form of what a check finds, and the arithmetic that several checks share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations

__all__ = ["COLUMNS", "USUAL", "by_date", "difference", "drop_rule", "findings", "scale_rule", "symbol_of", "unusual"]

COLUMNS = ["instrument", "check", "date", "value", "against", "size", "source", "reading", "mend"]
USUAL = 20.0
NEARBY = 251
FLOOR = {ChangeRule.LOG: 0.05, ChangeRule.BASIS_POINTS: 0.5}


def findings(item: Observations, check: str, rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Bring the findings of one check, with columns date, value, against and size, into the common form."""
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    plain = {name: "" for name in ("reading", "mend") if name not in rows}
    return rows.assign(instrument=item.name, check=check, source=source, **plain)[COLUMNS]


def scale_rule(item: Observations, place: int, factor: float) -> str:
    """Write the repair that brings the values before a row to the scale of those after it."""
    return f"{{rule: scale, before: {_day(item, place)}, factor: {factor:.6g}}}"


def drop_rule(item: Observations, start: int, stop: int) -> str:
    """Write the repair that leaves out the rows from one on to before another."""
    days = ", ".join(dict.fromkeys(_day(item, place) for place in range(start, stop)))
    return f"{{rule: drop, dates: [{days}]}}"


def _day(item: Observations, place: int) -> str:
    """Name a value by its day; one of several of a day by its instant."""
    labels = pd.DatetimeIndex(item.dates)
    if int((labels == labels[place]).sum()) == 1:
        return f"{labels[place]:%Y-%m-%d}"
    return pd.DatetimeIndex(item.levels.index)[place].tz_convert("UTC").isoformat().replace("+00:00", "Z")


def symbol_of(item: Observations) -> str:
    """Return what the source calls the series; empty where there is no source."""
    return "" if item.origin is None else item.origin.symbol


def by_date(item: Observations, values: pd.Series) -> pd.Series:
    """Return values by date, the last of each."""
    series = pd.Series(values.to_numpy(dtype=float), index=pd.DatetimeIndex(item.dates))
    return series[~series.index.duplicated(keep="last")]


def difference(item: Observations, value: pd.Series, against: pd.Series) -> pd.Series:
    """Difference of two levels in the unit of a change."""
    if item.change is ChangeRule.LOG:
        return pd.Series(100.0 * np.log(value / against))
    return (value - against) * (100.0 if item.change is ChangeRule.BASIS_POINTS else 1.0)


def unusual(item: Observations, sizes: pd.Series, times: float = USUAL) -> pd.Series:
    """Tell which differences are many times as large as is usual in the year around, and above a floor."""
    size = sizes.abs()
    usual = size.rolling(NEARBY, center=True, min_periods=20).median()
    return size > np.maximum(times * usual.fillna(size.dropna().median()), FLOOR.get(item.change, 0.0))
