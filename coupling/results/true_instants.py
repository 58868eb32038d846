"""Correlation of the focus with each other instrument on true instants, over the whole period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.results.base import Result
from coupling.results.correlation import describe_estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["TrueInstants"]


@dataclass(frozen=True, kw_only=True)
class TrueInstants(Result):
    """Hayashi–Yoshida correlations of one period, with repeated quotes kept and, where they are many, dropped.

    Notes
    -----
    ``frame`` is indexed by ``with`` and ``repeats`` (kept or dropped): ``estimate``, ``lower``, ``upper``, ``n``
    (overlaps), ``weeks``, and ``repeated share``, the larger one of the pair.
    """

    focus: str
    period: str

    @property
    def sentence(self) -> str:
        """Say each pair's correlation with its interval, and what dropping repeats changes."""
        parts = [self._said(other) for other in self.frame.index.get_level_values("with").unique()]
        return f"{self.period}, on true instants, {self.focus} with {'; with '.join(parts)}."

    def _said(self, other: str) -> str:
        rows = self.frame.loc[other]
        kept: Any = rows.loc["kept"]
        text = describe_estimate(kept["estimate"], kept["lower"], kept["upper"], kept["n"], counted="overlaps")
        if "dropped" not in rows.index:
            return f"{other} {text}"
        dropped: Any = rows.loc["dropped"]
        without = describe_estimate(
            dropped["estimate"], dropped["lower"], dropped["upper"], dropped["n"], counted="overlaps"
        )
        return f"{other} {text}, and {without} without repeated quotes ({kept['repeated share']:.0%} of changes)"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each estimate with its interval."""
        from coupling import drawing

        ax = drawing.axes(ax)
        pairs: list[Any] = list(self.frame.index)
        labels = [other if kept == "kept" else f"{other}, repeats dropped" for other, kept in pairs]
        drawing.intervals(ax, self.frame.set_axis(labels), names=[other for other, _ in pairs])
        ax.axvline(0, color="grey", linewidth=0.8)
        ax.set_xlabel(f"correlation with {self.focus}, 95 % interval")
        return ax


def frame_of(rows: dict[tuple[str, str], pd.Series]) -> pd.DataFrame:
    """Return the frame of a `TrueInstants` from its rows."""
    frame = pd.DataFrame(rows).T
    frame.index = frame.index.set_names(["with", "repeats"])
    return frame.astype({"n": "int64", "weeks": "int64"})
