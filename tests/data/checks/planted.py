"""Faults planted into a series, by name: each takes the values and a place, and returns them changed.

The same faults are measured in ``benchmarks/checks_planted.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from coupling.data.changes import ChangeRule
from coupling.data.instrument import Kind
from coupling.data.observations import Observations

Plant = Callable[[np.ndarray, int], np.ndarray]


def scaled(factor: float) -> Plant:
    def plant(values: np.ndarray, place: int) -> np.ndarray:
        return np.r_[values[:place], values[place:] * factor]

    return plant


def for_rows(count: int, factor: float) -> Plant:
    def plant(values: np.ndarray, place: int) -> np.ndarray:
        return np.r_[values[:place], values[place : place + count] * factor, values[place + count :]]

    return plant


def cut_short(digits: int) -> Plant:
    """Cut the last value after some of its digits before the point: 68 for 6845.5."""

    def plant(values: np.ndarray, place: int) -> np.ndarray:
        whole = str(int(values[place]))
        return np.r_[values[:place], float(whole[: max(len(whole) - digits, 1)])]

    return plant


def pasted_again(values: np.ndarray, place: int) -> np.ndarray:
    return np.r_[values[:place], values[place - 22 : place], values[place + 22 :]]


PRICES: dict[str, Plant] = {
    "×100": scaled(100),
    "×10": scaled(10),
    "÷10": scaled(0.1),
    "÷100": scaled(0.01),
    "dollars to yen (×150)": scaled(150),
    "2:1 split": scaled(1 / 2),
    "3:1 split": scaled(1 / 3),
    "3:2 split": scaled(2 / 3),
    "10:1 split": scaled(1 / 10),
    "1:10 reverse split": scaled(10),
    "×1.3": scaled(1.3),
    "×1.1": scaled(1.1),
    "1 value ×100": for_rows(1, 100),
    "4 values ×10": for_rows(4, 10),
    "20 values ÷2": for_rows(20, 0.5),
    "last value one digit short": cut_short(1),
    "last value two digits short": cut_short(2),
    "month pasted again": pasted_again,
}
YIELDS: dict[str, Plant] = {
    "decimals to percent (×100)": scaled(100),
    "percent to decimals (÷100)": scaled(0.01),
    "×10": scaled(10),
    "÷10": scaled(0.1),
    "×2": scaled(2),
    "÷2": scaled(0.5),
    "sign flipped": scaled(-1),
    "1 value ×100": for_rows(1, 100),
    "4 values ×10": for_rows(4, 10),
    "month pasted again": pasted_again,
}


def observed(values: np.ndarray, dates: pd.DatetimeIndex, kind: Kind) -> Observations:
    index = pd.DatetimeIndex(dates).tz_localize(None).tz_localize("UTC") + pd.Timedelta(hours=21)
    change = ChangeRule.BASIS_POINTS if kind is Kind.YIELD else ChangeRule.LOG
    levels = pd.Series(np.asarray(values, dtype=float), index=index)
    return Observations(name="X", levels=levels, known_at=pd.Series(index, index=index), change=change)


def simulated(seed: int, size: float, rows: int = 1500, freedom: float = 4.0) -> np.ndarray:
    """Return the shocks of a GARCH(1, 1) with heavy tails, with a usual step of `size`."""
    draw = np.random.default_rng(seed)
    noise = draw.standard_t(freedom, rows) / np.sqrt(freedom / (freedom - 2))
    shocks, variance = np.empty(rows), 1.0
    for row in range(rows):
        shocks[row] = np.sqrt(variance) * noise[row]
        variance = 0.03 + 0.10 * shocks[row] ** 2 + 0.87 * variance
    return size * shocks


@cache
def price(seed: int, size: float, rows: int = 1500, freedom: float = 4.0) -> np.ndarray:
    values = 2000.0 * np.exp(np.cumsum(np.clip(simulated(seed, size, rows, freedom), -1.0, 1.0)))
    values.flags.writeable = False
    return values


@cache
def rate(seed: int, rows: int = 1500, freedom: float = 4.0) -> np.ndarray:
    return np.round(3.0 + np.cumsum(simulated(seed, 0.03, rows, freedom)), 3)
