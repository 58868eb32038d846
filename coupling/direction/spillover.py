"""Spillovers of Diebold and Yilmaz: who sends forecast-error variance to whom, with intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.direction.bootstrap import BootstrapDraws, BootstrapPlan, bootstrap_measures, measure_models
from coupling.direction.measures import labelled, measure_kinds, measure_names
from coupling.direction.order import choose_lags
from coupling.direction.sample import complete_sample, require_tables
from coupling.errors import InputError, TooShortError, nearest
from coupling.keeping.keeper import kept
from coupling.kernels.decomposition import Method, is_stable, spectral_radius, variance_shares
from coupling.kernels.var import VarFit, fit_var, rolling_var
from coupling.limits.asked import require_level, require_whole
from coupling.limits.budget import count, require_seconds
from coupling.limits.keywords import plain_keywords
from coupling.machine.parallel import in_parallel
from coupling.machine.scikit import BaseEstimator, check_is_fitted
from coupling.results.estimated import Estimated

__all__ = ["METHODS", "Spillover"]

METHODS = ("generalized", "cholesky")
_COLUMNS = ("estimate", "bias_corrected", "lower", "upper", "without_links", "p_value", "p_adjusted")


@plain_keywords
class Spillover(Estimated, BaseEstimator):  # type: ignore[misc]
    """Spillovers from a vector autoregression, over the whole sample or rolling.

    The model has a constant and is fitted by least squares. Row i of the table says how the forecast-error variance of
    i divides among shocks to each j: rows receive, columns send, every row sums to 100 %.

    Parameters
    ----------
    lags : int or {"aic", "bic", "hqic"}
        Lags of the model. A criterion is applied once, to the whole sample, also when windows roll.
    max_lags : int
        Largest number of lags that a criterion tries.
    horizon : int
        Steps ahead; counts the moving-average terms 0 to horizon - 1.
    method : {"generalized", "cholesky"}
        Generalised shocks (Pesaran and Shin 1998), each row divided by its sum as in Diebold and Yilmaz (2012), do not
        depend on the order of the columns. Cholesky shocks (Diebold and Yilmaz 2009) let a column move only those
        after it within the row.
    window : int, optional
        Rows of a rolling window; a window of W is W rows, of which W - lags are regression rows. Default: one window,
        the whole sample.
    replications : int
        Bootstrap replications of `intervals`.
    block : int, optional
        Residual rows drawn together; by default the number of rows to the power 1/3.
    every : int, optional
        Rolling windows: `intervals` gives the first window, each one `every` rows after it, and the last; by default
        half a window apart.
    random_state : int
        Seed of `intervals`.
    n_jobs : int
        Workers of `intervals` (joblib); the numbers do not depend on them.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    total_ : float, or Series by window end
        Mean share received from the others, in %: the spillover index.
    to_, from_, net_ : Series by instrument, or DataFrame of window end × instruments
        What an instrument sends to all others (its column without the diagonal, summed over receivers, so it may
        exceed 100), what it receives (100 less its diagonal), and the difference, in %.
    pairwise_ : Series by pair, or DataFrame of window end × pairs
        Net of each pair (left, right): what left sends to right less what right sends to left, in %.
    table_ : DataFrame
        Receivers × senders, in %; rolling: (window end, receiver) × senders.
    lags_ : int
        Lags used.
    n_ : int
        Rows in the (or a) window.
    n_dropped_ : int
        Incomplete rows cut off at the ends of X.
    stable_ : bool, or Series by window end
        Whether every companion eigenvalue lies inside the unit circle. Shares at a finite horizon exist without it and
        are given, but they describe a path that explodes.
    n_unstable_, n_missing_ : int
        Windows that are not stable, and windows without a number (collinear, or a column is constant in them).
    spectral_radius_ : float
        Largest modulus of the companion eigenvalues (whole sample only).
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Raises
    ------
    InputError
        On fit: a parameter is out of range, a row is incomplete between complete ones, a column is constant, columns
        are collinear, or there are too few rows for the lags.

    Notes
    -----
    Equal to R's ConnectednessApproach 1.0.4 (``model="VAR"``) to 1e-9; its ``window.size`` of W has W - lags rows, so
    that W rows here are its ``window.size = W + lags``. Multiply `total_` by k / (k - 1) for its ``cTCI``.

    A net says little about time by itself: generalised shocks make the instrument with the larger same-row
    correlations a net sender even where nothing follows anything. `intervals` gives the nets beyond that.

    Sampling noise alone gives a positive total (6 % for five unlinked series over 200 rows with two lags):
    `intervals` corrects for it and prints the value expected without links.

    References
    ----------
    Diebold and Yilmaz (2012), International Journal of Forecasting 28, 57–66.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> leader = rng.normal(size=501)
    >>> X = pd.DataFrame({"leader": leader[1:], "follower": leader[:-1] + rng.normal(size=500)})
    >>> spillover = Spillover(lags=1).fit(X)
    >>> spillover.net_.round(0).to_dict()
    {'leader': 45.0, 'follower': -45.0}
    """

    total_: Any
    to_: Any
    from_: Any
    net_: Any
    pairwise_: Any
    table_: pd.DataFrame
    lags_: int
    n_: int
    n_dropped_: int
    stable_: Any
    n_unstable_: int
    n_missing_: int
    spectral_radius_: float

    def __init__(
        self,
        *,
        lags: int | str = "bic",
        max_lags: int = 8,
        horizon: int = 10,
        method: Method = "generalized",
        window: int | None = None,
        replications: int = 299,
        block: int | None = None,
        every: int | None = None,
        random_state: int = 0,
        n_jobs: int = 1,
        allow_levels: bool = False,
    ) -> None:
        self.lags = lags
        self.max_lags = max_lags
        self.horizon = horizon
        self.method = method
        self.window = window
        self.replications = replications
        self.block = block
        self.every = every
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> Spillover:  # noqa: ARG002
        """Fit to changes.

        Parameters
        ----------
        X : DataFrame or array, shape (n_rows, n_instruments)
            Changes, rows = time, columns = instruments; units do not matter. (Log volatilities wander, and ask for
            ``allow_levels=True``.)
        y : None
            Ignored.

        Returns
        -------
        Spillover
            Itself.
        """
        self._check_parameters()
        sample = complete_sample(self, X)
        self.n_ = len(sample.values) if self.window is None else self.window
        if self.n_ > len(sample.values):
            raise TooShortError(f"window={self.n_} is longer than the {len(sample.values)} complete rows; shorten it.")
        self.lags_ = choose_lags(sample.values, self.lags, max_lags=self.max_lags, rows=self.n_)
        self.n_dropped_, self._sample = sample.dropped, sample
        windows = len(sample.values) - self.n_ + 1
        require_tables(windows, len(sample.names), self.lags_)
        require_seconds(windows * self._price(), self._work(windows), "take fewer instruments, lags or windows")
        if self.window is None:
            self._fit_whole()
        else:
            self._fit_rolling()
        return self

    def intervals(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return every measure with its interval and the value expected without links.

        Parameters
        ----------
        level : float
            Coverage asked of the intervals, between 0 and 1: one by one, but jointly for all net_lagged and jointly for
            all net_pair_lagged, since one reads off them who leads.

        Returns
        -------
        DataFrame
            Columns ``measure``, ``sender``, ``receiver``, ``estimate``, ``bias_corrected``, ``lower``, ``upper``,
            ``without_links``, ``p_value`` and ``p_adjusted`` (of net_lagged and net_pair_lagged against 0, alone and
            jointly by sup-t), ``n``; rolling: ``window_end`` before them. Measures are total, to, from, net, net_pair,
            share, and net_lagged and net_pair_lagged: the nets less those at one step ahead, which same-row
            correlations alone bring about. In %, cut to the possible range. The interval belongs to the bias-corrected
            value and may lie below the estimate. Unstable or missing windows have no interval.

        Notes
        -----
        See `coupling.direction.bootstrap`: bias-corrected residual block bootstrap, studentised basic intervals.
        """
        check_is_fitted(self, "table_")
        require_level(level)
        plan, step = self._plan(), 1 if self.window is None else self.every or max(self.window // 2, 1)
        windows = 1 if self.window is None else 1 + -(-(len(self.total_) - 1) // step)
        each = 2e-4 + self._price(per_row=2e-7)
        told = f"{count(plan.replications, 'replication')} of {self._work(windows)}"
        require_seconds(windows * plan.replications * each, told, "ask for fewer replications")
        return self._interval_table([0], plan, level) if self.window is None else self._rolling(plan, level, step)

    def _plan(self) -> BootstrapPlan:
        self._check_parameters()
        return BootstrapPlan(
            lags=self.lags_,
            horizon=self.horizon,
            method=self.method,
            replications=self.replications,
            block=self.block,
            seed=(self.random_state,),
            n_jobs=self.n_jobs,
        )

    def _price(self, *, per_row: float = 0.0) -> float:
        """Return the seconds that a window is estimated to take on one core; the prices were measured."""
        columns = len(self._sample.names) * self.lags_
        return 1e-5 + per_row * columns * self.n_ + 5e-7 * columns**2 + 2e-9 * columns**3

    def _work(self, windows: int) -> str:
        return f"{count(len(self._sample.names), 'instrument')} in {count(windows, 'window')} of {self.n_:,} rows"

    def _fit_whole(self) -> None:
        fit = self._fit_window(0)
        if fit is None:
            raise InputError("The columns or their lags are collinear, so the model has no solution; leave one out.")
        coefficients = fit.coefficients[None]
        shares = self._shares(coefficients, fit.covariance[None])
        self._set(labelled(shares, self._sample.names, None))
        self.spectral_radius_ = float(spectral_radius(coefficients)[0])
        self.stable_ = self.spectral_radius_ < 1
        self.n_unstable_, self.n_missing_ = int(not self.stable_), 0

    def _fit_rolling(self) -> None:
        sample, k = self._sample, len(self._sample.names)
        ends = sample.index[self.n_ - 1 :]
        shares, stable = np.empty((len(ends), k, k)), np.empty(len(ends), dtype=np.bool_)
        for part, coefficients, covariance in rolling_var(sample.values, self.lags_, self.n_):
            shares[part], stable[part] = self._shares(coefficients, covariance), is_stable(coefficients)
        self._set(labelled(shares, sample.names, ends))
        self.stable_ = pd.Series(stable, index=ends, name="stable")
        self.n_missing_ = int(self.total_.isna().sum())
        self.n_unstable_ = int((~self.stable_).sum()) - self.n_missing_

    def _set(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            setattr(self, name, value)

    def _fit_window(self, start: int) -> VarFit | None:
        return fit_var(self._sample.values[start : start + self.n_], self.lags_)

    def _shares(self, coefficients: Floats, covariance: Floats) -> Floats:
        return variance_shares(coefficients, covariance, horizon=self.horizon, method=self.method)

    def _rolling(self, plan: BootstrapPlan, level: float, step: int) -> pd.DataFrame:
        starts = sorted({*range(0, len(self.total_), step), len(self.total_) - 1})
        frame = self._interval_table(starts, plan, level)
        ends = self.total_.index[starts].repeat(len(frame) // len(starts))
        frame.insert(0, "window_end", ends)
        return frame

    def _interval_table(self, starts: list[int], plan: BootstrapPlan, level: float) -> pd.DataFrame:
        """Return the measures of the windows that begin at some rows, below each other."""
        plans = [plan]
        if self.window is not None:
            plans = [replace(plan, seed=(*plan.seed, start), n_jobs=1) for start in starts]
        jobs = ((self._interval_of, (start, each, level)) for start, each in zip(starts, plans, strict=True))
        found: list[Floats] = in_parallel(jobs, 1 if self.window is None else plan.n_jobs)
        names = measure_names(list(self._sample.names))
        frame = names.iloc[np.tile(np.arange(len(names)), len(starts))].reset_index(drop=True)
        return frame.assign(**dict(zip(_COLUMNS, np.concatenate(found, axis=1), strict=True)), n=self.n_)

    def _interval_of(self, start: int, plan: BootstrapPlan, level: float) -> Floats:
        return kept(_measured, self._sample.values[start : start + self.n_], plan, level)

    def _check_parameters(self) -> None:
        require_whole(self.horizon, "horizon", least=1)
        if self.method not in METHODS:
            raise InputError(f"method={self.method!r} is unknown; {nearest(str(self.method), METHODS)}")
        require_whole(self.replications, "replications", least=39)
        require_whole(self.random_state, "random_state", least=0)
        for name, least in (("window", 3), ("block", 1), ("every", 1)):
            if getattr(self, name) is not None:
                require_whole(getattr(self, name), name, least=least)

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {} if self.window is None else {"total (%)": pd.DataFrame({"estimate": self.total_})}

    def _numbers(self) -> pd.DataFrame:
        parts = {"to (%)": self.to_, "from (%)": self.from_, "net (%)": self.net_}
        latest = {name: part if self.window is None else part.iloc[-1] for name, part in parts.items()}
        total = self.total_ if self.window is None else self.total_.iloc[-1]
        return pd.DataFrame(latest).assign(**{"total (%)": total}).rename_axis("instrument")

    def _matrix(self) -> pd.DataFrame:
        return self.table_ if self.window is None else pd.DataFrame()


def _measured(values: Floats, plan: BootstrapPlan, level: float) -> Floats:
    """Return the measures of a window with their intervals, in rows as `_COLUMNS`; missing where they have none."""
    k, fit = values.shape[1], fit_var(values, plan.lags)
    kinds = measure_kinds(k)
    found = np.full((len(_COLUMNS), len(kinds)), np.nan)
    if fit is not None:
        found[0] = measure_models(fit.coefficients[None], fit.covariance[None], plan)[0]
        if is_stable(fit.coefficients[None])[0]:
            found[1:] = _limits(kinds, bootstrap_measures(values, fit, plan), level, k)
    return found


def _limits(kinds: list[str], draws: BootstrapDraws, level: float, k: int) -> Floats:
    """Return the interval and the value without links, cut to the range that each measure can have, and p-values."""
    most = np.array([100.0 * (k - 1) if kind in ("to", "net", "net_lagged") else 100.0 for kind in kinds])
    least = np.where([kind.startswith("net") for kind in kinds], -most, 0.0)
    families = [np.flatnonzero([kind == each for kind in kinds]) for each in ("net_lagged", "net_pair_lagged")]
    cut = np.clip([draws.bias_corrected, *draws.limits(level, families)], least, most)
    return np.stack([*cut, draws.without_links, *draws.p_values(families)])
