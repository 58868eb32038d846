"""Results of the room `coupling.change` on breaks at unknown dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.change.outcomes import SMALLEST
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import p_value, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["RAW", "SEGMENT_TEST", "STANDARDIZED", "BreakResult", "EnvelopeResult", "SegmentResult", "seen", "when"]

RAW, STANDARDIZED = "raw", "volatility-standardised"
SEGMENT_TEST = "supF"
"""The test by which segments are judged."""
MOST = 0.5
"""Share of the sample beyond which a set of dates says too little: the break is not datable."""


def when(row: Any, form: str = "%Y-%m-%d") -> str:
    """Say about when a correlation broke, with the set of dates that are not rejected.

    Examples
    --------
    >>> spring, summer = pd.Timestamp("2020-03-05"), pd.Timestamp("2020-07-01")
    >>> when({"likeliest": spring, "lower": spring, "upper": summer, "share": 0.05})
    'about 2020-03-05 (95 % set within 2020-03-05 to 2020-07-01, 5 % of the sample)'
    >>> when({"likeliest": spring, "lower": spring, "upper": summer, "share": 0.62})
    'at a date that is not datable (the 95 % set holds 62 % of the sample)'
    """
    if pd.isna(row["likeliest"]):
        return "at a date that is not datable (too few observations)"
    share = f"{100 * row['share']:.0f} % of the sample"
    if row["share"] > MOST:
        return f"at a date that is not datable (the 95 % set holds {share})"
    within = f"{row['lower']:{form}} to {row['upper']:{form}}"
    return f"about {row['likeliest']:{form}} (95 % set within {within}, {share})"


def seen(row: Any, smallest: float) -> str:
    """Say how often a test that finds no break would have found the smallest change; nothing where that is not known.

    Examples
    --------
    >>> seen({"power": 0.29, "power_at": pd.Timestamp("2025-01-01")}, 0.2)
    'a change of 0.20 at 2025-01-01 would be found in 29 % of samples'
    """
    power = row.get("power", float("nan"))
    if pd.isna(power):
        return ""
    return f"a change of {two(smallest)} at {row['power_at']:%Y-%m-%d} would be found in {100 * power:.0f} % of samples"


def _beside(findings: tuple[Finding, ...], what: str) -> str:
    """Say for what a result is evidence on which the answer does not rest."""
    rests = not findings or any(each.primary for each in findings)
    return "" if rests else f"This is evidence on {what}; the answer to whether it changed rests on the split."


@dataclass(frozen=True, kw_only=True)
class BreakResult(Result):
    """Tests for a constant correlation against a break at an unknown date.

    Notes
    -----
    ``frame`` has one row per instrument (``with``) and ``changes`` (raw or volatility-standardised): ``statistic``,
    ``p_value``, ``p_adjusted`` (Holm over the instruments), ``likeliest`` date with the ends ``lower, upper`` of its
    set of dates and the set's ``share`` of the rows, ``date`` of the largest deviation, correlation ``before, after``
    the likeliest date, ``n``, ``rows`` (what a row is) and, where no break is found, ``power``: the share of simulated
    samples in which a change of ``smallest`` at ``power_at`` is. ``sets`` has one row per stretch of a set: ``with,
    changes, first, last``. ``breaks`` holds all significant breaks.
    """

    focus: str
    breaks: pd.DataFrame
    sets: pd.DataFrame
    smallest: float = SMALLEST

    @property
    def leading(self) -> pd.DataFrame:
        """The rows on standardised changes, by other instrument."""
        return self.frame[self.frame["changes"] == STANDARDIZED].set_index("with")

    @property
    def sentence(self) -> str:
        """Say which pairs break, about when, and where raw changes say something else."""
        parts = tuple(f"with {other} {self.describe(str(other))}" for other in self.leading.index)
        head = f"{self.focus}'s correlation, tested for one break at an unknown date:"
        return Passage(Sentence(head, parts), _beside(self.findings, "when one break came, if one did"))

    def told(self, other: str, changes: str = STANDARDIZED) -> bool:
        """Whether a break of one pair is told, as its finding judges."""
        ending = f"{changes} changes"
        asked = (each for each in self.findings if each.subject[-1] == other and each.specification.endswith(ending))
        return any(each.verdict is Changed.CHANGED for each in asked)

    def breaks_of(self, other: str) -> pd.DataFrame:
        """Return the set of dates of a pair's break; empty where none is detected or it is not datable."""
        told = other in self.leading.index and self.told(other) and float(self.leading["share"][other]) <= MOST
        rows = (self.sets["with"] == other) & (self.sets["changes"] == STANDARDIZED) & told
        return self.sets.loc[rows, ["first", "last"]]

    def describe(self, other: str) -> str:
        """Return the outcome of one pair in words."""
        row: Any = self.leading.loc[other]
        if math.isnan(row["p_value"]):
            return "undecided (too little movement)"
        size = f"n = {row['n']:,.0f} {row['rows']}"
        p = f"{p_value(row['p_adjusted'])} adjusted for {len(self.leading)} pairs, {size}"
        if not self.told(other):
            return f"no break detected ({p}{self.seen(other)}){self._raw(other, told=False)}"
        moved = f"from {two(row['before'])} to {two(row['after'])}"
        return f"a break {when(row)}, {moved} ({p}){self._raw(other, told=True)}"

    def seen(self, other: str) -> str:
        """Say how often the test would have found the smallest change of one pair, after a semicolon."""
        told = seen(self.leading.loc[other], self.smallest)
        return f"; {told}" if told else ""

    def _raw(self, other: str, *, told: bool) -> str:
        raw = self.frame[(self.frame["changes"] == RAW) & (self.frame["with"] == other)]
        if raw.empty or self.told(other, RAW) == told:
            return ""
        word = "break" if not told else "do not"
        return f", though raw changes {word}, which a change of volatility alone can bring about"

    def summary(self) -> pd.DataFrame:
        """Return one row per pair and kind of changes."""
        return self.frame.reset_index(drop=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the date of every break with its set of dates; hollow where it cannot be told from no break."""
        from coupling import drawing

        ax = drawing.axes(ax)
        rows = self.leading.dropna(subset="likeliest")
        stretches = self.sets[self.sets["changes"] == STANDARDIZED]
        for place, (other, row) in enumerate(rows.iterrows()):
            each, told = drawing.look(str(other)), self.told(str(other))
            for _, span in stretches[stretches["with"] == other].iterrows():
                ends = pd.DatetimeIndex([span["first"], span["last"]]).tz_localize(None).to_numpy()
                ax.plot(ends, [place, place], color=each.colour, linewidth=2.2, linestyle="-" if told else ":")
            at = pd.DatetimeIndex([row["likeliest"]]).tz_localize(None).to_numpy()[0]
            fill = each.colour if told else "none"
            ax.plot([at], [place], color=each.colour, marker=each.marker, markersize=7, markerfacecolor=fill)
        ax.set_yticks(range(len(rows)), [str(other) for other in rows.index])
        ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        drawing.time_axis(ax, "estimated break (session); hollow: no break detected")
        return ax


@dataclass(frozen=True, kw_only=True)
class SegmentResult(Result):
    """Breaks of the mean product of standardised changes (Bai–Perron).

    Notes
    -----
    ``frame`` has one row per instrument (``with``) and segment: ``first, last``, ``estimate`` with ``lower, upper``,
    ``n``, the interval of the date that ends it and its supF p-value between the neighbouring breaks. ``tests`` holds
    supF, aveF, expF and OLS-CUSUM by instrument, with ``p_adjusted`` (Holm over the instruments) of supF.
    """

    focus: str
    tests: pd.DataFrame

    def steps_of(self, other: str) -> pd.DataFrame:
        """Return the regimes of a pair."""
        return self.frame.loc[self.frame["with"] == other, ["first", "last", "estimate", "lower", "upper"]]

    @property
    def sentence(self) -> str:
        """Say how many breaks BIC chooses for each pair, and whether the sup-F test establishes one."""
        parts: list[str] = []
        for other, rows in self.frame.groupby("with", sort=False):
            means = ", ".join(two(value) for value in rows["estimate"])
            p = p_value(float(self.tests["p_adjusted"][(other, SEGMENT_TEST)]))
            parts.append(f"with {other} {self._judged(str(other), len(rows) - 1)} (level {means}; {SEGMENT_TEST} {p})")
        head = f"{self.focus}'s products of standardised changes, segments by BIC (p adjusted for {len(parts)} pairs):"
        return Passage(Sentence(head, tuple(parts)))

    def _judged(self, other: str, cuts: int) -> str:
        told = any(each.verdict is Changed.CHANGED for each in self.findings if each.subject[-1] == other)
        if not cuts:
            return f"no break, though {SEGMENT_TEST} finds one" if told else "no break"
        return f"{cuts} break{'s' if cuts > 1 else ''}{'' if told else ', not established'}"

    @property
    def figure_rows(self) -> int:
        """One panel per pair."""
        return max(1, self.frame["with"].nunique())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the level of every segment with its interval."""
        from coupling import drawing

        groups = list(self.frame.groupby("with", sort=False))
        ax = drawing.axes(ax, rows=len(groups))
        panels = drawing.panels(ax, [f"{self.focus} – {other}" for other, _ in groups])
        for panel, (other, rows) in zip(panels, groups, strict=True):
            drawing.zero_line(panel)
            steps = pd.DataFrame(
                [row[["estimate", "lower", "upper"]] for _, row in rows.iterrows() for _ in range(2)],
                index=pd.DatetimeIndex([at for _, row in rows.iterrows() for at in (row["first"], row["last"])]),
            ).astype(float)
            drawing.path(panel, steps["estimate"], steps["lower"], steps["upper"], look=drawing.look(str(other)))
            panel.set_ylabel("correlation")
            panel.set_ylim(-1.02, 1.02)
        drawing.time_axis(panels[-1], "session")
        return ax


@dataclass(frozen=True, kw_only=True)
class EnvelopeResult(Result):
    """Rolling correlations inside the envelope that one constant correlation would draw.

    Notes
    -----
    ``frame`` has one row per window end (index) and instrument (``with``): ``estimate``, envelope ``lower, upper``,
    ``n``.
    ``tests`` has one row per instrument: ``statistic, p_value, p_adjusted, date, outside, n``.
    """

    focus: str
    tests: pd.DataFrame

    @property
    def sentence(self) -> str:
        """Say which paths leave the envelope."""
        parts = tuple(f"{other} {self._describe(str(other), row)}" for other, row in self.tests.iterrows())
        head = f"Constant-correlation test with {self.focus}:"
        return Passage(Sentence(head, parts), _beside(self.findings, "whether a constant correlation drew the path"))

    def _describe(self, other: str, row: Any) -> str:
        p = f"{p_value(row['p_adjusted'])} adjusted for {len(self.tests)} pairs, n = {row['n']:,.0f}"
        if math.isnan(row["p_value"]):
            return "undecided (too little movement)"
        if any(each.verdict is Changed.CHANGED for each in self.findings if each.subject[-1] == other):
            return f"exceeds the simultaneous 95 % band, farthest at {row['date']:%Y-%m-%d} ({p})"
        return f"is not distinguishable from constant ({p})"

    def summary(self) -> pd.DataFrame:
        """Return the test of each pair."""
        return self.tests

    @property
    def figure_rows(self) -> int:
        """One panel per pair."""
        return max(1, len(self.tests))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per pair: the path as a line, the envelope as a band."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=len(self.tests))
        panels = drawing.panels(ax, [f"{self.focus} – {other}" for other in self.tests.index])
        for panel, other in zip(panels, self.tests.index, strict=True):
            rows = self.frame[self.frame["with"] == other]
            drawing.zero_line(panel)
            drawing.path(panel, rows["estimate"], rows["lower"], rows["upper"], look=drawing.look(str(other)))
            panel.set_ylabel("correlation")
            panel.set_ylim(-1.02, 1.02)
        drawing.time_axis(panels[-1], "session")
        return ax
