"""Small markets of known truth for the tests of claims."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Leg
from coupling.claims.verdict import LegOutcome
from coupling.data.changes import ChangeRule
from coupling.data.instrument import resolve
from coupling.data.observations import Observations
from coupling.results.base import Provenance


def observed(
    name: str, values: pd.Series | list[float], *, start: str = "2025-11-18", hour: int = 24, bars: object = None
) -> Observations:
    """Return observations of a catalogue's instrument: a series by date, struck at an hour of that date (UTC)."""
    if not isinstance(values, pd.Series):
        values = pd.Series(values, index=pd.date_range(start, periods=len(values), freq="D"), dtype=float)
    dates = pd.DatetimeIndex(values.index)
    struck = (dates + pd.Timedelta(hours=hour)).tz_localize("UTC")
    return Observations(
        name=name,
        levels=pd.Series(values.to_numpy(dtype=float), index=struck),
        known_at=pd.Series(struck, index=struck),
        labels=pd.Series(dates, index=struck),
        bars=None if bars is None else pd.DataFrame(bars, index=struck),
        change=resolve(name).change,
    )


def hourly(closes: pd.Series, *, lows: pd.Series | None = None) -> Observations:
    """Return hourly bars of BTC_1H, by the instant at which each ends (UTC)."""
    low = closes if lows is None else lows
    index = pd.DatetimeIndex(closes.index)
    return Observations(
        name="BTC_1H",
        levels=closes.astype(float),
        known_at=pd.Series(index, index=index),
        bars=pd.DataFrame({"open": closes, "high": closes, "low": low}).astype(float),
        change=ChangeRule.LOG,
    )


def market(
    correlation: np.ndarray, names: list[str], *, start: str = "2015-01-01", seed: int = 0
) -> list[Observations]:
    """Return instruments struck at 24:00 UTC of business days, normal changes; one correlation matrix per day."""
    rng = np.random.default_rng(seed)
    roots = np.linalg.cholesky(correlation)
    steps = np.einsum("tij,tj->ti", roots, rng.normal(size=(len(roots), len(names))))
    days = pd.bdate_range(start, periods=len(roots))
    return [
        observed(name, _levels(name, pd.Series(steps[:, place].cumsum(), index=days)))
        for place, name in enumerate(names)
    ]


def constant(rho: float, days: int) -> np.ndarray:
    """Return the same correlation of two instruments on every day."""
    return np.tile([[1.0, rho], [rho, 1.0]], (days, 1, 1))


def _levels(name: str, path: pd.Series) -> pd.Series:
    """Return levels whose changes are those of the path: % of a price, basis points of a yield."""
    return np.exp(path / 100) if resolve(name).change is ChangeRule.LOG else 50 + path / 100


def evidence(*items: Observations) -> Evidence:
    """Evidence of some observations."""
    return Evidence(
        observations={item.name: item for item in items},
        instruments={item.name: resolve(item.name) for item in items},
        missing={},
        provenance=Provenance(),
        seed=1,
    )


def check(leg: Leg, *items: Observations) -> LegOutcome:
    """Check a leg on some observations."""
    return leg.check(evidence(*items))
