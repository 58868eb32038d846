"""The law of minimum rows: no window speaks from fewer rows than it must have, and none from fewer than three."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["MINIMUM_ROWS", "at_least"]

MINIMUM_ROWS = 3
"""Fewest rows from which anything is estimated: with two a correlation is always 1 or -1."""


def at_least(required: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the fewest rows that each window must have: what was asked for, and never below three.

    Every kernel that is given `required` begins with this, so that no path round it is left.

    Examples
    --------
    >>> at_least(np.array([0, 2, 48])).tolist()
    [3, 3, 48]
    """
    return np.maximum(np.asarray(required, dtype=np.int64), MINIMUM_ROWS)
