"""Bootstrap interval of the date at which a correlation broke."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coupling.inference import basic_interval, block_indices, block_length, correlation_from_means

__all__ = ["break_interval", "moments_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def break_interval(
    x: Floats, cut: int, *, method: str, level: float, replications: int, random_state: int
) -> tuple[int, int]:
    """Return the interval of the number of rows before the break.

    Circular blocks are drawn within the two segments and the break is dated again; the interval is the basic and the
    percentile one together. Kendall's date borrows the spread of Spearman's.

    Parameters
    ----------
    x : ndarray of shape (T, 2)
        Changes.
    cut : int
        Estimated number of rows before the break.
    method : {"pearson", "kendall", "spearman"}
        Measure that dated it.
    level, replications, random_state
        Coverage, number of bootstrap replications, seed.
    """
    n = len(x)
    if method != "pearson":
        x = x.argsort(axis=0).argsort(axis=0).astype(float)
    left, right = (_drawn(part, replications, random_state) for part in (x[:cut], x[cut:]))
    cuts = _dates(x, np.concatenate([left, right + cut], axis=1))
    if method == "kendall":
        cuts = cuts - _dates(x, np.arange(n)[None, :])[0] + cut
    basic = basic_interval(cut, cuts, level=level)
    percentile = np.quantile(cuts, [(1 - level) / 2, (1 + level) / 2])
    low, high = min(basic[0], percentile[0]), max(basic[1], percentile[1])
    return int(np.clip(np.floor(low), 1, cut)), int(np.clip(np.ceil(high), cut, n))


def _drawn(x: Floats, replications: int, random_state: int) -> Integers:
    if len(x) == 0:
        return np.empty((replications, 0), dtype=np.int64)
    length = min(block_length(x[:, 0] * x[:, 1]), max(len(x) / 4, 1))
    state = random_state + len(x)
    return block_indices(len(x), block=length, replications=replications, random_state=state)


def _dates(x: Floats, rows: Integers) -> Floats:
    """Return for each replication the number of rows before its estimated break."""
    n = len(x)
    moments = moments_of(x)
    j = np.arange(1, n + 1)
    cuts = []
    for row in rows:
        path = correlation_from_means(np.cumsum(moments[row], axis=0) / j[:, None])
        deviation = j * np.abs(path - path[-1])
        cuts.append(np.nanargmax(deviation) + 1 if np.isfinite(deviation).any() else n)
    return np.asarray(cuts, dtype=float)


def moments_of(x: Floats) -> Floats:
    """Return a, b, a², b² and ab of two columns, row by row: what a correlation is made of."""
    a, b = x.T
    return np.stack([a, b, a * a, b * b, a * b], axis=1)
