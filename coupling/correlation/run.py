"""The room's own page: how tightly the focus is coupled to every other instrument."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coupling.correlation import page
from coupling.correlation.context import CorrelationContext
from coupling.correlation.findings import with_primary
from coupling.correlation.section import CorrelationSection
from coupling.correlation.wording import answer, verdict
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done
from coupling.results.page_part import PagePart, parts_of

__all__ = ["QUESTION", "run"]

QUESTION = "How tight is it?"
FRONT = ("correlation-headline", "correlation-rolling", "correlation-matrix")
"""What the page shows open."""


def run(
    section: CorrelationSection,
    panel: Panel,
    *,
    focus: str,
    start: pd.Timestamp | None,
    seed: int,
) -> RoomResult:
    """Return the paths and tables that the section asks for, and one verdict sentence.

    Parameters
    ----------
    section : CorrelationSection
        Which estimators, with which parameters.
    panel : Panel
        Aligned changes and unaligned observations.
    focus : str
        The instrument that is compared with every other.
    start : Timestamp, optional
        Instant (UTC) from which results are reported; windows reach back before it.
    seed : int
        Of the draws by which p-values are adjusted.
    """
    context = CorrelationContext(panel, focus, start, smallest=section.smallest_effect, seed=seed)
    made = (
        _attempt(part, asked, context, stated=bool(part.section) and section.states(part.section))
        for part in parts_of(page)
        if (asked := getattr(section, part.section) if part.section else section) is not None
    )
    results, findings = with_primary(made)
    return RoomResult(
        name="correlation",
        question=QUESTION,
        verdict=verdict(findings),
        results=results,
        answer=answer(findings),
        findings=findings,
        front=FRONT,
    )


def _attempt(part: PagePart, asked: Any, context: CorrelationContext, *, stated: bool) -> Result | Failure:
    try:
        return part.make(asked, context)
    except CouplingError as error:
        return not_done(part.name, part.title, error, stated=stated)
