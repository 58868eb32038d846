"""Block bootstraps of a time series.

Statistics that are functions of column means need no resampled rows: `bootstrap_means` adds up block sums taken from
one cumulative sum, and `bootstrap_correlation` rests on it. Any other statistic goes through `bootstrap_statistic`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coupling._typing import Floats, Integers
from coupling.errors import InputError
from coupling.inference.blocks import Scheme, block_length, draw_blocks, rows_of_blocks
from coupling.machine.parallel import in_parallel

__all__ = ["bootstrap_correlation", "bootstrap_means", "bootstrap_statistic", "correlation_from_means"]


def bootstrap_statistic(
    x: ArrayLike,
    statistic: Callable[[Floats], Any],
    *,
    block: float | None = None,
    replications: int = 999,
    scheme: Scheme = "circular",
    random_state: int = 0,
    n_jobs: int = 1,
) -> Floats:
    """Replicate any statistic of the rows.

    Parameters
    ----------
    x : array of shape (T, k)
        Rows in time order.
    statistic : callable
        Maps an array of shape (T, k) to a number or an array.
    block : float, optional
        Block length; by default `block_length` of the columns.
    replications : int
        Number of replications.
    scheme : {"circular", "stationary"}
        Block scheme.
    random_state : int
        Seed; the numbers do not depend on `n_jobs`.
    n_jobs : int
        Workers (joblib).

    Returns
    -------
    ndarray of shape (replications, ...)
        The statistic of every replication.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 1))
    >>> bootstrap_statistic(x, np.mean, block=5, replications=3).shape
    (3,)
    """
    values = np.asarray(x, dtype=float)
    values = values.reshape(len(values), -1)
    length = block_length(values, scheme=scheme) if block is None else block
    draws = draw_blocks(len(values), block=length, replications=replications, scheme=scheme, random_state=random_state)
    batches = in_parallel(((_batch, (values, statistic, *draw)) for draw in draws), n_jobs)
    return np.asarray(np.concatenate(batches))


def _batch(values: Floats, statistic: Callable[[Floats], Any], starts: Integers, lengths: Integers) -> Floats:
    rows = rows_of_blocks(starts, lengths, len(values))
    return np.stack([np.asarray(statistic(values[row]), dtype=float) for row in rows])


def bootstrap_means(
    x: ArrayLike, *, block: float, replications: int = 999, scheme: Scheme = "circular", random_state: int = 0
) -> Floats:
    """Replicate the column means, from block sums and without resampled rows.

    Parameters
    ----------
    x : array of shape (T, k)
        Rows in time order.
    block, replications, scheme, random_state
        As in `bootstrap_statistic`; the same draws.

    Returns
    -------
    ndarray of shape (replications, k)
        Means of each replication.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 2))
    >>> from coupling.inference import block_indices
    >>> rows = block_indices(50, block=5, replications=4, random_state=7)
    >>> fast = bootstrap_means(x, block=5, replications=4, random_state=7)
    >>> bool(np.allclose(fast, x[rows].mean(axis=1)))
    True
    """
    values = np.asarray(x, dtype=float)
    n = len(values)
    middle = values.mean(axis=0)
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(np.tile(values - middle, (2, 1)), axis=0)])
    sums = [
        _block_sums(total, starts, lengths)
        for starts, lengths in draw_blocks(
            n, block=block, replications=replications, scheme=scheme, random_state=random_state
        )
    ]
    return np.asarray(np.concatenate(sums) / n + middle)


def _block_sums(total: Floats, starts: Integers, lengths: Integers) -> Floats:
    """Add up the sums of the blocks of each replication; equal lengths share one table of block sums."""
    if (lengths == lengths[:1]).all():
        whole, last = int(lengths[0, 0]), int(lengths[0, -1])
        n = len(total) // 2
        table = [(total[size : size + n] - total[:n]).T.copy() for size in (whole, last)]
        sums = [w[starts[:, :-1]].sum(axis=1) + e[starts[:, -1]] for w, e in zip(*table, strict=True)]
        return np.asarray(np.stack(sums, axis=1))
    return np.asarray((total[starts + lengths] - total[starts]).sum(axis=1))


def bootstrap_correlation(
    x: ArrayLike,
    *,
    block: float | None = None,
    replications: int = 999,
    scheme: Scheme = "circular",
    random_state: int = 0,
) -> Floats:
    """Replicate the correlation of two columns.

    Parameters
    ----------
    x : array of shape (T, 2)
        Changes, without missing values.
    block : float, optional
        Block length; by default `block_length` of the products of the standardised columns.
    replications, scheme, random_state
        As in `bootstrap_statistic`.

    Returns
    -------
    ndarray of shape (replications,)
        Correlations; missing where a replication has a constant column.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> bool(abs(bootstrap_correlation(x, replications=99).mean()) < 0.2)
    True
    """
    values = np.asarray(x, dtype=float)
    if values.ndim != 2 or values.shape[1] != 2 or len(values) == 0 or not np.isfinite(values).all():
        raise InputError(
            f"A correlation needs two columns of finite values, not shape {values.shape}; drop missing rows."
        )
    values = values / np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
    scale = values.std(axis=0)
    if not (scale > 0).all():
        return np.full(replications, np.nan)
    a, b = ((values - values.mean(axis=0)) / scale).T
    length = block_length(a * b, scheme=scheme) if block is None else block
    moments = np.stack([a, b, a * a, b * b, a * b], axis=1)
    means = bootstrap_means(moments, block=length, replications=replications, scheme=scheme, random_state=random_state)
    return correlation_from_means(means)


def correlation_from_means(means: Floats) -> Floats:
    """Return the correlation from the means of a, b, a², b² and ab (last axis).

    Examples
    --------
    >>> float(correlation_from_means(np.array([0.0, 0.0, 1.0, 1.0, 0.25])))
    0.25
    """
    a, b, aa, bb, ab = np.moveaxis(means, -1, 0)
    power = np.maximum(aa - a * a, 0.0) * np.maximum(bb - b * b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where(power > 0, (ab - a * b) / np.sqrt(power), np.nan)
    return np.asarray(np.clip(r, -1.0, 1.0))
