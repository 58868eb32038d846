"""The room's own page: how tightly the focus is coupled to every other instrument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from coupling.correlation import parts
from coupling.correlation.context import Context
from coupling.correlation.section import CorrelationSection
from coupling.correlation.verdict import answer, verdict
from coupling.correlation.whole_period import whole_period
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done

__all__ = ["QUESTION", "run"]

QUESTION = "How tight is it?"

_PAGE: tuple[tuple[str, str, str, Callable[[Any, Context], Result]], ...] = (
    ("rolling", "correlation-rolling", "Rolling correlation", parts.rolling),
    ("hayashi_yoshida", "correlation-hayashi-yoshida", "Correlation on true instants", parts.true_instants),
    ("hayashi_yoshida", "correlation-true-instants", "Correlation on true instants, whole period", whole_period),
    ("exponential", "correlation-exponential", "Exponentially weighted correlation", parts.exponential),
    ("dcc", "correlation-dcc", "Dynamic conditional correlation", parts.dcc),
    ("beta", "correlation-beta", "Rolling beta", parts.beta),
    ("rolling", "correlation-matrix", "Correlation of all pairs", parts.matrix),
    ("partial", "correlation-partial", "Partial correlation", parts.partial),
    ("shrunk", "correlation-shrunk", "Shrunk correlation", parts.shrunk),
    ("tail", "correlation-tail", "Tail dependence", parts.tail),
)


def run(
    section: CorrelationSection,
    panel: Panel,
    *,
    focus: str,
    start: pd.Timestamp | None,
    seed: int,  # noqa: ARG001
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
        Nothing in this room is random; every room takes it.
    """
    context = Context(panel, focus, start)
    results = tuple(
        _attempt(name, title, make, asked, context, stated=section.states(key))
        for key, name, title, make in _PAGE
        if (asked := getattr(section, key)) is not None
    )
    return RoomResult(
        name="correlation",
        question=QUESTION,
        verdict=verdict(results, context.unequal),
        results=results,
        answer=answer(results, context.unequal),
    )


def _attempt(
    name: str, title: str, make: Callable[[Any, Context], Result], asked: Any, context: Context, *, stated: bool
) -> Result | Failure:
    try:
        return make(asked, context)
    except CouplingError as error:
        return not_done(name, title, error, stated=stated)
