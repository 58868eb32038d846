"""Did a correlation change at an unknown date: one break, and several by repeated splitting."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.change.checks import changes_of, complete_pairs, require_effort, standardized
from coupling.change.date_sets import date_set
from coupling.change.fluctuation import FLUCTUATIONS
from coupling.change.moments import moments_of
from coupling.errors import InputError, TooShortError, nearest
from coupling.inference import correlation_from_means
from coupling.kernels.minimum import MINIMUM_ROWS
from coupling.limits.asked import require_level
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated

__all__ = ["CorrelationBreak"]

COLUMNS = ["left", "right", "break", "date", "likeliest", "lower", "upper", "set", "share"]
COLUMNS += ["statistic", "p_value", "before", "after", "n"]


@plain_keywords
class CorrelationBreak(Estimated, BaseEstimator):  # type: ignore[misc]
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
        One minus the size of the tests, and the coverage of the sets of dates.
    max_breaks : int
        Largest number of breaks per pair.
    min_segment : int
        Rows that a segment needs on either side of a further break, and that lie on either side of every date of a
        set (a fifth of a shorter sample).
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
        First and last date of the set of dates (`table_`), which supposes one break and a correlation that is constant
        otherwise; missing where nothing can be told.
    pair_ : tuple
        The pair.
    table_ : DataFrame
        One row per pair: ``date`` (last row before the largest deviation), ``likeliest`` date of a bivariate t law with
        one break, the ``set`` of dates that its likelihood ratio does not reject (Eo and Morley 2015) as stretches,
        ``lower`` and ``upper`` end of the set, its ``share`` of the rows (above one half: not datable), statistic,
        p-value (not adjusted), correlation before and after the likeliest date, n. Sets always rest on
        EWMA-standardised changes.
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
        allow_levels: bool = False,
    ) -> None:
        self.method = method
        self.standardize = standardize
        self.level = level
        self.max_breaks = max_breaks
        self.min_segment = min_segment
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
        require_limits(self)
        require_level(self.level)
        if self.method not in FLUCTUATIONS:
            raise InputError(f"Unknown method {self.method!r}; {nearest(str(self.method), FLUCTUATIONS)}.")
        changes = changes_of(self, X)
        require_effort(changes, 0.015 + 8e-6 * len(changes) + 5e-9 * len(changes) ** 2 * (self.method == "kendall"))
        self._steady = dict(complete_pairs(standardized(changes, "ewma")))
        firsts, breaks = [], []
        for pair, both in complete_pairs(standardized(changes, self.standardize)):
            if len(both) < 10:
                raise TooShortError(
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
        first, stop = span
        row: dict[str, Any] = {"left": pair[0], "right": pair[1], "break": number}
        row |= {"statistic": statistic, "p_value": p_value}
        row |= dict.fromkeys(("date", "likeliest", "lower", "upper"), pd.NaT) | {"set": (), "n": stop - first}
        if not np.isfinite(statistic):
            return row
        row |= {"date": both.index[cut - 1]} | self._dated(pair, both.index[first:stop])
        if not pd.isna(row["likeliest"]):
            cut = int(both.index.get_indexer(pd.Index([row["likeliest"]]))[0]) + 1
        values = both.to_numpy()
        return row | {"before": _correlation(values[first:cut]), "after": _correlation(values[cut:stop])}

    def _dated(self, pair: tuple[Hashable, Hashable], labels: pd.Index[Any]) -> dict[str, Any]:
        """Return the set of dates of one break within some rows, by their labels."""
        rows = self._steady[pair]
        rows = rows[rows.index.isin(labels)]
        edge = max(min(self.min_segment, len(rows) // 5), 2)
        found = date_set(rows.to_numpy(), edge=edge, level=self.level)
        if found is None:
            return {}
        last = rows.index  # a number of rows before a break names the last of them
        spans = tuple((last[low - 1], last[high - 1]) for low, high in found.spans)
        return {
            "likeliest": last[found.likeliest - 1],
            "lower": spans[0][0],
            "upper": spans[-1][1],
            "set": spans,
            "share": found.share,
        }

    def _dots(self) -> pd.DataFrame:
        return self._numbers()[["before", "after"]]


def _correlation(x: Floats) -> float:
    return float(correlation_from_means(moments_of(x).mean(axis=0))) if len(x) >= MINIMUM_ROWS else float("nan")
