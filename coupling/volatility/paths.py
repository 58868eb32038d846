"""Paths that have the fitted variances and one constant dependence: rows of residuals drawn together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from coupling._typing import Floats, Integers
from coupling.inference.blocks import block_length, draw_blocks, rows_of_blocks
from coupling.kernels.garch import variance_paths
from coupling.volatility.estimation import GarchFit

__all__ = ["rebuild_paths", "resample_paths", "resample_rows"]

_AT_ONCE = 64
"""Paths of a batch: many enough for steps through time, few enough for the memory near the processor."""


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
    for rows in resample_rows(z, block=block, replications=replications, random_state=random_state):
        for first in range(0, len(rows), _AT_ONCE):
            yield rebuild_paths(z[rows[first : first + _AT_ONCE]], margins)


def resample_rows(z: Floats, *, block: int | str, replications: int, random_state: int) -> Iterator[Integers]:
    """Yield batches of which rows of residuals, shape (rows, margins), each path takes: of shape (paths, rows)."""
    length = min(block_length(z), len(z)) if isinstance(block, str) else float(block)
    draws = draw_blocks(len(z), block=length, replications=replications, scheme="circular", random_state=random_state)
    for starts, lengths in draws:
        yield rows_of_blocks(starts, lengths, len(z))


def rebuild_paths(z: Floats, margins: Sequence[GarchFit]) -> Floats:
    """Return paths (in units of each fit's scale) from residuals of shape (paths, rows, margins)."""
    rows = np.ascontiguousarray(np.moveaxis(z, 1, 0))
    first = np.array([margin.path.variances[0] for margin in margins])
    parameters = np.column_stack([margin.theta[1:5] for margin in margins])
    rows *= np.sqrt(variance_paths(rows, parameters, first))
    return np.moveaxis(rows, 0, 1)
