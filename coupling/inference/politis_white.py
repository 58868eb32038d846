"""How many neighbouring rows a block bootstrap draws together: the rule of Politis and White."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["optimal_length"]

STATIONARY, CIRCULAR = 2.0, 4.0 / 3.0
"""What the variance of the long-run variance is proportional to, by scheme."""


def optimal_length(x: Floats, *, stationary: bool) -> float:
    """Return the optimal block length of one series; missing where it has no noise.

    The autocovariances up to twice the first lag after which several autocorrelations are insignificant, with a
    flat-top window, say how fast the dependence dies out. Equal to ``arch.bootstrap.optimal_block_length``.

    Parameters
    ----------
    x : ndarray, shape (T,)
    stationary : bool
        Whether it is the mean length of the stationary bootstrap, or the length of the circular one.

    References
    ----------
    Politis and White (2004), Econometric Reviews 23, 53-70; corrected by Patton, Politis and White (2009), 28, 372-375.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=502)
    >>> [round(optimal_length(x, stationary=False), 1) for x in (noise, noise[2:] + noise[1:-1] + noise[:-2])]
    [1.0, 7.4]
    """
    rows, centred = len(x), x - x.mean()
    several = max(5, int(np.log10(rows)))
    most = int(np.ceil(np.sqrt(rows))) + several
    products = np.array([centred[lag:] @ centred[: rows - lag] for lag in range(most + 1)])
    total, squares = centred @ centred, centred**2
    late, early = (np.maximum(total - np.cumsum(side[: most + 1]), 0.0) for side in (squares, squares[::-1]))
    small = np.abs(products) < 2 * np.sqrt(np.log10(rows) / rows) * np.sqrt(late * early)
    runs = np.convolve(small[:most], np.ones(several, dtype=int), mode="valid") == several
    lags = np.arange(1, (min(2 * max(int(runs.argmax()), 1), most) if runs.any() else most) + 1)
    weighted = 2 * np.minimum(1.0, 2 * (1 - lags / lags[-1])) * products[lags] / rows
    curve, variance = float(weighted @ lags), float(products[0] / rows + weighted.sum())
    length = (2 * curve**2 / ((STATIONARY if stationary else CIRCULAR) * variance**2) * rows) ** (1 / 3)
    return float(min(length, np.ceil(min(3 * np.sqrt(rows), rows / 3))))
