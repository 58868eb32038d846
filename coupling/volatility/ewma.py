"""Changes divided by a volatility that was known before them."""

from __future__ import annotations

import pandas as pd

from coupling.errors import InputError

__all__ = ["ewma_volatility", "standardize_ewma"]


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
    if not 0 < decay < 1 or warmup < 1:
        raise InputError(f"decay={decay!r} must lie between 0 and 1, and warmup={warmup!r} must be at least 1.")
    scale = changes.abs().max().replace(0.0, 1.0)
    squares = (changes / scale) ** 2
    weighted = squares.ewm(alpha=1.0 - decay, adjust=True, ignore_na=True, min_periods=warmup).mean()
    return weighted.shift(1) ** 0.5 * scale


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
    volatility = ewma_volatility(changes, decay=decay, warmup=warmup)
    return changes / volatility.where(volatility > 0.0)
