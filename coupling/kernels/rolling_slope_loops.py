"""Compiled loops behind `coupling.kernels.rolling_slope`; import this module only inside a function."""

from __future__ import annotations

import numpy as np

from coupling.kernels.compiling import compiled
from coupling.kernels.leave_out_loops import block_sums, rest_of, spread

__all__ = ["slope_jackknife"]


@compiled(error_model="numpy")
def slope_jackknife(x, y, starts, stops, blocks, most, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × 3) with slope, jackknife standard error and inverse degrees of freedom."""
    sums, rest, whole, slopes = np.empty((6, most)), np.empty((6, most)), np.empty(3), np.empty(most)
    for k in range(len(starts)):
        count = blocks[k]
        if count == 0:
            continue
        block_sums(x, y, starts[k], stops[k], count, sums)
        rest_of(sums, count, rest, whole)
        for b in range(count):
            slopes[b] = rest[5, b] / rest[3, b] if rest[3, b] > 0.0 else np.nan
        out[k, 0] = whole[2] / whole[0] if whole[0] > 0.0 else np.nan
        out[k, 1], out[k, 2] = spread(slopes, count)
