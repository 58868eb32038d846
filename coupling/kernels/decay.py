"""What decays at one rate from row to row: the first-order linear filter, as products of matrices by blocks of rows."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["decay_filter"]

BLOCK = 32
_STEPS = np.arange(BLOCK + 1)
_LAGS = np.maximum(_STEPS[:-1] - _STEPS[:-1, None], 0)
_PAST = np.triu(np.ones((BLOCK, BLOCK)))


def decay_filter(drive: Floats, decay: float, before: Floats | float = 0.0) -> Floats:
    """Return ``y[t] = drive[t] + decay * y[t - 1]`` along the last axis, `before` being what came before its first.

    Equal to ``scipy.signal.lfilter([1], [1, -decay], drive)`` up to rounding, without the libraries that it loads.

    Parameters
    ----------
    drive : ndarray of shape (..., T)
        Finite.
    decay : float
    before : float or ndarray of shape (...)

    Examples
    --------
    >>> decay_filter(np.ones(4), 0.5).tolist(), decay_filter(np.zeros(3), 0.5, 8.0).tolist()
    ([1.0, 1.5, 1.75, 1.875], [4.0, 2.0, 1.0])
    """
    rows = drive.shape[-1]
    first = np.broadcast_to(np.asarray(before, dtype=float), drive.shape[:-1])[..., None]
    powers = float(decay) ** _STEPS
    weights = powers[_LAGS] * _PAST
    if rows <= BLOCK:
        return np.asarray(drive @ weights[:rows, :rows] + first * powers[1 : rows + 1])
    blocks = np.zeros((*drive.shape[:-1], -(-rows // BLOCK) * BLOCK))
    blocks[..., :rows] = drive
    within = blocks.reshape(*drive.shape[:-1], -1, BLOCK) @ weights
    ends = decay_filter(within[..., -1], powers[BLOCK], first[..., 0])
    within += np.concatenate([first, ends[..., :-1]], axis=-1)[..., None] * powers[1:]
    return np.asarray(within.reshape(blocks.shape)[..., :rows])
