"""Correlation matrix shrunk towards independence (Ledoit–Wolf), after standardising."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats
from coupling.correlation.base import PairwiseCorrelation
from coupling.correlation.rolling import pair_jackknife
from coupling.correlation.windows import Window
from coupling.kernels.rolling import rolling_correlation
from coupling.kernels.rolling_jackknife import RollingJackknife
from coupling.limits.keywords import plain_keywords

__all__ = ["ShrunkCorrelation"]


@plain_keywords
class ShrunkCorrelation(PairwiseCorrelation):
    r"""Correlations of all instruments together, each pulled towards 0 by the same estimated share.

    .. math:: \tilde r_{ij} = (1 - \delta)\, r_{ij}

    :math:`\delta` is the shrinkage of Ledoit and Wolf (2004) for changes that were standardised within the window, so
    that no unit (% or bp) sways it. It lowers the mean squared error of the whole matrix where instruments are many and
    rows few.

    Parameters
    ----------
    window : int, str or None
        Rows, calendar time such as ``"250d"``, or the whole sample (the default).
    min_share : float
        Smallest share of the window's rows on which every instrument must have a change.
    last : bool
        Whether the newest window alone is estimated.
    focus : name, optional
        The instrument whose pairs are estimated; by default all pairs are.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    correlation_ : DataFrame
        Window end × pairs ``(left, right)``; missing for an instrument that is constant in the window.
    shrinkage_ : Series
        :math:`\delta` by window end, between 0 and 1.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    Only rows without any missing value are used. A shrunk estimate is biased on purpose, so that it has no interval of
    its own: `between` gives that of the correlation before shrinking (as `RollingCorrelation`), beside the column
    ``shrinkage``. The shrunk value can lie outside it.

    References
    ----------
    Ledoit and Wolf (2004), Journal of Multivariate Analysis 88, 365-411, through scikit-learn.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> changes = pd.DataFrame(rng.normal(size=(40, 3)), columns=["BTC", "SPX", "IXIC"])
    >>> changes["SPX"] += changes["BTC"]
    >>> ShrunkCorrelation().fit(changes).shrinkage_.round(3).tolist()
    [0.493]
    """

    def __init__(
        self,
        *,
        window: Window = None,
        min_share: float = 0.8,
        last: bool = False,
        focus: Hashable | None = None,
        allow_levels: bool = False,
    ) -> None:
        self.window = window
        self.min_share = min_share
        self.last = last
        self.focus = focus
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None, *, out: Floats | None = None) -> Self:  # noqa: ARG002
        """Estimate every pair in every window.

        Parameters
        ----------
        X : DataFrame or array of shape (rows, instruments)
            Changes in time order; a row with a missing value is left out.
        y : None
            Ignored.
        out : array of shape (windows, pairs), optional
            Of float64, where the estimates are written, such as a ``numpy.memmap`` for more than memory holds.
        """
        return self._fit(X, out)

    def _prepare(self, X: Any, *, in_parts: bool = False) -> None:
        self._read(X, in_parts=in_parts)
        self._values[np.isnan(self._values).any(axis=1)] = np.nan
        limits = self._windows.starts, self._windows.stops, self._windows.required
        shares = [_shrinkage(self._values[start:stop], least) for start, stop, least in zip(*limits, strict=True)]
        self.shrinkage_ = pd.Series(np.array(shares), index=self._windows.ends, name="shrinkage")

    def _estimate(self, out: Floats | None = None) -> None:
        windows, pairs = self._windows, self._pairs
        limits = windows.starts, windows.stops, windows.required
        values = pairs.ordered(self._values)
        estimates = rolling_correlation(values, *limits, first=pairs.first, last=pairs.last, out=out)
        estimates *= 1.0 - self.shrinkage_.to_numpy()[:, None]
        self._keep(estimates)

    def _interval(self, pair: int, level: float) -> dict[str, npt.NDArray[Any]]:
        spread, estimate = self._made_once(pair, self._spread)
        lower, upper = spread.limits(estimate, level)
        return {"lower": lower, "upper": upper, "n": spread.n, "shrinkage": self.shrinkage_.to_numpy()}

    def _p_values(self, pair: int) -> Floats:
        spread, estimate = self._made_once(pair, self._spread)
        return spread.p_values(estimate)

    def _spread(self, pair: int) -> tuple[RollingJackknife, Floats]:
        return pair_jackknife(self._values, self._pairs.columns_of(pair), self._windows), self._unshrunk(pair)

    def _unshrunk(self, pair: int) -> Floats:
        both = list(self._pairs.columns_of(pair))
        windows = self._windows
        return rolling_correlation(self._values[:, both], windows.starts, windows.stops, windows.required)[:, 0]


def _shrinkage(rows: Floats, least: int) -> float:
    """Return the shrinkage of the standardised columns that move; missing where there are fewer than two."""
    from sklearn.covariance import ledoit_wolf_shrinkage

    complete = rows[~np.isnan(rows[:, 0])]
    if len(complete) < max(1, least):
        return np.nan
    gaps = 0.5 * complete - 0.5 * complete[0]
    tops = np.abs(gaps).max(axis=0)
    unit = gaps[:, tops > 0] / tops[tops > 0]
    unit = unit - unit.mean(axis=0)
    if unit.shape[1] < 2:
        return np.nan
    return float(ledoit_wolf_shrinkage(unit / unit.std(axis=0), assume_centered=True))
