"""The dates that are asked of a source."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["DateSpan"]


@dataclass(frozen=True)
class DateSpan:
    """First and last date asked for, both included; an absent end is open.

    Examples
    --------
    >>> str(DateSpan(pd.Timestamp("2015-01-01")))
    'from 2015-01-01'
    """

    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None

    def __str__(self) -> str:
        parts = [("from", self.first), ("to", self.last)]
        return " ".join(f"{word} {date:%Y-%m-%d}" for word, date in parts if date is not None) or "all dates"

    def holds(self, dates: pd.Series) -> pd.Series:
        """Tell which dates (naive) lie within.

        Examples
        --------
        >>> DateSpan(pd.Timestamp("2015-01-01")).holds(pd.Series(pd.to_datetime(["2014-12-31", "2015-01-01"]))).tolist()
        [False, True]
        """
        inside = pd.Series(True, index=dates.index)  # noqa: FBT003
        if self.first is not None:
            inside &= dates >= self.first
        if self.last is not None:
            inside &= dates <= self.last
        return inside
