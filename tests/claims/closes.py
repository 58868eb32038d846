"""Small worlds in which predictions are made."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from coupling.claims.closes import Track, known_track
from coupling.claims.evidence import Evidence
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.results.base import Provenance


def observed(
    closes: np.ndarray, *, name: str = "BTC", first: str = "2020-01-01", freq: str = "D", rule: str = "log"
) -> Observations:
    """Daily closes struck, and known, at the end of their date."""
    dates = pd.date_range(first, periods=len(closes), freq=freq)
    struck = (dates + pd.Timedelta(days=1)).tz_localize("UTC")
    return Observations(
        name=name,
        levels=pd.Series(closes, index=struck, dtype=float),
        known_at=pd.Series(struck, index=struck),
        labels=pd.Series(dates, index=struck),
        change=ChangeRule(rule),
    )


def instrument(annualisation: int = 365) -> SimpleNamespace:
    """As much of an instrument as a prediction reads."""
    return SimpleNamespace(annualisation=annualisation, unit="USD", change_unit="%")


def track(changes: np.ndarray, **options: str) -> Track:
    """A track whose changes are given (in %), after a first close of 100."""
    closes = 100 * np.exp(np.concatenate([[0.0], np.cumsum(changes)]) / 100)
    annualisation = 252 if options.get("freq") == "B" else 365
    return known_track(observed(closes, **options), instrument(annualisation))  # type: ignore[arg-type]


def evidence(*items: Observations, seed: int = 1) -> Evidence:
    """Evidence of some observations, all of markets that never close."""
    return Evidence(
        observations={item.name: item for item in items},
        instruments={item.name: instrument() for item in items},  # type: ignore[misc]
        missing={},
        provenance=Provenance(),
        seed=seed,
    )
