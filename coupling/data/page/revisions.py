"""What vintages of the store revised."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.results.base import Result

__all__ = ["RevisionsResult", "make"]


@dataclass(frozen=True, kw_only=True)
class RevisionsResult(Result):
    """What vintages of the store revised: one row per vintage, with the largest change."""

    @property
    def sentence(self) -> str:
        """Say how many values of each instrument were revised."""
        counts = self.frame[["changed", "removed", "added"]].sum(axis=1).groupby(self.frame["instrument"], sort=False)
        parts = [f"{name} {count}" for name, count in counts.sum().items()]
        return f"Values revised after they were first retrieved: {', '.join(parts)}."

    def summary(self) -> pd.DataFrame:
        """Return the newest revisions first, the largest change with its date."""
        table = self.frame.sort_values("retrieved_at", ascending=False, kind="stable").set_index("instrument")
        return table.rename(columns={"retrieved_at": "retrieved at", "when": "largest on"})


def make(dataset: Dataset, panel: Panel) -> RevisionsResult:
    """Return what vintages of the store revised."""
    return RevisionsResult(
        name="data-revisions",
        title="Revisions",
        method="What a download changed of values that an earlier download had given: how many were changed, removed "
        "or put in later, and the largest change. Estimates rest on the newest values; each value that was revised is "
        "listed by 'coupling data list --revisions'.",
        frame=dataset.revisions.reset_index(drop=True),
        provenance=panel.provenance,
    )
