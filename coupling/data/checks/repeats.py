"""Runs in which a value stands at least five times in a row (a yield under a cap may do so rightly)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.checks.form import findings, symbol_of
from coupling.data.observations import Observations

__all__ = ["find_repeats"]

LONG_RUN = 5


def find_repeats(item: Observations) -> pd.DataFrame:
    """Return one row per run: its last date, the value, and how many rows it lasts."""
    values = item.levels.to_numpy()
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    sizes = np.diff(starts, append=len(values))
    long = sizes >= LONG_RUN
    last = (starts + sizes - 1)[long]
    rows = {"date": pd.DatetimeIndex(item.dates)[last], "value": values[last], "against": values[last]}
    return findings(item, "repeated value", pd.DataFrame({**rows, "size": sizes[long]}), symbol_of(item))
