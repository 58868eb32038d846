"""Compiled loops behind `coupling.kernels.constancy`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["largest_deviations"]

_TERMS = 10


@compiled(error_model="numpy")
def _rebuild(path, z, rows, margin):  # type: ignore[no-untyped-def]
    """Fill a path: residuals drawn times volatilities (see `coupling.kernels.garch.variance_paths`)."""
    variance, omega, alpha, gamma, beta = margin
    for t in range(len(rows)):
        drawn = z[rows[t]]
        path[t] = drawn * math.sqrt(variance)
        kept = alpha + gamma if drawn < 0.0 else alpha
        variance = omega + (kept * drawn * drawn + beta) * variance


@compiled(error_model="numpy")
def _whole(x, y, roof):  # type: ignore[no-untyped-def]
    """Return Fisher's z of a path; missing where a column is flat or it is 1, so that nothing varies."""
    a, b, xx, yy, xy = x.mean(), y.mean(), 0.0, 0.0, 0.0
    for t in range(len(x)):
        u, v = x[t] - a, y[t] - b
        xx += u * u
        yy += v * v
        xy += u * v
    r = xy / math.sqrt(xx * yy)
    return math.atanh(r) if abs(r) < roof else np.nan


@compiled(error_model="numpy")
def _add(sums, x, y):  # type: ignore[no-untyped-def]
    xx, yy, xy = x * x, y * y, x * y
    sums[0] += x
    sums[1] += y
    sums[2] += xx
    sums[3] += yy
    sums[4] += xy
    sums[5] += xx * xx
    sums[6] += xx * yy
    sums[7] += xx * xy
    sums[8] += yy * yy
    sums[9] += xy * yy


@compiled(error_model="numpy")
def _fill_sums(sums, ends, start, x, y):  # type: ignore[no-untyped-def]
    """Fill the sums of every window: the end of a stretch of rows and the start of the next; nothing is subtracted."""
    window = len(ends)
    for k in range(sums.shape[1]):
        if k % window == 0:
            start[:] = 0.0
            for row in range(window - 1, -1, -1):
                for term in range(_TERMS):
                    ends[row, term] = ends[row + 1, term] if row + 1 < window else 0.0
                _add(ends[row], x[k + row], y[k + row])
        else:
            _add(start, x[k + window - 1], y[k + window - 1])
        for term in range(_TERMS):
            sums[term, k] = ends[k % window, term] + start[term]


@compiled(error_model="numpy")
def _fill_windows(correlations, variances, sums, window, roof, flat):  # type: ignore[no-untyped-def]
    """Fill the correlation of each window, and Fisher's variance (see `coupling.kernels.moving.fisher_variances`)."""
    for k in range(sums.shape[1]):
        x, y, xx, yy, xy = sums[0, k], sums[1, k], sums[2, k], sums[3, k], sums[4, k]
        across, down = xx - x * x / window, yy - y * y / window
        moved = (xy - x * y / window) / math.sqrt(across * down)
        correlations[k] = min(max(moved, -roof), roof) if across > flat * xx and down > flat * yy else np.nan
        root = 1.0 / math.sqrt(xx * yy)
        r, square = xy * root, root * root
        both = sums[6, k] * square * window
        fourth = (sums[5, k] * yy * yy + sums[8, k] * xx * xx) * square * square * window
        mixed = (sums[7, k] * yy + sums[9, k] * xx) * square * root * window
        spread = both - r * mixed + r * r / 4.0 * (fourth + 2.0 * both)
        variances[k] = spread / ((1.0 - r * r) * (1.0 - r * r)) / window


@compiled(error_model="numpy")
def _largest(correlations, variances, full):  # type: ignore[no-untyped-def]
    """Return the largest deviation over the root of the window's own variance averaged with that of all windows."""
    total, known, largest = 0.0, 0, 0.0
    for variance in variances:
        if math.isfinite(variance):
            total += variance
            known += 1
    typical = total / known
    for k in range(len(variances)):
        deviation = 0.5 * math.log((1.0 + correlations[k]) / (1.0 - correlations[k])) - full
        variance = variances[k] if math.isfinite(variances[k]) else typical
        square = deviation * deviation / (variance + typical)
        largest = square if square > largest else largest
    return math.sqrt(2.0 * largest)


@compiled(error_model="numpy")
def largest_deviations(one, other, rows, margins, window, roof, flat, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the largest studentised deviation of every path from its own correlation."""
    length = rows.shape[1]
    count = length - window + 1
    x, y, correlations, variances = np.empty(length), np.empty(length), np.empty(count), np.empty(count)
    sums, ends, start = np.empty((_TERMS, count)), np.empty((window, _TERMS)), np.empty(_TERMS)
    for b in range(len(out)):
        _rebuild(x, one, rows[b], margins[0])
        _rebuild(y, other, rows[b], margins[1])
        _fill_sums(sums, ends, start, x, y)
        _fill_windows(correlations, variances, sums, window, roof, flat)
        out[b] = _largest(correlations, variances, _whole(x, y, roof))
