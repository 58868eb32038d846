"""Realised volatility: the standard deviation of the last changes, per year."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from coupling.errors import InputError

__all__ = ["realised_volatility"]


def realised_volatility(changes: pd.Series, *, annualisation: int, window: int = 30) -> pd.Series:
    """Return the realised volatility of one instrument on its own calendar, per year.

    The standard deviation (divisor ``window - 1``) of the last `window` changes that the instrument has, times the
    square root of `annualisation`. Missing changes are left out, so the window holds own changes and nothing filled.

    Parameters
    ----------
    changes : Series
        Changes in time order, in % or bp.
    annualisation : int
        Own changes per year: 365 for a market that trades every day, 252 otherwise. State it beside the figure.
    window : int
        Number of changes, at least 2.

    Returns
    -------
    Series
        In the unit of the changes per square root of a year, by the time of the last change of each window; the first
        ``window - 1`` rows are missing.

    Raises
    ------
    InputError
        If `window` or `annualisation` is too small, or a change is infinite.

    Examples
    --------
    >>> changes = pd.Series([1.0, -1.0, 1.0, -1.0])
    >>> realised_volatility(changes, annualisation=252, window=4).round(2).tolist()
    [nan, nan, nan, 18.33]
    """
    if window < 2 or annualisation < 1:
        raise InputError(
            f"window={window!r} and annualisation={annualisation!r} cannot be used; a window needs at least 2 "
            "changes and a year at least one."
        )
    own = changes.dropna().astype(float)
    if bool(np.isinf(own.to_numpy()).any()):
        raise InputError(f"An infinite change was seen at {own.index[np.isinf(own.to_numpy())][0]}; repair it first.")
    deviations = _rolling_deviation(own.to_numpy(), window)
    return pd.Series(deviations * math.sqrt(annualisation), index=own.index, name=changes.name)


def _rolling_deviation(values: np.ndarray, window: int) -> np.ndarray:
    """Return the standard deviation of each window by two passes, exact where running sums cancel."""
    deviations = np.full(values.size, np.nan)
    if values.size >= window:
        spans = np.lib.stride_tricks.sliding_window_view(values, window)
        scale = np.abs(spans).max(axis=1, keepdims=True)
        scale[scale == 0.0] = 1.0
        deviations[window - 1 :] = (spans / scale).std(axis=1, ddof=1) * scale[:, 0]
    return deviations
