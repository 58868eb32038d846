"""Blocks of ten or more values that stand in a series twice, as when a month was pasted again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.checks.form import COLUMNS, findings, symbol_of
from coupling.data.checks.names import BLOCK
from coupling.data.observations import Observations

__all__ = ["find_blocks"]

LENGTH = 10
DISTINCT = 7


def find_blocks(item: Observations) -> pd.DataFrame:
    """Return one row per block: its first date again, value, and how many rows it lasts."""
    values = item.levels.to_numpy(dtype=float)
    if len(values) < 2 * LENGTH:
        return pd.DataFrame(columns=COLUMNS)
    first = _first_of_equals(values)
    again = np.flatnonzero(first >= 0)
    starts = again[np.r_[True, (np.diff(again) > 1) | (np.diff(first[again]) != 1)]] if len(again) else again
    rows = [_block(item, values, int(start), int(first[start])) for start in starts]
    return findings(item, BLOCK, pd.DataFrame(rows), symbol_of(item)) if rows else pd.DataFrame(columns=COLUMNS)


def _first_of_equals(values: np.ndarray) -> np.ndarray:
    """Return for each window of ten rows the earlier window with the same values, else -1; dull ones do not count."""
    windows = np.lib.stride_tricks.sliding_window_view(values, LENGTH)
    moved = np.sort(windows, axis=1)
    lively = (np.diff(moved, axis=1) != 0).sum(axis=1) + 1 >= DISTINCT
    places = np.flatnonzero(lively)
    first = np.full(len(windows), -1)
    if not len(places):
        return first
    rows = np.ascontiguousarray(windows[places]).view(np.dtype((np.void, windows.itemsize * LENGTH))).ravel()
    _, where, group = np.unique(rows, return_index=True, return_inverse=True)
    earliest = places[where[group.ravel()]]
    repeated = earliest < places
    first[places[repeated]] = earliest[repeated]
    return first


def _block(item: Observations, values: np.ndarray, start: int, first: int) -> dict[str, object]:
    length = 0
    while start + length < len(values) and values[start + length] == values[first + length]:
        length += 1
    dates = pd.DatetimeIndex(item.dates)
    reading = f"{length} values as from {dates[first]:%Y-%m-%d} on"
    return {"date": dates[start], "value": values[start], "against": values[first], "size": length, "reading": reading}
