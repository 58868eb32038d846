"""Did a correlation change across a known date: the difference with its interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

from coupling._typing import Floats
from coupling.change.checks import changes_of, complete_pairs, instant, require_effort, standardized
from coupling.change.moments import moments_of
from coupling.errors import InputError
from coupling.inference import correlation_from_means, recovered_interval
from coupling.kernels.leave_out import correlation_of, leave_out
from coupling.kernels.minimum import MINIMUM_ROWS
from coupling.kernels.rolling_jackknife import power_of_two
from coupling.limits.asked import require_level
from coupling.limits.budget import count
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated

__all__ = ["SplitSample", "SplitTest", "Window", "difference", "window_of"]

BLOCKS = 20
SMALLEST = 10
MIN_ROWS = 20


@dataclass(frozen=True)
class Window:
    """A correlation over one window, the standard error of its Fisher z, and the error's degrees of freedom."""

    estimate: float
    z_error: float
    degrees_of_freedom: float
    n: int

    def interval(self, level: float) -> tuple[float, float]:
        """Return the t interval, formed on Fisher's z; missing where there is no standard error."""
        if not np.isfinite(self.z_error):
            return float("nan"), float("nan")
        reach = float(stdtrit(self.degrees_of_freedom, (1 + level) / 2)) * self.z_error
        z = float(np.arctanh(self.estimate))
        return float(np.tanh(z - reach)), float(np.tanh(z + reach))

    @property
    def error(self) -> float:
        """Standard error of the correlation itself (delta method)."""
        return (1 - self.estimate**2) * self.z_error


