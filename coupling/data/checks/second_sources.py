"""Dates on which two sources with the same clock differ by far more than usual."""

from __future__ import annotations

import pandas as pd

from coupling.data.checks.form import COLUMNS, by_date, difference, findings, symbol_of, unusual
from coupling.data.observations import Observations

__all__ = ["find_disagreements"]


def find_disagreements(item: Observations, other: Observations) -> pd.DataFrame:
    """Return one row per date: the value that serves, and the other source's; nothing where the clocks differ."""
    if not _same_clock(item, other):
        return pd.DataFrame(columns=COLUMNS)
    both = pd.concat([by_date(item, item.levels), by_date(other, other.levels)], axis=1, join="inner").dropna()
    sizes = difference(item, both[0], both[1])
    rows = pd.DataFrame({"date": both.index, "value": both[0], "against": both[1], "size": sizes})
    return findings(item, "second source", rows[unusual(item, sizes)], symbol_of(other))


def _same_clock(item: Observations, other: Observations) -> bool:
    return item.origin is not None and other.origin is not None and item.origin.clock == other.origin.clock
