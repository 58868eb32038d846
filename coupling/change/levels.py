"""Levels against changes: what two independent random walks of the same length would show."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.change import judge
from coupling.change.checks import changes_of, complete_pairs, require_effort
from coupling.change.cointegration import cointegration_power, engle_granger
from coupling.change.split import window_of
from coupling.limits.asked import require_level
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated
from coupling.results.verdicts import Coupled

__all__ = ["APART", "INDISTINCT", "NO_EVIDENCE", "TOGETHER", "UNKNOWN", "LevelCorrelation", "random_walk_correlations"]

INDISTINCT = "not distinguishable from independent random walks"
TOGETHER = "changes move together"
APART = "changes move in opposite directions"
NO_EVIDENCE = "no evidence of coupling"
UNKNOWN = "no correlation of changes is available"
SIZE = 0.05
PRINTED = 3
"""Decimals of a p-value on a page: a word never stands against the p that is read beside it."""
STEPS = 1000
BATCH = 100


@plain_keywords
class LevelCorrelation(Estimated, BaseEstimator):  # type: ignore[misc]
    """Hold the correlation of two levels against that of independent random walks, and against that of their changes.

    Two levels that wander have large correlations by accident: with independent random walks half of all correlations
    exceed about 0.4 in size, whatever the length. The interval on *changes* decides whether there is a coupling.

    Parameters
    ----------
    level : float
        Coverage of the interval on changes; one minus the size of the tests.
    replications : int
        Pairs of random walks in the null distribution, and pairs behind the power of the cointegration test.
    halflife : float
        Rows in which a deviation from the common path halves, in the alternative whose power is shown.
    random_state : int
        Seed.

    Attributes
    ----------
    table_ : DataFrame
        One row per pair. ``levels``: correlation of the levels; ``p_value``: share of pairs of independent driftless
        Gaussian random walks of that length with a correlation at least as large in size; ``null_quantile``: the size
        that the share `level` of them stay below. ``changes, lower, upper``: correlation of the changes with interval.
        ``cointegration, cointegration_p_value``: Engle-Granger t with one lag and MacKinnon's p-value;
        ``cointegration_power``: its power at that length. ``n``: levels. ``verdict``: whether the changes are coupled,
        by their interval alone; where it includes zero, "not distinguishable from independent random walks" if
        `p_value` exceeds .05 and one minus `level`, else "no evidence of coupling".

    caution_ : str
        What of X was left out; empty where there is nothing to say.

    Examples
    --------
    >>> steps = np.random.default_rng(3).normal(size=(52, 2))
    >>> row = LevelCorrelation(replications=200).fit(steps.cumsum(axis=0)).table_.iloc[0]
    >>> row["verdict"]
    'not distinguishable from independent random walks'
    """

    def __init__(
        self, *, level: float = 0.95, replications: int = 2000, halflife: float = 10.0, random_state: int = 0
    ) -> None:
        self.level = level
        self.replications = replications
        self.halflife = halflife
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> LevelCorrelation:  # noqa: ARG002
        """Compare levels and changes of every pair of columns.

        Parameters
        ----------
        X : DataFrame or array of shape (T, k)
            Levels, logs of prices where that is how a change is formed; rows = time, columns = instruments.
        y : None
            Not used; there for scikit-learn.

        Returns
        -------
        LevelCorrelation
            Itself.

        Raises
        ------
        InputError
            If X is unusable.
        """
        require_limits(self)
        require_level(self.level)
        levels = changes_of(self, X, levels=True)
        require_effort(levels, 5e-3 + 1e-7 * len(levels) * self.replications)
        self.table_ = pd.DataFrame([self._row(pair, both) for pair, both in complete_pairs(levels)])
        return self

    def _row(self, pair: tuple[Any, Any], both: pd.DataFrame) -> dict[str, Any]:
        x = both.to_numpy()
        n = len(x)
        null = random_walk_correlations(min(n, STEPS), self.replications, self.random_state) if n > 2 else np.array([])
        of_levels, of_changes = window_of(x).estimate, window_of(np.diff(x, axis=0))
        lower, upper = of_changes.interval(self.level)
        known = bool(np.isfinite(of_levels)) and len(null) > 0
        p = float((1 + (np.abs(null) >= abs(of_levels)).sum()) / (1 + len(null))) if known else float("nan")
        statistic, cointegrated = engle_granger(x)
        power = cointegration_power(n, self.halflife, 1 - self.level, self.replications, self.random_state)
        return {
            "left": pair[0],
            "right": pair[1],
            "levels": of_levels,
            "p_value": p,
            "null_quantile": float(np.quantile(np.abs(null), self.level)) if known else float("nan"),
            "changes": of_changes.estimate,
            "lower": lower,
            "upper": upper,
            "cointegration": statistic,
            "cointegration_p_value": cointegrated,
            "cointegration_power": power,
            "n": n,
            "verdict": _verdict(lower, upper, as_walks(p, 1 - self.level)),
        }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _intervals(self) -> pd.DataFrame:
        return self._numbers().rename(columns={"changes": "estimate"})


def as_walks(p: float, size: float = SIZE) -> bool:
    """Tell whether levels may be called not distinguishable from random walks: p exceeds .05 as it is printed.

    Examples
    --------
    >>> as_walks(0.0531), as_walks(0.0504), as_walks(0.03), as_walks(float("nan"))
    (True, False, False, False)
    """
    return round(p, PRINTED) > round(max(SIZE, size), PRINTED)


def _verdict(lower: float, upper: float, walks: bool) -> str:
    """Judge the changes by their interval; the words about random walks need a p-value that does not reject them."""
    if not (np.isfinite(lower) and np.isfinite(upper)):
        return UNKNOWN
    if judge.alike(lower, upper) is Coupled.COUPLED:
        return TOGETHER if lower > 0 else APART
    return INDISTINCT if walks else NO_EVIDENCE


@cache
def random_walk_correlations(n: int, replications: int, random_state: int) -> Floats:
    """Return the correlations of pairs of independent Gaussian random walks of n rows.

    Beyond about 1,000 rows the distribution no longer changes, and the estimator above asks for no more.

    Examples
    --------
    >>> walks = random_walk_correlations(250, 500, 0)
    >>> round(float(np.median(np.abs(walks))), 1)
    0.4
    """
    found = []
    for i, child in enumerate(np.random.SeedSequence(random_state).spawn(-(-replications // BATCH))):
        size = min(BATCH, replications - i * BATCH)
        walks = np.random.default_rng(child).standard_normal((2, size, n)).cumsum(axis=2)
        walks -= walks.mean(axis=2, keepdims=True)
        a, b = walks
        ab, aa, bb = (np.einsum("pt,pt->p", one, other) for one, other in ((a, b), (a, a), (b, b)))
        found.append(ab / np.sqrt(aa * bb))
    return np.concatenate(found)
