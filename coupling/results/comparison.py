"""Results of several studies side by side: what differs between their configurations, and every measure of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.results.base import Result
from coupling.results.study import StudyResult
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ComparisonResult", "ConfigurationDifferences", "SideBySide"]


@dataclass(frozen=True, kw_only=True)
class ComparisonResult(StudyResult):
    """The answer to several configurations: a page of its own and one frame.

    Parameters
    ----------
    frame : DataFrame
        One row per measure and study: ``measure, with, study, pair, estimate, lower, upper, n, unit``, and against the
        first study ``difference, difference_lower, difference_upper, note``. Empty where nothing was compared.
    """

    frame: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


@dataclass(frozen=True, kw_only=True)
class ConfigurationDifferences(Result):
    """What differs between configurations: one row per flattened key, one column per study."""

    studies: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say how many settings differ."""
        if self.frame.empty:
            return f"The settings of {' and '.join(self.studies)} are the same."
        return f"{len(self.frame)} settings differ: {', '.join(map(str, self.frame.index[:8]))}" + (
            "." if len(self.frame) <= 8 else " and others."
        )


@dataclass(frozen=True, kw_only=True)
class SideBySide(Result):
    """One kind of measure of every study, by the instrument that it is measured with.

    Notes
    -----
    ``frame`` is indexed by ``with`` and ``study``: ``pair``, ``estimate``, ``lower``, ``upper``, ``n``, ``unit``,
    ``from``, ``to``, ``difference``, ``difference_lower``, ``difference_upper`` and ``note``; differences are against
    the first study.
    """

    reference: str

    @property
    def apart(self) -> list[tuple[str, str]]:
        """The rows whose interval of the difference excludes zero."""
        rows = self.frame
        sure = (rows["difference_lower"] > 0) | (rows["difference_upper"] < 0)
        return [(str(other), str(study)) for other, study in rows.index[sure]]

    @property
    def clearest(self) -> tuple[float, str]:
        """The difference that is largest against its interval: how many half-widths it is long, and in words."""
        rows = self.frame
        half = (rows["difference_upper"] - rows["difference_lower"]).astype(float) / 2
        ratio = (rows["difference"].astype(float).abs() / half).dropna()
        if ratio.empty:
            return 0.0, ""
        other, study = ratio.index[int(ratio.to_numpy().argmax())]
        return float(ratio.max()), self._told(str(other), str(study))

    @property
    def compared(self) -> int:
        """How many differences have an interval."""
        return int(self.frame["difference_lower"].notna().sum())

    @property
    def sentence(self) -> str:
        """Name the differences whose interval excludes zero."""
        if not self.compared:
            return "No difference has an interval."
        if not self.apart:
            return f"Of {self.compared} differences from {self.reference} none is statistically significant."
        head = f"{len(self.apart)} of {self.compared} differences from {self.reference} exclude zero:"
        return Passage(Sentence(head, tuple(self._told(*key) for key in self.apart)))

    def _told(self, other: str, study: str) -> str:
        row: Any = self.frame.loc[(other, study)]
        digits = 2 if "correlation" in row["unit"] else 1 if row["unit"] == "bp" else 2
        unit = "" if "correlation" in row["unit"] else f" {row['unit']}"
        limits = f"{row['difference_lower']:+.{digits}f} to {row['difference_upper']:+.{digits}f}"
        where = f" with {other}" if other else ""
        return f"{study}{where} {row['difference']:+.{digits}f}{unit} ({limits})"

    def summary(self) -> pd.DataFrame:
        """Return the frame with the differences early, and without columns that say nothing."""
        rows = self.frame.copy()
        for name in ("from", "to"):
            rows[name] = pd.to_datetime(rows[name]).dt.strftime("%Y-%m-%d")
        idle = [] if rows["note"].astype(bool).any() else ["note"]
        idle += ["unit"] if rows["unit"].str.contains("correlation").all() else []
        idle += ["pair"] if rows.groupby(level="with")["pair"].nunique().max() < 2 else []
        first = ["pair", "estimate", "lower", "upper", "n", "difference", "difference_lower", "difference_upper"]
        return rows[[*first, "note", "unit", "from", "to"]].drop(columns=idle)

    @property
    def figure_rows(self) -> int:
        """Grows with the number of rows."""
        return max(1, round(len(self.frame) / 6))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the estimates of every study, grouped by the instrument they are measured with."""
        from coupling import drawing

        ax = drawing.axes(ax)
        studies = list(dict.fromkeys(self.frame.index.get_level_values("study")))
        groups = list(dict.fromkeys(self.frame.index.get_level_values("with")))
        ticks, labels, row = [], [], 0.0
        for other in groups:
            for study in studies:
                if (other, study) not in self.frame.index:
                    continue
                self._mark(ax, row, other, study, studies)
                ticks.append(row)
                labels.append(f"{other}: {study}" if other else study)
                row += 1
            row += 0.6
        ax.set_yticks(ticks, labels, fontsize=8)
        ax.set_ylim(row - 0.9, -0.7)
        drawing.zero_line(ax, vertical=True)
        ax.grid(visible=False, axis="y")
        units = dict.fromkeys(self.frame["unit"])
        ax.set_xlabel(", ".join(units) + ", 95 % interval")
        return ax

    def _mark(self, ax: Axes, row: float, other: str, study: str, studies: list[str]) -> None:
        from coupling import drawing

        values: Any = self.frame.loc[(other, study)]
        hue = drawing.look(other or study)
        if np.isfinite(values["lower"]):
            ax.plot([values["lower"], values["upper"]], [row, row], color=hue.colour, linewidth=2.0)
        full = "full" if studies.index(study) == 0 else "none"
        marker = "osD^v"[studies.index(study) % 5]
        ax.plot(
            [values["estimate"]], [row], color=hue.colour, marker=marker, fillstyle=full, markersize=6, linestyle="none"
        )
