"""The catalogue of the simulated market: its events, whose instants and sizes are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coupling.data.changes import ChangeRule
from coupling.data.instrument import Instrument
from coupling.data.simulation.truth import Truth
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.event import Event, Precision

__all__ = ["SIMULATED", "simulated_catalogue", "true_responses"]

SIMULATED = "the simulated market"


def _id(instant: pd.Timestamp) -> str:
    return f"{instant:%Y-%m-%d}-simulated"


def simulated_catalogue(truth: Truth) -> Catalogue:
    """Return the events of a simulated market, all of one category, ``simulated``.

    Parameters
    ----------
    truth : Truth
        Of the simulated market.
    """
    instants = pd.DatetimeIndex(truth.events["instant"])
    events = [
        Event(
            id=_id(instant),
            label=f"Simulated event of severity {severity:.2f}",
            category="simulated",
            instant=instant.isoformat(),
            precision=Precision.MINUTE,
            what="Drawn by the simulated market; it says nothing about the real one.",
            sources=("simulated market",),
            confidence="exact",
        )
        for instant, severity in zip(instants, truth.events["severity"], strict=True)
    ]
    return Catalogue(SIMULATED, tuple(sorted(events, key=lambda event: event.at)))


def true_responses(truth: Truth, instruments: Mapping[str, Instrument], used: pd.DataFrame) -> dict[str, float]:
    """Return the mean true size of the events that a study used, by instrument, in the unit that it reports.

    Parameters
    ----------
    truth : Truth
        Of the simulated market.
    instruments : dict of str to Instrument
        Log changes are shown as simple %.
    used : DataFrame
        The rows of a study's mapping that it used, with columns ``event`` and ``instrument``.
    """
    sizes = truth.events.set_index(truth.events["instant"].map(_id))
    events = {str(name): rows["event"].tolist() for name, rows in used.groupby("instrument")}
    sizes = sizes.reindex(columns=[*events])  # of a formula nothing is known
    means = {name: float(sizes.loc[ids, name].mean()) for name, ids in events.items()}
    return {
        name: 100.0 * float(np.expm1(size / 100.0)) if instruments[name].change is ChangeRule.LOG else size
        for name, size in means.items()
    }
