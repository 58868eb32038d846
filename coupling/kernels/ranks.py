"""The rank correlation (Spearman) of two series in windows, its estimate alone."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats, Integers
from coupling.kernels.minimum import at_least
from coupling.kernels.rolling_jackknife import complete_rows

__all__ = ["rolling_rank_correlation"]


def rolling_rank_correlation(x: Floats, y: Floats, starts: Integers, stops: Integers, required: Integers) -> Floats:
    """Return the correlation of the ranks of x and y in every window; equal values share their average rank.

    Rows where either is missing are left out. Missing with too few rows, or where x or y is flat.

    Parameters
    ----------
    x, y : array of shape (rows,)
    starts, stops, required : array of shape (windows,)
        As in `coupling.kernels.rolling.rolling_correlation`.

    Examples
    --------
    >>> x, y = np.array([1.0, 2.0, 3.0, 4.0, 9.0]), np.array([1.0, 4.0, 4.0, 8.0, 7.0])
    >>> rolling_rank_correlation(x, y, np.array([0, 1]), np.array([4, 5]), np.array([3, 3])).round(3).tolist()
    [0.949, 0.738]
    """
    from coupling.kernels.rank_loops import rank_correlations

    x, y, begin, end = complete_rows(x, y, starts, stops)
    out = np.empty(len(begin))
    rank_correlations(x, y, begin, end, out)
    return np.where(end - begin >= at_least(required), out, np.nan)
