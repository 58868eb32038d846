"""Segments of the products of standardised changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
from scipy.special import ndtri

from coupling.change import judge
from coupling.change.bai_perron import BaiPerron, products
from coupling.change.context import STANDARDIZED, ChangeContext
from coupling.change.finding_rows import FAMILY, Spans, known
from coupling.change.page.breaks import WEEKLY_NOTE
from coupling.change.section import BaiPerronSection
from coupling.inference import adjust_p_values
from coupling.inference.families import HOLM
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import adjusted_for, p_value, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SEGMENT_TEST", "SegmentResult", "make", "of_segments"]

SEGMENT_TEST = "supF"
"""The test by which segments are judged."""


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
        family = f" (p{adjusted_for(len(parts))})" if len(parts) > 1 else ""
        head = f"{self.focus}'s products of standardised changes, segments by BIC{family}:"
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


def make(section: BaiPerronSection, context: ChangeContext) -> SegmentResult:
    """Segment the products of standardised changes of every pair."""
    z = float(ndtri((1 + section.level) / 2))
    rows, tests, spans = [], {}, {}
    for other in context.others:
        frames, _ = context.sound_changes(other)
        series = products(frames[STANDARDIZED], context.focus, other, standardize=None)
        fitted = BaiPerron(**dict(section)).fit(series)
        spans[other] = context.span(frames[STANDARDIZED])
        segments = context.labelled(_segments(fitted, z), "first", "last", "last_lower", "last_upper")
        rows.append(segments.assign(**{"with": other}))
        tests[other] = fitted.tests_
    frame = pd.concat(rows, ignore_index=True)
    result = SegmentResult(
        name="change-segments",
        title="Correlation regimes (Bai–Perron)",
        method="Least-squares segmentation of the products of standardised changes, whose mean is the correlation; "
        "number of segments by BIC; supF p-values by Hansen (1997), by which a break is established where they are "
        "below .05 adjusted over the pairs (Holm); dates by Bai (1997). A rolling path is never "
        f"segmented: its windows share observations, which makes breaks by itself. {WEEKLY_NOTE}",
        frame=frame[["with", *(column for column in frame.columns if column != "with")]],
        provenance=context.panel.provenance,
        focus=context.focus,
        tests=_adjusted(pd.concat(tests, names=["with", "test"])),
    )
    return of_segments(result, spans, context.clock)


def _adjusted(tests: pd.DataFrame) -> pd.DataFrame:
    """Return the tests with p adjusted over the pairs, for the one that judges."""
    judged = tests.index.get_level_values("test") == SEGMENT_TEST
    adjusted = pd.Series(float("nan"), index=tests.index)
    adjusted[judged] = adjust_p_values(tests.loc[judged, "p_value"].to_numpy(dtype=float))
    return tests.assign(p_adjusted=adjusted)


def _segments(fitted: BaiPerron, z: float) -> pd.DataFrame:
    frame = fitted.segments_.rename(columns={"mean": "estimate"})
    reach = z * frame.pop("mean_se")
    frame = frame.assign(lower=frame["estimate"] - reach, upper=frame["estimate"] + reach)
    for side in ("lower", "upper"):
        frame[f"last_{side}"] = pd.Series([*fitted.breaks_[side], pd.NaT], index=frame.index)
    frame["last_p_value"] = [*fitted.breaks_["p_value"], float("nan")]
    return frame


def of_segments(result: SegmentResult, spans: Spans, clock: str) -> SegmentResult:
    """Return the segments of every pair with a finding: whether the level of its products changed at all."""
    tests = result.tests.xs(SEGMENT_TEST, level="test")
    counts = result.frame.groupby("with")["n"].sum().to_dict()
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(other)),
            specification="segments by BIC",
            quantity="change of the correlation",
            primary=False,
            n=float(counts[other]),
            p=known(row["p_value"]),
            p_adjusted=known(row["p_adjusted"]),
            family=FAMILY,
            adjustment=HOLM,
            verdict=judge.broken(float(row["p_adjusted"])),
            start=spans[str(other)][0],
            end=spans[str(other)][1],
            clock=clock,
            method="supF of the mean product of standardised changes",
            evidence=result.name,
        )
        for other, row in tests.iterrows()
    )
    return replace(result, findings=findings)
