"""Who moves first: correlation over lags of rows, or over shifts in hours on true instants."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import combinations
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats
from coupling.data.intervals import ChangeIntervals, change_intervals, unfinished_sentence
from coupling.direction.peak import LagCurve
from coupling.direction.sample import complete_sample
from coupling.errors import InputError, TooShortError
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg, shifted_replicates
from coupling.kernels.minimum import MINIMUM_ROWS
from coupling.limits.asked import require_level, require_pair, require_whole
from coupling.limits.budget import count, require_memory, require_seconds
from coupling.limits.keywords import plain_keywords
from coupling.machine.scikit import BaseEstimator, check_is_fitted
from coupling.results.estimated import SHOWN, Estimated

__all__ = ["LeadLag"]


HOUR = 3_600_000_000_000
MINIMUM_BLOCKS = 10
"""Fewest blocks (or weeks) from which a band is given."""


@plain_keywords
class LeadLag(Estimated, BaseEstimator):  # type: ignore[misc]
    r"""Correlation of one instrument's changes with another's earlier and later ones, with simultaneous bands.

    Fitted to a matrix of changes, lags count rows, as in R's ``ccf`` and statsmodels:

    .. math:: r(k) = \frac{\frac1T \sum_t (x_{t+k} - \bar x)(y_t - \bar y)}{s_x s_y}

    with x the left and y the right one, means and standard deviations (over T) of the whole sample. Fitted to
    observations (a panel's, or level series by strike time), r is the Hayashi–Yoshida correlation when the right
    instrument is moved later by some hours. **A peak at a negative lag means that the left one moves first.**

    Parameters
    ----------
    max_lag : int
        Largest lag in rows, for a matrix.
    max_hours, step_hours : int
        Largest shift and distance between shifts in hours, for observations.
    replications : int
        Random draws behind each simultaneous quantile.
    random_state : int
        Seed.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    correlation_ : DataFrame
        Lag × pairs ``(left, right)``.
    unit_ : str
        ``rows`` or ``hours``.
    n_ : DataFrame
        Products behind each estimate: rows or overlaps.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    Bands hold all lags at once. They rest on what consecutive blocks of rows (or weeks of all instruments) contribute
    to every lag, so heavy tails, changing variance and the dependence between lags are in them; with fewer than ten
    blocks or weeks they are missing. `peak` gives the interval of the lag at which the curve is highest in size.

    Correlations of instruments with non-synchronous closes show the order of the closes, not of the markets: use
    observations for them. On daily closes the Hayashi–Yoshida curve is flat where a shift changes no overlap; that is
    the resolution of the data, and the interval of the peak shows it.

    References
    ----------
    Box, Jenkins, Reinsel and Ljung (2015), Time Series Analysis, section 12.1. Hoffmann, Rosenbaum and Yoshida (2013),
    Bernoulli 19(2), for shifts.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shocks = rng.normal(size=502)
    >>> changes = pd.DataFrame({"SPX": shocks[2:], "BTC": 0.5 * shocks[:-2] + rng.normal(size=500)})
    >>> LeadLag(max_lag=3).fit(changes).peak("SPX", "BTC").round(2).to_dict()
    {'lag': -2.0, 'lower': -2.0, 'upper': -2.0, 'estimate': 0.49, 'p_value': 0.0}
    """

    def __init__(
        self,
        *,
        max_lag: int = 5,
        max_hours: int = 48,
        step_hours: int = 1,
        replications: int = 2000,
        random_state: int = 0,
        allow_levels: bool = False,
    ) -> None:
        self.max_lag = max_lag
        self.max_hours = max_hours
        self.step_hours = step_hours
        self.replications = replications
        self.random_state = random_state
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Estimate the curve of every pair.

        Parameters
        ----------
        X : DataFrame or array of changes, or mapping of str to Observations or Series of levels
            A matrix has rows in time order, complete except at its ends; lags then count rows. A mapping is taken on
            its true instants; shifts then count hours.
        y : None
            Ignored.

        Raises
        ------
        InputError
            If the input or a parameter cannot be used.
        """
        for name in ("max_lag", "max_hours", "step_hours", "replications"):
            require_whole(getattr(self, name), name, least=1)
        by_name = isinstance(X, Mapping) and not hasattr(X, "shape")  # some sparse matrices call themselves mappings
        reach = self.max_hours // self.step_hours if by_name else self.max_lag
        self._weigh(X, 2 * reach + 1, by_name=by_name)
        curves = self._fit_hours(X) if by_name else self._fit_rows(X)
        columns = pd.MultiIndex.from_tuples(list(curves), names=["left", "right"])
        index = pd.Index(self._lags, name="lag")
        self.correlation_ = pd.DataFrame({k: c[0] for k, c in enumerate(curves.values())}, index=index)
        self.n_ = pd.DataFrame({k: c[1] for k, c in enumerate(curves.values())}, index=index)
        self.correlation_.columns = self.n_.columns = columns
        self._deviations = {pair: deviations for pair, (_, _, deviations) in curves.items()}
        self._asked: tuple[tuple[Hashable, Hashable], LagCurve | None] | None = None
        return self

    def between(self, left: Hashable, right: Hashable, *, level: float = 0.95) -> pd.DataFrame:
        """Return the curve of a pair with its simultaneous band.

        Returns
        -------
        DataFrame
            Columns ``estimate, lower, upper, n`` by lag. The order of the names matters: exchanging them turns the
            sign of the lags.

        Raises
        ------
        InputError
            If a name is unknown, both are the same, or the level is not between 0 and 1.
        """
        pair, turn = self._pair(left, right, level)
        curve = self._curve(pair)
        estimate = self.correlation_[pair].to_numpy()
        half = np.full(len(estimate), np.nan) if curve is None else curve.band(level)
        lower, upper = self._limits(estimate, half)
        columns = {"estimate": estimate, "lower": lower, "upper": upper, "n": self.n_[pair].to_numpy()}
        return pd.DataFrame(columns, index=self.correlation_.index * turn).sort_index()

    def peak(self, left: Hashable, right: Hashable, *, level: float = 0.95) -> pd.Series:
        """Return where the curve of a pair peaks, with the interval of that lag.

        Returns
        -------
        Series
            ``lag`` (negative: left moves first), ``lower``, ``upper``, the ``estimate`` there, and the ``p_value`` of
            no lead. The interval spans all lags not statistically different from the highest; it is missing when no lag
            differs from 0.
        """
        pair, turn = self._pair(left, right, level)
        curve, lags = self._curve(pair), self.correlation_.index.to_numpy() * turn
        if curve is None:
            return pd.Series(dict.fromkeys(("lag", "lower", "upper", "estimate", "p_value"), np.nan))
        top, ends = curve.peak(), [np.nan, np.nan]
        work = f"{count(self.replications, 'replication')} of {count(len(lags), 'lag')}"
        require_seconds(1e-8 * self.replications * len(lags) ** 2, f"the interval of the peak ({work})", "take fewer")
        if (np.abs(curve.estimate) > curve.band(level)).any():
            ends = sorted(float(lags[place]) for place in curve.peak_range(level))
        estimate = float(self.correlation_[pair].iloc[top])
        found = {"lag": float(lags[top]), "lower": ends[0], "upper": ends[1], "estimate": estimate}
        return pd.Series({**found, "p_value": curve.p_value()})

    def _weigh(self, X: Any, lags: int, *, by_name: bool) -> None:
        """Refuse, before it begins, what would take too long; the prices were measured on one core."""
        columns = len(X) if by_name else np.shape(X)[-1] if len(np.shape(X)) == 2 else 0
        rows = max((len(getattr(item, "levels", item)) for item in X.values()), default=0) if by_name else len(X)
        pairs = columns * (columns - 1) // 2
        each = 1.2e-7 * rows if by_name else 1e-5 + 6e-9 * rows
        what = f"{count(pairs, 'pair')} at {count(lags, 'lag')}"
        require_seconds(pairs * lags * each, what, "take fewer instruments or lags")

    def _fit_rows(self, X: Any) -> dict[tuple[Hashable, Hashable], tuple[Floats, Any, Floats]]:
        sample = complete_sample(self, X)
        self.unit_ = "rows"
        if len(sample.values) < self.max_lag + MINIMUM_ROWS:
            few = f"leaves fewer than {MINIMUM_ROWS} products of {len(sample.values)} rows"
            raise TooShortError(f"max_lag={self.max_lag} {few}; use a smaller one.")
        self._lags = np.arange(-self.max_lag, self.max_lag + 1)
        unit = sample.values / np.abs(sample.values).max(axis=0)
        unit = (unit - unit.mean(axis=0)) / unit.std(axis=0)
        named = dict(zip(sample.names, unit.T, strict=True))
        return {pair: _row_curve(named[pair[0]], named[pair[1]], self._lags) for pair in combinations(named, 2)}

    def _fit_hours(self, X: Any) -> dict[tuple[Hashable, Hashable], tuple[Floats, Any, Floats]]:
        intervals = dict(zip(X, change_intervals(X), strict=True))
        self.caution_ = unfinished_sentence(list(intervals.values()))
        for name, item in intervals.items():
            if not np.any(item.change):
                raise InputError(f"{name} never moves, or has fewer than two observations; leave it out.")
        self.unit_ = "hours"
        reach = self.max_hours // self.step_hours * self.step_hours
        self._lags = np.arange(-reach, reach + 1, self.step_hours)
        legs = {name: _unit(item) for name, item in intervals.items()}
        return {pair: _hour_curve(legs[pair[0]], legs[pair[1]], self._lags) for pair in combinations(legs, 2)}

    def _curve(self, pair: tuple[Hashable, Hashable]) -> LagCurve | None:
        """Return the curve of a pair; that of the pair that was asked last is at hand."""
        if self._asked is None or self._asked[0] != pair:
            self._asked = pair, self._curve_of(pair)
        return self._asked[1]

    def _curve_of(self, pair: tuple[Hashable, Hashable]) -> LagCurve | None:
        """Return the curve on the scale of its deviations; None where blocks are too few or an estimate is missing."""
        estimate, deviations = self.correlation_[pair].to_numpy(), self._deviations[pair]
        if len(deviations) < MINIMUM_BLOCKS or np.isnan(estimate).any() or np.isnan(deviations).any():
            return None
        require_memory(
            24.0 * self.replications * len(estimate),
            f"{count(self.replications, 'replication')} of the curve",
            "take fewer",
        )
        centre = _fisher(estimate) if self.unit_ == "rows" else estimate
        return LagCurve(
            estimate=centre, deviations=deviations, replications=self.replications, random_state=self.random_state
        )

    def _limits(self, estimate: Floats, half: Floats) -> tuple[Floats, Floats]:
        if self.unit_ == "hours":
            return estimate - half, estimate + half
        centre = _fisher(estimate)
        return np.tanh(centre - half), np.tanh(centre + half)

    def _pair(self, left: Hashable, right: Hashable, level: float) -> tuple[tuple[Hashable, Hashable], int]:
        """Return the fitted pair, and -1 when the names were given the other way round."""
        check_is_fitted(self, "correlation_")
        require_level(level)
        require_pair(left, right, (name for pair in self._deviations for name in pair))
        return ((left, right), 1) if (left, right) in self._deviations else ((right, left), -1)

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {f"{pair[0]} – {pair[1]}": self.between(*pair) for pair in self.correlation_.columns[:SHOWN]}

    def _numbers(self) -> pd.DataFrame:
        peaks = {f"{pair[0]} – {pair[1]}": self.peak(*pair) for pair in self.correlation_.columns[:SHOWN]}
        table = pd.DataFrame(peaks).T.rename_axis("pair")
        named = {name: f"{name} ({self.unit_})" for name in ("lag", "lower", "upper")}
        return table.rename(columns={**named, "estimate": "correlation at the peak"})


def _row_curve(x: Floats, y: Floats, lags: npt.NDArray[np.int64]) -> tuple[Floats, Any, Floats]:
    """Return r(k), the rows behind it, and the deviations of atanh r(k) by blocks of rows."""
    rows = len(x)
    blocks = int(min(max(20, np.sqrt(rows)), rows // 2))
    edges = np.linspace(0, rows, blocks + 1).astype(np.int64)[:-1]
    estimate, deviations = np.empty(len(lags)), np.empty((blocks, len(lags)))
    power = (x**2 + y**2) / 2
    for place, lag in enumerate(lags):
        product = np.zeros(rows)
        later, earlier = max(lag, 0), max(-lag, 0)
        product[abs(lag) :] = x[later : rows - earlier] * y[earlier : rows - later]  # at the later row, for both signs
        estimate[place] = product.mean()
        influence = (product - estimate[place] * power) / rows
        deviations[:, place] = np.add.reduceat(influence, edges) / max(1 - estimate[place] ** 2, 1e-12)
    return estimate, rows - np.abs(lags), deviations * np.sqrt(blocks / max(blocks - 1, 1))


def _hour_curve(
    left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, lags: npt.NDArray[np.int64]
) -> tuple[Floats, Any, Floats]:
    """Return the Hayashi–Yoshida correlation at each shift, the overlaps, and the deviations by weeks."""
    estimate, count, replicates = shifted_replicates(left, right, lags * HOUR)
    weeks = len(replicates)
    deviations = (replicates - replicates.mean(axis=0)) * np.sqrt((weeks - 1) / weeks)
    return estimate, count, deviations


def _unit(item: ChangeIntervals) -> HayashiYoshidaLeg:
    """Return the changes times a power of two that brings the largest near 1: squares then stay in range."""
    return HayashiYoshidaLeg(item.start, item.end, np.ldexp(item.change, -int(np.frexp(np.abs(item.change).max())[1])))


def _fisher(estimate: Floats) -> Floats:
    """Return atanh of correlations; of exactly ±1 that of the nearest number inside."""
    inside = np.nextafter(1.0, 0.0)
    return np.asarray(np.arctanh(np.clip(estimate, -inside, inside)))
