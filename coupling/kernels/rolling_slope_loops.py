"""Compiled loops behind `coupling.kernels.rolling_slope`; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled
from coupling.kernels.rolling_jackknife_loops import block_sums

__all__ = ["slope_windows"]

_FLAT = 1e-12


@compiled(error_model="numpy")
def _slope(n, sx, sy, sxx, sxy):  # type: ignore[no-untyped-def]
    """Return the least-squares slope from sums; missing where x is flat."""
    xx = sxx - sx * sx / n
    return (sxy - sx * sy / n) / xx if xx > _FLAT * sxx else np.nan


@compiled(error_model="numpy")
def slope_windows(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 3) with slope, jackknife standard error and inverse degrees of freedom."""
    sums, parts = np.empty((6, most)), np.empty(most)
    for k in range(len(starts)):
        count = blocks[k]
        if count == 0:
            continue
        block_sums(x[starts[k] : stops[k]], y[starts[k] : stops[k]], count, sums)
        n, sx, sy, sxx, sxy, mean, second, fourth = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for b in range(count):
            n += sums[0, b]
            sx += sums[1, b]
            sy += sums[2, b]
            sxx += sums[3, b]
            sxy += sums[5, b]
        for b in range(count):
            parts[b] = _slope(n - sums[0, b], sx - sums[1, b], sy - sums[2, b], sxx - sums[3, b], sxy - sums[5, b])
            mean += parts[b] / count
        for b in range(count):
            square = (parts[b] - mean) ** 2
            second += square
            fourth += square * square
        kurtosis = count * fourth / (second * second) if second > 0.0 else 1.0
        out[k, 0] = _slope(n, sx, sy, sxx, sxy)
        out[k, 1] = math.sqrt(second * (count - 1) / count)
        out[k, 2] = max(1.0 / (count - 1), (kurtosis - 1.0) / (2.0 * count))
