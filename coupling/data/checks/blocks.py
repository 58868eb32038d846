"""Blocks of ten or more values that stand in a series twice, as when a month was pasted again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Flags, Floats, Integers
from coupling.data.checks.form import COLUMNS, findings, symbol_of
from coupling.data.checks.names import BLOCK
from coupling.data.observations import Observations

__all__ = ["find_blocks"]

LENGTH = 10
DISTINCT = 7
AT_ONCE = 100_000
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


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


def _first_of_equals(values: Floats) -> Integers:
    """Return for each window of ten rows the earlier window with the same values, else -1; dull ones do not count.

    Windows are told apart by a number that their values make, and those of one number compared value by value.
    """
    count = len(values) - LENGTH + 1
    first = np.full(count, -1)
    places = np.concatenate([_lively(values, start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)])
    marks = _marks(values)[places]
    order = np.argsort(marks, kind="stable")
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = marks[order][1:] != marks[order][:-1]
    if fresh.all():
        return first
    earliest = np.empty(len(order), dtype=np.int64)
    earliest[order] = places[order][np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))]
    repeated = earliest < places
    alike = _alike(values, places[repeated], earliest[repeated])
    first[places[repeated][alike]] = earliest[repeated][alike]
    return first


def _alike(values: Floats, some: Integers, others: Integers) -> Flags:
    """Tell which windows of ten rows, named by their first, hold the same values."""
    same = [values[some + k] == values[others + k] for k in range(LENGTH)]
    return np.asarray(np.all(same, axis=0))


def _marks(values: Floats) -> npt.NDArray[np.uint64]:
    """Return a number for each window of ten rows, of which equal windows have the same one."""
    bits = (values + 0.0).view(np.uint64)  # 0 and -0 are one value
    count = len(values) - LENGTH + 1
    marks = np.zeros(count, dtype=np.uint64)
    for k in range(LENGTH):
        marks = (marks ^ bits[k : k + count]) * MULTIPLIER
        marks ^= marks >> np.uint64(29)
    return marks


def _lively(values: Floats, start: int, stop: int) -> Integers:
    """Return the windows of ten rows from one to another in which at least seven values differ."""
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(values, LENGTH)[start:stop], axis=1)
    return start + np.flatnonzero((np.diff(windows, axis=1) != 0).sum(axis=1) + 1 >= DISTINCT)


def _block(item: Observations, values: np.ndarray, start: int, first: int) -> dict[str, object]:
    length = 0
    while start + length < len(values) and values[start + length] == values[first + length]:
        length += 1
    dates = pd.DatetimeIndex(item.dates)
    reading = f"{length} values as from {dates[first]:%Y-%m-%d} on"
    return {"date": dates[start], "value": values[start], "against": values[first], "size": length, "reading": reading}
