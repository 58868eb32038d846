"""Compiled loop behind `coupling.kernels.constancy`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["largest_deviations"]

_TERMS = 10


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
def _window(one, other, window, roof, flat):  # type: ignore[no-untyped-def]
    """Return Fisher's z of a window, and its variance (see `coupling.kernels.moving.fisher_variances`)."""
    x, y = one[0] + other[0], one[1] + other[1]
    xx, yy, xy = one[2] + other[2], one[3] + other[3], one[4] + other[4]
    xxyy = one[6] + other[6]
    across, down = xx - x * x / window, yy - y * y / window
    z = np.nan
    if across > flat * xx and down > flat * yy:
        z = math.atanh(min(max((xy - x * y / window) / math.sqrt(across * down), -roof), roof))
    root = math.sqrt(xx * yy)
    r, both = xy / root, xxyy * window / (xx * yy)
    fourth = ((one[5] + other[5]) / (xx * xx) + (one[8] + other[8]) / (yy * yy)) * window
    mixed = ((one[7] + other[7]) / xx + (one[9] + other[9]) / yy) * window / root
    spread = both - r * mixed + r * r / 4.0 * (fourth + 2.0 * both)
    return z, spread / (1.0 - r * r) ** 2 / window


@compiled(error_model="numpy")
def _fill_ends(ends, x, y, first):  # type: ignore[no-untyped-def]
    """Add up the terms of the last rows of a stretch: from each of them to its end."""
    window = len(ends)
    for row in range(window - 1, -1, -1):
        for term in range(_TERMS):
            ends[row, term] = ends[row + 1, term] if row + 1 < window else 0.0
        _add(ends[row], x[first + row], y[first + row])


@compiled(error_model="numpy")
def _largest(z, variances, full):  # type: ignore[no-untyped-def]
    """Return the largest deviation over the root of the window's own variance averaged with that of all windows."""
    total, known, largest = 0.0, 0, 0.0
    for variance in variances:
        if math.isfinite(variance):
            total += variance
            known += 1
    for k in range(len(z)):
        variance = variances[k] if math.isfinite(variances[k]) else total / known
        deviation = abs(z[k] - full) / math.sqrt((variance + total / known) / 2.0)
        largest = deviation if deviation > largest else largest
    return largest


@compiled(error_model="numpy")
def largest_deviations(x, y, full, window, roof, flat, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the largest studentised deviation of every path (a row each) from its own correlation.

    A window is the end of a stretch of rows and the start of the next one: nothing is ever subtracted.
    """
    count = x.shape[1] - window + 1
    z, variances = np.empty(count), np.empty(count)
    ends, start = np.empty((window, _TERMS)), np.empty(_TERMS)
    for b in range(len(out)):
        for k in range(count):
            if k % window == 0:
                start[:] = 0.0
                _fill_ends(ends, x[b], y[b], k)
            else:
                _add(start, x[b, k + window - 1], y[b, k + window - 1])
            z[k], variances[k] = _window(ends[k % window], start, window, roof, flat)
        out[b] = _largest(z, variances, full[b])
