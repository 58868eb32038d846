"""Runs in which a value stands at least five times in a row (a yield under a cap may do so rightly)."""

from __future__ import annotations

import pandas as pd

from coupling.data.checks.form import findings, symbol_of
from coupling.data.observations import Observations

__all__ = ["find_repeats"]

LONG_RUN = 5


def find_repeats(item: Observations) -> pd.DataFrame:
    """Return one row per run: its last date, the value, and how many rows it lasts."""
    values = item.levels
    run = (values != values.shift()).cumsum().to_numpy()
    table = pd.DataFrame({"date": pd.DatetimeIndex(item.dates), "value": values.to_numpy(), "run": run})
    runs = table.groupby("run").agg(date=("date", "last"), value=("value", "last"), size=("value", "size"))
    long = runs[runs["size"] >= LONG_RUN]
    return findings(item, "repeated value", long.assign(against=long["value"]), symbol_of(item))
