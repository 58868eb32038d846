"""Business days as periods are days: pandas gives their frequency up, and warns wherever it meets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["periods_of", "without_business_days"]

BUSINESS = "B"


def without_business_days(periods: pd.PeriodIndex) -> pd.PeriodIndex:
    """Return business days as the days that they are, and other periods as they came.

    Examples
    --------
    >>> without_business_days(pd.period_range("2024-08-02", periods=2, freq="D"))
    PeriodIndex(['2024-08-02', '2024-08-03'], dtype='period[D]')
    """
    if str(periods.dtype) != f"period[{BUSINESS}]":
        return periods
    return _days(periods.asi8.tolist()).rename(periods.name)


def periods_of(values: Sequence[Any]) -> pd.PeriodIndex:
    """Return periods of one length as an index, business days as days; raise `ValueError` for several lengths.

    Examples
    --------
    >>> periods_of([pd.Period("2024-08-02", "D")])
    PeriodIndex(['2024-08-02'], dtype='period[D]')
    """
    if all(value.freqstr == BUSINESS for value in values):
        return _days([value.ordinal for value in values])
    return pd.PeriodIndex(list(values))


def _days(ordinals: Sequence[int]) -> pd.PeriodIndex:
    """Return the days of business days that are counted from Thursday, 1 January 1970."""
    days = np.busday_offset(np.datetime64("1970-01-01", "D"), np.asarray(ordinals, dtype=np.int64))
    return pd.DatetimeIndex(days).to_period("D")
