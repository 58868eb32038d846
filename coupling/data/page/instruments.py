"""What each instrument is, and what a rise of it means."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.panel import Panel
from coupling.data.signs import meaning_of
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence

__all__ = ["InstrumentsResult", "make"]


@dataclass(frozen=True, kw_only=True)
class InstrumentsResult(Result):
    """What each instrument is, and what a rise of it means."""

    @property
    def sentence(self) -> str:
        """Say what a rise means."""
        meanings = self.frame["a rise means"].items()
        return Passage(Sentence("A rise means:", tuple(f"{name} {meaning}" for name, meaning in meanings)))


def make(panel: Panel) -> InstrumentsResult:
    """Return what each instrument is."""
    rows = [
        {
            "instrument": name,
            "title": item.title,
            "kind": str(item.kind),
            "unit": item.unit,
            "change in": item.change_unit,
            "a rise means": meaning_of(item),
            "changes a year": item.annualisation,
        }
        for name, item in panel.instruments.items()
    ]
    return InstrumentsResult(
        name="data-instruments",
        title="Instruments and signs",
        method="A change is 100 times the difference of logs for a price or an index (%), and the difference in basis "
        "points for a yield.",
        frame=pd.DataFrame(rows).set_index("instrument"),
        provenance=panel.provenance,
    )
