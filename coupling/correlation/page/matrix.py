"""Correlation of all pairs over the whole period, and what other tables of pairs share with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from coupling.correlation.context import CorrelationContext, last_of_pairs
from coupling.correlation.findings import UNEQUAL, of_pair, of_pairs
from coupling.correlation.page.rolling import interval_note
from coupling.correlation.section import RollingSection
from coupling.correlation.windows import Window, resolve_windows
from coupling.correlation.wording import describe_estimate
from coupling.inference.families import ALL_PAIRS
from coupling.results.base import Result
from coupling.results.page_part import PagePart
from coupling.results.verdicts import Coupled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PART", "CorrelationMatrix", "make", "matrix_of", "pairs_span"]


@dataclass(frozen=True, kw_only=True)
class CorrelationMatrix(Result):
    """One correlation per pair of instruments over one period.

    Notes
    -----
    ``frame`` has one row per pair, indexed by ``left`` and ``right``: ``estimate``, ``lower``, ``upper``, ``n``,
    ``hours shared`` (median of the change intervals), ``non-synchronous closes`` and what the estimator adds.
    """

    names: tuple[str, ...]
    period: str
    counted: str = "changes"

    @property
    def sentence(self) -> str:
        """Say the tightest pair, and for how many no coupling is established after adjustment for all pairs."""
        known = self.frame.dropna(subset="estimate")
        if known.empty:
            return f"{self.title}: no pair has enough changes for an estimate."
        tightest: Any = known["estimate"].abs().idxmax()
        row: Any = known.loc[tightest]
        text = describe_estimate(row["estimate"], row["lower"], row["upper"], row["n"], counted=self.counted)
        unequal = int(known["non-synchronous closes"].sum())
        note = (
            f"; {unequal} {'has' if unequal == 1 else 'have'} non-synchronous closes, which pull a contemporaneous "
            "estimate towards 0"
            if unequal
            else ""
        )
        pair = f"{tightest[0]} – {tightest[1]}"
        told = sum(each.verdict in (Coupled.COUPLED, Coupled.WEAK) for each in self.findings)
        if len(known) == 1:
            return f"{self.period}: {pair} {text}, {'' if told else 'not '}statistically different from zero{note}."
        head = f"{self.period}: of {len(known)} pairs {pair} is the tightest, {text}"
        are = "is" if told == 1 else "are"
        return f"{head}; {told or 'none'} {are} statistically different from zero, p adjusted for all of them{note}."

    @property
    def table(self) -> pd.DataFrame:
        """The estimates as a square table with ones on its diagonal."""
        square = pd.DataFrame(1.0, index=list(self.names), columns=list(self.names))
        for pair, estimate in self.frame["estimate"].items():
            left, right = cast("tuple[str, str]", pair)
            square.loc[left, right] = square.loc[right, left] = estimate
        return square

    @property
    def figure_rows(self) -> int:
        """Grows with the number of instruments."""
        return max(1, len(self.names) // 7)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what lies below the diagonal of the square table as a heat map."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        drawing.heat_map(ax, self.table, limit=1.0, triangle=True)
        return ax


def make(section: RollingSection, context: CorrelationContext) -> CorrelationMatrix:
    """Return the same-row correlation of all pairs over the whole reported period."""
    whole = section.model_copy(update={"window": None})
    fitted = whole.fit(context.changes)
    return matrix_of(
        context,
        last_of_pairs(fitted),
        specification="contemporaneous, whole period",
        name="correlation-matrix",
        title="Correlation of all pairs over the whole period",
        method=f"{section.method.title()} correlation of the changes at common observation times. "
        f"{interval_note(section)}",
    )


def matrix_of(
    context: CorrelationContext, rows: pd.DataFrame, *, specification: str, window: Window = None, **said: Any
) -> CorrelationMatrix:
    """Return one estimate per pair over the reported period or its last window.

    Parameters
    ----------
    context : CorrelationContext
    rows : DataFrame
        What `last_of_pairs` returned.
    specification : str
        What tells these findings from others about the same pair.
    window : int, str or None
        Over what was estimated.
    **said
        ``name``, ``title`` and ``method`` of the result.
    """
    pairs = cast("list[tuple[str, str]]", list(rows.index))
    marked = [frozenset(pair) in context.unequal_pairs for pair in pairs]
    hours = [context.hours_shared[frozenset(pair)] for pair in pairs]
    span, ends = pairs_span(context, window), context.changes.index[[0, -1]]
    findings = [
        of_pair(
            context.in_order(pair),
            row,
            span,
            smallest=context.smallest,
            specification=specification,
            clock=context.clock,
            method=f"{said['title']}; n counts changes",
            cautions=(UNEQUAL,) if closes else (),
            evidence=said["name"],
        )
        for (pair, row), closes in zip(zip(pairs, rows.to_dict("records"), strict=True), marked, strict=True)
    ]
    return CorrelationMatrix(
        frame=rows.assign(**{"hours shared": np.array(hours), "non-synchronous closes": np.array(marked)}),
        names=tuple(dict.fromkeys(name for pair in pairs for name in pair)),
        period=f"{context.sessions.of(ends[0])} to {context.sessions.of(ends[1])}",
        provenance=context.panel.provenance,
        findings=of_pairs((each for each in findings if each.estimate is not None), family=ALL_PAIRS),
        **said,
    )


def pairs_span(context: CorrelationContext, window: Window) -> tuple[date, date]:
    """Return the first and last session of the last window over the common ticks."""
    index = context.changes.index
    first = int(resolve_windows(index, window).starts[-1])
    return context.sessions.of(index[first]), context.sessions.of(index[-1])


PART = PagePart(place=70, section="rolling", name="correlation-matrix", title="Correlation of all pairs", make=make)
