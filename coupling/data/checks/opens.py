"""Closes of a market that never closes which break with the next day's open."""

from __future__ import annotations

import pandas as pd

from coupling.data.checks.form import COLUMNS, by_date, difference, findings, symbol_of, unusual
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY
from coupling.data.observations import Observations

__all__ = ["find_broken_opens"]


def find_broken_opens(item: Observations) -> pd.DataFrame:
    """Return one row per close that breaks with the next open."""
    clock = None if item.origin is None or item.origin.clock == HOURLY else load_clock(item.origin.clock)
    if item.bars is None or clock is None or clock.days != calendars.EVERY_DAY:
        return pd.DataFrame(columns=COLUMNS)
    close, following = by_date(item, item.levels), by_date(item, item.bars["open"]).shift(-1)
    sizes = difference(item, close, following)
    rows = pd.DataFrame({"date": close.index, "value": close, "against": following, "size": sizes})
    return findings(item, "close-to-open discrepancy", rows[unusual(item, sizes)], symbol_of(item))
