"""Calm and stressed regimes: are there two at all, which one is it, and what is the correlation in each."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.change.checks import MARGINS, changes_of, require_effort
from coupling.change.regime_test import directions, ratios, shuffled
from coupling.errors import InputError
from coupling.inference import generators
from coupling.kernels.switching import (
    TwoStates,
    fit_two_states,
    simulate_two_states,
    state_probabilities,
)
from coupling.limits.asked import require_level, require_word
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated
from coupling.volatility import GarchFit, fit_garch

__all__ = ["RegimeModel"]

STATES = ("calm", "stressed")
COLUMNS = ["left", "right", "state", "estimate", "lower", "upper", "n_effective"]


@plain_keywords
class RegimeModel(Estimated, BaseEstimator):  # type: ignore[misc]
    """Two hidden states, calm and stressed, each with its own covariance of all columns (Hamilton 1989).

    A fit of two states always finds two. So they are tested first, on the directions of residuals of GARCH margins:
    changing variances alone are no regimes of a coupling, and a volatility that all columns share has no say in a
    direction, whether a GARCH filter catches it or not. Twice the rise of the log-likelihood over one state is compared
    with its law when whole rows are put in random order, which keeps every row and leaves no lasting states. Unless
    `p_value_` is small, say that one state with changing variances does as well; show no regimes. Its size and power
    are measured in docs/size.md.

    Parameters
    ----------
    level : float
        Coverage of the intervals; two states are found if the p-value is at most one minus it.
    margins : {"garch", "gjr"}
        Variance of each column: GARCH(1,1), or GJR, in which falls move it by more.
    block : int
        Neighbouring rows of residuals that stay together.
    replications : int
        Random orders behind the p-value, and samples of the fitted states behind the intervals.
    random_state : int
        Seed.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    statistic_, p_value_, found_ : float, float, bool
        Likelihood ratio of two states to one for the directions of residuals, its resampled p-value, and whether that
        is small.
    probability_ : Series
        Probability that the row is stressed, given the rows up to it (filtered). The parameters behind it are those of
        the whole sample.
    hindsight_ : Series
        The same given all rows (smoothed): hindsight, never to be used as if it had been known.
    table_ : DataFrame
        One row per pair and state, and one for the difference stressed less calm: correlation with its basic bootstrap
        interval, and the rows that the state amounts to.
    states_ : DataFrame
        One row per state: share of time, expected duration in rows, and standard deviation of each column in its unit.
    n_ : int
        Rows used; rows in which a column is missing are left out.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(400, 2))
    >>> x[150:250] = 4 * x[150:250] @ [[1.0, 0.9], [0.0, 0.4]]
    >>> model = RegimeModel(replications=39).fit(x)
    >>> model.found_, bool(model.probability_[200] > 0.9), bool(model.probability_[100] < 0.1)
    (True, True, True)
    """

    def __init__(
        self,
        *,
        level: float = 0.95,
        margins: Literal["garch", "gjr"] = "garch",
        block: int = 1,
        replications: int = 99,
        random_state: int = 0,
        allow_levels: bool = False,
    ) -> None:
        self.level = level
        self.margins = margins
        self.block = block
        self.replications = replications
        self.random_state = random_state
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> RegimeModel:  # noqa: ARG002
        """Test two states against one, and fit them.

        Parameters
        ----------
        X : DataFrame or array of shape (T, k)
            Changes, rows = time, columns = instruments.
        y : None
            Not used; there for scikit-learn.

        Returns
        -------
        RegimeModel
            Itself.

        Raises
        ------
        InputError
            If X is unusable, a column does not vary, columns are collinear, or a parameter is impossible.
        """
        require_limits(self)
        require_level(self.level)
        require_word("margins", self.margins, MARGINS)
        if self.replications < 19 or self.block < 1:
            raise InputError(
                f"replications={self.replications!r} must be at least 19 and block={self.block!r} at least 1."
            )
        changes = changes_of(self, X).dropna()
        require_effort(changes, 4.5e-4 * len(changes) * self.replications)
        margins = [_margin(changes, name, asymmetric=self.margins == "gjr") for name in changes.columns]
        x = np.column_stack([margin.path.residuals for margin in margins])[None]
        _check_full_rank(x[0])
        fitted = fit_two_states(x)
        self.n_ = len(changes)
        self._test(np.column_stack([margin.path.standardized for margin in margins]))
        filtered, smoothed = state_probabilities(x, fitted)
        self.probability_ = pd.Series(filtered[0], index=changes.index, name="stressed")
        self.hindsight_ = pd.Series(smoothed[0], index=changes.index, name="stressed, in hindsight")
        self.states_ = _states(fitted, margins, changes.columns)
        self.table_ = self._table(x, fitted, smoothed[0], changes.columns)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _test(self, z: Floats) -> None:
        """Compare two states with one on directions, whose rows have no order under one state."""
        rng = generators(self.random_state, 2)[0]
        rows, correlation = directions(z)
        orders = [shuffled(len(rows), self.block, rng) for _ in range(self.replications)]
        found = ratios(rows[np.array([np.arange(len(rows)), *orders])], correlation)
        self.statistic_ = float(found[0])
        self.p_value_ = float((found >= found[0]).sum() / (1 + self.replications))
        self.found_ = bool(self.p_value_ <= 1.0 - self.level + 1e-12)

    def _table(self, x: Floats, fitted: TwoStates, smoothed: Floats, names: pd.Index) -> pd.DataFrame:
        """Simulate the fitted model, fit it again, and form basic intervals on Fisher's z."""
        rng = generators(self.random_state, 2)[1]
        samples = simulate_two_states(fitted, x[0], smoothed, self.replications, rng)
        found, resampled = _fisher(fitted.covariances), _fisher(fit_two_states(samples, start=fitted).covariances)
        sizes = [float((1.0 - smoothed).sum()), float(smoothed.sum())]
        rows: list[list[Any]] = []
        for pair, (i, j) in zip(combinations(names, 2), combinations(range(len(names)), 2), strict=True):
            for state, word in enumerate(STATES):
                ends = self._basic(found[0, state, i, j], resampled[:, state, i, j])
                rows.append([*pair, word, *np.tanh([found[0, state, i, j], *ends]), sizes[state]])
            gap = np.tanh(found[:, 1, i, j]) - np.tanh(found[:, 0, i, j])
            gaps = np.tanh(resampled[:, 1, i, j]) - np.tanh(resampled[:, 0, i, j])
            rows.append([*pair, "difference", gap[0], *self._basic(gap[0], gaps), min(sizes)])
        return pd.DataFrame(rows, columns=COLUMNS)

    def _basic(self, estimate: float, resampled: Floats) -> tuple[float, float]:
        low, high = np.quantile(resampled, [0.5 - self.level / 2.0, 0.5 + self.level / 2.0])
        return 2.0 * estimate - float(high), 2.0 * estimate - float(low)

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {"probability of the stressed state": pd.DataFrame({"estimate": self.probability_})}


