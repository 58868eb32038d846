"""Has a correlation left its baseline by now: a sequential test with a stated rate of false alarms."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.change.checks import changes_of, require_effort, standardized
from coupling.change.sequential import Alarm, PairWatch, watch_pair
from coupling.errors import InputError, TooShortError
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated

__all__ = ["CorrelationMonitor"]

_MEASURED = 100
"""Rows of a baseline from which on the rate of false alarms was measured."""
_ALARMS = ["left", "right", "date", "since", "direction", "baseline", "baseline_from"]
_TABLE = ["left", "right", "state", "ratio", "baseline", "baseline_from", "n", "last_alarm", "since", "direction"]


@plain_keywords
class CorrelationMonitor(Estimated, BaseEstimator):  # type: ignore[misc]
    """Watch correlations, observation by observation, for a change, at a stated rate of false alarms.

    A Shiryaev-Roberts statistic adds up, over every date at which the correlation may have changed, the likelihood
    ratio of a correlation that is higher, or lower, than its baseline. Its mean without a change is the number of
    observations, so that its limit is the mean time to a false alarm. It has no hindsight: every row uses earlier
    rows alone, and a new row changes nothing that was said of the rows before.

    A correlation that wanders without a break rings oftener than the stated rate; see `docs/change.md`. A change
    smaller than about 0.2, or one that takes a year, may pass unseen. A pair of which a column does not move, or in
    fewer than half of the rows, is not watched.

    Parameters
    ----------
    focus : label, optional
        The column whose pairs are watched; all pairs where there is none.
    alarms_per_year : float
        False alarms a year over all pairs together, at most, while every correlation is constant.
    observations_per_year : int
        Rows of a year: 252 for daily changes of a stock market, 52 for weekly ones.
    shift : float
        Change of Fisher's z that is looked for, up and down.
    min_baseline : int
        Rows that a baseline has at least. The rate of false alarms was measured from 100 rows on; below that
        ``caution_`` says so.
    lag : int
        Newest rows that a baseline leaves out.
    standardize : {"ewma", None}
        Divide each change by its exponentially weighted volatility of the row before, or take the changes as they are,
        standardised beforehand. The rate holds for changes of steady volatility alone.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    ratio_ : DataFrame
        Per pair and row the statistic over its limit: an alarm where it reaches 1, missing while a baseline is learnt.
    alarms_ : DataFrame
        One row per alarm: pair, ``date`` (of the alarm), ``since`` (likeliest first row of the new correlation),
        ``direction`` (higher, lower), ``baseline`` (its correlation) and ``baseline_from``.
    table_ : DataFrame
        One row per pair: ``state`` today (``steady``; ``learning`` a first baseline, or a new one after an alarm;
        ``unwatched`` where a column of the baseline does not move), newest ``ratio``, ``baseline``, its first row, n,
        and the last alarm.
    threshold_ : float
        Mean number of rows to a false alarm of one pair.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    References
    ----------
    Shiryaev (1963), Theory of Probability and its Applications 8, 22-46; Pollak (1985), Annals of Statistics 13,
    206-227 (the mean time to a false alarm); Page (1954), Biometrika 41, 100-115; Chu, Stinchcombe and White (1996),
    Econometrica 64, 1045-1065; Wied and Galeano (2013), Journal of Statistical Planning and Inference 143, 1337-1352.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(900, 2))
    >>> x[700:, 1] = 0.7 * x[700:, 0] + 0.7 * x[700:, 1]
    >>> alarms = CorrelationMonitor().fit(x).alarms_
    >>> len(alarms), bool(700 <= alarms["date"][0] < 760), alarms["direction"][0]
    (1, True, 'higher')
    """

    def __init__(
        self,
        *,
        focus: Hashable | None = None,
        alarms_per_year: float = 1.0,
        observations_per_year: int = 252,
        shift: float = 0.6,
        min_baseline: int = 250,
        lag: int = 60,
        standardize: Literal["ewma"] | None = "ewma",
        allow_levels: bool = False,
    ) -> None:
        self.focus = focus
        self.alarms_per_year = alarms_per_year
        self.observations_per_year = observations_per_year
        self.shift = shift
        self.min_baseline = min_baseline
        self.lag = lag
        self.standardize = standardize
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> CorrelationMonitor:  # noqa: ARG002
        """Watch the pairs from the first row to the last.

        Parameters
        ----------
        X : DataFrame or array of shape (T, k)
            Changes, rows = time, columns = instruments; a pair uses the rows in which both are there.
        y : None
            Not used; there for scikit-learn.

        Raises
        ------
        InputError
            If X is unusable or a parameter is impossible.
        TooShortError
            If no pair has more rows than a baseline needs.
        """
        require_limits(self)
        self._require()
        changes = require_effort(changes_of(self, X), 0.02 + 2e-5 * len(X))
        pairs = self._pairs(standardized(changes, self.standardize))
        self._caution()
        self.threshold_ = self.observations_per_year * len(pairs) / self.alarms_per_year
        watched = {pair: (both.index, self._watch(both)) for pair, both in pairs}
        needed, most = self.min_baseline + self.lag + 1, max(len(index) for index, _ in watched.values())
        if most < needed:
            raise TooShortError(
                f"the longest pair has {most} usable rows; a monitor with min_baseline={self.min_baseline} and "
                f"lag={self.lag} needs at least {needed}."
            )
        self.ratio_ = pd.DataFrame({pair: pd.Series(watch.ratio, index) for pair, (index, watch) in watched.items()})
        self.ratio_ = self.ratio_.reindex(changes.index)
        self.ratio_.columns.names = ["left", "right"]
        alarms = [_alarm(pair, index, each) for pair, (index, watch) in watched.items() for each in watch.alarms]
        self.alarms_ = pd.DataFrame(alarms, columns=_ALARMS).sort_values("date", kind="stable", ignore_index=True)
        rows = [_today(pair, index, watch) for pair, (index, watch) in watched.items()]
        self.table_ = pd.DataFrame(rows, columns=_TABLE)
        return self

    def _require(self) -> None:
        for name, least in (("min_baseline", 9), ("lag", 0), ("observations_per_year", 1)):
            if getattr(self, name) < least:
                raise InputError(f"{name} must be at least {least}, not {getattr(self, name)!r}.")
        for name, most in (("alarms_per_year", self.observations_per_year), ("shift", 2)):
            if not 0 < getattr(self, name) <= most:
                raise InputError(f"{name} must be above 0 and at most {most}, not {getattr(self, name)!r}.")

    def _caution(self) -> None:
        if self.min_baseline < _MEASURED:
            told = f"A baseline of fewer than {_MEASURED} rows: false alarms may come oftener than stated."
            known: str = getattr(self, "caution_", "")
            self.caution_ = " ".join(filter(None, (known, told)))

    def _pairs(self, steady: pd.DataFrame) -> list[tuple[tuple[Hashable, Hashable], pd.DataFrame]]:
        """Return the pairs that are watched with the rows in which both are there, as known at each of them."""
        if self.focus is not None and self.focus not in steady.columns:
            raise InputError(
                f"focus is {self.focus!r}, which is no column of X: {', '.join(map(str, steady.columns))}."
            )
        pairs = (pair for pair in combinations(steady.columns, 2) if self.focus is None or self.focus in pair)
        return [(pair, steady[list(pair)].dropna()) for pair in pairs]

    def _watch(self, both: pd.DataFrame) -> PairWatch:
        least, lag = self.min_baseline, self.lag
        x = _in_own_units(both.to_numpy(), least)
        return watch_pair(x, threshold=self.threshold_, shift=self.shift, least=least, lag=lag)

    def _paths(self) -> dict[str, pd.DataFrame]:
        pairs = zip(self.table_["left"], self.table_["right"], strict=True)
        return {f"{left} – {right}": self.ratio_[(left, right)].dropna().to_frame("estimate") for left, right in pairs}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _in_own_units(x: Floats, rows: int) -> Floats:
    """Divide columns by their size in the rows of the first baseline, which changes no likelihood ratio."""
    largest = np.abs(x[:rows]).max(axis=0, initial=0.0)
    scaled = x / np.where(largest > 0, largest, 1.0)
    size = np.sqrt((scaled[:rows] ** 2).mean(axis=0)) if len(x) else np.ones(2)
    return np.asarray(scaled / np.where(size > 0, size, 1.0))


def _alarm(pair: tuple[Hashable, Hashable], index: pd.Index, each: Alarm) -> list[Any]:
    direction = "higher" if each.side > 0 else "lower"
    return [*pair, index[each.row], index[each.since], direction, each.law.correlation, index[each.begun]]


def _today(pair: tuple[Hashable, Hashable], index: pd.Index, watch: PairWatch) -> list[Any]:
    law, last = watch.law, watch.alarms[-1] if watch.alarms else None
    known = np.flatnonzero(~np.isnan(watch.ratio))
    told = [index[last.row], index[last.since], "higher" if last.side > 0 else "lower"] if last else [None, None, None]
    state = "steady" if law is not None else "unwatched" if watch.known else "learning"
    ratio = float(watch.ratio[known[-1]]) if law is not None and len(known) else float("nan")
    correlation = float("nan") if law is None else law.correlation
    begun = index[watch.begun] if len(index) else None
    return [*pair, state, ratio, correlation, begun, len(index) - watch.begun, *told]
