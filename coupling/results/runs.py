"""Results on two runs of a study: how the series changed, and which measures changed through what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MeasureChanges", "SeriesChanges"]

REASONS = ("revision", "new data", "configuration")


@dataclass(frozen=True, kw_only=True)
class SeriesChanges(Result):
    """How each series changed from one folder of data to the other.

    Notes
    -----
    ``frame`` is indexed by ``instrument``: ``rows before``, ``rows after``, ``new rows`` (after the last one before)
    and ``until``, ``revised`` (same date, another value) with ``largest revision`` (in ``unit``) and its date,
    ``removed``, ``added`` (dates in between), and ``source``, which names what changed of source, symbol and clock.
    """

    @property
    def sentence(self) -> str:
        """Say how many series have new rows, revisions, or another source."""
        rows, said = self.frame, []
        counted = {
            "new rows": "have new rows",
            "revised": "have revised values",
            "removed": "lost dates",
            "added": "gained dates in between",
        }
        for name, words in counted.items():
            found = rows.index[rows[name] > 0]
            if len(found):
                said.append(f"{len(found)} {words} ({', '.join(map(str, found))})")
        other = rows.index[rows["source"] != ""]
        if len(other):
            said.append(f"{len(other)} have another source or clock ({', '.join(map(str, other))})")
        if not said:
            return f"All {len(rows)} series are the same to the last digit."
        return f"Of {len(rows)} series {'; '.join(said)}."


@dataclass(frozen=True, kw_only=True)
class MeasureChanges(Result):
    """How each measure changed from one run to the other, and through what.

    Notes
    -----
    ``frame`` has one row per measure: ``measure``, ``with``, ``before``, the steps ``revision`` (the later data, cut at
    the last dates of the earlier), ``new data`` and ``configuration``, which add up to ``after`` less ``before``, then
    ``after`` with ``lower``, ``upper``, ``n`` and ``unit``.
    """

    @property
    def changed(self) -> pd.DataFrame:
        """The measures that differ at the digits that are printed, the largest change in interval widths first."""
        size = (self.frame["after"] - self.frame["before"]).abs()
        return self.frame[(size > 5e-4) | (self.frame["after"].isna() != self.frame["before"].isna())]

    @property
    def sentence(self) -> str:
        """Say how many measures changed, and what did most of it."""
        changed = self.changed
        if changed.empty:
            return f"None of {len(self.frame)} measures changed."
        steps = changed[list(REASONS)].abs()
        known = steps.notna().any(axis=1)
        counts = steps[known].idxmax(axis=1).value_counts() if known.any() else pd.Series(dtype=int)
        told = ", ".join(f"{count} mostly through {reason}" for reason, count in counts.items())
        return f"{len(changed)} of {len(self.frame)} measures changed{f': {told}' if told else ''}."

    @property
    def figure_rows(self) -> int:
        """Grows with the number of measures."""
        return max(1, round(len(self._correlations) / 7))

    @property
    def _correlations(self) -> pd.DataFrame:
        return self.frame[self.frame["unit"].str.contains("correlation") & self.frame["after"].notna()]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each correlation after with its interval, and before as a hollow mark."""
        from coupling import drawing

        ax = drawing.axes(ax)
        rows = self._correlations.reset_index(drop=True)
        pairs = zip(rows["measure"], rows["with"], strict=True)
        labels = [f"{measure}, {other}" if other else str(measure) for measure, other in pairs]
        frame = rows.rename(columns={"after": "estimate"}).set_axis(labels)
        drawing.intervals(ax, frame, names=[str(other) for other in rows["with"]])
        hollow: Any = {"facecolors": "none", "edgecolors": drawing.INK, "linewidths": 1.1, "zorder": 4}
        ax.scatter(rows["before"], np.arange(len(rows)), s=46, marker="s", **hollow)
        drawing.zero_line(ax, vertical=True)
        ax.tick_params(axis="y", labelsize=7.5)
        ax.set_xlabel("correlation; hollow squares: before")
        return ax
