"""Did a correlation change across a known date, for instruments that are struck at different times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as calendar_date
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from coupling.data.intervals import ChangeIntervals, change_intervals
from coupling.data.observations import Observations
from coupling.dates.days import read_moment
from coupling.errors import InputError
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg, weekly_jackknife
from coupling.limits.asked import require_level
from coupling.limits.budget import count
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated

__all__ = ["InstantsSplitTest"]

WEEKS = 10


@plain_keywords
class InstantsSplitTest(Estimated, BaseEstimator):  # type: ignore[misc]
    """Compare the Hayashi-Yoshida correlation before and after a date that was pre-specified.

    Same-row correlations of instruments with non-synchronous closes are pulled towards 0, by more or less as clocks and
    staleness change; this one uses every overlap of true change intervals.

    Parameters
    ----------
    date : label
        Instant that ends the first window and begins the second (UTC if nothing is said).
    start, end : label, optional
        Where the windows begin and end; by default where both instruments have observations.
    stale : {"keep", "drop"}
        ``drop`` leaves out repeated levels.
    level : float
        Coverage of the intervals: delete-one-week jackknife, t quantile with weeks - 1 degrees of freedom, Welch's for
        the difference.

    Attributes
    ----------
    table_ : DataFrame
        One row per pair with the columns of `SplitTest.table_`; ``_n`` counts overlaps.

    Examples
    --------
    >>> from coupling.data.simulation.diffusions import hourly_paths, struck
    >>> paths = hourly_paths(pd.DataFrame([[1, 0.5], [0.5, 1]], columns=["JGB10Y", "SPX"]), days=1000, random_state=5)
    >>> levels = {"JGB10Y": struck(paths["JGB10Y"], 6), "SPX": struck(paths["SPX"], 21)}
    >>> middle = levels["SPX"].index[len(levels["SPX"]) // 2]
    >>> row = InstantsSplitTest(date=middle).fit(levels).table_.iloc[0]
    >>> bool(row["lower"] < 0 < row["upper"])
    True
    """

    def __init__(
        self, *, date: Any, start: Any = None, end: Any = None, stale: str = "keep", level: float = 0.95
    ) -> None:
        self.date = date
        self.start = start
        self.end = end
        self.stale = stale
        self.level = level

    def fit(self, observations: Mapping[str, Observations | pd.Series]) -> InstantsSplitTest:
        """Compare the two windows for every pair.

        Parameters
        ----------
        observations : mapping of str to Observations or Series
            A panel's ``observations``, or level series whose changes are then simple differences.

        Returns
        -------
        InstantsSplitTest
            Itself.

        Raises
        ------
        InputError
            If the observations are unusable or fewer than ten weeks lie on one side of the date.
        """
        require_limits(self)
        require_level(self.level)
        legs = change_intervals(observations, stale=self.stale)
        self.table_ = pd.DataFrame([self._row(left, right) for left, right in combinations(legs, 2)])
        return self

    def _row(self, left: ChangeIntervals, right: ChangeIntervals) -> dict[str, Any]:
        names = f"{left.name} and {right.name}"
        if not (len(left.start) and len(right.start)):
            raise InputError(f"{names}: a change needs two levels of each.")
        first, last = max(left.start[0], right.start[0]), min(left.end[-1], right.end[-1])
        begin = first if self.start is None else max(first, _nanoseconds(self.start))
        finish = last if self.end is None else min(last, _nanoseconds(self.end))
        cut = _nanoseconds(self.date)
        opens, closes = np.array([begin, cut]), np.array([cut, finish])
        if not begin < cut < finish:
            raise InputError(
                f"{names} have no observations on both sides of {_day(self.date)}; choose a date between them."
            )
        sums, error, weeks = weekly_jackknife(_leg(left), _leg(right), opens, closes)
        if weeks.min() < WEEKS:
            raise InputError(
                f"{names} share {count(int(weeks.min()), 'week')} on one side of {_day(self.date)}; {WEEKS} are needed."
            )
        reach = stdtrit(weeks - 1, (1 + self.level) / 2) * error
        row: dict[str, Any] = {"left": left.name, "right": right.name}
        for i, side in enumerate(("before", "after")):
            r = float(sums.correlation[i])
            row |= {side: r, f"{side}_lower": r - float(reach[i]), f"{side}_upper": r + float(reach[i])}
            row |= {f"{side}_n": int(sums.overlaps[i])}
        freedom = float((error**2).sum() ** 2 / (error**4 / (weeks - 1)).sum())
        return row | self._difference(row["after"] - row["before"], float(np.hypot(*error)), freedom)

    def _difference(self, change: float, error: float, freedom: float) -> dict[str, float]:
        reach = float(stdtrit(freedom, (1 + self.level) / 2)) * error
        return {
            "difference": change,
            "lower": change - reach,
            "upper": change + reach,
            "p_value": float(2 * stdtr(freedom, -abs(change) / error)) if error > 0 else float("nan"),
            "detectable": float(ndtri((1 + self.level) / 2) + ndtri(0.8)) * error,
        }


def _leg(intervals: ChangeIntervals) -> HayashiYoshidaLeg:
    """Return the changes times a power of two that brings the largest near 1."""
    largest = np.abs(intervals.change).max(initial=0.0)
    return HayashiYoshidaLeg(intervals.start, intervals.end, np.ldexp(intervals.change, -int(np.frexp(largest)[1])))


def _day(label: Any) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, calendar_date) else str(label)


def _nanoseconds(label: Any) -> int:
    time = read_moment(label, what="the date")
    return int((time.tz_convert("UTC") if time.tz is not None else time.tz_localize("UTC")).as_unit("ns").value)
