"""What each calendar week adds to a Hayashi–Yoshida correlation, so that weeks can be left out, one or two at a time.

The weeks of several pairs are the same ones, so that their estimates can be judged together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coupling._typing import Flags, Floats, Instants
from coupling.kernels.hayashi_yoshida import WEEK, HayashiYoshidaLeg, kernel_of, overlaps, week_end
from coupling.kernels.hayashi_yoshida_arrays import correlation_without
from coupling.kernels.minimum import MINIMUM_ROWS

__all__ = ["WeeklyTerms", "weekly_terms"]


@dataclass(frozen=True, kw_only=True)
class WeeklyTerms:
    """The sums of one window, week by week, the last week first; see `coupling.kernels.hayashi_yoshida`.

    Parameters
    ----------
    product, left_square, right_square : ndarray of shape (weeks,)
        What each week adds to the sum over overlaps and to the two sums of squares.
    overlaps : ndarray of int, shape (weeks,)
        Overlaps of each week.
    changes : int
        Changes of the leg that has fewer in the window.
    spanned : int
        Weeks that the window wholly spans.
    """

    product: Floats
    left_square: Floats
    right_square: Floats
    overlaps: Instants
    changes: int
    spanned: int

    @property
    def estimate(self) -> float:
        """The correlation; missing without an overlap, below three changes or without any move."""
        scale = np.sqrt(self.left_square.sum()) * np.sqrt(self.right_square.sum())
        if self.changes < MINIMUM_ROWS or not self.overlaps.sum() or not scale > 0:
            return float("nan")
        return float(self.product.sum() / scale)

    @property
    def used(self) -> Flags:
        """Which weeks hold an overlap."""
        return np.asarray(self.overlaps > 0)

    @property
    def weeks(self) -> int:
        """Weeks that count: those wholly spanned or, if fewer, those with an overlap."""
        return min(int(self.used.sum()), self.spanned)

    @property
    def deviations(self) -> Floats:
        """What each week contributes to the estimate: the root of the sum of squares is the jackknife's error."""
        return _deviations(self.product, self.left_square, self.right_square, self.used)

    @property
    def error(self) -> float:
        """Delete-one-week standard error of the estimate."""
        return float(np.sqrt((self.deviations**2).sum()))

    def without(self, week: int) -> WeeklyTerms:
        """Return the same window without one week."""
        rest = np.arange(len(self.product)) != week
        return replace(
            self,
            product=self.product * rest,
            left_square=self.left_square * rest,
            right_square=self.right_square * rest,
            overlaps=self.overlaps * rest,
            spanned=self.spanned - 1,
        )

    def reaching(self, weeks: int) -> WeeklyTerms:
        """Return the same sums with empty weeks before them, so that there are so many."""

        def filled(values: Any) -> Any:
            return np.concatenate([values, np.zeros(weeks - len(values), dtype=values.dtype)])

        sums = {name: filled(getattr(self, name)) for name in ("product", "left_square", "right_square", "overlaps")}
        return replace(self, **sums)


def weekly_terms(
    left: HayashiYoshidaLeg,
    right: HayashiYoshidaLeg,
    opens: int,
    closes: int,
    *,
    friday: int | None = None,
    neighbours: int = 0,
    remove_drift: bool = False,
) -> WeeklyTerms:
    """Return the sums of a window by calendar week.

    Parameters
    ----------
    left, right : HayashiYoshidaLeg
    opens, closes : int
        The window (nanoseconds since 1970).
    friday : int, optional
        End of the first of the weeks returned, on or after `closes`; by default that of the last week of the window.
    neighbours, remove_drift
        As in `coupling.kernels.hayashi_yoshida.weekly_jackknife`.
    """
    friday = int(week_end(np.array([closes]))[0]) if friday is None else friday
    weeks = max(-((opens - friday) // WEEK), 1)
    window = np.array([opens]), np.array([closes])
    ranges = tuple(int(place[0]) for leg in (left, right) for place in leg.inside(*window))
    legs = (left.start, left.end, left.change), (right.start, right.end, right.change)
    fewer = min(ranges[1] - ranges[0], ranges[3] - ranges[2])
    if fewer < 1:
        empty = np.zeros(weeks)
        parts = empty, np.zeros(weeks, dtype=np.int64), empty, empty
    else:
        parts = kernel_of(left, right).terms_by_week(
            *legs, overlaps(left, right, neighbours), ranges, friday, weeks, remove_drift
        )
    return WeeklyTerms(
        product=parts[0],
        overlaps=parts[1],
        left_square=parts[2],
        right_square=parts[3],
        changes=fewer,
        spanned=(closes - opens) // WEEK,
    )


def _deviations(product: Floats, left: Floats, right: Floats, used: Flags) -> Floats:
    found, count = np.zeros(len(product)), int(used.sum())
    if count < 2:
        return np.full(len(product), np.nan)
    without = correlation_without(product, left, right)[used]
    found[used] = (without.mean() - without) * np.sqrt((count - 1) / count)
    return found
