"""Levels at the kept observation times."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.data.bars import daily_closes
from coupling.data.panel import Panel
from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PanelLevelsResult", "make"]


METHOD = (
    "Levels as their sources give them, and the moves to the last of them: simple % of prices, bp of yields. Lowest, "
    "highest, moves and n count every observation of the instrument, those too at times that the alignment drops; a "
    "move starts at its last value by that date. Levels trend: a correlation of them says nothing about coupling."
)
MOVING = ("price", "index", "volatility")
"""Kinds whose move is a percentage; a flow has none."""


@dataclass(frozen=True, kw_only=True)
class PanelLevelsResult(Result):
    """Levels at the kept ticks.

    Parameters
    ----------
    kinds, units : dict of str to str
        By instrument.
    own : dict of str to Series, optional
        All of an instrument's own levels from its first in `frame` to its last, by their dates; the columns of `frame`
        by default.
    """

    kinds: dict[str, str]
    units: dict[str, str]
    own: dict[str, pd.Series] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Say the last level of each instrument, with its unit and date."""
        levels = self.frame.iloc[-1].to_dict()
        digits = {name: 3 if kind == "yield" else 2 for name, kind in self.kinds.items()}
        parts = [f"{name} {levels[name]:,.{digits[name]}f} {unit}" for name, unit in self.units.items()]
        return f"In the last session ({self.frame.index[-1]:%Y-%m-%d}): {', '.join(parts)}."

    def summary(self) -> pd.DataFrame:
        """Return first, last, lowest and highest level of each instrument, and how far it moved lately."""
        own = {name: self.own[name] if name in self.own else self.frame[name] for name in self.kinds}
        rows = {name: _lately(levels, self.kinds[name]) for name, levels in own.items()}
        told = pd.DataFrame.from_dict(rows, orient="index").assign(unit=pd.Series(self.units))
        told.insert(0, "last", self.frame.iloc[-1])
        told.insert(0, "first", self.frame.iloc[0])
        return told[[*(name for name in told.columns if name != "n"), "n"]].rename_axis("instrument")

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


def _lately(levels: pd.Series, kind: str) -> dict[str, Any]:
    """Return what is said of an instrument's own levels, by date: their range, count, and moves to the last."""
    moved = {words: _moved(levels, start, kind) for words, start in _horizons(levels.index[-1]).items()}
    return {"lowest": levels.min(), "highest": levels.max(), **moved, "n": len(levels)}


def _moved(levels: pd.Series, start: pd.Timestamp, kind: str) -> str | None:
    """Return the move from the last level at a date: bp of a yield, simple % of a price."""
    before = levels[levels.index <= start]
    old = float(before.iloc[-1]) if len(before) else math.nan
    new = float(levels.iloc[-1])
    if kind == "yield" and not math.isnan(old):
        return f"{100 * (new - old):+.1f} bp"
    return f"{100 * (new / old - 1):+.2f} %" if kind in MOVING and old > 0 else None


def _horizons(last: pd.Timestamp) -> dict[str, pd.Timestamp]:
    """Return from when the moves are counted that stand beside the levels."""
    return {
        "1 month": last - pd.DateOffset(months=1),
        "year to date": pd.Timestamp(last.year - 1, 12, 31, tz=last.tz),
        "1 year": last - pd.DateOffset(years=1),
    }


def make(panel: Panel, start: pd.Timestamp | None) -> PanelLevelsResult:
    """Return the levels of the reported period."""
    kept, method = panel.since(start), METHOD
    levels = kept.levels
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
        own={name: _own(kept, name) for name in panel.instruments},
    )


def _own(panel: Panel, name: str) -> pd.Series:
    """Return every level of an instrument from its first in the panel to its last, by date; of bars each day's last."""
    struck = panel.levels.index - panel.staleness[name]
    item = panel.observations[name]
    inside = item.only(np.asarray((item.levels.index >= struck.iloc[0]) & (item.levels.index <= struck.iloc[-1])))
    inside = inside if panel.alignment.frequency.step is None else daily_closes(inside)
    return inside.levels.set_axis(pd.DatetimeIndex(inside.dates))
