"""Exponentially weighted correlation with an interval for its effective sample."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats
from coupling.correlation.base import PairwiseCorrelation, fill_columns
from coupling.correlation.windows import Window, Windows, WindowsPart
from coupling.errors import InputError
from coupling.kernels.weighted_jackknife import WeightedJackknife, weighted_jackknife
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits

__all__ = ["ExponentialCorrelation"]


@plain_keywords
class ExponentialCorrelation(PairwiseCorrelation):
    r"""Correlation in which a change counts half as much as one that is a half-life younger.

    .. math:: r = \frac{\sum_t w_t (x_t - \bar x)(y_t - \bar y)}
              {\sqrt{\sum_t w_t (x_t - \bar x)^2 \sum_t w_t (y_t - \bar y)^2}},\quad w_t = 2^{-(T - t)/h}

    with weighted means.

    Parameters
    ----------
    halflife : float
        h, in rows.
    window : int, str or None
        How far back the weights reach: rows, calendar time, or the whole sample (the default: one estimate, at the last
        row). For a path take a window of several half-lives.
    min_share : float
        Smallest share of the window's rows that a pair must have.
    last : bool
        Whether the newest window alone is estimated.
    focus : name, optional
        The instrument whose pairs are estimated; by default all pairs are.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    correlation_ : DataFrame
        Window end × pairs ``(left, right)``; missing where a series is constant in the window.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    Age is counted in rows of X, whether or not a row is missing. `between` adds ``n_effective``, Kish's
    :math:`(\sum w)^2 / \sum w^2`. The interval is the delete-block jackknife of Fisher's z with blocks of
    equal :math:`\sum w^2` and a Student quantile, as for `RollingCorrelation`; it is pointwise.

    References
    ----------
    RiskMetrics technical document (1996), section 5.2 (without means). Kish (1965), Survey Sampling, section 11.7.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> changes = pd.DataFrame(rng.normal(size=(500, 2)), columns=["BTC", "SPX"])
    >>> changes["SPX"] += changes["BTC"]
    >>> ExponentialCorrelation(halflife=30).fit(changes).between("BTC", "SPX").round(2).to_dict("records")
    [{'estimate': 0.66, 'lower': 0.49, 'upper': 0.79, 'n': 500, 'n_effective': 86.56}]
    """

    def __init__(
        self,
        *,
        halflife: float = 30.0,
        window: Window = None,
        min_share: float = 0.8,
        last: bool = False,
        focus: Hashable | None = None,
        allow_levels: bool = False,
    ) -> None:
        self.halflife = halflife
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
            Changes in time order; missing values are left out pair by pair.
        y : None
            Ignored.
        out : array of shape (windows, pairs), optional
            Of float64, where the estimates are written, such as a ``numpy.memmap`` for more than memory holds.
        """
        return self._fit(X, out)

    def _prepare(self, X: Any, *, in_parts: bool = False) -> None:
        require_limits(self)
        if not 0 < self.halflife < np.inf:
            raise InputError(f"halflife={self.halflife!r} must be a positive number of rows; use one such as 30.")
        self._decay = 2.0 ** (-1.0 / self.halflife)
        self._read(X, in_parts=in_parts)

    def _estimate(self, out: Floats | None = None) -> None:
        def one(pair: int, part: WindowsPart) -> Floats:
            return self._jackknife(self._values[part.rows], pair, part.windows).estimate

        self._keep(fill_columns(self._windows, len(self._pairs), one, out=out))

    def _jackknife(self, values: Floats, pair: int, windows: Windows) -> WeightedJackknife:
        left, right = self._pairs.columns_of(pair)
        limits = windows.starts, windows.stops, windows.required
        return weighted_jackknife(values[:, left], values[:, right], *limits, decay=self._decay)

    def _spread(self, pair: int) -> WeightedJackknife:
        return self._jackknife(self._values, pair, self._windows)

    def _p_values(self, pair: int) -> Floats:
        spread = self._made_once(pair, self._spread)
        return spread.p_values(spread.estimate)

    def _interval(self, pair: int, level: float) -> dict[str, npt.NDArray[Any]]:
        spread = self._made_once(pair, self._spread)
        lower, upper = spread.limits(spread.estimate, level)
        return {"lower": lower, "upper": upper, "n": spread.n, "n_effective": spread.kish}
