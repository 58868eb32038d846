"""Simulated markets with a known truth: correlated Brownian paths that run around the clock, struck when one likes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.errors import InputError

__all__ = ["hourly_paths", "struck"]

RandomState = int | np.random.Generator


def hourly_paths(
    correlation: pd.DataFrame,
    *,
    days: int = 2600,
    start: str = "2015-01-01",
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Return Brownian paths sampled every hour of every day, with unit daily variance and constant correlation.

    Parameters
    ----------
    correlation : DataFrame
        Correlation matrix; its columns name the paths.
    days : int
        Calendar days.
    start : str
        First instant (UTC); every path is 0 there.
    random_state : int or Generator
        Seed.

    Returns
    -------
    DataFrame
        ``24 * days + 1`` rows indexed by UTC instants.

    Raises
    ------
    InputError
        If the matrix is not a correlation matrix.

    Examples
    --------
    >>> truth = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], columns=["JGB10Y", "SPX"])
    >>> hourly_paths(truth, days=2, random_state=1).shape
    (49, 2)
    """
    matrix = correlation.to_numpy(dtype=np.float64)
    if matrix.shape[0] != matrix.shape[1] or not np.allclose(np.diag(matrix), 1) or not np.allclose(matrix, matrix.T):
        raise InputError("A correlation matrix must be square and symmetric with ones on its diagonal.")
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < -1e-10:
        raise InputError(
            f"The smallest eigenvalue of the correlation matrix is {values.min():.3g}; it must not be < 0."
        )
    root = vectors * np.sqrt(values.clip(0) / 24.0)
    steps = np.random.default_rng(random_state).standard_normal((24 * days, len(matrix))) @ root.T
    index = pd.date_range(start, periods=24 * days + 1, freq="h", tz="UTC", unit="ns")
    return pd.DataFrame(
        np.vstack([np.zeros(len(matrix)), steps.cumsum(axis=0)]), index=index, columns=correlation.columns
    )


def struck(path: pd.Series, hour: int, *, every_day: bool = False) -> pd.Series:
    """Return the values of an hourly path at one hour (UTC) of each business day, or of every day.

    Hour 24 is the midnight that ends the day.

    Examples
    --------
    >>> path = pd.Series(range(97), index=pd.date_range("2025-01-03", periods=97, freq="h", tz="UTC"))
    >>> struck(path, 21).to_dict()
    {Timestamp('2025-01-03 21:00:00+0000', tz='UTC'): 21, Timestamp('2025-01-06 21:00:00+0000', tz='UTC'): 93}
    """
    index = pd.DatetimeIndex(path.index)
    day = index - pd.Timedelta(hours=hour)
    kept = (day.hour == 0) & (every_day | (day.day_of_week < 5))
    return path[kept]
