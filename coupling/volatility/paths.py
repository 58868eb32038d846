"""Paths that have the fitted variances and one constant dependence: rows of residuals drawn together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from coupling._typing import Floats
from coupling.inference.blocks import block_length, draw_blocks, rows_of_blocks
from coupling.volatility.estimation import GarchFit

__all__ = ["rebuild_paths", "resample_paths"]


def resample_paths(
    margins: Sequence[GarchFit], *, block: int | str, replications: int, random_state: int
) -> Iterator[Floats]:
    """Yield batches of paths, each of shape (paths, rows, margins), with rows of residuals resampled together.

    Parameters
    ----------
    margins : sequence of GarchFit
        One fit per column, all of the same rows.
    block : int or "auto"
        Rows that are drawn together; ``"auto"`` is Politis and White's length of the residuals.
    replications, random_state : int
        Number of paths in all, and the seed.
    """
    z = np.column_stack([margin.path.standardized for margin in margins])
    length = min(block_length(z), len(z)) if isinstance(block, str) else float(block)
    draws = draw_blocks(len(z), block=length, replications=replications, scheme="circular", random_state=random_state)
    for starts, lengths in draws:
        yield rebuild_paths(z[rows_of_blocks(starts, lengths, len(z))], margins)


def rebuild_paths(z: Floats, margins: Sequence[GarchFit]) -> Floats:
    """Return paths (in units of each fit's scale) from residuals of shape (paths, rows, margins).

    One step of all paths at a time.
    """
    omega, alpha, gamma, beta = np.column_stack([margin.theta[1:5] for margin in margins])
    memory = (alpha + gamma * (z < 0.0)) * z**2 + beta
    variance = np.broadcast_to([margin.path.variances[0] for margin in margins], (len(z), len(margins)))
    paths = np.empty_like(z)
    for t in range(z.shape[1]):
        paths[:, t] = np.sqrt(variance) * z[:, t]
        variance = omega + memory[:, t] * variance
    return paths
