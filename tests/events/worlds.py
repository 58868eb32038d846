"""Small worlds with known answers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from coupling.data.changes import ChangeRule
from coupling.data.clocks.calendars import sessions
from coupling.data.clocks.clock import load_clock
from coupling.data.observations import Observations

UNITS = {ChangeRule.LOG: "%", ChangeRule.BASIS_POINTS: "bp"}


def observe(name: str, values: pd.Series, clock: str, change: str) -> Observations:
    """Observe dated values at a clock."""
    struck = load_clock(clock).struck_at(pd.DatetimeIndex(values.index))
    levels = pd.Series(values.to_numpy(), index=struck, name=name)
    return Observations(name=name, levels=levels, known_at=pd.Series(struck, index=struck), change=ChangeRule(change))


def panel_of(*items: Observations) -> SimpleNamespace:
    """A panel as far as event studies need one."""
    instruments = {item.name: SimpleNamespace(change_unit=UNITS[item.change]) for item in items}
    return SimpleNamespace(observations={item.name: item for item in items}, instruments=instruments)


def random_panel(seed: int = 0, first: str = "2023-01-02", last: str = "2024-12-31") -> SimpleNamespace:
    """Bitcoin every day, a Tokyo yield and a New York index."""
    rng = np.random.default_rng(seed)
    made = []
    for name, clock, change in (("BTC", "UTC", "log"), ("JGB", "MOF", "basis_points"), ("SPX", "XNYS", "log")):
        days = sessions(load_clock(clock).days, pd.Timestamp(first), pd.Timestamp(last))
        path = np.cumsum(rng.normal(size=len(days)))
        values = 1 + path / 100 if change == "basis_points" else 100 * np.exp(path / 100)
        made.append(observe(name, pd.Series(values, index=days), clock, change))
    return panel_of(*made)
