"""The room's own page: who moves whom, or no more than the order of closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from coupling.data.panel import Panel
from coupling.direction.closes import closes_of
from coupling.direction.findings import with_primary
from coupling.direction.lead_lag_page import curves_in_hours, curves_in_rows
from coupling.direction.section import DirectionSection, LeadLagSection
from coupling.direction.spillover_page import DirectionContext, drifting, rolling, whole_period
from coupling.direction.wording import answer, verdict
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done

__all__ = ["QUESTION", "run"]

QUESTION = "Who moves whom?"

Maker = Callable[[DirectionContext], Sequence[Result]]


def run(section: DirectionSection, panel: Panel, *, focus: str, start: pd.Timestamp | None, seed: int) -> RoomResult:
    """Return the lead-lag curves and spillovers that the section asks for, and one verdict sentence.

    Parameters
    ----------
    section : DirectionSection
        Which estimators, with which parameters.
    panel : Panel
        Aligned changes and unaligned observations.
    focus : str
        The instrument that the page is about.
    start : Timestamp, optional
        Instant (UTC) from which results are reported; windows reach back before it, the whole-period table does not.
    seed : int
        Feeds every bootstrap.
    """
    context = DirectionContext(panel, focus, start, seed, closes_of(panel))
    results: list[Result | Failure] = []
    for key, name, title, make in _asked(section):
        try:
            results += make(context)
        except CouplingError as error:
            results.append(not_done(name, title, error, stated=section.states(key)))
    shown, findings = with_primary(results, focus)
    return RoomResult(
        name="direction",
        question=QUESTION,
        verdict=verdict(shown, context),
        results=shown,
        answer=answer(shown, context),
        findings=findings,
        front=(),
        appendix=True,
    )


def _asked(section: DirectionSection) -> Iterator[tuple[str, str, str, Maker]]:
    """Name what the section asks for, in the order of the page."""
    if section.lead_lag is not None:
        yield (
            "lead_lag",
            "direction-lead-lag",
            "Lead and lag in observations",
            _lead_lag(curves_in_rows, section.lead_lag),
        )
        hours = _lead_lag(curves_in_hours, section.lead_lag)
        yield "lead_lag", "direction-lead-lag-hours", "Lead and lag in hours", hours
    spillover, varying = section.spillover, section.time_varying
    if spillover is not None:
        yield "spillover", "direction-spillover", "Spillovers", lambda context: whole_period(spillover, context)
    if spillover is not None and spillover.window is not None:
        yield "spillover", "direction-rolling", "Rolling spillovers", lambda context: rolling(spillover, context)
    if varying is not None:
        yield (
            "time_varying",
            "direction-time-varying",
            "Drifting spillovers",
            lambda context: drifting(varying, context),
        )


def _lead_lag(make: Callable[..., Sequence[Result]], section: LeadLagSection) -> Maker:
    return lambda context: make(section, context.panel, focus=context.focus, start=context.start, seed=context.seed)
