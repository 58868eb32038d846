"""Partial correlation: what two instruments share beyond what others explain, in moving windows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats
from coupling.correlation.base import PairwiseCorrelation, fill_columns
from coupling.correlation.windows import Window, Windows, WindowsPart
from coupling.errors import InputError, nearest
from coupling.kernels.minimum import MINIMUM_ROWS
from coupling.kernels.rolling import rolling_correlation
from coupling.kernels.rolling_jackknife import RollingJackknife, jackknife_windows
from coupling.limits.keywords import plain_keywords

__all__ = ["PartialCorrelation"]

SINGULAR = 1e-10
"""Eigenvalue of a correlation matrix (and squared share of a null vector) that counts as zero."""


@plain_keywords
class PartialCorrelation(PairwiseCorrelation):
    r"""Correlation of what is left of two instruments after a linear regression on others, window by window.

    .. math:: \rho_{ij \mid rest} = -P_{ij} / \sqrt{P_{ii} P_{jj}}, \quad P = R^{-1}

    with R the correlation matrix of the pair and its controls in the window, so that units do not matter.

    Parameters
    ----------
    given : name or sequence of names, optional
        The controls. By default every other instrument (the full partial correlation). Controls form no pairs.
    window : int, str or None
        Rows, calendar time such as ``"250d"``, or the whole sample (the default).
    min_share : float
        Smallest share of the window's rows in which the pair and all its controls must be present.
    last : bool
        Whether the newest window alone is estimated.
    focus : name, optional
        The instrument whose pairs are estimated; by default all pairs are.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    correlation_ : DataFrame
        Window end × pairs that hold no control. Missing where an instrument is constant in the window or a
        linear combination of the others. A control that repeats others, or is constant, takes nothing away.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    The interval is the block jackknife of `RollingCorrelation` on the residuals of each window, with the standard error
    times sqrt((n - 1) / (n - 1 - k)) for k controls; to first order the regression itself adds no error. ``n`` counts
    rows.

    References
    ----------
    Anderson (2003), An Introduction to Multivariate Statistical Analysis, section 4.3.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> changes = pd.DataFrame(rng.normal(size=(500, 3)), columns=["BTC", "JGB10Y", "IXIC"])
    >>> changes["BTC"] += changes["IXIC"]
    >>> changes["JGB10Y"] += changes["IXIC"]
    >>> float(changes["BTC"].corr(changes["JGB10Y"]).round(2))
    0.51
    >>> PartialCorrelation(given=["IXIC"]).fit(changes).between("BTC", "JGB10Y").round(2).to_dict("records")
    [{'estimate': 0.02, 'lower': -0.08, 'upper': 0.12, 'n': 500}]
    """

    def __init__(
        self,
        *,
        given: str | Sequence[Hashable] | None = None,
        window: Window = None,
        min_share: float = 0.8,
        last: bool = False,
        focus: Hashable | None = None,
        allow_levels: bool = False,
    ) -> None:
        self.given = given
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
            Changes in time order. A row counts for a pair when the pair and its controls are all present.
        y : None
            Ignored.
        out : array of shape (windows, pairs), optional
            Of float64, where the estimates are written, such as a ``numpy.memmap`` for more than memory holds.

        Raises
        ------
        InputError
            If a control is unknown or fewer than two instruments are left.
        """
        return self._fit(X, out)

    def _prepare(self, X: Any, *, in_parts: bool = False) -> None:
        frame = self._read(X, in_parts=in_parts)
        places: dict[Hashable, int] = {name: column for column, name in enumerate(frame.columns)}
        names = self._pairs.names
        self._pair_places = [places[name] for name in names]
        self._controls = [place for name, place in places.items() if name not in set(names)]

    def _estimate(self, out: Floats | None = None) -> None:
        self._keep(self._full(out) if self.given is None else self._given(out))

    def _free(self, frame: pd.DataFrame) -> list[Hashable]:
        """Return the instruments that form pairs."""
        given = [] if self.given is None else [self.given] if isinstance(self.given, str) else list(self.given)
        for name in given:
            if name not in frame.columns:
                raise InputError(f"There is no control {name!r}; {nearest(str(name), map(str, frame.columns))}")
        names: list[Hashable] = [name for name in frame.columns if name not in given]
        if len(names) < 2:
            raise InputError(f"Given {given}, fewer than two instruments are left; drop a control.")
        return names

    def _columns(self, pair: int) -> list[int]:
        """Return the two columns of a pair, followed by those of its controls."""
        both = [self._pair_places[place] for place in self._pairs.columns_of(pair)]
        controls = self._controls if self.given is not None else [k for k in self._pair_places if k not in both]
        return [*both, *controls]

    def _full(self, out: Floats | None) -> Floats:
        left, right = self._pairs.places
        estimates = np.empty((len(self._windows), len(self._pairs))) if out is None else out
        for part in self._windows.parts():
            estimates[part.which] = _partial_matrices(*_complete(self._values[part.rows], part.windows))[:, left, right]
        return estimates

    def _given(self, out: Floats | None) -> Floats:
        return fill_columns(self._windows, len(self._pairs), self._of_two, out=out)

    def _of_two(self, pair: int, part: WindowsPart) -> Floats:
        return _partial_matrices(*_complete(self._values[part.rows, self._columns(pair)], part.windows))[:, 0, 1]

    def _p_values(self, pair: int) -> Floats:
        return self._made_once(pair, self._spread).p_values(self.correlation_.iloc[:, pair].to_numpy())

    def _interval(self, pair: int, level: float) -> dict[str, npt.NDArray[Any]]:
        spread = self._made_once(pair, self._spread)
        lower, upper = spread.limits(self.correlation_.iloc[:, pair].to_numpy(), level)
        return {"lower": lower, "upper": upper, "n": spread.n}

    def _spread(self, pair: int) -> RollingJackknife:
        """Return the jackknife of what the controls leave, whose error knows how many they are."""
        columns = self._columns(pair)
        values, windows = _complete(self._values[:, columns], self._windows)
        x, y, begin = _residuals(values, windows)
        spread = jackknife_windows(x, y, begin[:-1], begin[1:], windows.required)
        controls = len(columns) - 2
        lost = np.sqrt(np.maximum(spread.n - 1, 0) / np.maximum(spread.n - 1 - controls, 1))
        return replace(spread, error=spread.error * lost)


