"""Levels at the kept observation times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coupling.data.panel import Panel
from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PanelLevelsResult", "make"]


METHOD = "Levels as their sources give them. They trend: a correlation of levels says nothing about coupling."


@dataclass(frozen=True, kw_only=True)
class PanelLevelsResult(Result):
    """Levels at the kept ticks."""

    kinds: dict[str, str]
    units: dict[str, str]

    @property
    def sentence(self) -> str:
        """Say the last level of each instrument, with its unit and date."""
        levels = self.frame.iloc[-1].to_dict()
        digits = {name: 3 if kind == "yield" else 2 for name, kind in self.kinds.items()}
        parts = [f"{name} {levels[name]:,.{digits[name]}f} {unit}" for name, unit in self.units.items()]
        return f"In the last session ({self.frame.index[-1]:%Y-%m-%d}): {', '.join(parts)}."

    def summary(self) -> pd.DataFrame:
        """Return first, last, lowest and highest level of each instrument."""
        frame = self.frame
        return (
            pd.DataFrame(
                {"first": frame.iloc[0], "last": frame.iloc[-1], "lowest": frame.min(), "highest": frame.max()}
            )
            .assign(unit=pd.Series(self.units), n=len(frame))
            .rename_axis("instrument")
        )

    @property
    def figure_rows(self) -> int:
        """One panel per instrument."""
        return self.frame.shape[1]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per instrument in its own unit; a price that grew eightfold stands on a logarithmic axis."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        panels = drawing.panels(ax, list(self.units))
        for panel, name in zip(panels, self.units, strict=True):
            levels = self.frame[name]
            drawing.path(panel, levels, look=drawing.look(name), decimals=3 if self.kinds[name] == "yield" else 2)
            grown = self.kinds[name] != "yield" and levels.min() > 0 and levels.max() > 8 * levels.min()
            if grown:
                drawing.logarithmic(panel)
            drawing.written_out(panel)
            panel.set_ylabel(f"{self.units[name]}, log scale" if grown else self.units[name])
        drawing.time_axis(panels[-1], "session")
        return ax


def make(panel: Panel, start: pd.Timestamp | None) -> PanelLevelsResult:
    """Return the levels of the reported period."""
    levels, method = panel.since(start).levels, METHOD
    if panel.alignment.frequency.step is not None:
        levels, method = levels[panel.sessions.last_rows(levels.index)], f"{METHOD} Of bars, the last of each session."
    return PanelLevelsResult(
        name="data-levels",
        title="Price and yield levels",
        method=method,
        frame=panel.sessions.relabelled(levels).rename_axis("session"),
        provenance=panel.provenance,
        kinds={name: str(item.kind) for name, item in panel.instruments.items()},
        units={name: item.unit for name, item in panel.instruments.items()},
    )
