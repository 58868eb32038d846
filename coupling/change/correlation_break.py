"""Did a correlation change at an unknown date: one break, and several by repeated splitting."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from coupling.change.checks import changes_of, check_level, complete_pairs, standardized
from coupling.change.correlation_dates import break_interval, moments_of
from coupling.change.fluctuation import FLUCTUATIONS
from coupling.errors import InputError, nearest
from coupling.inference import correlation_from_means
from coupling.kernels.minimum import MINIMUM_ROWS

__all__ = ["CorrelationBreak"]

Floats = NDArray[np.float64]
COLUMNS = ["left", "right", "break", "date", "lower", "upper", "statistic", "p_value", "before", "after", "n"]


class CorrelationBreak(BaseEstimator):  # type: ignore[misc]
    """Test for a constant correlation against a change at an unknown date, and date the changes.

    Wied, Krämer and Dehling (2012) compare the correlation of the first j rows with that of all rows. Two assumptions
    matter: finite fourth moments, and *constant variances*. When both variances rise the test on raw changes rejects a
    constant correlation most of the time; use ``standardize="ewma"`` and never rest on raw changes alone.

    Parameters
    ----------
    method : {"pearson", "kendall", "spearman"}
        Measure of correlation. ``pearson``: Wied, Krämer and Dehling (2012). ``kendall``: Dehling, Vogel, Wendler and
        Wied (2017); ``spearman``: Wied, Dehling, van Kampen and Vogel (2014), both with the conventions of R's robcp,
        whose correction for finite samples is part of `statistic_`.
    standardize : {None, "ewma"}
        None: the changes as they are. ``ewma``: each divided by its exponentially weighted volatility, known one row
        earlier.
    level : float
        One minus the size of the tests, and the coverage of the dates' intervals.
    max_breaks : int
        Largest number of breaks per pair.
    min_segment : int
        Rows that a segment needs on either side of a further break.
    replications : int
        Bootstrap replications behind the interval of a date.
    random_state : int
        Seed of the bootstrap.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    statistic_ : float
        Largest statistic over the pairs of columns; with two columns the statistic of the pair.
    p_value_ : float
        Its p-value, times the number of pairs (Bonferroni) where there are several.
    date_ : label
        Last row before the estimated break of that pair; missing where the statistic is missing.
    interval_ : tuple of labels
        Interval of that date, which supposes that there is a break. Circular blocks are drawn within the two segments;
        the basic and the percentile interval together (covers .89 to .97 of true dates where the basic one covers .82
        to .91). Kendall's borrows the spread of Spearman's date.
    pair_ : tuple
        The pair.
    table_ : DataFrame
        One row per pair: date, interval, statistic, p-value (not adjusted), correlation before and after, n.
    breaks_ : DataFrame
        One row per significant break of each pair (Galeano and Wied 2014): split again at level 1 - (1 - a)^(1/(k+1))
        after k breaks, then every break is tested again between its neighbours.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(400, 2))
    >>> x[200:, 1] += 2 * x[200:, 0]
    >>> test = CorrelationBreak().fit(x)
    >>> bool(test.p_value_ < 0.01 and 190 < test.date_ < 210)
    True
    """

    def __init__(
        self,
        *,
        method: Literal["pearson", "kendall", "spearman"] = "pearson",
        standardize: Literal["ewma"] | None = None,
        level: float = 0.95,
        max_breaks: int = 5,
        min_segment: int = 50,
        replications: int = 199,
        random_state: int = 0,
        allow_levels: bool = False,
    ) -> None:
        self.method = method
        self.standardize = standardize
        self.level = level
        self.max_breaks = max_breaks
        self.min_segment = min_segment
        self.replications = replications
        self.random_state = random_state
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> CorrelationBreak:  # noqa: ARG002
        """Test every pair of columns.

        Parameters
        ----------
        X : DataFrame or array of shape (T, k)
            Changes, rows = time, columns = instruments; a pair uses the rows in which both are there.
        y : None
            Not used; there for scikit-learn.

        Returns
        -------
        CorrelationBreak
            Itself.

        Raises
        ------
        InputError
            If X is unusable or a parameter is impossible.
        """
        check_level(self.level)
        if self.method not in FLUCTUATIONS:
            raise InputError(f"Unknown method {self.method!r}; {nearest(str(self.method), FLUCTUATIONS)}.")
        changes = standardized(changes_of(self, X), self.standardize)
        firsts, breaks = [], []
        for pair, both in complete_pairs(changes):
            if len(both) < 10:
                raise InputError(
                    f"{pair[0]} and {pair[1]} share {len(both)} usable rows; a break test needs at least 10."
                )
            firsts.append(self._row(pair, both, 0, self._test(both, 0, len(both)), (0, len(both))))
            breaks += self._several(pair, both)
        self.table_ = pd.DataFrame(firsts, columns=COLUMNS).drop(columns="break")
        self.breaks_ = pd.DataFrame(breaks, columns=COLUMNS)
        self._summarise()
        return self

    def _summarise(self) -> None:
        best = self.table_["statistic"].fillna(-np.inf).to_numpy().argmax()
        top = self.table_.iloc[best]
        self.pair_ = (top["left"], top["right"])
        self.statistic_ = float(top["statistic"])
        self.p_value_ = min(float(top["p_value"]) * len(self.table_), 1.0) if self.statistic_ >= 0 else float("nan")
        self.date_ = top["date"]
        self.interval_ = (top["lower"], top["upper"])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _test(self, both: pd.DataFrame, first: int, stop: int) -> tuple[float, float, int]:
        """Return statistic, p-value and the row that begins the second segment."""
        found = FLUCTUATIONS[str(self.method)](both.to_numpy()[first:stop])
        return found.statistic, found.p_value, first + found.rows

    def _several(self, pair: tuple[Hashable, Hashable], both: pd.DataFrame) -> list[dict[str, Any]]:
        edges = self._refine(both, self._split(both))
        spans = zip(edges[:-2], edges[1:-1], edges[2:], strict=True)
        return [
            self._row(pair, both, number, (*self._test(both, first, stop)[:2], cut), (first, stop))
            for number, (first, cut, stop) in enumerate(spans, start=1)
        ]

    def _split(self, both: pd.DataFrame) -> list[int]:
        """Add the most significant break until none is left."""
        edges = [0, len(both)]
        while len(edges) - 2 < self.max_breaks:
            tests = [
                self._test(both, first, stop) for first, stop in pairwise(edges) if stop - first >= 2 * self.min_segment
            ]
            significant = [test for test in tests if test[1] < self._size(len(edges) - 2)]
            if not significant:
                break
            edges = sorted({*edges, max(significant)[2]})
        return edges

    def _refine(self, both: pd.DataFrame, edges: list[int]) -> list[int]:
        """Date each break again between its neighbours, and drop it if it is no longer significant."""
        for _ in range(len(edges)):
            refined = [0]
            for position in range(1, len(edges) - 1):
                _, p, cut = self._test(both, refined[-1], edges[position + 1])
                if p < self._size(len(edges) - 3):
                    refined.append(cut)
            refined.append(len(both))
            if refined == edges:
                break
            edges = refined
        return edges

    def _size(self, breaks: int) -> float:
        return float(1 - self.level ** (1 / (breaks + 1)))

    def _row(
        self,
        pair: tuple[Hashable, Hashable],
        both: pd.DataFrame,
        number: int,
        test: tuple[float, float, int],
        span: tuple[int, int],
    ) -> dict[str, Any]:
        statistic, p_value, cut = test
        row = {"left": pair[0], "right": pair[1], "break": number, "statistic": statistic, "p_value": p_value}
        first, stop = span
        if not np.isfinite(statistic):
            return row | {"date": pd.NaT, "lower": pd.NaT, "upper": pd.NaT, "n": stop - first}
        values = both.to_numpy()
        lower, upper = break_interval(
            values[first:stop],
            cut - first,
            method=self.method,
            level=self.level,
            replications=self.replications,
            random_state=self.random_state,
        )
        labels = both.index
        return row | {
            "date": labels[cut - 1],
            "lower": labels[first + lower - 1],
            "upper": labels[first + upper - 1],
            "before": _correlation(values[first:cut]),
            "after": _correlation(values[cut:stop]),
            "n": stop - first,
        }


def _correlation(x: Floats) -> float:
    return float(correlation_from_means(moments_of(x).mean(axis=0))) if len(x) >= MINIMUM_ROWS else float("nan")
