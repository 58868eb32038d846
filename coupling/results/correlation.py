"""Results of the room `coupling.correlation`: paths of the focus with each other instrument, and matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from coupling.results.base import Result
from coupling.text.wording import bound
from coupling.text.wording import two as _two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CorrelationMatrix", "CorrelationPaths", "TailPairs", "describe_estimate"]


def describe_estimate(estimate: float, lower: float, upper: float, n: float, *, counted: str = "changes") -> str:
    """Return an estimate with its interval and sample in words.

    Examples
    --------
    >>> describe_estimate(0.431, 0.204, 0.61, 60)
    '0.43 (95 % interval 0.20 to 0.61, n = 60 changes)'
    >>> describe_estimate(-0.001, float("nan"), float("nan"), 9)
    '0.00 (no interval: too few rows or too little movement, n = 9 changes)'
    """
    if math.isnan(lower) or math.isnan(upper):
        return f"{_two(estimate)} (no interval: too few rows or too little movement, n = {n:,.0f} {counted})"
    return f"{_two(estimate)} (95 % interval {bound(lower)} to {bound(upper)}, n = {n:,.0f} {counted})"


@dataclass(frozen=True, kw_only=True)
class CorrelationPaths(Result):
    """Paths of one coefficient of the focus with each other instrument.

    Parameters
    ----------
    focus : str
        The instrument that is common to all pairs.
    counted : str
        What ``n`` counts, such as changes or overlaps.
    quantity : str
        What is drawn, such as correlation or beta.
    unequal : tuple of str
        Instruments whose changes share less than 0.6 of a row with the focus's.
    truth : DataFrame, optional
        In a simulated market the true path of each instrument.

    Notes
    -----
    ``frame`` has one row per window end and other instrument, indexed by ``end``: ``with``, ``estimate``, ``lower``,
    ``upper``, ``n`` and what the estimator adds.
    """

    focus: str
    counted: str = "changes"
    quantity: str = "correlation"
    unequal: tuple[str, ...] = ()
    truth: pd.DataFrame | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """The instruments that the focus is compared with, in order."""
        return tuple(self.frame["with"].drop_duplicates())

    @property
    def latest(self) -> pd.DataFrame:
        """The last estimate of each other instrument that is not missing."""
        known = self.frame.dropna(subset="estimate").reset_index()
        return known.groupby("with", sort=False).last().reindex(list(self.others)).dropna(subset="estimate")

    @property
    def sentence(self) -> str:
        """Say the latest estimate of each pair with interval, sample and date."""
        parts = [f"with {other} {self.describe(other)}" for other in self.latest.index]
        if not parts:
            return f"{self.title}: no window has enough changes for an estimate."
        marked = ", ".join(self.unequal)
        note = f" Unequal closes ({marked}) pull a same-row estimate towards 0." if marked else ""
        return f"{self.focus}'s latest {self.quantity}: {'; '.join(parts)}.{note}"

    def describe(self, other: str) -> str:
        """Return the latest estimate of one pair in words, with its date."""
        row: Any = self.latest.loc[other]
        text = describe_estimate(row["estimate"], row["lower"], row["upper"], row["n"], counted=self.counted)
        return f"{text[:-1]}, to {row['end']:%Y-%m-%d})"

    def summary(self) -> pd.DataFrame:
        """Return one row per pair: the latest estimate, and the lowest and highest of the path."""
        rows = self.latest.copy()
        known = self.frame.dropna(subset="estimate")
        rows.insert(0, "pair", [f"{self.focus} – {other}" for other in rows.index])
        rows["lowest so far"] = known.groupby("with")["estimate"].min()
        rows["highest so far"] = known.groupby("with")["estimate"].max()
        if self.truth is not None:
            rows["truth"] = [self.truth[other].loc[row["end"]] for other, row in rows.iterrows()]
        rows["unequal closes"] = [other in self.unequal for other in rows.index]
        return rows.set_index("pair")

    @property
    def figure_rows(self) -> int:
        """One panel per pair."""
        return max(1, len(self.others))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per pair: the path, its pointwise band, and the truth where it is known."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        marks = {other: " (unequal closes)" if other in self.unequal else "" for other in self.others}
        titles = [f"{self.focus} – {other}{marks[other]}" for other in self.others]
        panels = drawing.panels(ax, titles)
        for panel, other in zip(panels, self.others, strict=True):
            path = self.frame[self.frame["with"] == other]
            drawing.zero_line(panel)
            drawing.path(panel, path["estimate"], path["lower"], path["upper"], look=drawing.look(other))
            if self.truth is not None:
                line = self.truth[other].to_numpy()
                panel.plot(_plain(self.truth.index), line, color=drawing.INK, linewidth=0.9, label="truth")
                drawing.end_labels(panel)
            panel.set_ylabel(self.quantity)
            if self.quantity == "correlation":
                panel.set_ylim(-1.02, 1.02)
        drawing.time_axis(panels[-1], "end of the window (UTC)")
        return ax


@dataclass(frozen=True, kw_only=True)
class CorrelationMatrix(Result):
    """One correlation per pair of instruments over one period.

    Notes
    -----
    ``frame`` has one row per pair, indexed by ``left`` and ``right``: ``estimate``, ``lower``, ``upper``, ``n``,
    ``unequal closes`` and what the estimator adds.
    """

    names: tuple[str, ...]
    period: str
    counted: str = "changes"

    @property
    def sentence(self) -> str:
        """Say the tightest pair, and how many intervals hold 0."""
        known = self.frame.dropna(subset="estimate")
        if known.empty:
            return f"{self.title}: no pair has enough changes for an estimate."
        tightest: Any = known["estimate"].abs().idxmax()
        row: Any = known.loc[tightest]
        text = describe_estimate(row["estimate"], row["lower"], row["upper"], row["n"], counted=self.counted)
        zero = int(((known["lower"] <= 0) & (known["upper"] >= 0)).sum())
        unequal = int(known["unequal closes"].sum())
        note = f"; {unequal} have unequal closes, which pull a same-row estimate towards 0" if unequal else ""
        head = f"{self.period}: of {len(known)} pairs {tightest[0]} – {tightest[1]} is the tightest, {text}"
        return f"{head}; the intervals of {zero} pairs hold 0{note}."

    @property
    def table(self) -> pd.DataFrame:
        """The estimates as a square table with ones on its diagonal."""
        square = pd.DataFrame(1.0, index=list(self.names), columns=list(self.names))
        for pair, estimate in self.frame["estimate"].items():
            left, right = cast("tuple[str, str]", pair)
            square.loc[left, right] = square.loc[right, left] = estimate
        return square

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the square table as a heat map."""
        from coupling import drawing

        ax = drawing.axes(ax)
        drawing.heat_map(ax, self.table, limit=1.0)
        return ax


