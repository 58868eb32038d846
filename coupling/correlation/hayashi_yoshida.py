"""Asynchronous-adjusted correlation, for instruments that are struck at different times (Hayashi–Yoshida)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from coupling._typing import Floats, Instants
from coupling.correlation.base import PairwiseCorrelation, require_room
from coupling.correlation.effort import Extent, require_effort
from coupling.correlation.instants import covered_share, window_ends, window_sums
from coupling.correlation.pairs import Pairs
from coupling.data.intervals import ChangeIntervals, change_intervals, unfinished_sentence
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import InputError, TooShortError
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg, WindowSums, weekly_jackknife
from coupling.limits.budget import require_memory
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits

__all__ = ["MINIMUM_WEEKS", "HayashiYoshidaCorrelation", "scaled_leg"]

Bounds = tuple[Instants, Instants]

MINIMUM_WEEKS = 10
"""Fewest weeks from which the jackknife gives an interval."""
ROUNDING = 1e-12
"""How far beyond 1 rounding may take the correlation of two equal series."""


@plain_keywords
class HayashiYoshidaCorrelation(PairwiseCorrelation):
    r"""Correlation of instruments on their own clocks, by the products of all changes whose intervals overlap.

    .. math:: r = \frac{\sum_{i,j} \Delta x_i \Delta y_j 1\{I_i \cap J_j \neq \emptyset\}}
              {\sqrt{\sum_i (\Delta x_i)^2 \sum_j (\Delta y_j)^2}}

    with :math:`I_i = (s_{i-1}, s_i]` the interval between two strikes. A change belongs to a window when its
    interval lies wholly inside it and inside the time for which both instruments have observations. No mean is
    subtracted unless asked for. The value is not clipped: beyond 1 in size it is kept and counted in
    ``above_one_``.

    Parameters
    ----------
    window : str or None
        Calendar time such as ``"250d"``, meaning (t - 250 d, t], or None for the whole sample. Rows mean nothing
        here, since every instrument has its own.
    stale : {"keep", "drop"}
        ``drop`` leaves out repeated levels, which pull the correlation down; see ``repeated_``.
    weekend : {"include", "merge"}
        ``merge`` folds changes struck on Saturday and Sunday (UTC) into the next one. It changes what is estimated
        for a market open on seven days; see ``estimand_``.
    leads_lags : int
        k > 0 also sums the products with the k neighbours on either side of every overlapping interval; the
        denominator stays.
    demean : {None, "time"}
        ``time`` subtracts from every change the instrument's drift within the window × the length of the interval.
    step : str
        Distance between window ends, which are the multiples of it in UTC.
    min_share : float
        Smallest share of a calendar window that the intervals of both instruments must span.
    last : bool
        Whether the newest window alone is estimated.
    focus : name, optional
        The instrument whose pairs are estimated; by default all pairs are.

    Attributes
    ----------
    correlation_ : DataFrame
        Window end × pairs; missing where the window is not covered, nothing overlaps, an instrument never moved, or
        one has fewer than three changes in it.
    overlaps_ : DataFrame
        Number of overlapping pairs of intervals behind each estimate.
    repeated_ : Series
        By instrument, the share of observed changes that are exactly zero (before `stale`).
    above_one_ : Series
        By pair, the share of estimates beyond 1 in size.
    estimand_ : str
        What is estimated, in words.
    caution_ : str
        Last levels of plain series that were left out because they are not over yet; empty where there are none.

    Notes
    -----
    ``between`` adds the column ``weeks`` and the attributes ``repeated``, ``above_one`` and ``estimand``. Its
    interval is a delete-one-week jackknife across both instruments at once with a t quantile (weeks - 1 degrees of
    freedom); below ten weeks it is missing. ``n`` counts overlaps. Cost: linear in changes and window ends for the
    estimates; in the overlaps of all windows for intervals, `leads_lags` and `demean`.

    References
    ----------
    Hayashi and Yoshida (2005), Bernoulli 11(2), equation (1.2); Griffin and Oomen (2011), Journal of Econometrics
    160(1), for the neighbours.

    Examples
    --------
    >>> from coupling.data.simulation.diffusions import hourly_paths, struck
    >>> paths = hourly_paths(pd.DataFrame([[1, 0.5], [0.5, 1]], columns=["JGB10Y", "SPX"]), days=1000, random_state=5)
    >>> levels = {"JGB10Y": struck(paths["JGB10Y"], 6), "SPX": struck(paths["SPX"], 21)}
    >>> HayashiYoshidaCorrelation().fit(levels).between("JGB10Y", "SPX").round(2).to_dict("records")
    [{'estimate': 0.57, 'lower': 0.48, 'upper': 0.66, 'n': 1423, 'weeks': 142}]
    """

    def __init__(
        self,
        *,
        window: str | None = None,
        stale: str = "keep",
        weekend: str = "include",
        leads_lags: int = 0,
        demean: str | None = None,
        step: str = "1d",
        min_share: float = 0.8,
        last: bool = False,
        focus: Hashable | None = None,
    ) -> None:
        self.window = window
        self.stale = stale
        self.weekend = weekend
        self.leads_lags = leads_lags
        self.demean = demean
        self.step = step
        self.min_share = min_share
        self.last = last
        self.focus = focus

    def fit(self, observations: Mapping[str, Observations | pd.Series]) -> HayashiYoshidaCorrelation:
        """Estimate the correlation of every pair.

        Parameters
        ----------
        observations : mapping of str to Observations or Series
            A panel's ``observations``, or level series on a DatetimeIndex of strike times, whose changes are then
            simple differences. All indices have a time zone, or none has.

        Raises
        ------
        InputError
            If the observations or a parameter cannot be used; the message names it.
        """
        self._prepare(observations)
        self._estimate()
        return self

    def _prepare(self, X: Any, *, in_parts: bool = False) -> None:
        self._check_parameters()
        legs = change_intervals(X, stale=self.stale, weekend=self.weekend)
        self.caution_ = unfinished_sentence(legs)
        names, self._asked = list(X), None
        self._legs = [scaled_leg(leg) for leg in legs]
        self._ends = self._window_ends(legs)[-1:] if self.last else self._window_ends(legs)
        self._index = _labels(self._ends, legs[0].aware)
        self._pairs = Pairs.of(names, self.focus)
        if not in_parts:
            require_room(len(self._ends), len(self._pairs), tables=6)
        require_effort(self, self._extent(), len(names), pairs=len(self._pairs))
        self.repeated_ = pd.Series([leg.repeated_share for leg in legs], index=names, name="repeated")
        self.estimand_ = self._estimand()

    def _estimate(self, out: Floats | None = None) -> None:  # noqa: ARG002
        sums = [self._sums(self._legs[i], self._legs[j]) for i, j in self._pairs.places.T]
        columns = self._pairs.columns
        self.correlation_ = pd.DataFrame(dict(enumerate(values for values, _ in sums)), index=self._index)
        self.overlaps_ = pd.DataFrame(dict(enumerate(count for _, count in sums)), index=self._index)
        self.correlation_.columns = self.overlaps_.columns = columns
        known = self.correlation_.notna().sum().clip(lower=1)
        self.above_one_ = ((self.correlation_.abs() > 1 + ROUNDING).sum() / known).rename("above_one")

    def between(self, left: Hashable, right: Hashable, *, level: float = 0.95) -> pd.DataFrame:
        """Return the estimates of one pair with interval, overlaps ``n`` and ``weeks``; see the base class."""
        frame = super().between(left, right, level=level)
        pair = self.correlation_.columns[self._pairs.position(left, right)]
        frame.attrs["repeated"] = {name: float(self.repeated_[name]) for name in pair}
        frame.attrs["above_one"] = float(self.above_one_[pair])
        frame.attrs["estimand"] = self.estimand_
        return frame

    def _interval(self, pair: int, level: float) -> Mapping[str, npt.NDArray[Any]]:
        error, weeks = self._made_once(pair, self._spread)
        estimate = self.correlation_.iloc[:, pair].to_numpy()
        enough = (weeks >= MINIMUM_WEEKS) & ~np.isnan(estimate)
        distinct, place = np.unique(np.maximum(weeks - 1, 1), return_inverse=True)
        half = np.where(enough, stdtrit(distinct, (1 + level) / 2)[place] * error, np.nan)
        count = self.overlaps_.iloc[:, pair].to_numpy()
        return {"lower": estimate - half, "upper": estimate + half, "n": count, "weeks": weeks}

    def _p_values(self, pair: int) -> Floats:
        error, weeks = self._made_once(pair, self._spread)
        enough, found = weeks >= MINIMUM_WEEKS, np.full(len(weeks), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(self.correlation_.iloc[:, pair].to_numpy()[enough]) / error[enough]
        found[enough] = 2 * stdtr(weeks[enough] - 1, -t)
        return found

    def _spread(self, pair: int) -> tuple[Floats, Instants]:
        """Return standard error and weeks of a pair."""
        left, right = (self._legs[place] for place in self._pairs.columns_of(pair))
        return self._jackknife(left, right)[1:]

    def _sums(self, left: HayashiYoshidaLeg, right: HayashiYoshidaLeg) -> tuple[Floats, Instants]:
        """Return correlation and overlaps of every window; an uncovered window is missing, with its overlaps."""
        bounds = self._bounds(left, right)
        if self.window is None:
            sums, covered = self._jackknife(left, right)[0], np.ones(len(self._ends), dtype=np.bool_)
        else:
            sums = window_sums(left, right, *bounds, leads_lags=self.leads_lags, demean=self.demean)
            covered = covered_share(left, right, *bounds, _nanoseconds(self.window)) >= self.min_share
        return np.where(covered, sums.correlation, np.nan), sums.overlaps

    def _jackknife(self, left: HayashiYoshidaLeg, right: HayashiYoshidaLeg) -> tuple[WindowSums, Floats, Instants]:
        bounds = self._bounds(left, right)
        return weekly_jackknife(left, right, *bounds, neighbours=self.leads_lags, remove_drift=self.demean == "time")

    def _extent(self) -> Extent:
        """Return the number of windows, and the changes that an instrument has in one and in all."""
        changes = sum(len(leg.start) for leg in self._legs) / len(self._legs)
        span = max(leg.end[-1] for leg in self._legs if len(leg.end)) - min(
            leg.start[0] for leg in self._legs if len(leg.start)
        )
        share = 1.0 if self.window is None else min(1.0, _nanoseconds(self.window) / max(span, 1))
        return Extent(len(self._ends), changes * share, changes)

    def _bounds(self, left: HayashiYoshidaLeg, right: HayashiYoshidaLeg) -> Bounds:
        """Return open and close of every window, cut to the time that both instruments have observations for."""
        if len(left.start) == 0 or len(right.start) == 0:
            return self._ends, self._ends
        first = max(left.start[0], right.start[0])
        last = max(min(left.end[-1], right.end[-1]), first)
        opens = np.full(len(self._ends), first) if self.window is None else self._ends - _nanoseconds(self.window)
        return opens.clip(first, last), self._ends.clip(first, last)

    def _window_ends(self, legs: list[ChangeIntervals]) -> Instants:
        filled = [leg for leg in legs if len(leg.start)]
        if not filled:
            raise TooShortError("No instrument has two observations; a change needs two levels.")
        first, last = min(leg.start[0] for leg in filled), max(leg.end[-1] for leg in filled)
        if self.window is None:
            return np.array([last])
        if last - first < _nanoseconds(self.window):
            raise TooShortError(f"window={self.window!r} is longer than the observations; use a shorter one, or None.")
        step = _nanoseconds(self.step)
        require_memory(8.0 * (last - first) / step, f"windows every {self.step}", "take a longer step")
        return window_ends(first, last, step)

    def _check_parameters(self) -> None:
        if not isinstance(self.window, str | None):
            raise InputError(f"window={self.window!r} must be calendar time such as '250d': rows differ by instrument.")
        require_limits(self)
        if self.window is not None:
            parse_duration(self.window)
        parse_duration(self.step)
        if self.demean not in (None, "time"):
            raise InputError(f"demean={self.demean!r} is unknown; use None or 'time'.")
        if isinstance(self.leads_lags, bool) or not isinstance(self.leads_lags, int) or self.leads_lags < 0:
            raise InputError(f"leads_lags={self.leads_lags!r} must be a whole number of neighbours, 0 or more.")
        if not 0 < self.min_share <= 1:
            raise InputError(f"min_share={self.min_share!r} must lie above 0 and not above 1; use a share such as 0.8.")

    def _estimand(self) -> str:
        weekend = (
            "the variance of weekends stays in the denominator of a market that trades then"
            if self.weekend == "include"
            else "weekend changes are folded into Monday's"
        )
        drift = "drift within the window removed" if self.demean else "no mean subtracted"
        neighbours = f"; {self.leads_lags} neighbouring intervals on either side" if self.leads_lags else ""
        stale = "repeated quotes kept as zero changes" if self.stale == "keep" else "repeated quotes dropped"
        return (
            "integrated covariance over the time that both change intervals share, divided by the root of both "
            f"realised variances; {weekend}; {stale}; {drift}{neighbours}"
        )


def scaled_leg(leg: ChangeIntervals) -> HayashiYoshidaLeg:
    """Return the changes times a power of two that brings the largest near 1: squares then stay in range."""
    largest = np.abs(leg.change).max(initial=0.0)
    return HayashiYoshidaLeg(leg.start, leg.end, np.ldexp(leg.change, -int(np.frexp(largest)[1])))


def _nanoseconds(length: str) -> int:
    return int(parse_duration(length) / pd.Timedelta(1, unit="ns"))


def _labels(ends: Instants, aware: bool) -> pd.DatetimeIndex:
    index = pd.DatetimeIndex(ends.astype("datetime64[ns]"), name="window_end")
    return index.tz_localize("UTC") if aware else index
