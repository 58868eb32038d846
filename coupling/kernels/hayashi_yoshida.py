"""Sums of products over overlapping intervals, rolling in time (Hayashi & Yoshida 2005), in linear time.

Every function takes intervals (start, end] as increasing int64 instants that do not overlap within one instrument.
An interval belongs to a window (open, close] when it lies wholly inside it; windows must be in time order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coupling._typing import Floats, Instants
from coupling.kernels import hayashi_yoshida_arrays
from coupling.kernels.hayashi_yoshida_arrays import correlation_without
from coupling.kernels.minimum import MINIMUM_ROWS

__all__ = [
    "DAY",
    "WEEK",
    "HayashiYoshidaLeg",
    "WindowSums",
    "kernel_of",
    "overlaps",
    "rolling_sums",
    "shifted_replicates",
    "week_end",
    "weekly_jackknife",
]


DAY = 86_400_000_000_000
WEEK = 7 * DAY
SATURDAY = 2 * DAY
"""The first Saturday 00:00 UTC since 1970 began."""

SMALL = 50_000
"""Changes of both legs up to which numpy goes through them."""
MOST_CELLS = 1_000_000
"""Numbers that it holds for that."""


@dataclass(frozen=True)
class HayashiYoshidaLeg:
    """The changes of one instrument over its own intervals."""

    start: Instants
    end: Instants
    change: Floats

    def inside(self, opens: Instants, closes: Instants) -> tuple[Instants, Instants]:
        """Return the range of intervals wholly inside each window."""
        first = self.start.searchsorted(opens, side="left")
        return first, np.maximum(self.end.searchsorted(closes, side="right"), first)


@dataclass(frozen=True)
class WindowSums:
    """For each window: the sum over overlaps, the two sums of squares, the overlaps, and the fewer changes of a leg."""

    product: Floats
    left_square: Floats
    right_square: Floats
    overlaps: Instants
    changes: Instants

    @property
    def correlation(self) -> Floats:
        """Product over the root of the squares; missing without an overlap, below three changes or without any move."""
        scale = np.sqrt(self.left_square) * np.sqrt(self.right_square)
        known = (self.overlaps > 0) & (scale > 0) & (self.changes >= MINIMUM_ROWS)
        estimate = np.full(len(scale), np.nan)
        estimate[known] = self.product[known] / scale[known]
        return estimate


def kernel_of(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, *, cells: int = 0) -> Any:
    """Return what goes through the changes: numpy where they are few, else loops, which a compiler is needed for."""
    if _few(left, right) and cells <= MOST_CELLS:
        return hayashi_yoshida_arrays
    from coupling.kernels import hayashi_yoshida_loops

    return hayashi_yoshida_loops


def _few(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg) -> bool:
    return len(left.start) + len(right.start) <= SMALL


def overlaps(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, neighbours: int = 0) -> tuple[Instants, Instants]:
    """Return for each left interval the range of right intervals that overlap it.

    With `neighbours` = k a right interval also counts when it is within k places of an overlapping one, or when the
    left interval is within k places of one that overlaps it; the relation stays symmetric.
    """
    first, stop = kernel_of(left, right).overlap_ranges(left.start, left.end, right.start, right.end)
    return _widened(first, stop, len(right.start), neighbours) if neighbours else (first, stop)


def _widened(first: Instants, stop: Instants, size: int, neighbours: int) -> tuple[Instants, Instants]:
    overlapping = stop > first
    lowest, highest = np.where(overlapping, first, size), np.where(overlapping, stop, 0)
    first = np.where(overlapping, (first - neighbours).clip(0), size)
    stop = np.where(overlapping, (stop + neighbours).clip(max=size), 0)
    for places in range(1, neighbours + 1):
        for near, far in ((slice(places, None), slice(None, -places)), (slice(None, -places), slice(places, None))):
            first[near] = np.minimum(first[near], lowest[far])
            stop[near] = np.maximum(stop[near], highest[far])
    return np.minimum(first, stop), stop


def rolling_sums(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, opens: Instants, closes: Instants) -> WindowSums:
    """Return the sums of each window, adding each product a bounded number of times however long the window is.

    Nothing is ever subtracted from a running sum, so that a window without movement gives exactly zero.
    """
    kernel = kernel_of(left, right)
    begin, finish, value = kernel.products(left.start, left.end, left.change, right.start, right.end, right.change)
    product, count = kernel.sliding_sums(begin, finish, value, opens, closes)
    squares = [kernel.sliding_sums(leg.start, leg.end, leg.change**2, opens, closes)[0] for leg in (left, right)]
    return WindowSums(product, squares[0], squares[1], count, _fewer_changes(left, right, opens, closes))


def weekly_jackknife(
    left: HayashiYoshidaLeg,
    right: HayashiYoshidaLeg,
    opens: Instants,
    closes: Instants,
    *,
    neighbours: int = 0,
    remove_drift: bool = False,
) -> tuple[WindowSums, Floats, Instants]:
    """Return the sums of each window, the delete-one-week standard error of the correlation, and the weeks.

    Calendar weeks end on Friday at 24:00 UTC, so that a weekend goes with the Monday whose changes span it and the
    error does not depend on the day at which a window ends. (Borders between two trading days can part the halves of a
    crash: over 2018-2024 the error of BTC and the S&P 500 is .079 with borders on Thursday night and .036-.042 with all
    others.) To delete a week means to leave out the squares of the intervals of either instrument that end in it, and
    the products whose later interval ends in it; so each term is left out once. (Leaving out a product with either of
    its intervals counts the overlaps across a border twice: simulated coverage .95-.97 at 6-13 % more width, against
    .94-.955.) The weeks returned are those wholly spanned or, if fewer, those with an overlap. The cost of a window is
    linear in its overlaps.
    """
    ranges = (*left.inside(opens, closes), *right.inside(opens, closes))
    held = np.flatnonzero((ranges[0] < ranges[1]) & (ranges[2] < ranges[3]))
    sums, count = np.zeros((3, len(closes))), np.zeros(len(closes), dtype=np.int64)
    error, used = np.full(len(closes), np.nan), np.zeros(len(closes), dtype=np.int64)
    if len(held):
        friday = week_end(closes[held])
        weeks = np.maximum(-((opens[held] - friday) // WEEK), 1)
        legs = (left.start, left.end, left.change), (right.start, right.end, right.change)
        kernel = kernel_of(left, right, cells=len(held) * (len(left.start) if remove_drift else int(weeks.max())))
        within = tuple(each[held] for each in ranges)
        sums[:, held], count[held], error[held], used[held] = kernel.jackknife(
            *legs, overlaps(left, right, neighbours), within, friday, weeks, remove_drift
        )
    totals = WindowSums(sums[0], sums[1], sums[2], count, np.minimum(ranges[1] - ranges[0], ranges[3] - ranges[2]))
    return totals, error, np.minimum(used, (closes - opens) // WEEK)


def shifted_replicates(
    left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, shifts: Instants
) -> tuple[Floats, Instants, Floats]:
    """Return correlation, overlaps and delete-one-week correlations when the right leg is moved later by each shift.

    The window is the time that both legs span after the move; weeks are the same calendar weeks for every shift.

    Returns
    -------
    correlation, overlaps : ndarray of shape (shifts,)
    replicates : ndarray of shape (weeks, shifts)
        A week without observations leaves the correlation as it is.
    """
    since = max(left.start[0], right.start[0] + shifts.min())
    friday = int(week_end(min(left.end[-1], right.end[-1] + shifts.max())))
    weeks = max(int(-((since - friday) // WEEK)), 1)
    sums, changes = np.zeros((3, len(shifts), weeks)), np.zeros(len(shifts), dtype=np.int64)
    count, last, until = np.zeros_like(changes), shifts[0], shifts[0] - 1
    found: tuple[int, ...] = ()
    for k, shift in enumerate(shifts):
        opens, closes = max(left.start[0], right.start[0] + shift), min(left.end[-1], right.end[-1] + shift)
        ranges = tuple(map(int, (*left.inside(opens, closes), *right.inside(opens - shift, closes - shift))))
        changes[k] = min(ranges[1] - ranges[0], ranges[3] - ranges[2])
        if last <= shift <= until and ranges == found:
            sums[:, k], count[k] = sums[:, k - 1], count[k - 1]
            continue
        moved = HayashiYoshidaLeg(right.start + shift, right.end + shift, right.change)
        legs, ranged = ((leg.start, leg.end, leg.change) for leg in (left, moved)), overlaps(left, moved)
        shared, touched, *own = kernel_of(left, right).terms_by_week(
            *legs, ranged, ranges, friday, weeks, remove_drift=False
        )
        sums[:, k], count[k] = (shared, *own), touched.sum()
        last, until, found = shift, shift, ranges
        if _few(left, right):
            until += _room_to_move(left, moved, *ranged)
    product, own, other = sums.sum(axis=2)
    totals = WindowSums(product, own, other, count, changes)
    return totals.correlation, count, correlation_without(*sums).T


def _room_to_move(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, first: Instants, stop: Instants) -> int:
    """Return by how much the right leg may be moved later before an overlap begins or ends, or a change its week."""
    before, some = first > 0, stop > first
    room = [
        left.start[before] - right.end[first[before] - 1],
        left.end[some] - right.start[stop[some] - 1] - 1,
        week_end(right.end) - right.end,
    ]
    return min(int(each.min(initial=WEEK)) for each in room)


def _fewer_changes(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, opens: Instants, closes: Instants) -> Instants:
    """Return how many changes the leg with fewer of them has in each window."""
    counts = [last - first for first, last in (leg.inside(opens, closes) for leg in (left, right))]
    return np.asarray(np.minimum(*counts))


def week_end(closes: Instants) -> Instants:
    """Return the first Friday 24:00 UTC at or after each instant."""
    return np.asarray(-((SATURDAY - closes) // WEEK) * WEEK + SATURDAY)
