"""What a break test could have seen: how often it would find a change of some size at some date."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from coupling._typing import Floats
from coupling.change.fluctuation import fluctuations
from coupling.change.student import two_dimensional
from coupling.kernels.decay import decay_filter
from coupling.volatility.ewma import standardized_series

__all__ = ["DRAWS", "SEED", "break_power"]

DRAWS, SEED = {"pearson": 150, "spearman": 150, "kendall": 20}, 0
"""Samples by method (kendall's statistic is slow), and the seed that draws them, whatever that of the study."""
WARMUP, ROUND = 20, 256
FREEDOM, KEEP, SHOCK = 5.0, 0.98, 0.1
"""Degrees of freedom of the shocks; log volatility of each column: an AR(1)."""
LARGEST = 0.99
_AT_ONCE = 10
"""Samples made together: few enough for the memory near the processor."""


def break_power(x: Floats, at: int, change: float, *, method: str = "pearson", size: float = 0.05) -> float:
    """Return the share of simulated samples in which the break test finds a change of a correlation.

    Samples have the length and the correlation of the rows: a bivariate t law with five degrees of freedom times
    stochastic volatilities, divided by the exponentially weighted volatility as on the page. 150 of them, always the
    same draws. (Power read off the limit of the test, or off resampled rows, is too large by a quarter to a third.)

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Standardised changes.
    at : int
        Rows before the change.
    change : float
        Of the correlation; a rise, or a fall where a rise would leave -1 to 1.
    method : {"pearson", "kendall", "spearman"}
        As in `CorrelationBreak`; kendall has 20 samples.
    size : float
        Of the test.

    Returns
    -------
    float
        Missing where a column does not move or no row lies on one side.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(400, 2))
    >>> break_power(x, 200, 0.0) < 0.1, break_power(x, 200, 0.8) > 0.95
    (True, True)
    """
    if not 0 < at < len(x) or not two_dimensional(x - x.mean(axis=0)):
        return float("nan")
    whole = float(np.corrcoef(x[:, 0], x[:, 1])[0, 1])
    rise = change if whole + abs(change) * at / len(x) < LARGEST else -change
    before = round(whole - rise * (1 - at / len(x)), 2)
    return _power(len(x), at, before, before + rise, method, size)


@lru_cache(maxsize=256)
def _power(rows: int, at: int, before: float, after: float, method: str, size: float) -> float:
    found = [
        sample.p_value < size
        for first in range(0, DRAWS[method], _AT_ONCE)
        for sample in fluctuations(_samples(rows, at, (before, after), DRAWS[method], first), method)
    ]
    return float(np.mean(found))


def _samples(rows: int, at: int, rho: tuple[float, float], draws: int, start: int) -> Floats:
    """Return some pairs of columns (2 × pairs × rows) whose correlation changes once, standardised."""
    count, few = rows + WARMUP, slice(start, start + _AT_ONCE)
    first, own, *sizes = (each[few, -count:] for each in _shocks(-(-count // ROUND) * ROUND, draws))
    path = np.where(np.arange(count) < at + WARMUP, *np.clip(rho, -LARGEST, LARGEST))
    second = path * first + np.sqrt(1 - path**2) * own
    series = np.concatenate([first * sizes[0], second * sizes[1]])
    return standardized_series(series, warmup=WARMUP)[:, WARMUP:].reshape(2, -1, rows)


@lru_cache(maxsize=2)
def _shocks(rows: int, draws: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Draw normal shocks of two columns (draws × rows), and what each is multiplied by.

    That is common t tails, and a volatility of each.
    """
    rng = np.random.default_rng(SEED)
    first, own = rng.standard_normal((2, rows, draws))
    tails = np.ascontiguousarray(np.sqrt(FREEDOM / rng.chisquare(FREEDOM, (rows, draws))).T)
    start = SHOCK / np.sqrt(1 - KEEP**2) * rng.standard_normal(2 * draws)
    moves = np.ascontiguousarray((SHOCK * rng.standard_normal((rows, 2 * draws))).T)
    sizes = np.empty_like(moves)
    for few in (slice(at, at + _AT_ONCE) for at in range(0, 2 * draws, _AT_ONCE)):
        np.exp(decay_filter(moves[few], KEEP, start[few]), out=sizes[few])
    return np.ascontiguousarray(first.T), np.ascontiguousarray(own.T), sizes[:draws] * tails, sizes[draws:] * tails
