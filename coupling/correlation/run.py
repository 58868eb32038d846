"""The room's own page: how tightly the focus is coupled to every other instrument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from coupling.correlation.context import CorrelationContext
from coupling.correlation.findings import HEADLINE, with_primary
from coupling.correlation.page import (
    beta,
    dcc,
    exponential,
    headline,
    matrix,
    partial,
    rolling,
    shrunk,
    tail,
    true_instants,
    whole_period,
)
from coupling.correlation.section import CorrelationSection
from coupling.correlation.wording import answer, verdict
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done

__all__ = ["QUESTION", "run"]

QUESTION = "How tight is it?"

_PAGE: tuple[tuple[str, str, str, Callable[[Any, CorrelationContext], Result]], ...] = (
    ("rolling", "correlation-rolling", "Rolling correlation", rolling.make),
    ("hayashi_yoshida", "correlation-hayashi-yoshida", "Correlation on true instants", true_instants.make),
    ("hayashi_yoshida", "correlation-true-instants", "Correlation on true instants, whole period", whole_period.make),
    ("exponential", "correlation-exponential", "Exponentially weighted correlation", exponential.make),
    ("dcc", "correlation-dcc", "Dynamic conditional correlation", dcc.make),
    ("beta", "correlation-beta", "Rolling beta", beta.make),
    ("rolling", "correlation-matrix", "Correlation of all pairs", matrix.make),
    ("partial", "correlation-partial", "Partial correlation", partial.make),
    ("shrunk", "correlation-shrunk", "Shrunk correlation", shrunk.make),
    ("tail", "correlation-tail", "Tail dependence", tail.make),
)


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
    head = _attempt(HEADLINE, "How tight it is", headline.make, section, context, stated=False)
    made = (
        _attempt(name, title, make, asked, context, stated=section.states(key))
        for key, name, title, make in _PAGE
        if (asked := getattr(section, key)) is not None
    )
    results, findings = with_primary((head, *made))
    return RoomResult(
        name="correlation",
        question=QUESTION,
        verdict=verdict(findings),
        results=results,
        answer=answer(findings),
        findings=findings,
    )


def _attempt(
    name: str,
    title: str,
    make: Callable[[Any, CorrelationContext], Result],
    asked: Any,
    context: CorrelationContext,
    *,
    stated: bool,
) -> Result | Failure:
    try:
        return make(asked, context)
    except CouplingError as error:
        return not_done(name, title, error, stated=stated)
