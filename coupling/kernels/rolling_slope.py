"""Least-squares slope in moving windows, with a jackknife standard error."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats, Integers
from coupling.kernels.leave_out import slope_errors
from coupling.kernels.minimum import at_least
from coupling.kernels.rolling_jackknife import (
    RollingJackknife,
    block_counts,
    complete_rows,
    is_small,
    student_quantile,
)
from coupling.kernels.rolling_jackknife_arrays import jackknife_arrays

__all__ = ["Slope", "slope_windows"]


class Slope(RollingJackknife):
    """Per window the slope, its standard error, 1 / degrees of freedom, and the rows used."""

    def limits(self, estimate: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the limits of the interval around an estimate."""
        half = student_quantile(level, self.inverse_freedom) * self.error
        return estimate - half, estimate + half

    def p_values(self, estimate: Floats) -> Floats:
        """Return two-sided p-values against 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._student(np.abs(estimate) / self.error)


def slope_windows(x: Floats, y: Floats, starts: Integers, stops: Integers, required: Integers) -> Slope:
    """Return the slope of y on x (with a constant) in every window; its cost is linear in the window.

    Parameters
    ----------
    x, y, starts, stops, required
        As in `coupling.kernels.rolling_jackknife.jackknife_windows`. Missing where x is constant.

    Examples
    --------
    >>> x = np.arange(20.0)
    >>> slope_windows(x, 3 * x + 1, np.array([0]), np.array([20]), np.array([3])).estimate.tolist()
    [3.0]
    """
    x, y, begin, end = complete_rows(x, y, starts, stops)
    powers = [_power(column) for column in (x, y)]
    n = end - begin
    enough = n >= at_least(required)
    blocks = np.where(enough, block_counts(n), 0)
    run = _by_arrays if is_small(n) else _by_loops
    out = run(np.ldexp(x, -powers[0]), np.ldexp(y, -powers[1]), begin, end, np.maximum(blocks, enough))
    out[blocks == 0, 1:] = np.nan
    out[:, :2] = np.ldexp(out[:, :2], powers[1] - powers[0])
    return Slope(estimate=out[:, 0], error=out[:, 1], inverse_freedom=out[:, 2], n=n)


def _by_arrays(x: Floats, y: Floats, begin: Integers, end: Integers, blocks: Integers) -> Floats:
    return jackknife_arrays(x, y, begin, end, blocks, errors=slope_errors)


def _by_loops(x: Floats, y: Floats, begin: Integers, end: Integers, blocks: Integers) -> Floats:
    from coupling.kernels.rolling_slope_loops import slope_jackknife

    out = np.full((len(begin), 3), np.nan)
    slope_jackknife(x, y, begin, end, blocks, int(blocks.max(initial=1)), out)
    return out


def _power(x: Floats) -> int:
    """Return the power of two next above the largest value."""
    return int(np.frexp(np.abs(x).max(initial=0.0))[1])
