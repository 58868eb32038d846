"""Day and month that changed places in some rows, as a spreadsheet of another locale makes of a column of texts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Days
from coupling.dates.columns import Rows
from coupling.errors import DataError

__all__ = ["require_unswapped"]

FEWEST = 10
TURNS = 2


def require_unswapped(dates: pd.DatetimeIndex, rows: Rows) -> None:
    """Refuse a column that is out of order, and in order once day and month change places in some of its rows.

    A column that a spreadsheet read by another order has them swapped wherever the day is at most 12: each cell is a
    date, and some are wrong. No column that is merely unsorted comes into order in this way.

    Raises
    ------
    DataError

    Examples
    --------
    >>> days = pd.bdate_range("2025-06-02", periods=40)
    >>> swapped = [pd.Timestamp(day.year, day.day, day.month) if day.day < 13 else day for day in days]
    >>> require_unswapped(days, Rows("x.csv"))
    >>> require_unswapped(pd.DatetimeIndex(swapped), Rows("x.csv"))
    Traceback (most recent call last):
    ...
    coupling.errors.DataError: x.csv, row 6: the dates are out of order, and in order once day and month are swapped in
    some rows (2025-09-06 or 2025-06-09?); correct them, or sort the rows by date if they are right.
    """
    if len(dates) < FEWEST or dates.is_monotonic_increasing or dates.is_monotonic_decreasing:
        return
    days = dates.to_numpy().astype("datetime64[D]")
    swapped = _swapped(days)
    for step in (1, -1):
        chosen = _in_order(days[::step], swapped[::step])
        if chosen is None or (np.diff(days[::step]).astype(np.int64) < 0).sum() < TURNS:
            continue
        at = int(np.flatnonzero(chosen[::step] != days)[0])
        raise DataError(
            f"{rows.at(at)}: the dates are out of order, and in order once day and month are swapped in some rows "
            f"({days[at]} or {chosen[::step][at]}?); correct them, or sort the rows by date if they are right."
        )


def _swapped(days: Days) -> Days:
    """Return the dates with day and month swapped, where both can be either."""
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    day = (days - months).astype(np.int64) + 1
    other: Days = (days.astype("datetime64[Y]").astype("datetime64[M]") + (day - 1)).astype("datetime64[D]") + (
        month - 1
    )
    return np.where(day <= 12, other, days)


def _in_order(days: Days, swapped: Days) -> Days | None:
    """Return the earliest choice of either date in each row that never falls; None where there is none."""
    low, high = np.minimum(days, swapped), np.maximum(days, swapped)
    found: list[np.datetime64] = []
    last = low[0]
    for early, late in zip(low, high, strict=True):
        last = early if early >= last else late
        if found and last < found[-1]:
            return None
        found.append(last)
    return np.array(found)
