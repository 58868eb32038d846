"""Rolling correlation of all pairs, Pearson's or Spearman's, with an interval that was measured to cover."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from coupling._typing import Flags, Floats
from coupling.correlation.base import PairwiseCorrelation, fill_columns, statistic_columns
from coupling.correlation.windows import Window, Windows
from coupling.errors import InputError, nearest
from coupling.kernels.one_window_jackknife import jackknife_with
from coupling.kernels.ranks import rolling_rank_correlation
from coupling.kernels.rolling import rolling_correlation
from coupling.kernels.rolling_jackknife import RollingJackknife, jackknife_windows
from coupling.limits.keywords import plain_keywords

__all__ = ["RollingCorrelation", "fit_some"]

_METHODS = ("pearson", "spearman")
_INTERVALS = ("jackknife", "fisher")


@plain_keywords
class RollingCorrelation(PairwiseCorrelation):
    """Correlation of changes in moving windows.

    Parameters
    ----------
    window : int, str or None
        Rows, calendar time such as ``"250d"``, or the whole sample (the default).
    method : {"pearson", "spearman"}
        Pearson's coefficient of the changes or of their ranks within the window (ties take their average rank).
    min_share : float
        Smallest share of the window's rows that a pair must have; a window that reaches beyond the sample is missing.
    interval : {"jackknife", "fisher"}
        ``jackknife``: leaves out blocks of rows, and holds under heavy tails, changing variance and dependence;
        ``docs/coverage.md`` shows its measured coverage. ``fisher``: 1 / sqrt(n - 3), for independent normal rows
        only (for ranks the variance of Bonett and Wright 2000).
    last : bool
        Whether the newest window alone is estimated.
    focus : name, optional
        The instrument whose pairs are estimated; by default all pairs are.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    correlation_ : DataFrame
        Window end × pairs ``(left, right)``. Missing where a series is constant in the window.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    `between` adds ``n_effective``: how many independent normal rows would have as large a standard error, at most n.
    The interval is pointwise and means the window's own average correlation; it takes at least 12 rows, and is never
    narrower than Fisher's.

    References
    ----------
    Künsch (1989), Annals of Statistics 17, 1217-1241. Bonett and Wright (2000), Psychometrika 65, 23-28.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> changes = pd.DataFrame(rng.normal(size=(500, 2)), columns=["BTC", "SPX"])
    >>> changes["SPX"] += changes["BTC"]
    >>> RollingCorrelation(window=250).fit(changes).between("BTC", "SPX").iloc[-1].round(2).to_dict()
    {'estimate': 0.68, 'lower': 0.6, 'upper': 0.74, 'n': 250.0, 'n_effective': 250.0}
    """

    def __init__(
        self,
        *,
        window: Window = None,
        method: Literal["pearson", "spearman"] = "pearson",
        min_share: float = 0.8,
        interval: Literal["jackknife", "fisher"] = "jackknife",
        last: bool = False,
        focus: Hashable | None = None,
        allow_levels: bool = False,
    ) -> None:
        self.window = window
        self.method = method
        self.min_share = min_share
        self.interval = interval
        self.last = last
        self.focus = focus
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None, *, out: Floats | None = None) -> Self:  # noqa: ARG002
        """Estimate every pair in every window.

        Parameters
        ----------
        X : DataFrame or array of shape (rows, instruments)
            Changes in time order; missing values are left out pair by pair.
        y : None
            Ignored.
        out : array of shape (windows, pairs), optional
            Of float64, where the estimates are written, such as a ``numpy.memmap`` for more than memory holds.
        """
        return self._fit(X, out)

    def _prepare(self, X: Any, *, in_parts: bool = False) -> None:
        _check_choice("method", self.method, _METHODS)
        _check_choice("interval", self.interval, _INTERVALS)
        self._read(X, in_parts=in_parts)

    def _fit_some(self, X: Any, which: Flags) -> Self:
        """Estimate every pair in the windows that end with some rows of X."""
        _check_choice("method", self.method, _METHODS)
        _check_choice("interval", self.interval, _INTERVALS)
        self._read(X, which=which)
        self._estimate()
        return self

    def _estimate(self, out: Floats | None = None) -> None:
        self._keep(self._pearson(out) if self.method == "pearson" else self._spearman(out))

    def _pearson(self, out: Floats | None) -> Floats:
        windows, pairs = self._windows, self._pairs
        limits = windows.starts, windows.stops, windows.required
        return rolling_correlation(pairs.ordered(self._values), *limits, first=pairs.first, last=pairs.last, out=out)

    def _spearman(self, out: Floats | None) -> Floats:
        return fill_columns(
            self._windows,
            len(self._pairs),
            lambda pair, part: self._ranked(self._values[part.rows], pair, part.windows).estimate,
            out=out,
        )

    def _ranked(self, values: Floats, pair: int, windows: Windows) -> RollingJackknife:
        return pair_jackknife(values, self._pairs.columns_of(pair), windows, ranks=True)

    def _side_by_side(self, level: float) -> pd.DataFrame:
        """Return the intervals of all pairs; of one window, those of one column with all others together."""
        if (self.method, self.interval, len(self._windows)) != ("pearson", "jackknife", 1):
            return super()._side_by_side(level)
        estimate, parts = self.correlation_.to_numpy()[0], []
        for own, others in self._pairs.stars():
            parts.append(jackknife_with(self._values, own, others, int(self._windows.required[0])))
        spread = RollingJackknife(**{name: _joined(parts, name) for name in RollingJackknife.__dataclass_fields__})
        lower, upper = spread.limits(estimate, level)
        floats = pd.DataFrame(np.stack([estimate, lower, upper, spread.effective], axis=1).reshape(1, -1))
        order = np.arange(4 * len(estimate)).reshape(-1, 4)
        places = np.insert(order, 3, 4 * len(estimate) + np.arange(len(estimate)), axis=1).ravel()
        both = pd.concat([floats, pd.DataFrame(spread.n[None])], axis=1).iloc[:, places]
        names = statistic_columns(self.correlation_.columns, ["estimate", "lower", "upper", "n", "n_effective"])
        return both.set_axis(names, axis=1).set_axis(self.correlation_.index, axis=0)

    def _interval(self, pair: int, level: float) -> dict[str, npt.NDArray[Any]]:
        estimate, spread = self.correlation_.to_numpy()[:, pair], self._made_once(pair, self._jackknife)
        if self.interval == "fisher":
            lower, upper = _fisher_limits(estimate, spread.n, level, ranks=self.method == "spearman")
            return {"lower": lower, "upper": upper, "n": spread.n}
        lower, upper = spread.limits(estimate, level)
        return {"lower": lower, "upper": upper, "n": spread.n, "n_effective": spread.effective}

    def _p_values(self, pair: int) -> Floats:
        estimate, spread = self.correlation_.to_numpy()[:, pair], self._made_once(pair, self._jackknife)
        if self.interval == "jackknife":
            return spread.p_values(estimate)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.abs(np.arctanh(estimate)) / _fisher_error(estimate, spread.n, ranks=self.method == "spearman")
        return np.asarray(2 * ndtr(-z))

    def _jackknife(self, pair: int) -> RollingJackknife:
        places, ranks = self._pairs.columns_of(pair), self.method == "spearman"
        return pair_jackknife(self._values, places, self._windows, ranks=ranks)


def fit_some(estimator: RollingCorrelation, X: pd.DataFrame, which: Flags | None) -> RollingCorrelation:
    """Return an estimator fitted in the windows that end with some rows of X alone, or in all of them."""
    return estimator.fit(X) if which is None else estimator._fit_some(X, which)


def pair_estimates(values: Floats, windows: Windows, method: str) -> Floats:
    """Return the correlations of two columns alone, window by window."""
    if method == "spearman":
        return rolling_rank_correlation(values[:, 0], values[:, 1], windows.starts, windows.stops, windows.required)
    return rolling_correlation(values, windows.starts, windows.stops, windows.required)[:, 0]


def pair_jackknife(
    values: Floats, places: tuple[int, int], windows: Windows, *, ranks: bool = False
) -> RollingJackknife:
    """Return the jackknife of two columns."""
    left, right = places
    limits = windows.starts, windows.stops, windows.required
    return jackknife_windows(values[:, left], values[:, right], *limits, ranks=ranks)


def _joined(parts: Sequence[RollingJackknife], name: str) -> npt.NDArray[Any]:
    return np.concatenate([getattr(part, name) for part in parts])


def _fisher_limits(estimate: Floats, n: npt.NDArray[np.int64], level: float, *, ranks: bool) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        half = ndtri(0.5 + level / 2) * _fisher_error(estimate, n, ranks=ranks)
        centre = np.arctanh(estimate)
    return np.tanh(centre - half), np.tanh(centre + half)


def _fisher_error(estimate: Floats, n: npt.NDArray[np.int64], *, ranks: bool) -> Floats:
    """Return the standard error of atanh r for independent normal rows; missing for three or fewer."""
    factor = 1.0 + estimate**2 / 2 if ranks else np.ones_like(estimate)
    return np.sqrt(factor / np.where(n > 3, n - 3.0, np.nan))


def _check_choice(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{name}={value!r} is not known; {nearest(str(value), known)}")
