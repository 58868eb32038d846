"""The row of today: a bar or a session that is not over is never used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coupling.data.gate.sessions import session_dates

__all__ = ["now", "unfinished_rows"]

MOST = 2
"""Rows that can be unfinished at once: where it is tomorrow already, today's and tomorrow's."""


def now() -> pd.Timestamp:
    """Return the present instant (UTC): the one place at which the gate reads the clock."""
    return pd.Timestamp.now(tz="UTC")


def unfinished_rows(index: pd.Index[Any], *, ticks: bool = False) -> int:
    """Return how many of the last rows are not over yet.

    A row labelled by a date is over when that date is past in UTC; one labelled by an instant, when that is past. More
    than two rows ahead of now are no unfinished bars: such a frame (a simulation) is taken as it is.

    Examples
    --------
    >>> unfinished_rows(pd.date_range("2024-08-05", periods=3))
    0
    >>> unfinished_rows(pd.DatetimeIndex([pd.Timestamp("2024-08-05"), now().tz_localize(None).normalize()]))
    1
    """
    if not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) or not len(index):
        return 0
    ahead = int(_ahead(index[-MOST - 1 :], index, ticks=ticks).sum())
    return ahead if ahead <= MOST else 0


def _ahead(last: Any, index: Any, *, ticks: bool) -> Any:
    present = now()
    naive = present.tz_localize(None)
    if isinstance(last, pd.PeriodIndex):
        return np.asarray(last.end_time > naive)
    dates = session_dates(index, ticks=ticks)
    if dates is None:
        return np.asarray(last > present)
    dates = dates[-len(last) :]
    if bool((dates == dates.normalize()).all()):
        today = naive if index.tz is None else present.tz_convert(index.tz).tz_localize(None)
        return np.asarray(dates >= today.normalize())
    return np.asarray(dates > naive)
