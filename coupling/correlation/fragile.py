"""Verdicts on pairs that are judged together, and the week or the day without which a verdict would be another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.correlation import judge
from coupling.correlation.joint import JointPairs
from coupling.inference.multiple import adjust_p_values
from coupling.kernels.rolling_jackknife import jackknife_windows
from coupling.results.verdicts import Coupled

__all__ = ["fragile_days", "fragile_weeks", "verdicts"]

Numbers = tuple[float, float, float, float]
"""Estimate, lower, upper and p of a pair."""


def verdicts(pairs: JointPairs, *, smallest: float | None = judge.SMALLEST) -> list[Coupled]:
    """Judge every pair by its p adjusted for all of them."""
    numbers = zip(pairs.estimate, *pairs.limits, pairs.p_adjusted, strict=True)
    return [judge.coupled(r, (lower, upper), p, smallest=smallest) for r, lower, upper, p in numbers]


def fragile_weeks(pairs: JointPairs, *, smallest: float | None = judge.SMALLEST) -> list[int | None]:
    """Return for each pair the most influential of the weeks without which its verdict would be another, if any.

    A week is left out of all pairs, whose p-values are adjusted again.
    """
    now, weight = verdicts(pairs, smallest=smallest), pairs.influence
    heaviest: list[int | None] = [None] * len(now)
    for week in np.flatnonzero(weight.sum(axis=1)).tolist():
        for pair, then in enumerate(verdicts(pairs.without(week), smallest=smallest)):
            before = heaviest[pair]
            if then is not now[pair] and (before is None or weight[week, pair] > weight[before, pair]):
                heaviest[pair] = week
    return heaviest


def fragile_days(
    windows: Sequence[pd.DataFrame], *, ranks: bool = False, smallest: float | None = judge.SMALLEST
) -> list[pd.Timestamp | None]:
    """Return for each pair the most influential row without which its verdict over a window would be another, if any.

    Parameters
    ----------
    windows : sequence of DataFrame
        The complete rows of each pair, two columns; a row is left out of every pair that has it, and p is Holm's.
    ranks : bool
        Whether the correlation is Spearman's.
    """
    tables = [_numbers_without(each.to_numpy(float), ranks=ranks) for each in windows]
    now, found = _together([table[-1] for table in tables], smallest), [(0.0, None)] * len(windows)
    for row in pd.Index(sorted(set().union(*(each.index for each in windows)))):
        places = [np.flatnonzero(each.index == row) for each in windows]
        rest = [table[int(place[0]) if len(place) else -1] for table, place in zip(tables, places, strict=True)]
        for pair, then in enumerate(_together(rest, smallest)):
            weight = abs(rest[pair][0] - tables[pair][-1][0])
            if then is not now[pair] and weight > found[pair][0]:
                found[pair] = weight, row
    return [row for _, row in found]


def _numbers_without(values: Floats, *, ranks: bool) -> list[Numbers]:
    """Return the numbers of a pair without each of its rows, and last with all of them: windows side by side."""
    n = len(values)
    rows = np.concatenate([np.delete(np.arange(n), row) for row in range(n)] + [np.arange(n)])
    starts = np.arange(n + 1) * (n - 1)
    sizes = np.append(np.full(n, n - 1), n)
    spread = jackknife_windows(values[rows, 0], values[rows, 1], starts, starts + sizes, sizes, ranks=ranks)
    lower, upper = spread.limits(spread.estimate, 0.95)
    columns = spread.estimate, lower, upper, spread.p_values(spread.estimate)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _together(numbers: Sequence[Numbers], smallest: float | None) -> list[Coupled]:
    adjusted = adjust_p_values([p for *_, p in numbers])
    return [
        judge.coupled(r, (lower, upper), p, smallest=smallest)
        for (r, lower, upper, _), p in zip(numbers, adjusted.tolist(), strict=True)
    ]
