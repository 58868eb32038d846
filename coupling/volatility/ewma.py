"""Changes divided by a volatility that was known before them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.kernels.decay import decay_filter

__all__ = ["ewma_volatility", "standardize_ewma", "standardized_series"]


def ewma_volatility(changes: pd.DataFrame, *, decay: float = 0.94, warmup: int = 20) -> pd.DataFrame:
    """Return the exponentially weighted volatility known one row earlier.

    The square root of the weighted mean of *earlier* squared changes: weight ``decay**k`` for the change k + 1 rows
    back, summing to one (RiskMetrics 1996, without its start value). Row t never uses the change of row t.

    Parameters
    ----------
    changes : DataFrame
        Changes, rows = time, columns = instruments. Missing changes carry no weight.
    decay : float
        Weight kept from row to row, between 0 and 1. 0.94 is RiskMetrics' for daily changes.
    warmup : int
        Earlier changes needed; rows with fewer are missing.

    Returns
    -------
    DataFrame
        Of the same shape, in the unit of the changes.

    Raises
    ------
    InputError
        If `decay` is not between 0 and 1 or `warmup` is below 1.

    Examples
    --------
    >>> changes = pd.DataFrame({"BTC": [3.0, -3.0, 3.0, 9.0]})
    >>> ewma_volatility(changes, warmup=2)["BTC"].tolist()
    [nan, nan, 3.0, 3.0]
    """
    return _framed(_volatilities(_series(changes), decay, warmup), changes)


def standardized_series(series: Floats, *, decay: float = 0.94, warmup: int = 20) -> Floats:
    """Return series in rows (series × time), each divided by its volatility; see `standardize_ewma`."""
    volatilities = _volatilities(series, decay, warmup)
    volatilities[~(volatilities > 0.0)] = np.nan
    return np.asarray(series / volatilities)


def _volatilities(series: Floats, decay: float, warmup: int) -> Floats:
    if not 0 < decay < 1 or warmup < 1:
        raise InputError(f"decay={decay!r} must lie between 0 and 1, and warmup={warmup!r} must be at least 1.")
    scale = np.fmax.reduce(np.abs(series), axis=1, initial=0.0, keepdims=True)
    scale[scale == 0.0] = 1.0
    with np.errstate(invalid="ignore"):
        squares = np.square(series / scale)
    missing = np.isnan(squares)
    if missing.any():
        squares = np.take_along_axis(np.where(missing, 0.0, squares), missing.argsort(axis=1, kind="stable"), axis=1)
    means = _weighted_means(squares, decay)
    known = np.cumsum(~missing, axis=1)
    if missing.any():
        means = np.take_along_axis(means, np.maximum(known - 1, 0), axis=1)
    means[known < warmup] = np.nan
    volatilities = np.full(series.shape, np.nan)
    volatilities[:, 1:] = np.sqrt(means[:, :-1]) * scale
    return volatilities


def _weighted_means(series: Floats, decay: float) -> Floats:
    """Return the weighted mean up to each place: the value there less a filter of steps, so that no step moves none."""
    weights = decay_filter(np.ones(series.shape[1]), decay)
    steps = np.diff(series, axis=1, prepend=series[:, :1])
    steps[:, 1:] *= decay * weights[:-1]
    return np.asarray(series - decay_filter(steps, decay) / weights)


def _series(changes: pd.DataFrame) -> Floats:
    return np.ascontiguousarray(changes.to_numpy(dtype=float, na_value=np.nan).T)


def _framed(series: Floats, like: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(series.T, index=like.index, columns=like.columns)
    frame.attrs.update(like.attrs)
    return frame


def standardize_ewma(changes: pd.DataFrame, *, decay: float = 0.94, warmup: int = 20) -> pd.DataFrame:
    """Divide each change by the volatility that was known one row earlier.

    Parameters
    ----------
    changes : DataFrame
        Changes, rows = time, columns = instruments.
    decay, warmup : float, int
        As in `ewma_volatility`.

    Returns
    -------
    DataFrame
        Of the same shape, without unit. Rows of the warm-up are missing, and so are rows whose earlier changes were all
        zero: nothing can be said of their volatility.

    Raises
    ------
    InputError
        As `ewma_volatility`.

    Examples
    --------
    >>> changes = pd.DataFrame({"BTC": [3.0, -3.0, 3.0, 9.0]})
    >>> standardize_ewma(changes, warmup=2)["BTC"].tolist()
    [nan, nan, 1.0, 3.0]
    """
    return _framed(standardized_series(_series(changes), decay=decay, warmup=warmup), changes)
