"""Blocks of rows for a bootstrap: circular and stationary, with the same draws for any number of workers.

A block is a first row and a length; rows wrap around the end. Replications are drawn in batches of fixed size, each
with its own generator spawned from the seed, so that neither memory nor the number of workers changes a draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from coupling._typing import Integers
from coupling.errors import InputError, nearest
from coupling.inference.politis_white import optimal_length
from coupling.limits.asked import require_seed
from coupling.limits.budget import require_memory, require_seconds
from coupling.limits.upper import require_within

__all__ = ["Scheme", "block_indices", "block_length", "draw_blocks", "generators", "rows_of_blocks"]

Scheme = Literal["circular", "stationary"]
BATCH = 250


def generators(random_state: int | np.random.SeedSequence, count: int) -> list[np.random.Generator]:
    """Return independent generators, the same whatever the number of workers that use them.

    Examples
    --------
    >>> [int(rng.integers(100)) for rng in generators(0, 2)] == [int(rng.integers(100)) for rng in generators(0, 3)[:2]]
    True
    """
    require_seed(random_state)
    seed = random_state if isinstance(random_state, np.random.SeedSequence) else np.random.SeedSequence(random_state)
    fresh = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key, pool_size=seed.pool_size)
    return [np.random.default_rng(child) for child in fresh.spawn(count)]


def block_length(x: ArrayLike, *, scheme: Scheme = "circular") -> float:
    """Choose the block length of Politis and White (2004, corrected 2009), the longest over the columns.

    Parameters
    ----------
    x : array of shape (T,) or (T, k)
        The series that drive the statistic: for a correlation the products of the standardised changes.
    scheme : {"circular", "stationary"}
        Block scheme; for the stationary one it is the mean length.

    Returns
    -------
    float
        Length in rows (see `coupling.inference.politis_white`), at least 1; a constant column asks for 1.

    Raises
    ------
    InputError
        If there are no rows, or missing or infinite values.

    Examples
    --------
    >>> block_length(np.random.default_rng(0).normal(size=500)) < 10
    True
    """
    values = np.asarray(x, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    _check_scheme(scheme)
    if len(values) == 0 or not np.isfinite(values).all():
        raise InputError(f"A block length needs finite values in every one of {len(values)} rows; drop missing rows.")
    values = values / np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
    moving = values[:, np.ptp(values, axis=0) > 0]
    if moving.shape[1] == 0 or len(values) < 10:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        lengths = [optimal_length(column, stationary=scheme == "stationary") for column in moving.T]
    return float(max(1.0, np.nanmax(lengths, initial=1.0)))


def block_indices(
    n: int, *, block: float, replications: int, scheme: Scheme = "circular", random_state: int = 0
) -> Integers:
    """Draw the rows of every replication.

    Parameters
    ----------
    n : int
        Number of rows of the series, and of each replication.
    block : float
        Block length (circular: rounded up to whole rows) or mean block length (stationary).
    replications : int
        Number of replications.
    scheme : {"circular", "stationary"}
        Politis and Romano (1992) or Politis and Romano (1994).
    random_state : int
        Seed.

    Returns
    -------
    ndarray of shape (replications, n)
        Row numbers; whole blocks in draw order, the last one cut.

    Examples
    --------
    >>> block_indices(6, block=3, replications=1, random_state=1).tolist()
    [[0, 1, 2, 4, 5, 0]]
    """
    require_within("replications", replications)
    require_memory(16.0 * n * replications, f"{replications:,} replications of {n:,} rows", "ask for fewer")
    batches = [
        rows_of_blocks(starts, lengths, n)
        for starts, lengths in draw_blocks(
            n, block=block, replications=replications, scheme=scheme, random_state=random_state
        )
    ]
    return np.concatenate(batches)


def draw_blocks(
    n: int, *, block: float, replications: int, scheme: Scheme, random_state: int
) -> Iterator[tuple[Integers, Integers]]:
    """Yield starts and lengths, each of shape (batch, blocks); the lengths of a replication add up to n."""
    _check_scheme(scheme)
    require_within("replications", replications)
    if not (1 <= block <= n and replications >= 1):
        raise InputError(
            f"A block must have 1 to {n} rows and there must be replications, not {block!r}, {replications!r}."
        )
    work = f"{replications:,} replications of {n:,} rows"
    require_seconds(1e-8 * (n / block + 20) * replications, work, "ask for fewer, or for longer blocks")
    draw = _circular if scheme == "circular" else _stationary
    for i, rng in enumerate(generators(random_state, -(-replications // BATCH))):
        yield draw(rng, n, block, min(BATCH, replications - i * BATCH))


def _circular(rng: np.random.Generator, n: int, block: float, size: int) -> tuple[Integers, Integers]:
    length = int(np.ceil(block))
    blocks = -(-n // length)
    lengths = np.full((size, blocks), length, dtype=np.int64)
    lengths[:, -1] = n - length * (blocks - 1)
    return rng.integers(n, size=(size, blocks)), lengths


def _stationary(rng: np.random.Generator, n: int, block: float, size: int) -> tuple[Integers, Integers]:
    blocks = max(int(n / block * 1.5) + 20, 20)
    ends = np.minimum(np.cumsum(rng.geometric(1 / block, size=(size, blocks)), axis=1), n)
    while (ends[:, -1] < n).any():
        more = np.cumsum(rng.geometric(1 / block, size=(size, blocks)), axis=1)
        ends = np.concatenate([ends, np.minimum(ends[:, -1:] + more, n)], axis=1)
    lengths = np.diff(ends, axis=1, prepend=0)
    return rng.integers(n, size=lengths.shape), lengths


def rows_of_blocks(starts: Integers, lengths: Integers, n: int) -> Integers:
    """Turn blocks into row numbers."""
    if (lengths == 1).all():
        return starts
    flat = lengths.ravel()
    used = flat > 0
    first = np.cumsum(flat[used]) - flat[used]
    offset = np.arange(int(flat.sum())) - np.repeat(first, flat[used])
    return ((np.repeat(starts.ravel()[used], flat[used]) + offset) % n).reshape(len(starts), n)


def _check_scheme(scheme: str) -> None:
    if scheme not in ("circular", "stationary"):
        raise InputError(f"Unknown block scheme {scheme!r}; {nearest(scheme, ['circular', 'stationary'])}.")
