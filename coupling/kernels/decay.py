"""What decays at one rate from row to row: the first-order linear filter, a banded system of equations to BLAS."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["decay_filter", "varying_filter"]


def decay_filter(drive: Floats, decay: float, before: Floats | float = 0.0, *, backwards: bool = False) -> Floats:
    """Return ``y[t] = drive[t] + decay * y[t - 1]`` along the last axis, `before` being what came before its first.

    Equal to ``scipy.signal.lfilter([1], [1, -decay], drive)`` up to rounding, without the libraries that it loads:
    ``y`` solves a triangular system with two diagonals, 1 and minus the decay.

    Parameters
    ----------
    drive : ndarray of shape (..., T)
        Finite.
    decay : float
    before : float or ndarray of shape (...)
    backwards : bool
        Whether to go from the last row to the first: ``y[t] = drive[t] + decay * y[t + 1]``.

    Examples
    --------
    >>> decay_filter(np.ones(4), 0.5).tolist(), decay_filter(np.zeros(3), 0.5, 8.0).tolist()
    ([1.0, 1.5, 1.75, 1.875], [4.0, 2.0, 1.0])
    """
    from scipy.linalg.blas import dtbsv

    y = np.array(drive, dtype=float, order="C")
    if not y.size:
        return y
    y[..., -1 if backwards else 0] += decay * np.asarray(before, dtype=float)
    diagonals = np.full((y.shape[-1], 2), -float(decay)).T  # the first is told to be 1 and not read
    for row in y.reshape(-1, y.shape[-1]):
        row[:] = dtbsv(1, diagonals, row, lower=1, trans=backwards, diag=1)
    return y


def varying_filter(drive: Floats, decays: Floats, first: float) -> Floats:
    """Return ``y[t] = drive[t] + decays[t - 1] * y[t - 1]`` along the last axis, with ``y[0]`` the `first`.

    Parameters
    ----------
    drive, decays : ndarray of shape (..., T)
        Finite; the first of `drive` and the last of `decays` are not used.
    first : float

    Examples
    --------
    >>> varying_filter(np.ones(3), np.array([0.5, 2.0, 9.0]), 4.0).tolist()
    [4.0, 3.0, 7.0]
    """
    from scipy.linalg.blas import dtbsv

    diagonals = np.zeros((*drive.shape, 2))
    np.negative(decays, out=diagonals[..., 1])
    diagonals[..., -1, 1] = 0.0  # the next path begins anew
    y = np.array(drive, dtype=float, order="C")
    y[..., 0] = first
    return np.asarray(dtbsv(1, diagonals.reshape(-1, 2).T, y.ravel(), lower=1, diag=1)).reshape(drive.shape)
