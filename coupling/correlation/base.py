"""What every correlation estimator shares: checked input, pairs, and `between` with its interval."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from math import isqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from coupling._typing import Floats
from coupling.correlation.effort import Extent, require_effort
from coupling.correlation.windows import Windows, WindowsPart
from coupling.data.gate.estimator_input import checked_matrix
from coupling.limits.asked import require_level, require_pair
from coupling.limits.budget import require_memory
from coupling.limits.keywords import plain_keywords
from coupling.results.estimated import SHOWN, Estimated

__all__ = ["PairwiseCorrelation", "columns_of", "fill_columns", "marked", "pair_columns", "require_room"]

STATISTICS = 12
"""Columns that `intervals` gives a pair, twice in memory while it is made."""
NAMES = 300
"""Bytes that the names of a pair take while the columns are made."""


@plain_keywords
class PairwiseCorrelation(Estimated, BaseEstimator):  # type: ignore[misc]
    """Base of the estimators that give one number per pair of instruments and window.

    A subclass's ``fit`` calls `_checked` for its input and sets ``correlation_``, a frame of window end × pairs whose
    columns come from `pair_columns`. It gives the interval of one pair in `_interval`.

    Attributes
    ----------
    correlation_ : DataFrame
        Estimates, indexed by window end, one column ``(left, right)`` per pair in the order of the columns of X.
    """

    correlation_: pd.DataFrame
    _windows: Windows

    def between(self, left: Hashable, right: Hashable, *, level: float = 0.95) -> pd.DataFrame:
        """Return the estimates of one pair with their interval and sample.

        Parameters
        ----------
        left, right : str
            Names of two instruments, in any order.
        level : float
            Coverage asked of the interval at each window end (pointwise), between 0 and 1.

        Returns
        -------
        DataFrame
            Columns ``estimate, lower, upper, n`` (and others where an estimator has more to say), by window end; its
            ``attrs["caution"]`` is the caution of the fit, where there is one.

        Raises
        ------
        InputError
            If a name is unknown, both are the same, or the level is not between 0 and 1.
        """
        check_is_fitted(self, "correlation_")
        pair = self._position(left, right)
        estimate = self.correlation_.iloc[:, pair]
        columns = {"estimate": estimate.to_numpy(), **self._interval(pair, require_level(level))}
        return marked(self, pd.DataFrame(columns, index=self.correlation_.index))

    def intervals(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return what `between` returns for every pair, side by side.

        Parameters
        ----------
        level : float
            Coverage asked of each interval, between 0 and 1.

        Returns
        -------
        DataFrame
            Columns ``(left, right, statistic)``, by window end.
        """
        check_is_fitted(self, "correlation_")
        level, estimates = require_level(level), self.correlation_.to_numpy()
        names = len(set(self.correlation_.columns.get_level_values(0))) + 1
        require_room(len(estimates), names, tables=STATISTICS)
        require_effort(self, self._extent(), names, intervals=True)
        tables = [{"estimate": estimates[:, pair], **self._interval(pair, level)} for pair in range(estimates.shape[1])]
        columns = dict(enumerate(values for table in tables for values in table.values()))
        return pd.DataFrame(columns, index=self.correlation_.index).set_axis(
            _statistic_columns(self.correlation_.columns, list(tables[0])), axis=1
        )

    def p_values(self, left: Hashable, right: Hashable) -> pd.Series:
        """Return the two-sided p-value of each window: one less the level at which its interval ends at no effect.

        Parameters
        ----------
        left, right : str
            Names of two instruments, in any order.

        Returns
        -------
        Series
            By window end; missing where there is no interval, or none that is a test.
        """
        check_is_fitted(self, "correlation_")
        values = self._p_values(self._position(left, right))
        return pd.Series(values, index=self.correlation_.index, name="p_value")

    def _p_values(self, pair: int) -> Floats:  # noqa: ARG002
        """Return the p-values of the pair in that column of correlation_; an estimator without a test has none."""
        return np.full(len(self.correlation_), np.nan)

    def _extent(self) -> Extent:
        return Extent.of(self._windows)

    @abstractmethod
    def _interval(self, pair: int, level: float) -> Mapping[str, npt.NDArray[Any]]:
        """Return ``lower``, ``upper`` and ``n`` (and further columns) of the pair in that column of correlation_."""

    def _position(self, left: Hashable, right: Hashable) -> int:
        """Return the column of a pair, whichever way round it is named."""
        pairs: list[Any] = self.correlation_.columns.to_list()
        require_pair(left, right, (name for pair in pairs for name in pair))
        pair = (left, right) if (left, right) in pairs else (right, left)
        return pairs.index(pair)

    def _checked(self, X: Any) -> pd.DataFrame:
        """Return X as a frame of floats with its labels, after scikit-learn's checks and ours."""
        return checked_matrix(self, X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {f"{pair[0]} – {pair[1]}": self.between(*pair) for pair in self.correlation_.columns[:SHOWN]}


def marked(estimator: BaseEstimator, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the caution of the fit in its attrs, where there is one."""
    caution = getattr(estimator, "caution_", "")
    if caution:
        table.attrs["caution"] = caution
    return table


def columns_of(pair: int, instruments: int) -> tuple[int, int]:
    """Return the columns of the two instruments whose pair stands in that column of ``correlation_``.

    Examples
    --------
    >>> [columns_of(pair, 3) for pair in range(3)]
    [(0, 1), (0, 2), (1, 2)]
    """
    pairs = instruments * (instruments - 1) // 2
    below = (isqrt(8 * (pairs - 1 - pair) + 1) - 1) // 2  # whole rows of the triangle that follow
    left = instruments - 2 - below
    return left, pair - left * (2 * instruments - left - 1) // 2 + left + 1


def fill_columns(windows: Windows, columns: int, column: Callable[[int, WindowsPart], Floats]) -> Floats:
    """Return a table of window × column made part by part, so that little beside it is ever in memory.

    Examples
    --------
    >>> from coupling.correlation.windows import resolve_windows
    >>> windows = resolve_windows(pd.RangeIndex(3), None)
    >>> fill_columns(windows, 2, lambda k, part: np.full(len(part.windows), 10.0 * k)).tolist()
    [[0.0, 10.0]]
    """
    table = np.empty((len(windows), columns))
    for part in windows.parts():
        for k in range(columns):
            table[part.which, k] = column(k, part)
    return table


def require_room(windows: int, instruments: int, *, tables: int = 2) -> None:
    """Raise InputError, before it is allocated, if some tables of window × pairs would not fit into memory.

    Examples
    --------
    >>> from coupling.limits.budget import allowance
    >>> with allowance(memory=1e9):
    ...     require_room(2500, 3000)
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: 4,498,500 pairs in 2,500 windows would need 181.3 GB of memory, and 1.0 GB may be \
taken; take fewer instruments or windows (window=None is one), or allow more with coupling.limits.allowance.
    """
    pairs = instruments * (instruments - 1) // 2
    way_out = "take fewer instruments or windows (window=None is one), or allow more with coupling.limits.allowance"
    require_memory(pairs * (8.0 * tables * windows + NAMES), f"{pairs:,} pairs in {windows:,} windows", way_out)


def pair_columns(names: Sequence[Hashable]) -> pd.MultiIndex:
    """Return the columns of ``correlation_``: every pair once, in the order of the names.

    Examples
    --------
    >>> list(pair_columns(["BTC", "JGB10Y", "SPX"]))
    [('BTC', 'JGB10Y'), ('BTC', 'SPX'), ('JGB10Y', 'SPX')]
    """
    return pd.MultiIndex.from_tuples(list(combinations(names, 2)), names=["left", "right"])


def _statistic_columns(pairs: Any, statistics: list[str]) -> pd.MultiIndex:
    """Return every statistic of every pair; from codes, as going through tuples takes longer than the statistics do."""
    codes = [np.repeat(code, len(statistics)).tolist() for code in pairs.codes]
    codes.append(list(range(len(statistics))) * len(pairs))
    return pd.MultiIndex(levels=[*pairs.levels, statistics], codes=codes, names=["left", "right", "statistic"])