def _complete(values: Floats, windows: Windows) -> tuple[Floats, Windows]:
    """Return the rows in which no column is missing, and the windows among them."""
    there = ~np.isnan(values).any(axis=1)
    before = np.concatenate([[0], np.cumsum(there)])
    least = np.maximum(windows.required, MINIMUM_ROWS + values.shape[1] - 2)
    return values[there], replace(windows, starts=before[windows.starts], stops=before[windows.stops], required=least)


def _partial_matrices(values: Floats, windows: Windows) -> Floats:
    """Return the partial correlation of every two columns given all others, of shape (windows, columns, columns)."""
    size = values.shape[1]
    correlations = rolling_correlation(values, windows.starts, windows.stops, windows.required)
    upper = np.triu_indices(size, 1)
    matrices = np.tile(np.eye(size), (len(correlations), 1, 1))
    matrices[:, upper[0], upper[1]] = matrices[:, upper[1], upper[0]] = correlations
    if size == 2:
        return matrices
    known = np.nan_to_num(matrices, nan=0.0)
    roots, vectors = np.linalg.eigh(known)
    null = roots < SINGULAR
    inverse = np.where(null, 0.0, 1.0 / np.where(null, 1.0, roots))
    precision = (vectors * inverse[:, None, :]) @ vectors.transpose(0, 2, 1)
    spanned = (vectors**2 * null[:, None, :]).sum(axis=2) > SINGULAR
    scale = np.sqrt(np.diagonal(precision, axis1=1, axis2=2))
    scale = np.where(spanned | (scale == 0), np.nan, scale)
    partial = -precision / (scale[:, :, None] * scale[:, None, :])
    return np.asarray(np.where(np.isnan(matrices), np.nan, np.clip(partial, -1.0, 1.0)))


def _residuals(values: Floats, windows: Windows) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Return the residuals of the first two columns on the others, window after window, and where each begins."""
    begin = np.concatenate([[0], np.cumsum(windows.stops - windows.starts)])
    left = np.empty((begin[-1], 2))
    for window, (start, stop) in enumerate(zip(windows.starts, windows.stops, strict=True)):
        if stop > start:
            left[begin[window] : begin[window + 1]] = _regressed(values[start:stop])
    return left[:, 0], left[:, 1], begin


def _regressed(rows: Floats) -> Floats:
    top = np.abs(rows).max(axis=0)
    unit = rows / np.where(top > 0, top, 1.0)
    unit -= unit.mean(axis=0)
    slopes = np.linalg.lstsq(unit[:, 2:], unit[:, :2], rcond=None)[0]
    return np.asarray(unit[:, :2] - unit[:, 2:] @ slopes)
