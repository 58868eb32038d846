"""All-pairs rolling correlation that stays exact: no sum ever holds a value that has left the window.

A running sum that adds the new and subtracts the old value keeps the rounding errors of every value it has seen. Here
the windows are cut into segments that share one row. Within a segment a window is the tail of the rows up to that
one joined with the head of the rows after it; means and products of both grow by updates from the cut outwards
(Welford 1962), and are joined by the formula of Chan, Golub and LeVeque (1983). Every term is a deviation within the
window, so the error is of the order of n × 2^-53 whatever the series did before. The cost is linear in the rows and
does not depend on the window; beside the output, memory is needed for two windows of rows.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from coupling._typing import Floats, Integers
from coupling.kernels.minimum import at_least
from coupling.kernels.one_window import one_window
from coupling.kernels.rolling_arrays import correlate_arrays, direct_correlation

__all__ = ["rolling_correlation", "rolling_correlation_plain"]

FEW = 200
"""Pairs of one window that are estimated one by one; more are a product of matrices."""
LONG = 100_000
"""Rows of one window from which any number of pairs are: their steps would take several times as much memory."""
SMALL = 500_000
"""Most windows × pairs for which arrays are used and no loop is compiled."""


def rolling_correlation(
    values: Floats,
    starts: Integers,
    stops: Integers,
    required: Integers,
    *,
    first: int = 0,
    last: int | None = None,
    out: Floats | None = None,
) -> Floats:
    """Return the Pearson correlations of the columns first:last with every later column, in every window.

    Parameters
    ----------
    values : array of shape (rows, columns)
        Missing values are left out pair by pair; none may be infinite.
    starts, stops : array of shape (windows,)
        Rows ``starts[k]:stops[k]`` form window k; both never fall, empty windows aside.
    required : array of shape (windows,)
        Fewest rows with both values; with fewer, or with fewer than three, the result is missing.
    first, last : int
        By default all pairs.
    out : array of shape (windows, pairs), optional
        Where the result is written.

    Returns
    -------
    array of shape (windows, pairs)
        Pairs i < j in column order. Missing where a column is constant over the rows used; never above 1 in size.

    References
    ----------
    Welford (1962), Technometrics 4, 419-420. Chan, Golub and LeVeque (1983), The American Statistician 37, 242-247.

    Examples
    --------
    >>> values = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [3.0, 5.0]])
    >>> rolling_correlation(values, np.array([0, 1]), np.array([3, 4]), np.array([3, 3])).round(4).ravel().tolist()
    [0.6547, 0.9707]
    """
    width, required = values.shape[1], at_least(required)
    last = width - 1 if last is None else last
    pairs = (last - first) * (width - 1 - first) - (last - first) * (last - first - 1) // 2
    out = np.empty((len(starts), pairs)) if out is None else out
    if len(starts) == 1 and (pairs > FEW or stops[0] - starts[0] > LONG):
        one_window(values[starts[0] : stops[0]], int(required[0]), first, last, out[0])
    elif len(starts) * pairs <= SMALL:
        some = [(i, j) for i in range(first, last) for j in range(i + 1, width)]
        out[:] = correlate_arrays(values, some, starts, stops, required)
    else:
        from coupling.kernels.rolling_loops import correlate_windows

        correlate_windows(values, starts, stops, required, first, last, out)
        out[stops - starts < required] = np.nan  # where nothing is missing the loops do not count
    return out


def rolling_correlation_plain(values: Floats, starts: Integers, stops: Integers, required: Integers) -> Floats:
    """Return what `rolling_correlation` does, window by window in plain numpy; the oracle of its tests."""
    pairs = list(combinations(range(values.shape[1]), 2))
    out = np.full((len(starts), len(pairs)), np.nan)
    for k, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        for p, pair in enumerate(pairs):
            both = values[start:stop][:, pair]
            both = both[~np.isnan(both).any(axis=1)]
            if len(both) >= at_least(required)[k]:
                out[k, p] = direct_correlation(both)
    return out