@dataclass(frozen=True, kw_only=True)
class TailPairs(Result):
    """Tail dependence of each pair beside what elliptical laws with the same rank correlation give.

    Notes
    -----
    ``frame`` has one row per pair, indexed by ``left`` and ``right``: ``estimate``, ``lower``, ``upper``, ``n``,
    ``n_tail``, ``normal``, ``student``.
    """

    quantity: str = "chi"

    @property
    def sentence(self) -> str:
        """Say which pairs are tied more tightly in the tail than either elliptical law allows."""
        known = self.frame.dropna(subset=["lower", "upper"])
        if known.empty:
            return f"{self.title}: no pair has enough changes in the tail for an estimate."
        laws = known[["normal", "student"]].max(axis=1)
        above = [f"{left} – {right}" for left, right in known.index[known["lower"] > laws]]
        if not above:
            told = f"no pair's {self.quantity} has an interval that lies above what its correlation alone would give"
            return f"{self.title}: {told}."
        return f"{self.title}: the interval lies above what the correlation alone would give for {', '.join(above)}."

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each pair's estimate with its interval, and the values of the two laws as marks."""
        from coupling import drawing

        ax = drawing.axes(ax)
        drawing.intervals(ax, self.frame, names=[str(pair[1]) for pair in self.frame.index])
        rows = range(len(self.frame))
        ax.plot(self.frame["normal"], rows, "|", color=drawing.INK, markersize=11, label="normal law")
        ax.plot(self.frame["student"], rows, "x", color=drawing.INK, markersize=6, label="Student law")
        ax.set_xlabel(self.quantity)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
        return ax


def _plain(index: pd.Index) -> pd.Index:
    return index.tz_localize(None) if isinstance(index, pd.DatetimeIndex) and index.tz is not None else index
