"""Tail dependence of all pairs at the last window, beside what elliptical laws would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from coupling.correlation.context import CorrelationContext, last_of_pairs
from coupling.correlation.findings import UNEQUAL, of_tail, of_tails
from coupling.correlation.page.matrix import pairs_span
from coupling.correlation.section import TailSection
from coupling.inference.families import ALL_PAIRS
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.page_part import PagePart
from coupling.results.verdicts import Coupled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["PART", "TailPairs", "make"]


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
        above = [" – ".join(each.subject) for each in self.findings if each.verdict is Coupled.COUPLED]
        if not above:
            told = (
                f"no pair's {self.quantity} is significantly above what its correlation alone would give{self._tests}"
            )
            return f"{self.title}: {told}."
        names = ", ".join(above)
        return f"{self.title}: significantly above what the correlation alone would give for {names}{self._tests}."

    @property
    def _tests(self) -> str:
        tests = sum(each.p_adjusted is not None for each in self.findings)
        return f" (p adjusted for {tests} pairs)" if tests > 1 else ""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each pair's estimate with its interval, and the values of the two laws as marks.

        Hollow is what is not significantly above both laws after adjustment.
        """
        from coupling import drawing

        ax = drawing.axes(ax)
        told = {frozenset(each.subject) for each in self.findings if each.verdict is Coupled.COUPLED}
        pairs = [(str(left), str(right)) for left, right in self.frame.index]
        hollow = [frozenset(pair) not in told for pair in pairs]
        drawing.intervals(ax, self.frame, names=[pair[1] for pair in pairs], hollow=hollow)
        rows = range(len(self.frame))
        ax.plot(self.frame["normal"], rows, "|", color=drawing.INK, markersize=11, label="Gaussian copula")
        ax.plot(self.frame["student"], rows, "x", color=drawing.INK, markersize=6, label="Student-t copula")
        ax.set_xlabel(self.quantity)
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
        return ax


def make(section: TailSection, context: CorrelationContext) -> TailPairs:
    """Return the tail dependence of all pairs at the last window, beside what elliptical laws would give."""
    fitted = section.fit(context.changes)
    what = "Share of the worst observations of one that are the other's too (χ)"
    if section.measure == "exceedance":
        what = "Correlation within the joint tail"
    frame, quantity = last_of_pairs(fitted), "chi" if section.measure == "chi" else "exceedance correlation"
    named = "tail dependence, χ" if section.measure == "chi" else "tail correlation, "
    share = f"({100 * section.quantile:g} %)"
    title = f"{section.tail.title()}-{named}{share}, over {context.length(section.window)}"
    return TailPairs(
        name="correlation-tail",
        title=title,
        method=f"{what.replace('worst', 'highest') if section.tail == 'upper' else what}, beside the value that a "
        "Gaussian copula and a Student-t copula with the same rank correlation give at the same quantile.",
        frame=frame,
        provenance=context.panel.provenance,
        quantity=quantity,
        findings=_findings(section, context, frame, quantity, title),
    )


def _findings(
    section: TailSection, context: CorrelationContext, frame: pd.DataFrame, quantity: str, title: str
) -> tuple[Finding, ...]:
    span = pairs_span(context, section.window)
    known = frame.dropna(subset="estimate")
    made = (
        of_tail(
            context.in_order(pair),
            row,
            span,
            quantity=quantity,
            specification=f"{section.tail} tail at {section.quantile:g}, {quantity}, {context.size(section.window)}",
            clock=context.clock,
            method=f"{title}; n counts changes",
            cautions=(UNEQUAL,) if frozenset(pair) in context.unequal_pairs else (),
            evidence="correlation-tail",
        )
        for pair, row in zip(cast("list[tuple[str, str]]", list(known.index)), known.to_dict("records"), strict=True)
    )
    return of_tails(made, known.to_dict("records"), family=ALL_PAIRS)


PART = PagePart(place=100, section="tail", name="correlation-tail", title="Tail dependence", make=make)
