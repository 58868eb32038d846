"""Shock days of a flow, and the frames on which local projections put what followed them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.series import levels_of
from coupling.errors import InputError
from coupling.events.studies.episodes import episodes_of
from coupling.text.wording import percent

__all__ = ["log_range", "price_frame", "shock_days"]

YEAR, WARM_UP = 365, 90


def log_range(evidence: Evidence, name: str) -> pd.Series:
    """Return 100 times the log of the volatility of each day from its high and low (Parkinson 1980).

    A day whose high is its low has no logarithm and is missing.

    Raises
    ------
    InputError
        If the source has no highs and lows.
    """
    item = evidence.observations[name]
    ratio = levels_of(item, "high") / levels_of(item, "low")
    span = np.log(ratio.where(ratio > 1).to_numpy()) / np.sqrt(4.0 * np.log(2.0))
    return pd.Series(100.0 * np.log(span), index=ratio.index)


def price_frame(evidence: Evidence, name: str) -> pd.DataFrame:
    """Return volatility and change of the *next* day on each day.

    In a local projection on the shock of a day the first lag of these columns is the day itself: what is estimated is
    given that day's own volatility and change, and horizon 0 is the day after it.
    """
    closes = levels_of(evidence.observations[name])
    frame = pd.DataFrame({"volatility": log_range(evidence, name), "change": 100.0 * np.log(closes).diff()})
    return frame.asfreq("D").shift(-1)


def shock_days(flow: pd.Series, *, share: float, days: int) -> pd.Series:
    """Return 1 on the first day of each episode of shocks and 0 on other days.

    A day is a shock if the flow exceeds its quantile ``1 - share`` over the 365 days before it (at least 90), which
    are known by then. Shocks whose `days` overlap form one episode, anchored at its first day.

    Parameters
    ----------
    flow : Series
        By date; days without a value are neither shocks nor calm.
    share : float
    days : int

    Raises
    ------
    InputError
        If there is no shock.

    Examples
    --------
    >>> flow = pd.Series(1.0, index=pd.date_range("2025-01-01", periods=200))
    >>> flow.iloc[[120, 125, 180]] = 9.0
    >>> found = shock_days(flow, share=0.05, days=30)
    >>> [f"{day:%m-%d}" for day in found.index[found == 1]]
    ['05-01', '06-30']
    """
    daily = flow.asfreq("D")
    before = daily.rolling(YEAR, min_periods=WARM_UP).quantile(1.0 - share).shift(1)
    places = np.flatnonzero((daily > before).to_numpy())
    if not places.size:
        raise InputError(f"no day of the flow exceeds the {percent(1 - share)} quantile of the year before it")
    firsts = places[np.unique(episodes_of(places, (0, days)), return_index=True)[1]]
    shocks = pd.Series(0.0, index=daily.index).where(before.notna() & daily.notna())
    shocks.iloc[firsts] = 1.0
    return shocks
