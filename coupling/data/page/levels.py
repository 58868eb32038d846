"""Levels at the kept observation times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coupling.data.panel import Panel
from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PanelLevelsResult", "make"]


METHOD = (
    "Levels as their sources give them, and the moves to the last of them: simple % of prices, bp of yields. Levels "
    "trend: a correlation of them says nothing about coupling."
)
MOVING = ("price", "index", "volatility")
"""Kinds whose move is a percentage; a flow has none."""


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
        """Return first, last, lowest and highest level of each instrument, and how far it moved lately."""
        frame = self.frame
        moved = {words: self._moved(start) for words, start in _horizons(frame.index[-1]).items()}
        return (
            pd.DataFrame(
                {"first": frame.iloc[0], "last": frame.iloc[-1], "lowest": frame.min(), "highest": frame.max()}
            )
            .assign(**moved, unit=pd.Series(self.units), n=len(frame))
            .rename_axis("instrument")
        )

    def _moved(self, start: pd.Timestamp) -> pd.Series:
        """Return the move of each instrument from its last level at a date: bp of a yield, simple % of a price."""
        before = self.frame[self.frame.index <= start]
        told: dict[str, str | None] = {}
        for name, kind in self.kinds.items():
            old = float(before[name].iloc[-1]) if len(before) else math.nan
            new = float(self.frame[name].iloc[-1])
            if kind == "yield" and not math.isnan(old):
                told[name] = f"{100 * (new - old):+.1f} bp"
            else:
                told[name] = f"{100 * (new / old - 1):+.2f} %" if kind in MOVING and old > 0 else None
        return pd.Series(told, dtype=object)

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


def _horizons(last: pd.Timestamp) -> dict[str, pd.Timestamp]:
    """Return from when the moves are counted that stand beside the levels."""
    return {
        "1 month": last - pd.DateOffset(months=1),
        "year to date": pd.Timestamp(last.year - 1, 12, 31, tz=last.tz),
        "1 year": last - pd.DateOffset(years=1),
    }


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
