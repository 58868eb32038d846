"""The catalogue of the simulated market: its unwinds, whose instants and sizes are known."""

from __future__ import annotations

import pandas as pd

from coupling.data.truth import Truth
from coupling.events.catalogue import Catalogue
from coupling.events.event import Event, Precision

__all__ = ["simulated_catalogue"]


def simulated_catalogue(truth: Truth) -> Catalogue:
    """Return the unwinds of a simulated market as events of one category, ``simulated_unwind``.

    Parameters
    ----------
    truth : Truth
        Of the simulated market.
    """
    instants = pd.DatetimeIndex(truth.unwinds["instant"])
    events = [
        Event(
            id=f"{instant:%Y-%m-%d}-simulated",
            label=f"Simulated unwind of severity {severity:.2f}",
            category="simulated_unwind",
            instant=instant.isoformat(),
            precision=Precision.MINUTE,
            what="Drawn by the simulated market; it says nothing about the real one.",
            sources=("simulated market",),
            confidence="exact",
        )
        for instant, severity in zip(instants, truth.unwinds["severity"], strict=True)
    ]
    return Catalogue("the simulated market", tuple(sorted(events, key=lambda event: event.at)))
