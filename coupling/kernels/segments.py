"""Windows cut into segments that share a row, from which sums grow both ways: no sum holds what has left its window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coupling._typing import Floats, Integers

__all__ = ["Segments", "segments_of"]


@dataclass(frozen=True)
class Segments:
    """Which windows share a row, and the rows of each segment, from the shared one back and from the next one on.

    Parameters
    ----------
    which : array of shape (filled,)
        The windows that are not empty.
    owner : array of shape (filled,)
        The segment of each.
    before, after : array of shape (filled,)
        How many rows of a window lie before the shared row, and after it.
    back, on : array of shape (segments, rows)
        Rows in the order in which sums grow; beyond the segment they repeat a row of the sample.
    """

    which: Integers
    owner: Integers
    before: Integers
    after: Integers
    back: Integers
    on: Integers

    def back_to(self, sums: Floats) -> Floats:
        """Return of sums that grow backwards (..., segments, rows) those of each window, its shared row included."""
        return np.asarray(sums[..., self.owner, self.before])

    def on_to(self, sums: Floats) -> Floats:
        """Return of sums that grow onwards those of each window, 0 where the shared row is its last."""
        found = sums[..., self.owner, np.maximum(self.after - 1, 0)]
        found[..., self.after == 0] = 0.0
        return np.asarray(found)


def segments_of(starts: Integers, stops: Integers, rows: int) -> Segments:
    """Cut windows into segments.

    Parameters
    ----------
    starts, stops : array of shape (windows,)
        Both never fall, empty windows aside.
    rows : int
        Rows of the sample.

    Examples
    --------
    >>> found = segments_of(np.array([0, 1, 2, 3]), np.array([3, 4, 5, 6]), 6)
    >>> found.owner.tolist(), found.before.tolist(), found.after.tolist()
    ([0, 0, 0, 1], [2, 1, 0, 2], [0, 1, 2, 0])
    """
    which = np.flatnonzero(stops > starts)
    begin, end = starts[which], stops[which]
    firsts = [0]
    while firsts[-1] < len(which):
        firsts.append(int(np.searchsorted(begin, end[firsts[-1]] - 1, side="right")))
    owner = np.repeat(np.arange(len(firsts) - 1), np.diff(firsts))
    cut = end[firsts[:-1]] - 1
    before, after = cut[owner] - begin, end - 1 - cut[owner]
    back = cut[:, None] - np.arange(int(before.max(initial=0)) + 1)
    on = cut[:, None] + 1 + np.arange(max(int(after.max(initial=0)), 1))
    return Segments(which, owner, before, after, np.maximum(back, 0), np.minimum(on, max(rows - 1, 0)))
