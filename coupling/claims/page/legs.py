"""The tests of the claims: their numbers and figure, what each found, and the same questions asked otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FindingsResult", "LegsResult", "VariantsResult", "shown_unit"]

NOT_TESTABLE = "not testable"


@dataclass(frozen=True, kw_only=True)
class LegsResult(Result):
    """One row per leg: the figure claimed, the estimate with interval, sample, p and q, rule and method."""

    @property
    def sentence(self) -> str:
        """Say how many legs were tested, and how many p-values the family holds."""
        tested = int((self.frame["verdict"] != NOT_TESTABLE).sum())
        p = self.frame["p_value"].dropna()
        family = f" {len(p)} have a p-value, the smallest {p.min():.3f}, adjusted {self.frame['q_value'].min():.3f}."
        return f"{tested} of {len(self.frame)} tests could be run.{family if len(p) else ''}"

    def summary(self) -> pd.DataFrame:
        """Return the legs that could be tested without their long sentences; the frame holds everything."""
        columns = ["instruments", "verdict", "claimed", "estimate", "lower", "upper", "unit"]
        tested = self.frame[self.frame["verdict"] != NOT_TESTABLE]
        units = [shown_unit(test, unit) for test, unit in zip(tested["test"], tested["unit"], strict=True)]
        return tested.assign(unit=units)[[*columns, "p_value", "q_value", "n", "detectable"]]

    @property
    def drawn(self) -> pd.DataFrame:
        """The legs that have an interval, labelled by claim and instruments."""
        rows = self.frame.dropna(subset=["estimate", "lower", "upper"])
        labels = [f"{claim}: {_short(name)}" for claim, name in zip(rows.index, rows["instruments"], strict=True)]
        return rows.set_index(pd.Index(labels, name="leg"))

    @property
    def has_figure(self) -> bool:
        """Whether any leg has an interval to draw."""
        return len(self.drawn) > 0

    @property
    def figure_rows(self) -> int:
        """One panel per unit."""
        return max(1, self.drawn["unit"].nunique())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every estimate with its interval and the figure claimed (an upright stroke), one panel per unit."""
        from coupling import drawing

        groups = list(self.drawn.groupby("unit", sort=False))
        ax = drawing.axes(ax, rows=max(1, len(groups)))
        panels = drawing.panels(ax, [""] * len(groups), share=False) if len(groups) > 1 else [ax]
        for panel, (unit, rows) in zip(panels, groups, strict=True):
            names = [str(name).split(" – ", 1)[0] for name in rows["instruments"]]
            drawing.intervals(panel, rows, names=names, hollow=(rows["verdict"] == "undecided").to_numpy())
            claimed = rows["claimed"].to_numpy(float)
            known = np.flatnonzero(np.isfinite(claimed))
            mark = {"marker": "|", "markersize": 14, "markeredgewidth": 1.6, "linestyle": "none"}
            panel.plot(claimed[known], known, color=drawing.INK, **mark)  # type: ignore[arg-type]
            if (rows["lower"] < 0).any():
                drawing.zero_line(panel, vertical=True)
            panel.margins(x=0.05)
            panel.set_xlabel(
                drawing.axis_label("estimate, 95 % interval; stroke: claimed; hollow: undecided", str(unit))
            )
        return ax


def shown_unit(test: str, unit: str) -> str:
    """Return the unit of a test, which tells the level of a yield from a change in %.

    Examples
    --------
    >>> shown_unit("dated_level", "%"), shown_unit("level_change", "%"), shown_unit("dated_level", "USD")
    ('% (level)', '%', 'USD')
    """
    return "% (level)" if test == "dated_level" and unit == "%" else unit


def _short(instruments: str) -> str:
    """Write at most two instruments, and how many others there are."""
    names = instruments.split(" – ")
    return instruments if len(names) < 3 else f"{names[0]} and {len(names) - 1} others"


@dataclass(frozen=True, kw_only=True)
class FindingsResult(Result):
    """One row per leg in words: the finding, what stands beside it and qualifies it, and the rule of its verdict.

    Parameters
    ----------
    sensitive : int
        How many legs another reasonable choice would have judged otherwise.
    """

    sensitive: int = 0

    @property
    def sentence(self) -> str:
        """Say what the table is for."""
        count = f"{self.sensitive} would have been judged otherwise under another reasonable choice"
        return f"Of {len(self.frame)} tests {count}."

    def summary(self) -> pd.DataFrame:
        """Return finding, what stands beside it and rule in one text, so that they are read together."""
        parts = self.frame[["finding", "beside it", "rule"]].apply(lambda row: " ".join(filter(None, row)), axis=1)
        return self.frame[["verdict"]].assign(**{"finding, what is reported alongside, rule": parts}).drop_duplicates()


@dataclass(frozen=True, kw_only=True)
class VariantsResult(Result):
    """One row per variant of a leg: the same question asked otherwise, beside the primary answer."""

    @property
    def sentence(self) -> str:
        """Say how many variants are reported alongside how many claims."""
        claims = self.frame.index.nunique()
        return f"{len(self.frame)} variants are reported alongside {claims} claims; none chooses a verdict."

    def summary(self) -> pd.DataFrame:
        """Return the estimates with what the rule of the leg would say of each; the frame holds everything."""
        return self.frame[["instruments", "variant", "estimate", "lower", "upper", "n", "same rule", "note"]]
