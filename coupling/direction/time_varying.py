"""Spillovers whose coefficients drift: a vector autoregression with forgetting factors, no window to choose."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats
from coupling.direction.bootstrap import block_starts
from coupling.direction.measures import labelled
from coupling.direction.order import choose_lags
from coupling.direction.sample import complete_sample, require_tables
from coupling.direction.spillover import METHODS
from coupling.errors import InputError, nearest
from coupling.inference.blocks import generators
from coupling.kernels.decomposition import Method, variance_shares
from coupling.kernels.tvp_var import Prior, filter_coefficients, least_squares_prior
from coupling.kernels.var import draw_paths, fit_var
from coupling.limits.asked import require_level, require_whole
from coupling.limits.budget import count, require_seconds
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.parallel import in_parallel
from coupling.machine.scikit import BaseEstimator, check_is_fitted
from coupling.results.estimated import Estimated

__all__ = ["TimeVaryingSpillover"]

PRIORS = ("bayes", "minnesota", "uninformative")


@plain_keywords
class TimeVaryingSpillover(Estimated, BaseEstimator):  # type: ignore[misc]
    """Spillovers at every row from a vector autoregression with drifting coefficients (Antonakakis et al. 2020).

    Coefficients follow a random walk and are filtered, never smoothed: what stands at a row uses the rows up to it, but
    for the mean, the scale and the prior, which come from the whole sample unless `training` says otherwise.

    Parameters
    ----------
    lags : int or {"aic", "bic", "hqic"}
        Lags of the model; a criterion is applied to a model with constant coefficients.
    max_lags : int
        Largest number of lags that a criterion tries.
    horizon : int
        Counts the moving-average terms 0 to horizon - 1.
    method : {"generalized", "cholesky"}
        As in `Spillover`.
    kappa1, kappa2 : float
        Forgetting factors of the coefficients and of the noise covariance, above 0 and not above 1. The effective
        memory is about 1 / (1 - kappa) rows.
    prior : {"bayes", "minnesota", "uninformative"}
        Least squares on the training rows; or zero mean with variance gamma / lag²; or zero mean with variance 4. The
        noise starts at the training residuals' covariance for the first, at the covariance of the series for the
        others.
    training : int, optional
        Rows, from the first, that the prior of least squares uses; default: all.
    gamma : float
        Tightness of the Minnesota prior.
    standardize : {"sample"}, optional
        Divide each column by its standard deviation first, so that units (basis points or %) do not matter. The priors
        of the literature are not free of units: ``None`` gives R's ConnectednessApproach.
    replications : int
        Replications of `intervals`; each takes as long as a fit.
    random_state : int
        Seed of `intervals`.
    n_jobs : int
        Workers of `intervals` (joblib); the numbers do not depend on them.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    total_, to_, from_, net_, pairwise_, table_
        As in `Spillover` with a window, by row of X.
    lags_, n_, n_dropped_ : int
        Lags, complete rows, and incomplete rows cut off at the ends.
    held_ : Series of bool
        Rows whose updated coefficients were unstable, so that those of the row before were kept.
    n_held_ : int
        Their number.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Raises
    ------
    InputError
        On fit: as `Spillover`, or a forgetting factor, the prior, or the training rows are out of range.

    Notes
    -----
    With ``standardize=None`` equal to ``ConnectednessApproach(model="TVP-VAR")`` 1.0.4 to 1e-5. The noise covariance
    of its first `lags` + 1 rows is updated with 0.1·y·y' instead of residuals, and an unstable state is shrunk by 0.99;
    both are kept.

    References
    ----------
    Antonakakis, Chatziantoniou and Gabauer (2020), Journal of Risk and Financial Management 13, 84.
    Koop and Korobilis (2014), European Economic Review 71, 101–116.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> leader = rng.normal(size=501)
    >>> X = pd.DataFrame({"leader": leader[1:], "follower": leader[:-1] + rng.normal(size=500)})
    >>> TimeVaryingSpillover().fit(X).net_.iloc[-1].round(0).to_dict()
    {'leader': 46.0, 'follower': -46.0}
    """

    total_: pd.Series
    to_: pd.DataFrame
    from_: pd.DataFrame
    net_: pd.DataFrame
    pairwise_: pd.DataFrame
    table_: pd.DataFrame
    lags_: int
    n_: int
    n_dropped_: int
    held_: pd.Series
    n_held_: int

    def __init__(
        self,
        *,
        lags: int | str = 1,
        max_lags: int = 8,
        horizon: int = 10,
        method: Method = "generalized",
        kappa1: float = 0.99,
        kappa2: float = 0.96,
        prior: str = "bayes",
        training: int | None = None,
        gamma: float = 0.01,
        standardize: Literal["sample"] | None = "sample",
        replications: int = 49,
        random_state: int = 0,
        n_jobs: int = 1,
        allow_levels: bool = False,
    ) -> None:
        self.lags = lags
        self.max_lags = max_lags
        self.horizon = horizon
        self.method = method
        self.kappa1 = kappa1
        self.kappa2 = kappa2
        self.prior = prior
        self.training = training
        self.gamma = gamma
        self.standardize = standardize
        self.replications = replications
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> TimeVaryingSpillover:  # noqa: ARG002
        """Fit to changes; see `Spillover.fit`."""
        require_limits(self)
        self._check_parameters()
        sample = complete_sample(self, X)
        self.n_, self.n_dropped_ = len(sample.values), sample.dropped
        rows = self.n_ if self.training is None else min(require_whole(self.training, "training", least=3), self.n_)
        self.lags_ = choose_lags(sample.values, self.lags, max_lags=self.max_lags, rows=rows)
        columns = len(sample.names) * self.lags_
        values = _in_own_units(sample.values) if self.standardize else sample.values
        require_tables(self.n_, len(sample.names), self.lags_)
        self._price = self.n_ * (4e-5 + 5e-7 * columns**2 + 5e-8 * columns**3)
        work = f"{count(len(sample.names), 'instrument')} over {count(self.n_, 'row')}"
        require_seconds(self._price, work, "take fewer instruments, lags or rows")
        constant = fit_var(values, self.lags_)
        if constant is None:
            raise InputError("The columns or their lags are collinear, so the model has no solution; leave one out.")
        self._constant = constant
        self._rows = rows
        shares, held = self._filtered_shares(values)
        for name, value in labelled(shares, sample.names, sample.index).items():
            setattr(self, name, value)
        self.held_ = pd.Series(held, index=sample.index, name="held")
        self.n_held_ = int(held.sum())
        return self

    def intervals(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return the total at every row with a basic bootstrap interval.

        The error of the filter is learnt from series drawn from a model with constant coefficients (least squares, in
        blocks of residual rows) and filtered alike, each with its own prior. The interval holds at each row by itself,
        and its coverage where the truth is constant; a truth that drifts faster than the filter remembers leaves it.

        Parameters
        ----------
        level : float
            Coverage asked of each interval, between 0 and 1.

        Returns
        -------
        DataFrame
            Columns ``estimate, bias_corrected, lower, upper, n`` in %, by row; n is the number of rows up to it.
        """
        check_is_fitted(self, "table_")
        require_level(level)
        replications = require_whole(self.replications, "replications", least=39)
        told = count(replications, "replication")
        require_seconds(replications * self._price, told, "ask for fewer")
        streams = generators(self.random_state, replications)
        errors = np.stack(in_parallel(((self._replicate, (rng,)) for rng in streams), self.n_jobs))
        estimate = self.total_.to_numpy()
        low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull")
        columns = {
            "estimate": estimate,
            "bias_corrected": np.clip(estimate - errors.mean(axis=0), 0, 100),
            "lower": np.clip(estimate - high, 0, 100),
            "upper": np.clip(estimate - low, 0, 100),
            "n": np.arange(1, self.n_ + 1),
        }
        return pd.DataFrame(columns, index=self.total_.index)

    def _filter(self, values: Floats, rows: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        return filter_coefficients(
            values - values.mean(axis=0),
            self.lags_,
            self._prior(values, rows),
            forget_coefficients=self.kappa1,
            forget_covariance=self.kappa2,
        )

    def _prior(self, values: Floats, rows: int) -> Prior:
        if self.prior == "bayes":
            return least_squares_prior(values[:rows], self.lags_)
        k = values.shape[1]
        age = np.repeat(np.arange(1.0, self.lags_ + 1), k)
        variance = self.gamma / age**2 if self.prior == "minnesota" else np.full(len(age), 4.0)
        return Prior(mean=np.zeros((k, len(age))), spread=np.diag(variance), noise=np.cov(values.T))

    def _filtered_shares(self, values: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        coefficients, covariance, held = self._filter(values, self._rows)
        return self._shares(coefficients, covariance), held

    def _shares(self, coefficients: Floats, covariance: Floats) -> Floats:
        return variance_shares(coefficients, covariance, horizon=self.horizon, method=self.method)

    def _replicate(self, rng: np.random.Generator) -> Floats:
        """Return the filter's error of the total along a path drawn from the constant model."""
        constant, block = self._constant, int(np.ceil(self.n_ ** (1 / 3)))
        rows, k = constant.residuals.shape
        starts, first = block_starts(rows, block, 1, rng)[:, :, None], np.zeros((1, self.lags_, k))
        drawn = draw_paths(constant.coefficients, constant.residuals, starts, first, block=block)[0] * constant.scale
        coefficients, covariance, _ = self._filter(drawn, self._rows)
        return self._total(coefficients, covariance) - self._total(
            constant.coefficients[None], constant.covariance[None]
        )

    def _total(self, coefficients: Floats, covariance: Floats) -> Floats:
        shares = self._shares(coefficients, covariance)
        return np.asarray(100.0 * (1.0 - np.trace(shares, axis1=1, axis2=2) / shares.shape[1]))

    def _check_parameters(self) -> None:
        require_whole(self.horizon, "horizon", least=1)
        require_whole(self.replications, "replications", least=39)
        if self.standardize not in (None, "sample"):
            raise InputError(f"standardize={self.standardize!r} is unknown; use 'sample', or None for raw changes.")
        for name, word, known in (("method", self.method, METHODS), ("prior", self.prior, PRIORS)):
            if word not in known:
                raise InputError(f"{name}={word!r} is unknown; {nearest(str(word), known)}")
        for name, number, most in (("kappa1", self.kappa1, 1), ("kappa2", self.kappa2, 1), ("gamma", self.gamma, None)):
            if not number > 0 or (most is not None and number > most):
                raise InputError(f"{name}={number!r} must lie above 0" + (" and not above 1." if most else "."))

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {"total (%)": pd.DataFrame({"estimate": self.total_})}

    def _numbers(self) -> pd.DataFrame:
        parts = {"to (%)": self.to_, "from (%)": self.from_, "net (%)": self.net_}
        latest = pd.DataFrame({name: part.iloc[-1] for name, part in parts.items()})
        return latest.assign(**{"total (%)": self.total_.iloc[-1]}).rename_axis("instrument")


def _in_own_units(values: Floats) -> Floats:
    """Divide each column by its standard deviation, without overflow."""
    scaled = values / np.abs(values).max(axis=0)
    return np.asarray(scaled / scaled.std(axis=0))
