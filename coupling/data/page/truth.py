"""The true correlations, which only a simulated market knows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from coupling.data.panel import Panel
from coupling.data.simulation.truth import Truth
from coupling.results.base import Result
from coupling.text.wording import listed

__all__ = ["TruthResult", "make"]


@dataclass(frozen=True, kw_only=True)
class TruthResult(Result):
    """The true correlation of every pair before and after its shift, which only a simulated market knows."""

    shift: pd.Timestamp
    alone: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say when the true correlation shifts, for which pair most, and which instruments have none."""
        moved = (self.frame["after"] - self.frame["before"]).abs()
        row = None if self.frame.empty else self.frame.iloc[int(moved.to_numpy().argmax())]
        verb = "is" if len(self.alone) == 1 else "are"
        apart = (
            f"{listed(self.alone)} {verb} drawn independently of everything else: every true correlation is 0, and no "
            "simulated event moves the level."
        )
        told = (
            f"The truth shifts at {self.shift:%Y-%m-%d}, most for {row['left']}–{row['right']}: "
            f"from {row['before']:.2f} to {row['after']:.2f}."
            if row is not None and moved.max() > 0
            else "No true correlation of these pairs shifts."
        )
        return f"{told} {apart}" if self.alone else told


def make(truth: Truth, panel: Panel) -> TruthResult:
    """Return the true correlations of the simulated market."""
    names = list(panel.levels.columns)
    pairs = [pair for pair in combinations(names, 2) if set(pair) <= set(truth.before.columns)]
    rows = [
        {"left": left, "right": right, "before": truth.before.loc[left, right], "after": truth.after.loc[left, right]}
        for left, right in pairs
    ]
    return TruthResult(
        name="data-truth",
        title="The truth of this simulated market",
        method="Correlation of simultaneous hourly changes, events left out. Estimates from closes that are "
        "quoted at different instants fall short of it unless they are adjusted for it.",
        frame=pd.DataFrame(rows, columns=["left", "right", "before", "after"]),
        provenance=panel.provenance,
        shift=truth.shift,
        alone=tuple(name for name in names if name in truth.alone),
    )
