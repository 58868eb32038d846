"""Rolling correlations inside the envelope of one constant correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.change.context import RAW, ChangeContext
from coupling.change.envelope import ConstancyEnvelope
from coupling.change.finding_rows import Spans, of_constancy
from coupling.change.page.breaks import WEEKLY_NOTE, beside
from coupling.change.section import EnvelopeSection
from coupling.inference import adjust_p_values
from coupling.results.base import Result
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import adjusted_for, p_value, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EnvelopeResult", "make", "of_envelope"]


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
        return Passage(Sentence(head, parts), beside(self.findings, "whether a constant correlation drew the path"))

    def _describe(self, other: str, row: Any) -> str:
        p = f"{p_value(row['p_adjusted'])}{adjusted_for(len(self.tests))}, n = {row['n']:,.0f}"
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


def make(section: EnvelopeSection, context: ChangeContext) -> EnvelopeResult:
    """Draw the envelope of every pair."""
    paths: list[pd.DataFrame] = []
    tests: list[Any] = []
    spans = {}
    for other in context.others:
        frames, counted = context.sound_changes(other)
        fitted = ConstancyEnvelope(**dict(section), random_state=context.seed).fit(frames[RAW])
        spans[other] = context.span(frames[RAW])
        path = context.labelled(fitted.between(context.focus, other))
        path.insert(0, "with", other)
        paths.append(path)
        table = context.labelled(fitted.table_, "date").drop(columns=["left", "right"])
        tests.append(table.iloc[0].to_dict() | {"with": other, "rows": counted})
    judged = pd.DataFrame(tests).set_index("with")
    judged.insert(2, "p_adjusted", adjust_p_values(judged["p_value"].to_numpy(dtype=float)))
    result = EnvelopeResult(
        name="change-envelope",
        title=f"Constant-correlation test, rolling over {section.window} observations",
        method="GARCH margins are fitted, their residuals resampled jointly, date by date, and the paths rebuilt; "
        f"the band is the envelope that {percent(section.level)} of paths under a constant correlation never leave. "
        f"p-values are adjusted over the pairs (Holm). {WEEKLY_NOTE}",
        frame=pd.concat(paths),
        provenance=context.panel.provenance,
        focus=context.focus,
        tests=judged,
    )
    return of_envelope(result, spans, context.clock)


def of_envelope(result: EnvelopeResult, spans: Spans, clock: str) -> EnvelopeResult:
    """Return the paths against a constant correlation with their findings."""
    rows = [("one constant correlation", row) for _, row in result.tests.reset_index().iterrows()]
    method = "resampled paths under a constant correlation"
    return of_constancy(result, rows, spans, clock, focus=result.focus, method=method)
