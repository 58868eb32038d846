"""The focus with each other instrument on true instants over one window, all jackknifed by the same calendar weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from coupling._typing import Floats, Instants
from coupling.correlation.hayashi_yoshida import MINIMUM_WEEKS, scaled_leg
from coupling.data.intervals import change_intervals
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.inference.multiple import MaxT
from coupling.kernels.hayashi_yoshida import DAY, WEEK, week_end
from coupling.kernels.weekly_terms import WeeklyTerms, weekly_terms

__all__ = ["POWER", "JointPairs", "joint_pairs"]

POWER = 0.8


@dataclass(frozen=True, kw_only=True)
class JointPairs:
    """Estimates of several pairs that share an instrument and their calendar weeks.

    Parameters
    ----------
    others : tuple of str
    terms : tuple of WeeklyTerms
        Of each pair, over weeks that all have in common.
    opens, closes : ndarray of int64
        Of each pair, the span of the estimate.
    friday : int
        Instant at which the latest week ends.
    level : float
        Coverage of the intervals.
    random_state : int
        Seed of the draws behind the adjusted p-values.
    """

    others: tuple[str, ...]
    terms: tuple[WeeklyTerms, ...]
    opens: Instants
    closes: Instants
    friday: int
    level: float = 0.95
    random_state: int = 0

    @cached_property
    def estimate(self) -> Floats:
        """The correlation of each pair."""
        return np.array([each.estimate for each in self.terms])

    @cached_property
    def weeks(self) -> Instants:
        """The weeks behind each."""
        return np.array([each.weeks for each in self.terms], dtype=np.int64)

    @cached_property
    def error(self) -> Floats:
        """The standard error of each; missing below ten weeks."""
        errors = np.array([each.error for each in self.terms])
        return np.where(self.weeks >= MINIMUM_WEEKS, errors, np.nan)

    @cached_property
    def p_values(self) -> Floats:
        """Two-sided p-value of each against 0, by Student's t with weeks - 1 degrees of freedom."""
        return _p_values(self.estimate, self.error, self.weeks)

    @cached_property
    def p_adjusted(self) -> Floats:
        """The same, adjusted for all pairs by the joint law of their t statistics (step-down max-t)."""
        return self.adjusted(self.p_values)

    def adjusted(self, p_values: Floats) -> Floats:
        """Adjust p-values of these pairs by the law that they share."""
        return np.full(len(p_values), np.nan) if self._law is None else self._law.adjusted(p_values)

    @cached_property
    def _law(self) -> MaxT | None:
        known = np.isfinite(self.error)
        if not known.any():
            return None
        parts = np.column_stack([each.deviations for each in self.terms])
        parts[:, ~known] = 0.0
        return MaxT(parts, freedom=float(self.weeks[known].min() - 1), random_state=self.random_state)

    @cached_property
    def limits(self) -> tuple[Floats, Floats]:
        """Ends of the interval of each."""
        reach = stdtrit(np.maximum(self.weeks - 1, 1), (1 + self.level) / 2) * self.error
        return self.estimate - reach, self.estimate + reach

    @property
    def frame(self) -> pd.DataFrame:
        """One row per pair, indexed by the other instrument.

        ``estimate, lower, upper, n`` (overlaps), ``weeks``, ``n_effective`` (independent normal pairs with as large a
        standard error of Fisher's z), ``p_value``, ``p_adjusted`` and ``detectable`` (found with 80 % power by a test
        at the level of the interval, before adjustment).
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            on_z = self.error / (1 - np.minimum(self.estimate**2, 1.0))
            worth = 3 + 1 / on_z**2
        count = np.array([int(each.overlaps.sum()) for each in self.terms])
        columns = {
            "estimate": self.estimate,
            "lower": self.limits[0],
            "upper": self.limits[1],
            "n": count,
            "weeks": self.weeks,
            "n_effective": np.minimum(worth, count),
            "p_value": self.p_values,
            "p_adjusted": self.p_adjusted,
            "detectable": np.tanh((ndtri((1 + self.level) / 2) + ndtri(POWER)) * on_z),
        }
        return pd.DataFrame(columns, index=pd.Index(self.others, name="with"))

    def week(self, place: int) -> pd.Timestamp:
        """Return the last day of a week, a Friday."""
        return pd.Timestamp(self.friday - place * WEEK - DAY, unit="ns")

    def without(self, week: int) -> JointPairs:
        """Return the same pairs without one week, to be judged by the same law."""
        rest = replace(self, terms=tuple(each.without(week) for each in self.terms))
        rest.__dict__["_law"] = self._law
        return rest

    @cached_property
    def influence(self) -> Floats:
        """How far each week moves the estimate of each pair, weeks × pairs."""
        return np.abs(np.nan_to_num(np.column_stack([each.deviations for each in self.terms])))


def joint_pairs(
    observations: Mapping[str, Observations],
    focus: str,
    others: Sequence[str],
    *,
    window: str | None,
    options: Mapping[str, Any] | None = None,
    level: float = 0.95,
    random_state: int = 0,
) -> JointPairs:
    """Estimate the correlation of an instrument with others over the latest window on true instants.

    The window of a pair ends with the (UTC) day of the last observation that both have; where they have less than the
    window, all that they have is used.

    Parameters
    ----------
    observations : mapping of str to Observations
    focus : str
    others : sequence of str
    window : str or None
        Calendar time, or all that there is.
    options : mapping, optional
        ``stale``, ``weekend``, ``leads_lags`` and ``demean`` of `HayashiYoshidaCorrelation`.
    level, random_state
        See `JointPairs`.
    """
    asked = dict(options or {})
    names = {name: observations[name] for name in (focus, *others)}
    treated = {"stale": asked.get("stale", "keep"), "weekend": asked.get("weekend", "include")}
    own, *rest = map(scaled_leg, change_intervals(names, **treated))
    spans = [_span(own, leg, window) for leg in rest]
    friday = int(week_end(np.array([closes for _, closes in spans])).max())
    more: dict[str, Any] = {
        "neighbours": int(asked.get("leads_lags", 0)),
        "remove_drift": asked.get("demean") == "time",
    }
    terms = [
        weekly_terms(own, leg, opens, closes, friday=friday, **more)
        for leg, (opens, closes) in zip(rest, spans, strict=True)
    ]
    return JointPairs(
        others=tuple(others),
        terms=_equally_long(terms),
        opens=np.array([opens for opens, _ in spans]),
        closes=np.array([closes for _, closes in spans]),
        friday=friday,
        level=level,
        random_state=random_state,
    )


def _span(own: Any, leg: Any, window: str | None) -> tuple[int, int]:
    """Return the window of a pair, cut to what both have; empty where they have nothing in common."""
    if not (len(own.start) and len(leg.start)):
        return 0, 0
    first, last = max(int(own.start[0]), int(leg.start[0])), min(int(own.end[-1]), int(leg.end[-1]))
    if window is not None:
        length = int(parse_duration(window) / pd.Timedelta(1, unit="ns"))
        first = max(first, -(-last // DAY) * DAY - length)
    return first, max(first, last)


def _equally_long(terms: list[WeeklyTerms]) -> tuple[WeeklyTerms, ...]:
    weeks = max(len(each.product) for each in terms)
    return tuple(each.reaching(weeks) for each in terms)


def _p_values(estimate: Floats, error: Floats, weeks: Instants) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(estimate) / error
    return np.asarray(2 * stdtr(np.maximum(weeks - 1, 1), -t))
