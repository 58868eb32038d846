"""Correlation with weights that fall by age, and the standard error that belongs to it.

The blocks of `coupling.kernels.rolling_jackknife` hold equal numbers of rows. Here they hold equal sums of squared
weights, which is each block's part in the variance; with equal weights both are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coupling._typing import Floats, Integers
from coupling.kernels.minimum import at_least
from coupling.kernels.pairs import in_order
from coupling.kernels.rolling_jackknife import (
    RollingJackknife,
    block_counts,
    complete_rows,
    dependence_of,
    missed_dependence,
    power_of_two,
)

__all__ = ["WeightedJackknife", "weighted_jackknife"]


@dataclass(frozen=True, kw_only=True)
class WeightedJackknife(RollingJackknife):
    """A jackknife with Kish's effective number of rows beside the number of rows."""

    kish: Floats

    @property
    def rows(self) -> Floats:
        """Rows that Fisher's interval counts: those that the weights leave."""
        return self.kish


def weighted_jackknife(
    x: Floats, y: Floats, starts: Integers, stops: Integers, required: Integers, *, decay: float
) -> WeightedJackknife:
    """Return the weighted correlation of x and y in every window; its cost is linear in the window.

    Parameters
    ----------
    x, y, starts, stops, required
        As in `coupling.kernels.rolling_jackknife.jackknife_windows`.
    decay : float
        Weight of a row over that of the next younger one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, whole = rng.normal(size=(2, 100)), (np.array([0]), np.array([100]), np.array([3]))
    >>> weighted_jackknife(*x, *whole, decay=0.9).kish.round(2).tolist()
    [19.0]
    """
    from coupling.kernels.weighted_jackknife_loops import weighted_windows

    longest = int(np.max(stops - starts, initial=0))
    out = np.full((len(starts), 5), np.nan)
    most = np.maximum.accumulate(block_counts(np.arange(max(longest, 400) + 1)))
    left, right = (np.array(power_of_two(column), dtype=float) for column in in_order(x, y))
    weighted_windows(left, right, starts, stops, at_least(required), decay, most, out)
    kish = out[:, 4]
    dependence = dependence_of(*complete_rows(left, right, starts, stops))
    missed = missed_dependence(dependence, kish, block_counts(np.nan_to_num(kish)))
    return WeightedJackknife(
        estimate=out[:, 0],
        error=out[:, 1] * missed,
        inverse_freedom=out[:, 2],
        n=out[:, 3].astype(np.int64),
        kish=kish,
    )