def window_of(x: Floats) -> Window:
    """Estimate the correlation of two columns with a delete-block jackknife of Fisher's z (at most 20 blocks).

    The estimand is the average correlation of the window. A constant column gives missing values, and so do
    fewer than three rows; below 10 rows there is no standard error.
    """
    n = len(x)
    if n < SMALLEST:
        known = correlation_from_means(moments_of(x).mean(axis=0)) if n >= MINIMUM_ROWS else np.nan
        return Window(float(known), float("nan"), float("nan"), n)
    blocks = min(BLOCKS, n // 5)
    edges = -(-np.arange(blocks + 1) * n // blocks)[:, None]
    left = leave_out(power_of_two(x[:, 0]), power_of_two(x[:, 1]), edges)
    r, without = float(correlation_of(left.whole)[0]), correlation_of(left.rest)[:, 0]
    if not (np.isfinite(without).all() and abs(r) < 1 - 1e-12 and (np.abs(without) < 1 - 1e-12).all()):
        return Window(r, float("nan"), float("nan"), n)
    error = float(np.sqrt((blocks - 1) * np.arctanh(without).var()))
    return Window(r, error, float(blocks - 1), n)


def difference(before: Window, after: Window, *, level: float = 0.95) -> dict[str, float]:
    """Return after minus before with its interval, p-value and the difference detectable with 80 % power.

    The interval recovers variances from the two intervals (Zou 2007, MOVER), so that it respects their skewness; the
    p-value is one minus the level at which it would touch 0.
    """
    change = after.estimate - before.estimate
    if not np.isfinite(before.z_error + after.z_error):
        return dict.fromkeys(("lower", "upper", "p_value", "detectable"), float("nan")) | {"difference": change}
    lower, upper = _limits(before, after, level)
    error = float(np.hypot(before.error, after.error))
    return {
        "difference": change,
        "lower": lower,
        "upper": upper,
        "p_value": _p_value(before, after),
        "detectable": float(ndtri((1 + level) / 2) + ndtri(0.8)) * error,
    }


def _limits(before: Window, after: Window, level: float) -> tuple[float, float]:
    return recovered_interval(after.estimate, after.interval(level), before.estimate, before.interval(level))


def _p_value(before: Window, after: Window) -> float:
    """Find the level at which the interval touches 0."""

    def gap(p: float) -> float:
        lower, upper = _limits(before, after, 1 - p)
        return lower if after.estimate > before.estimate else -upper

    smallest = 1e-12
    if gap(smallest) > 0:
        return smallest
    return float(brentq(gap, smallest, 1 - smallest, xtol=1e-10)) if gap(1 - smallest) > 0 else 1.0


@dataclass(frozen=True)
class SplitSample:
    """The rows of a pair in which both are there, to be split anywhere: each window of them is estimated once.

    Parameters
    ----------
    pair : tuple
    index : Index
    values : ndarray of shape (T, 2)
        Centred and scaled.
    scaled : bool
        Whether they are divided by a volatility, for which the first of a sample serve.
    """

    pair: tuple[Any, Any]
    index: pd.Index
    values: Floats
    scaled: bool = False
    _windows: dict[tuple[int, int], Window] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, changes: pd.DataFrame, *, scaled: bool) -> list[SplitSample]:
        """Return the sample of every pair of columns."""
        pairs = complete_pairs(changes)
        return [cls(pair, both.index, both.to_numpy(), scaled) for pair, both in pairs]

    def compare(
        self, date: Any, start: Any = None, end: Any = None, *, min_rows: int = MIN_ROWS, level: float = 0.95
    ) -> dict[str, Any]:
        """Return both windows and their difference, as a row of `SplitTest.table_`; labels compare with the index.

        Raises
        ------
        InputError
            If too few rows lie on one side of the date.
        """
        first = 0 if start is None else int((self.index < start).sum())
        stop = len(self.index) if end is None else int((self.index <= end).sum())
        cut = int((self.index < date).sum())
        for word, rows in (("before", min(cut, stop) - first), ("from", stop - max(cut, first))):
            if rows < min_rows:
                raise InputError(self._too_few(max(rows, 0), word, date, min_rows))
        windows = self._window(first, cut), self._window(cut, stop)
        row: dict[str, Any] = {"left": self.pair[0], "right": self.pair[1]}
        for name, window in zip(("before", "after"), windows, strict=True):
            lower, upper = window.interval(level)
            row |= {name: window.estimate, f"{name}_lower": lower, f"{name}_upper": upper, f"{name}_n": window.n}
        return row | difference(*windows, level=level)

    def _too_few(self, rows: int, word: str, date: Any, needed: int) -> str:
        day = f"{date:%Y-%m-%d}" if isinstance(date, pd.Timestamp) else date
        share = f"{self.pair[0]} and {self.pair[1]} share {count(rows, 'row')} {word} {day}"
        scaled = " (the first of a sample serve to scale its volatility)" if self.scaled and rows else ""
        return f"{share}{scaled}; a split needs {needed} on either side."

    def _window(self, first: int, stop: int) -> Window:
        if (first, stop) not in self._windows:
            self._windows[first, stop] = window_of(self.values[first:stop])
        return self._windows[first, stop]


@plain_keywords
class SplitTest(Estimated, BaseEstimator):  # type: ignore[misc]
    """Compare the correlation before and after a date that was pre-specified.

    Parameters
    ----------
    date : label
        First row of the second window; for a frame of times a date or an instant (UTC if nothing is said).
    start, end : label, optional
        First and last row that count; by default all.
    standardize : {None, "ewma"}
        None: changes as they are. ``ewma``: each divided by its exponentially weighted volatility of the row before,
        formed over the whole frame. Show both: a rise in volatility by itself can move a correlation of raw changes.
    min_rows : int
        Rows needed on either side; below 10 there is no interval.
    level : float
        Coverage of the intervals.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    table_ : DataFrame
        One row per pair: ``before, after`` with ``_lower, _upper, _n``, ``difference, lower, upper, p_value``, and
        ``detectable``: the difference that such windows would detect with 80 % power.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(400, 2))
    >>> x[200:, 1] += x[200:, 0]
    >>> row = SplitTest(date=200).fit(x).table_.iloc[0]
    >>> bool(0.4 < row["lower"] < row["difference"] < row["upper"] < 1.0)
    True
    """

    def __init__(
        self,
        *,
        date: Any,
        start: Any = None,
        end: Any = None,
        standardize: Literal["ewma"] | None = None,
        min_rows: int = MIN_ROWS,
        level: float = 0.95,
        allow_levels: bool = False,
    ) -> None:
        self.date = date
        self.start = start
        self.end = end
        self.standardize = standardize
        self.min_rows = min_rows
        self.level = level
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> SplitTest:  # noqa: ARG002
        """Compare the two windows for every pair of columns.

        Parameters
        ----------
        X : DataFrame or array of shape (T, k)
            Changes, rows = time, columns = instruments.
        y : None
            Not used; there for scikit-learn.

        Returns
        -------
        SplitTest
            Itself.

        Raises
        ------
        InputError
            If X is unusable, or too few rows lie on one side of the date.
        """
        require_limits(self)
        require_level(self.level)
        changes = require_effort(changes_of(self, X), 3e-3)
        used = standardized(changes, self.standardize)
        span = [instant(self.date, used.index)]
        span += [each if each is None else instant(each, used.index) for each in (self.start, self.end)]
        samples = SplitSample.of(used, scaled=self.standardize is not None)
        rows = [each.compare(*span, min_rows=self.min_rows, level=self.level) for each in samples]
        self.table_ = pd.DataFrame(rows)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
