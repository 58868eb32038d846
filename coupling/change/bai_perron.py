"""How many breaks, and when, in a mean or in a regression slope (Bai and Perron 1998, 2003)."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import kolmogorov, logsumexp

from coupling._typing import Floats
from coupling.change.break_dates import date_interval
from coupling.change.checks import standardized
from coupling.change.hansen import LARGEST, f_test_p_value
from coupling.change.segments import Moments, best_cuts
from coupling.data.gate.series import read_columns, read_series
from coupling.errors import InputError, TooShortError
from coupling.limits.asked import require_instrument, require_level
from coupling.limits.budget import count, require_seconds
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.machine.scikit import BaseEstimator
from coupling.results.estimated import Estimated

__all__ = ["BaiPerron", "products"]


def products(
    changes: pd.DataFrame, left: Hashable, right: Hashable, *, standardize: Literal["ewma"] | None = "ewma"
) -> pd.Series:
    """Return the product of two standardised changes, row by row: its mean is the correlation.

    Parameters
    ----------
    changes : DataFrame
        Changes, rows = time, columns = instruments.
    left, right : str
        Two columns.
    standardize : {"ewma", None}
        Divide by the volatility of the row before (then divide by the root mean square), or by the standard deviation
        of the whole sample only.

    Returns
    -------
    Series
        Products in the rows where both are there.

    Examples
    --------
    >>> changes = pd.DataFrame({"BTC": [1.0, -1.0, 1.0, -1.0], "SPX": [2.0, -2.0, -2.0, 2.0]})
    >>> products(changes, "BTC", "SPX", standardize=None).tolist()
    [1.0, 1.0, -1.0, -1.0]
    """
    pair = changes[[require_instrument(left, changes.columns), require_instrument(right, changes.columns)]]
    both = standardized(pair, standardize).dropna()
    if standardize is None:
        both = both - both.mean()
    if len(both) < 2:
        raise TooShortError(f"{left} and {right} share {len(both)} usable rows; products need at least 2.")
    scale = np.sqrt((both**2).mean())
    if not (scale > 0).all():
        raise InputError(
            f"{scale.idxmin()} never changes in the {len(both)} usable rows; there is nothing to correlate."
        )
    unit = both / scale
    product: pd.Series = unit[left] * unit[right]
    return product.rename(f"{left} x {right}")


@plain_keywords
class BaiPerron(Estimated, BaseEstimator):  # type: ignore[misc]
    """Date the breaks of a mean or of a regression.

    Give it the `products` of standardised changes, whose mean is the correlation, or a change and its regressors. Never
    give it a rolling or DCC path: neighbouring windows share their rows, which makes breaks appear in a constant
    correlation up to always; such a path is refused by the autocorrelation of what the segments leave unexplained.

    Conventions are those of R's strucchange: uncorrelated errors, a break is dated by the last row before it, BIC
    counts the error variance once per segment, candidate dates of the F tests lie between the shares trim and 1 - trim.

    Parameters
    ----------
    trim : float
        Smallest length of a segment as a share of the rows.
    max_breaks : int, optional
        Largest number of breaks; by default as many as fit, less one.
    n_breaks : int, optional
        Number of breaks to date; by default the number that BIC chooses.
    level : float
        Coverage of the intervals of the dates.
    intercept : bool
        Add a constant to the regressors.

    Attributes
    ----------
    fit_ : DataFrame
        ``rss`` and ``bic`` for each number of breaks.
    breaks_ : DataFrame
        One row per break: ``date, lower, upper`` (labels), ``p_value`` and ``rows`` before it. The p-value is that of
        supF over the rows between the neighbouring breaks; missing where they are too few. It takes the neighbours as
        given, and BIC chose among many dates: read it beside ``tests_``, which test the whole sample.
    segments_ : DataFrame
        First and last row, n, coefficients of each segment, with the standard error of each (White's HC1).
    n_breaks_ : int
        Their number.
    tests_ : DataFrame
        supF, aveF and expF with Hansen's (1997) p-values, and the OLS-CUSUM statistic with its own.

    Examples
    --------
    >>> y = np.concatenate([np.random.default_rng(0).normal(m, 1, 100) for m in (0.0, 1.5)])
    >>> found = BaiPerron().fit(y)
    >>> found.n_breaks_, bool(abs(found.breaks_["rows"].iloc[0] - 100) < 5)
    (1, True)
    """

    def __init__(
        self,
        *,
        trim: float = 0.15,
        max_breaks: int | None = None,
        n_breaks: int | None = None,
        level: float = 0.95,
        intercept: bool = True,
    ) -> None:
        self.trim = trim
        self.max_breaks = max_breaks
        self.n_breaks = n_breaks
        self.level = level
        self.intercept = intercept

    def fit(self, y: Any, regressors: Any = None) -> BaiPerron:
        """Find the breaks of one series.

        Parameters
        ----------
        y : Series, frame of one column, or array of shape (T,)
            Dependent variable in time order: products of standardised changes, or changes.
        regressors : DataFrame or array of shape (T, k), optional
            Regressors on the same rows; without them the mean is examined.

        Returns
        -------
        BaiPerron
            Itself.

        Raises
        ------
        InputError
            If y has several columns, rows are not in time order or of different dates, they are too few for the
            trimming, a value is no finite number, the series is constant, or it looks like a rolling path.
        """
        require_limits(self)
        require_level(self.level)
        self._index, target, x = _matrices(y, regressors, intercept=self.intercept)
        smallest, breaks = self._room(len(target), x.shape[1])
        shift, scale = (float(target.mean()) if self.intercept else 0.0), float(np.abs(target).max())
        if not scale > 0 or np.ptp(target) == 0:
            raise InputError("y is constant; there is no break to look for.")
        shift /= scale
        width = np.abs(x).max(axis=0)
        x = x / np.where(width > 0, width, 1.0)
        small = target / scale - shift
        require_seconds(0.02 + 1e-8 * len(small) ** 2, f"breaks in {count(len(small), 'row')}", "take fewer")
        moments = Moments.of(small, x)
        cuts, rss = best_cuts(moments, smallest, breaks)
        n, k = x.shape
        bic = _bic(rss, n, k)
        self.n_breaks_ = int(bic.argmin()) if self.n_breaks is None else self._wanted(breaks)
        chosen = cuts[self.n_breaks_]
        self._refuse_path(small, x, moments, chosen)
        self.fit_ = pd.DataFrame({"rss": rss * scale**2, "bic": bic + n * 2 * np.log(scale)})
        self.fit_.index.name = "breaks"
        self.breaks_ = self._dates(small, x, chosen)
        self.segments_ = self._segments(small + shift if self.intercept else small, x, chosen, width, scale)
        self.tests_ = _tests(small, x, moments, max(int(self.trim * n), k + 1))
        return self

    def _room(self, n: int, k: int) -> tuple[int, int]:
        smallest = int(n * self.trim)
        if not 0 < self.trim < 0.5 or smallest <= k:
            raise TooShortError(
                f"{n} rows with trim={self.trim!r} leave segments of {smallest}; {k} coefficients need more."
            )
        most = int(np.ceil(n / smallest)) - 2
        wanted = most if self.max_breaks is None else int(self.max_breaks)
        if not 0 <= wanted <= n // smallest - 1:
            raise InputError(
                f"max_breaks={wanted} does not fit: {n} rows hold at most {n // smallest} segments of {smallest}."
            )
        return smallest, wanted

    def _wanted(self, most: int) -> int:
        wanted = int(self.n_breaks or 0)
        if not 0 <= wanted <= most:
            raise InputError(f"n_breaks={self.n_breaks!r} must lie between 0 and max_breaks, which is {most} here.")
        return wanted

    def _refuse_path(self, y: Floats, x: Floats, moments: Moments, cuts: list[int]) -> None:
        edges = [0, *cuts, len(y)]
        parts = [y[a:b] - x[a:b] @ moments.coefficients(a, b) for a, b in pairwise(edges)]
        e = np.concatenate(parts)
        power = float(e @ e)
        if len(e) >= 30 and power > 0 and float(e[1:] @ e[:-1]) / power > 0.9:
            raise InputError(
                "y looks like a rolling or smoothed path (its rows are correlated above 0.9), in which breaks appear "
                "by overlap alone; give the products of standardised changes or a regression of changes instead."
            )

    def _dates(self, y: Floats, x: Floats, cuts: list[int]) -> pd.DataFrame:
        edges = [0, *cuts, len(y)]
        rows = []
        for first, cut, stop in zip(edges[:-2], edges[1:-1], edges[2:], strict=True):
            lower, upper = date_interval(y, x, (first, cut, stop), level=self.level)
            labels = [self._index[min(max(row, 1), len(y)) - 1] for row in (cut, lower, upper)]
            rows.append([*labels, self._local_p_value(y[first:stop], x[first:stop]), cut, lower, upper])
        return pd.DataFrame(rows, columns=["date", "lower", "upper", "p_value", "rows", "lower_rows", "upper_rows"])

    def _local_p_value(self, y: Floats, x: Floats) -> float:
        """Return the supF p-value of the rows between two neighbouring breaks."""
        n, k = x.shape
        first = max(int(self.trim * n), k + 1)
        if n < 2 * first + 1:
            return float("nan")
        return float(_tests(y, x, Moments.of(y, x), first)["p_value"]["supF"])

    def _segments(self, y: Floats, x: Floats, cuts: list[int], width: Floats, scale: float) -> pd.DataFrame:
        edges = [0, *cuts, len(y)]
        names = self._names(x.shape[1])
        unit = scale / np.where(width > 0, width, 1.0)
        rows = []
        for first, stop in pairwise(edges):
            coefficients, error = _ols(y[first:stop], x[first:stop])
            rows.append([self._index[first], self._index[stop - 1], stop - first, *coefficients * unit, *error * unit])
        return pd.DataFrame(rows, columns=["first", "last", "n", *names, *(f"{name}_se" for name in names)])

    def _names(self, k: int) -> list[str]:
        regressors = [f"slope_{j + 1}" for j in range(k - int(self.intercept))]
        return (["mean"] if k == 1 else ["intercept"]) + regressors if self.intercept else regressors

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {"BIC by number of breaks": pd.DataFrame({"estimate": self.fit_["bic"]})}

    def _numbers(self) -> pd.DataFrame:
        return self.segments_


def _matrices(y: Any, regressors: Any, *, intercept: bool) -> tuple[pd.Index, Floats, Floats]:
    target = read_series(y)
    columns = [np.ones((len(target), 1))] if intercept else []
    if regressors is not None:
        given = read_columns(regressors, "regressors")
        columns.append(given.to_numpy())
        if len(given) != len(target):
            raise InputError(f"y has {len(target)} rows and the regressors {len(given)}; they need the same.")
        if not (_counts(target) or _counts(given) or given.index.equals(target.index)):
            raise InputError("y and the regressors have rows of different dates; align them first, as with reindex.")
    if not columns:
        raise InputError("Without an intercept at least one regressor is needed.")
    x, values = np.hstack(columns), target.to_numpy(dtype=float)
    if not (np.isfinite(x).all() and np.isfinite(values).all()):
        raise InputError("y and the regressors must be finite throughout; drop missing rows first.")
    if x.shape[1] > LARGEST:
        raise InputError(f"At most {LARGEST} coefficients may change, not {x.shape[1]}; use fewer regressors.")
    return target.index, values, x


def _counts(rows: pd.Series | pd.DataFrame) -> bool:
    """Tell whether rows are only counted, as those of an array."""
    return isinstance(rows.index, pd.RangeIndex)


def _bic(rss: Floats, n: int, k: int) -> Floats:
    breaks = np.arange(len(rss))
    with np.errstate(divide="ignore"):
        return np.asarray(n * (np.log(rss) + 1 - np.log(n) + np.log(2 * np.pi)) + np.log(n) * (k + 1) * (breaks + 1))


def _ols(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return coefficients and White's HC1 standard errors."""
    n, k = x.shape
    inverse = np.linalg.pinv(x.T @ x, hermitian=True)
    coefficients = inverse @ x.T @ y
    score = x * (y - x @ coefficients)[:, None]
    variance = np.diag(inverse @ (score.T @ score) @ inverse) * n / (n - k)
    return coefficients, np.sqrt(np.maximum(variance, 0.0))


def _tests(y: Floats, x: Floats, moments: Moments, first: int) -> pd.DataFrame:
    n, k = x.shape
    cut = np.arange(first, n - first + 1)
    whole = float(moments.rss(np.array([0]), np.array([n]))[0])
    parts = moments.rss(np.zeros_like(cut), cut) + moments.rss(cut, np.full_like(cut, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        f = (whole - parts) / (parts / (n - 2 * k))
    values = {"supF": f.max(), "aveF": f.mean(), "expF": logsumexp(f / 2) - np.log(len(f))}
    shares = {"first": first / n, "last": (n - first) / n}
    rows = {name: (v, f_test_p_value(float(v), test=name, parameters=k, **shares)) for name, v in values.items()}  # type: ignore[arg-type]
    residuals = y - x @ moments.coefficients(0, n)
    cusum = float(np.abs(np.cumsum(residuals)).max() / np.sqrt(n * (residuals @ residuals) / (n - k)))
    rows["OLS-CUSUM"] = (cusum, float(kolmogorov(cusum)))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["statistic", "p_value"])
