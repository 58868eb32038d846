"""What every correlation estimator shares: checked input, pairs, and `between` with its interval."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Flags, Floats
from coupling.correlation.effort import Extent, require_effort
from coupling.correlation.pairs import Pairs
from coupling.correlation.parts import write_parts
from coupling.correlation.windows import Windows, WindowsPart, resolve_windows
from coupling.data.gate.estimator_input import checked_matrix
from coupling.errors import InputError
from coupling.limits.asked import require_level
from coupling.limits.budget import count, require_memory
from coupling.limits.keywords import plain_keywords
from coupling.machine.scikit import BaseEstimator, check_is_fitted
from coupling.results.estimated import SHOWN, Estimated

__all__ = [
    "PairwiseCorrelation",
    "fill_columns",
    "marked",
    "pair_columns",
    "require_room",
    "require_table",
    "statistic_columns",
]

Made = TypeVar("Made")

STATISTICS = 12
"""Columns that `intervals` gives a pair, twice in memory while it is made."""
CODES = 64
"""Bytes that the names of a pair take while the columns are made."""


@plain_keywords
class PairwiseCorrelation(Estimated, BaseEstimator):  # type: ignore[misc]
    """Base of the estimators that give one number per pair of instruments and window.

    A subclass's ``fit`` checks its input and sets ``correlation_``, a frame of window end × pairs whose
    columns come from `pair_columns`. It gives the interval of one pair in `_interval`.

    Attributes
    ----------
    correlation_ : DataFrame
        Estimates, indexed by window end, one column ``(left, right)`` per pair in the order of the columns of X.
    """

    correlation_: pd.DataFrame
    _windows: Windows
    _pairs: Pairs
    _values: Floats
    _asked: tuple[tuple[int, int], Any] | None = None
    """The pair that was asked last, and what both its interval and its p-values are made of."""
    _beyond_windows: ClassVar[bool] = False
    """Whether rows outside the windows have a part in what is said of them."""

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
        pair = self._of_pairs.position(left, right)
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
        level = require_level(level)
        require_room(len(self.correlation_), len(self._of_pairs), tables=STATISTICS)
        require_effort(self, self._extent(), len(self._of_pairs.names), pairs=len(self._of_pairs), intervals=True)
        return self._side_by_side(level)

    def _side_by_side(self, level: float) -> pd.DataFrame:
        """Return what `between` returns for every pair."""
        estimates, pairs = self.correlation_.to_numpy(), range(len(self._of_pairs))
        tables = [{"estimate": estimates[:, pair], **self._interval(pair, level)} for pair in pairs]
        columns = dict(enumerate(values for table in tables for values in table.values()))
        names = statistic_columns(self.correlation_.columns, list(tables[0]))
        return pd.DataFrame(columns, index=self.correlation_.index).set_axis(names, axis=1)

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
        values = self._p_values(self._of_pairs.position(left, right))
        return pd.Series(values, index=self.correlation_.index, name="p_value")

    def _p_values(self, pair: int) -> Floats:  # noqa: ARG002
        """Return the p-values of the pair in that column of correlation_; an estimator without a test has none."""
        return np.full(len(self.correlation_), np.nan)

    def _made_once(self, pair: int, make: Callable[[int], Made]) -> Made:
        """Return what is made of a pair; that of the pair that was asked last is at hand."""
        places = self._of_pairs.columns_of(pair)
        if self._asked is None or self._asked[0] != places:
            self._asked = places, make(pair)
        made: Made = self._asked[1]
        return made

    def _extent(self) -> Extent:
        return Extent.of(self._windows)

    @abstractmethod
    def _interval(self, pair: int, level: float) -> Mapping[str, npt.NDArray[Any]]:
        """Return ``lower``, ``upper`` and ``n`` (and further columns) of the pair in that column of correlation_."""

    @property
    def _of_pairs(self) -> Pairs:
        """The pairs of the fit; those of the columns where a subclass has not said them."""
        if not hasattr(self, "_pairs"):
            self._pairs = Pairs.of(list(dict.fromkeys(name for pair in self.correlation_.columns for name in pair)))
        return self._pairs

    def to_parquet(self, X: Any, folder: str | Path, *, level: float | None = 0.95, client: Any = None) -> list[Path]:
        """Estimate the pairs in blocks and write each as a part in long form, for more than memory holds.

        Parameters
        ----------
        X : DataFrame, array or mapping
            As for ``fit``.
        folder : path
            A new or an empty folder.
        level : float or None
            Coverage asked of each interval; None for estimates alone.
        client : distributed.Client or str, optional
            A Dask cluster that makes the parts, or the address of its scheduler: the files are the same to the last
            bit, and a part whose worker dies is made by another.

        Returns
        -------
        list of Path
            Parts with the columns ``left``, ``right``, ``at`` (window end) and what `between` returns, to be read
            together: ``pandas.read_parquet(folder, filters=[("left", "==", "BTC")])``.
        """
        return write_parts(self, X, Path(folder), None if level is None else require_level(level), client)

    def _prepare(self, X: Any, *, in_parts: bool = False) -> None:  # noqa: ARG002
        """Check parameters and X, and learn pairs, windows and the rows that these need.

        In parts, room is needed for one of them at a time.
        """
        raise InputError(f"{type(self).__name__} estimates all pairs together; fit it whole.")

    def _estimate(self, out: Floats | None = None) -> None:
        """Set ``correlation_`` for the pairs that were prepared."""

    def _fit(self, X: Any, out: Floats | None) -> Self:
        self._prepare(X)
        require_table(out, (len(self._windows), len(self._pairs)))
        self._estimate(out)
        return self

    def _keep(self, estimates: Floats) -> None:
        index, columns = self._windows.ends, self._pairs.columns
        self.correlation_ = pd.DataFrame(estimates, index=index, columns=columns, copy=False)

    def _free(self, frame: pd.DataFrame) -> list[Hashable]:
        """Return the instruments that form pairs."""
        return list(frame.columns)

    def _read(self, X: Any, *, in_parts: bool = False, which: Flags | None = None) -> pd.DataFrame:
        """Check X and learn pairs, windows and the rows that these need; return X as a frame with its labels.

        Windows are all of them, or those that end with some rows of X.
        """
        frame, self._asked = checked_matrix(self, X, copy=False), None
        windows = resolve_windows(frame.index, self.window, min_share=self.min_share)
        windows = windows if which is None or self.window is None else windows.where(which)
        windows = windows.newest if self.last else windows
        rows = windows.rows if self.last and not self._beyond_windows else slice(0, len(frame))
        self._windows = windows.among(rows)
        self._pairs = Pairs.of(self._free(frame), self.focus)
        if not in_parts:
            require_room(len(windows), len(self._pairs))
        require_effort(self, Extent.of(windows), len(self._pairs.names), pairs=len(self._pairs))
        self._values = np.array(frame.to_numpy()[rows], order="C")  # X may change
        return frame

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


def fill_columns(
    windows: Windows, columns: int, column: Callable[[int, WindowsPart], Floats], *, out: Floats | None = None
) -> Floats:
    """Return a table of window × column made part by part, so that little beside it is ever in memory.

    Examples
    --------
    >>> from coupling.correlation.windows import resolve_windows
    >>> windows = resolve_windows(pd.RangeIndex(3), None)
    >>> fill_columns(windows, 2, lambda k, part: np.full(len(part.windows), 10.0 * k)).tolist()
    [[0.0, 10.0]]
    """
    table = np.empty((len(windows), columns)) if out is None else out
    for part in windows.parts():
        for k in range(columns):
            table[part.which, k] = column(k, part)
    return table


def require_table(out: Any, shape: tuple[int, int]) -> None:
    """Raise InputError if the table that a caller gave cannot take the estimates.

    Examples
    --------
    >>> require_table(np.empty((3, 2)), (2, 3))
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: out is float64 of shape (3, 2); give an array of float64 of shape (2, 3), windows × \
pairs, row after row.
    """
    found = f"{out.dtype} of shape {out.shape}" if isinstance(out, np.ndarray) else type(out).__name__
    plain = isinstance(out, np.ndarray) and out.flags.c_contiguous and out.flags.writeable
    if out is not None and not (plain and found == f"float64 of shape {shape}"):
        raise InputError(f"out is {found}; give an array of float64 of shape {shape}, windows × pairs, row after row.")


def require_room(windows: int, pairs: int, *, tables: int = 2) -> None:
    """Raise InputError, before it is allocated, if some tables of window × pairs would not fit into memory.

    Examples
    --------
    >>> from coupling.limits.budget import allowance
    >>> with allowance(memory=1e9):
    ...     require_room(2500, 4_498_500)
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: 4,498,500 pairs in 2,500 windows would need 180.2 GB of memory, and 1.0 GB may be \
taken; take fewer windows (last=True is one) or the pairs of a focus, write them in parts with to_parquet, or allow \
more with coupling.limits.allowance.
    """
    way_out = (
        "take fewer windows (last=True is one) or the pairs of a focus, write them in parts with to_parquet, or allow "
        "more with coupling.limits.allowance"
    )
    require_memory(
        pairs * (8.0 * tables * windows + CODES), f"{count(pairs, 'pair')} in {count(windows, 'window')}", way_out
    )


def pair_columns(names: Sequence[Hashable]) -> pd.MultiIndex:
    """Return the columns of ``correlation_``: every pair once, in the order of the names.

    Examples
    --------
    >>> list(pair_columns(["BTC", "JGB10Y", "SPX"]))
    [('BTC', 'JGB10Y'), ('BTC', 'SPX'), ('JGB10Y', 'SPX')]
    """
    return Pairs.of(names).columns


def statistic_columns(pairs: Any, statistics: list[str]) -> pd.MultiIndex:
    """Return every statistic of every pair; from codes, as going through tuples takes longer than the statistics do."""
    codes: list[Any] = [np.repeat(code, len(statistics)) for code in pairs.codes]
    codes.append(np.tile(np.arange(len(statistics)), len(pairs)))
    levels = [*pairs.levels, statistics]
    return pd.MultiIndex(levels=levels, codes=codes, names=["left", "right", "statistic"], verify_integrity=False)
