"""What a break test could have seen: how often it would find a change of some size at some date."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import kolmogi

from coupling._typing import Floats

__all__ = ["BRIDGES", "break_power"]

BRIDGES, STEPS, SEED = 2000, 400, 0
OVERSHOOT = 0.5826
"""Siegmund's shift of a boundary for a path that is watched at steps only, in standard deviations of a step."""


def break_power(change: float, share: float, *, deviation: float, rows: int, size: float = 0.05) -> float:
    """Return how often the fluctuation test would find one change of a correlation.

    Under a change the path of the test is a Brownian bridge about a triangle that peaks at the date of the change;
    2,000 bridges of 400 steps, always the same ones, are held against the critical value.

    Parameters
    ----------
    change : float
        Of the correlation, after less before.
    share : float
        Share of the rows before it.
    deviation : float
        Long-run standard deviation of sqrt(T) times the correlation.
    rows : int
        T.
    size : float
        Of the test.

    References
    ----------
    Wied, Krämer and Dehling (2012), Econometric Theory 28, 570-589, theorem 2: the limit under local changes.

    Examples
    --------
    >>> bool(abs(break_power(0.0, 0.5, deviation=1.0, rows=2000) - 0.05) < 0.015)
    True
    >>> bool(break_power(0.2, 0.5, deviation=1.0, rows=2000) > 0.99)
    True
    """
    if not (deviation > 0 and 0 < share < 1):
        return float("nan")
    at = np.arange(1, STEPS + 1) / STEPS
    triangle = np.minimum(at * (1 - share), share * (1 - at)) * change * np.sqrt(rows) / deviation
    gap = OVERSHOOT * (1 / np.sqrt(STEPS) - 1 / np.sqrt(max(rows, STEPS)))
    return float((np.abs(_bridges() + triangle).max(axis=1) > kolmogi(size) - gap).mean())


@lru_cache(maxsize=1)
def _bridges() -> Floats:
    steps = np.random.default_rng(SEED).standard_normal((BRIDGES, STEPS)) / np.sqrt(STEPS)
    paths = steps.cumsum(axis=1)
    return np.asarray(paths - np.arange(1, STEPS + 1) / STEPS * paths[:, -1:])
