"""Dependence in the tails, beside what an elliptical law with the same correlation would show there."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats
from coupling.correlation.base import PairwiseCorrelation, fill_columns
from coupling.correlation.elliptical import elliptical_chi, elliptical_exceedance_correlation, fit_degrees_of_freedom
from coupling.correlation.tail_window import TailWindow
from coupling.correlation.windows import Window, Windows, WindowsPart
from coupling.errors import InputError, nearest
from coupling.kernels.kendall import kendall_tau
from coupling.kernels.pairs import in_order
from coupling.kernels.rolling_jackknife import complete_rows
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits

__all__ = ["TailDependence"]


@plain_keywords
class TailDependence(PairwiseCorrelation):
    r"""How often, or how closely, two instruments move together when both are in the same tail.

    With U and V the ranks of the changes in the window, divided by their number, and q the quantile:

    ``measure="chi"``: :math:`\chi(q) = P(V \le q \mid U \le q)` in the lower tail, and the same of -x and -y in the
    upper one. ``measure="exceedance"``: the correlation of the changes of the rows in which both lie in the tail.

    Parameters
    ----------
    quantile : float
        Share q of the rows in each tail, below 0.5.
    tail : {"lower", "upper"}
        Both at or below their q-quantile, or both at or above their (1 - q)-quantile.
    measure : {"chi", "exceedance"}
        Which of the two.
    window : int, str or None
        Rows, calendar time such as ``"500d"``, or the whole sample (the default).
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
        The measure, window end × pairs (under the room's common name; chi is a probability). Missing with fewer than
        10 rows in a tail (or in both, for ``exceedance``), or when ties leave the quantile undefined.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    `between` adds ``n_tail`` (rows in a tail; for ``exceedance`` in both), and what elliptical laws with the same rank
    correlation give at the same quantile: ``normal``, and ``student`` with the degrees of freedom that fit the ranks of
    the whole sample best. Their correlation is sin(π τ / 2) of Kendall's τ in the window, which holds for every
    elliptical law and any units. A correlation of 0.5 alone makes chi(0.05) 0.24: only what exceeds the elliptical
    values is special to the tail.

    `p_values` are against the larger of the two elliptical values.

    Intervals: for chi, Wilson's with as many effective rows as the variance over consecutive blocks of the empirical
    tail copula's influence (Schmidt and Stadtmüller 2006) leaves, and a t quantile; 95 % covered .94 to .98 in
    simulations. For the exceedance correlation a delete-one jackknife of Fisher's z over the rows in both tails, with
    a Student quantile that follows the kurtosis of the left-out values; 95 % covered .94 to .95 for normal changes, .88
    to .93 for Student's with 4 degrees of freedom: call it approximate.

    References
    ----------
    Coles, Heffernan and Tawn (1999), Extremes 2(4). Longin and Solnik (2001), Journal of Finance 56(2). Ang and Chen
    (2002), Journal of Financial Economics 63(3). Schmidt and Stadtmüller (2006), Scandinavian Journal of Statistics 33.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> normal = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=2500)
    >>> heavy = normal / np.sqrt(rng.chisquare(3, size=(2500, 1)) / 3)
    >>> changes = pd.DataFrame(heavy, columns=["BTC", "IXIC"])
    >>> TailDependence().fit(changes).between("BTC", "IXIC").round(2).to_dict("records")
    [{'estimate': 0.33, 'lower': 0.25, 'upper': 0.42, 'n': 2500, 'n_tail': 125, 'normal': 0.25, 'student': 0.37}]
    """

    _beyond_windows = True  # the degrees of freedom of the Student-t copula are those of the whole sample

    def __init__(
        self,
        *,
        quantile: float = 0.05,
        tail: Literal["lower", "upper"] = "lower",
        measure: Literal["chi", "exceedance"] = "chi",
        window: Window = None,
        min_share: float = 0.8,
        last: bool = False,
        focus: Hashable | None = None,
        allow_levels: bool = False,
    ) -> None:
        self.quantile = quantile
        self.tail = tail
        self.measure = measure
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
        self._check_parameters()
        self._read(X, in_parts=in_parts)

    def _estimate(self, out: Floats | None = None) -> None:
        self._keep(fill_columns(self._windows, len(self._pairs), self._estimates, out=out))

    def _estimates(self, pair: int, part: WindowsPart) -> Floats:
        tails = self._tails(self._values[part.rows], pair, part.windows)
        return np.fromiter((window.estimate for window in tails), float, len(part.windows))

    def _check_parameters(self) -> None:
        for name, known in (("tail", ("lower", "upper")), ("measure", ("chi", "exceedance"))):
            value = getattr(self, name)
            if value not in known:
                raise InputError(f"{name}={value!r} is not known; {nearest(str(value), known)}")
        if not 0 < self.quantile < 0.5:
            raise InputError(f"quantile={self.quantile!r} must lie above 0 and below 0.5; use a share such as 0.05.")

    def _turned(self, values: Floats, pair: int) -> tuple[Floats, Floats]:
        """Return the changes of a pair, turned so that the tail is the lower one."""
        left, right = self._pairs.columns_of(pair)
        sign = 1.0 if self.tail == "lower" else -1.0
        return in_order(sign * values[:, left], sign * values[:, right])

    def _tails(self, values: Floats, pair: int, windows: Windows) -> Iterator[TailWindow]:
        x, y, starts, stops = complete_rows(*self._turned(values, pair), windows.starts, windows.stops)
        for start, stop, required in zip(starts, stops, windows.required, strict=True):
            yield TailWindow(x[start:stop], y[start:stop], self.quantile, self.measure, stop - start >= required)

    def _interval(self, pair: int, level: float) -> dict[str, npt.NDArray[Any]]:
        tails, laws = self._made_once(pair, self._tails_and_laws)
        limits = np.array([window.limits(level) for window in tails])
        return {
            "lower": limits[:, 0],
            "upper": limits[:, 1],
            "n": np.array([window.rows for window in tails]),
            "n_tail": np.array([window.rows_in_tail for window in tails]),
            "normal": laws[:, 0],
            "student": laws[:, 1],
        }

    def _p_values(self, pair: int) -> Floats:
        tails, laws = self._made_once(pair, self._tails_and_laws)
        return np.array([window.p_value(law) for window, law in zip(tails, laws.max(axis=1).tolist(), strict=True)])

    def _tails_and_laws(self, pair: int) -> tuple[list[TailWindow], Floats]:
        tails = list(self._tails(self._values, pair, self._windows))
        return tails, self._elliptical(pair, tails)

    def _elliptical(self, pair: int, tails: list[TailWindow]) -> Floats:
        """Return what a normal and a Student-t copula with the same rank correlation give, window by window."""
        x, y = self._turned(self._values, pair)
        there = ~(np.isnan(x) | np.isnan(y))
        x, y = x[there], y[there]
        law = elliptical_chi if self.measure == "chi" else elliptical_exceedance_correlation
        rho = rank_correlation(x, y)
        nu = fit_degrees_of_freedom(x, y, rho) if np.isfinite(rho) else np.nan
        rows = []
        for window in tails:
            rho = rank_correlation(window.x, window.y) if np.isfinite(window.estimate) else np.nan
            known = np.isfinite(rho)
            rows.append([law(rho, self.quantile, freedom) if known else np.nan for freedom in (np.inf, nu)])
        return np.array(rows)


def rank_correlation(x: Floats, y: Floats) -> float:
    """Return the correlation of the elliptical law with the same Kendall's τ: sin(π τ / 2)."""
    tau = kendall_tau(x, y) if len(x) > 1 else np.nan
    return float(np.sin(np.pi * tau / 2))
