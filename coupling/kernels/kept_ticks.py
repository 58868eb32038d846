"""The compiled loop that keeps ticks at which every instrument has something new; importing it imports numba."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

from __future__ import annotations

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["keep_new"]


@compiled()
def keep_new(places, fresh):
    """Keep a tick where all are fresh and every place is beyond that of the last kept tick (-1 before the first).

    The rule ``last_known`` of `coupling.data.alignment`, whose own loop is the oracle of the test.
    """
    rows, width = places.shape
    keep = np.zeros(rows, dtype=np.bool_)
    last = np.full(width, -1)
    for row in range(rows):
        good = fresh[row]
        for k in range(width):
            if places[row, k] <= last[k]:
                good = False
        if good:
            keep[row] = True
            for k in range(width):
                last[k] = places[row, k]
    return keep
