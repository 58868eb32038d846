"""Verdicts on pairs that were estimated together, and the week without which a verdict would be another."""

from __future__ import annotations

import numpy as np

from coupling.correlation import judge
from coupling.correlation.joint import JointPairs
from coupling.results.verdicts import Coupled

__all__ = ["fragile_weeks", "verdicts"]


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