def _fisher(covariances: Floats) -> Floats:
    """Return Fisher's z of every entry of the correlation matrices; the diagonal is of no use."""
    scale = np.sqrt(np.einsum("bsii->bsi", covariances))
    correlations = covariances / scale[..., :, None] / scale[..., None, :]
    return np.asarray(np.arctanh(correlations.clip(-1.0 + 1e-12, 1.0 - 1e-12)))


def _margin(changes: pd.DataFrame, name: Hashable, *, asymmetric: bool) -> GarchFit:
    try:
        return fit_garch(changes[name].to_numpy(), asymmetric=asymmetric)
    except InputError as error:
        raise InputError(f"Column {name!r}: {error}") from error


def _check_full_rank(x: Floats) -> None:
    smallest = float(np.linalg.eigvalsh(np.cov(x.T))[0])
    if not smallest > 1e-10:
        raise InputError(f"The columns are collinear (smallest eigenvalue {smallest:.1e}); leave one of them out.")


def _states(fitted: TwoStates, margins: list[GarchFit], names: pd.Index) -> pd.DataFrame:
    scale = np.array([margin.scale for margin in margins])
    deviations = np.sqrt(np.einsum("sii->si", fitted.covariances[0])) * scale
    table = pd.DataFrame(deviations, index=pd.Index(STATES, name="state"), columns=names)
    table.insert(0, "share", fitted.stationary[0])
    table.insert(1, "duration", 1.0 / (1.0 - np.diag(fitted.transitions[0])))
    return table
