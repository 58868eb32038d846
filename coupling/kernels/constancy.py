"""How far the windows of many resampled paths lie from the correlation of each whole path."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats, Integers
from coupling.kernels.decay import varying_filter
from coupling.kernels.moving import fisher_variance, products

__all__ = ["ROOF", "largest_deviations"]

ROOF = 1.0 - 1e-12
"""Largest correlation of which Fisher's z is formed."""

_FLAT = 1e-12
_AT_ONCE = 16
"""Paths whose windows are made together: few enough for the memory near the processor."""


def largest_deviations(z: Floats, rows: Integers, margins: Floats, window: int) -> Floats:
    """Return for each path of two columns the largest studentised deviation of a window from the whole.

    A path is made of residuals drawn, with the variances of a GARCH model. Deviations are those of Fisher's z; each is
    divided by the root of the window's own variance (`coupling.kernels.moving.fisher_variances`) averaged with that of
    all windows of the path.

    Parameters
    ----------
    z : ndarray, shape (rows, 2)
        Standardised residuals, with means near zero.
    rows : ndarray of int, shape (paths, rows)
        Which rows of residuals a path takes.
    margins : ndarray, shape (2, 5)
        First variance of each column, and ``omega, alpha, gamma, beta``.
    window : int
        Rows of a window, in which a column that does not move leaves no deviation.

    Examples
    --------
    >>> z = np.random.default_rng(0).normal(size=(600, 2))
    >>> z[450:, 1] += 3 * z[450:, 0]
    >>> rows, steady = np.arange(600).reshape(2, 300), np.array([[1.0, 1.0, 0.0, 0.0, 0.0]] * 2)
    >>> largest_deviations(z, rows, steady, 60).round(1).tolist()
    [2.7, 9.1]
    """
    largest = np.empty(len(rows))
    for first in range(0, len(rows), _AT_ONCE):
        drawn = rows[first : first + _AT_ONCE]
        paths = np.stack([_rebuilt(column[drawn], margin) for column, margin in zip(z.T.copy(), margins, strict=True)])
        moved, variances = _windows(_by_stretches(paths, window), len(drawn))
        largest[first : first + _AT_ONCE] = _largest(moved, variances, _whole(*paths))
    return largest


def _rebuilt(drawn: Floats, margin: Floats) -> Floats:
    """Return paths (paths × rows) of residuals drawn times volatilities."""
    first, omega, alpha, gamma, beta = margin
    memory = drawn * drawn
    memory *= alpha + gamma * (drawn < 0.0) if gamma else alpha
    memory += beta
    variances = varying_filter(np.full_like(drawn, omega), memory, first)
    return np.asarray(drawn * np.sqrt(variances, out=variances))


def _whole(x: Floats, y: Floats) -> Floats:
    """Return Fisher's z of each path; missing where a column is flat or it is 1, so that nothing varies."""
    u, v = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    xx, yy, xy = (np.einsum("pt,pt->p", one, other) for one, other in ((u, u), (v, v), (u, v)))
    with np.errstate(divide="ignore", invalid="ignore"):
        r = xy / np.sqrt(xx * yy)
        return np.asarray(np.arctanh(np.where(np.abs(r) < ROOF, r, np.nan)))


def _by_stretches(paths: Floats, window: int) -> Floats:
    """Return the columns (columns × paths × rows) with the rows of a stretch one below another: window × its stretches.

    There are as many stretches as windows begin in, and one more, those of all paths side by side; what no row fills
    is missing, and so is every window that it enters.
    """
    columns, count, rows = paths.shape
    stretches = (rows - window) // window + 2
    padded = np.full((columns, count, stretches * window), np.nan)
    padded[..., :rows] = paths
    split = padded.reshape(columns, count, stretches, window)
    return np.ascontiguousarray(split.transpose(0, 3, 2, 1)).reshape(columns, window, stretches * count)


def _windows(both: Floats, paths: int) -> tuple[Floats, Floats]:
    """Return the correlation and the variance of Fisher's z of each window, shape (window, stretches, paths)."""
    window = both.shape[1]
    terms = np.empty((window, 10, both.shape[2]))
    by_term = np.moveaxis(terms, 1, 0)
    by_term[:2] = both
    products(*both, by_term[2:])
    xs, ys, *rest = _sums(terms, paths)
    xx, yy, xy = rest[:3]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = xy - xs * ys / window
        across, down = xx - np.square(xs, out=xs) / window, yy - np.square(ys, out=ys) / window
        flat = (across <= _FLAT * xx) | (down <= _FLAT * yy)
        moved /= np.sqrt(np.multiply(across, down, out=across), out=across)
    np.clip(moved, -ROOF, ROOF, out=moved)
    moved[flat] = np.nan
    return moved.reshape(window, -1, paths), fisher_variance(rest).reshape(window, -1, paths)


def _sums(terms: Floats, paths: int) -> Floats:
    """Return the sums of every window: the end of a stretch of rows and the start of the next; nothing is subtracted."""
    ends, start = np.empty_like(terms[..., paths:]), np.zeros(terms[0, :, paths:].shape)
    ends[-1] = terms[-1, :, :-paths]
    for k in range(len(terms) - 1, 0, -1):
        np.add(ends[k], terms[k - 1, :, :-paths], out=ends[k - 1])
    for end, before in zip(ends[1:], terms[:-1, :, paths:], strict=True):
        start += before
        end += start
    return np.moveaxis(ends, 1, 0)


def _largest(correlations: Floats, variances: Floats, full: Floats) -> Floats:
    """Return the largest deviation over the root of the window's own variance averaged with that of all windows."""
    known = np.isfinite(variances)
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = np.where(known, variances, 0.0).sum(axis=0).sum(axis=0) / known.sum(axis=0).sum(axis=0)
        variances = np.where(known, variances, typical)
        variances += typical
        deviations = 0.5 * np.log((1.0 + correlations) / (1.0 - correlations)) - full
        squares = deviations * deviations / variances
    return np.asarray(np.sqrt(2.0 * np.fmax.reduce(np.fmax.reduce(squares, axis=0, initial=0.0), axis=0)))
