"""Changes eight times the usual size of which the next change takes back at least four fifths."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.checks.form import by_date, difference, findings, symbol_of, unusual
from coupling.data.observations import Observations

__all__ = ["find_spikes"]

REVERSAL = 0.8
SPIKE = 8.0


def find_spikes(item: Observations) -> pd.DataFrame:
    """Return one row per spike: the value, the one before it, and the change."""
    levels = by_date(item, item.levels)
    change = difference(item, levels, levels.shift())
    back = change.shift(-1)
    reverses = (np.sign(change) == -np.sign(back)) & ((change + back).abs() <= (1.0 - REVERSAL) * change.abs())
    spike = reverses & unusual(item, change, SPIKE)
    rows = pd.DataFrame({"date": levels.index, "value": levels, "against": levels.shift(), "size": change})[spike]
    return findings(item, "mean-reverting outlier", rows, symbol_of(item))
