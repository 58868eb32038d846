"""Moving sums without running totals, and the variance of Fisher's z in every window."""

from __future__ import annotations

from itertools import combinations_with_replacement, pairwise

import numpy as np

from coupling._typing import Floats

__all__ = ["fisher_variances", "moving_sum", "running_sums"]


def moving_sum(values: Floats, window: int) -> Floats:
    """Return the sums of `window` neighbours along the first axis; only values of the window enter.

    Each is the end of a stretch of `window` rows and the start of the next one: nothing is ever subtracted.

    Examples
    --------
    >>> moving_sum(np.array([1.0, 2.0, 3.0, 4.0]), 3).tolist()
    [6.0, 9.0]
    """
    rows, beside = len(values), values.shape[1:]
    stretches = -(-rows // window)
    starts = np.zeros((stretches, window, *beside))
    starts.reshape(-1, *beside)[:rows] = values
    ends = starts.copy()
    for k in range(1, window):
        starts[:, k] += starts[:, k - 1]
        ends[:, -k - 1] += ends[:, -k]
    starts[:, -1] = 0.0
    sums = ends.reshape(-1, *beside)[: rows - window + 1]
    sums += starts.reshape(-1, *beside)[window - 1 : rows]
    return sums


def running_sums(rows: Floats) -> Floats:
    """Return the sums of the rows up to each one: `numpy.cumsum` down many columns, in a fraction of its time.

    Examples
    --------
    >>> running_sums(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[1.0, 2.0], [4.0, 6.0]]
    """
    sums = rows.copy()
    for before, after in pairwise(sums):
        after += before
    return sums


def fisher_variances(x: Floats, y: Floats, window: int) -> Floats:
    """Return the variance of Fisher's z of x and y in each window of rows, for any law of independent rows.

    By the influence of a row on the correlation r, ``(u v - r (u**2 + v**2) / 2) / (1 - r**2)`` for x and y divided by
    their root mean squares; the means of x and y are taken to be zero. Missing where a window is all zero.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = x * x, y * y, x * y
        fourths = [one * other for one, other in combinations_with_replacement(squares, 2)][:-1]
        xx, yy, xy, xxxx, xxyy, xxxy, yyyy, xyyy = _sums([*squares, *fourths], window) / window
        root = np.sqrt(xx * yy)
        r, both = xy / root, xxyy / (xx * yy)
        fourth = xxxx / xx**2 + yyyy / yy**2
        mixed = xxxy / (xx * root) + xyyy / (yy * root)
        spread = both - r * mixed + r**2 / 4.0 * (fourth + 2.0 * both)
        return np.asarray(spread / (1.0 - r**2) ** 2 / window)


def _sums(terms: list[Floats], window: int) -> Floats:
    return np.moveaxis(moving_sum(np.stack(terms, axis=1), window), 1, 0)
