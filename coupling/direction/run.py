"""The room's own page: who moves whom, or no more than the order of closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from coupling.data.panel import Panel
from coupling.direction.closes import closes_of
from coupling.direction.context import DirectionContext
from coupling.direction.page import drifting, network, rolling, whole_period
from coupling.direction.page.lead_lag import LeadLagCurves, curves_in_hours, curves_in_rows
from coupling.direction.page.whole_period import SpilloverResult
from coupling.direction.section import DirectionSection, SpilloverSection
from coupling.direction.wording import answer, verdict
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done
from coupling.text.passage import Passage

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
    daily = panel.daily
    spilling = replace(context, panel=daily, closes=closes_of(daily)) if daily is not panel else context
    results: list[Result | Failure] = []
    for key, name, title, make in _asked(section):
        try:
            results += make(context if key == "lead_lag" else spilling)
        except CouplingError as error:
            results.append(not_done(name, title, error, stated=section.states(key)))
    shown = _with_primary(results, focus)
    spillovers = next((each.told for each in shown if isinstance(each, SpilloverResult)), "")
    hours = next((each for each in shown if isinstance(each, LeadLagCurves) and each.unit == "hours"), None)
    one_instant = context.closes.support_direction
    return RoomResult(
        name="direction",
        question=QUESTION,
        verdict=verdict(spillovers, None if hours is None else Passage(hours.sentence), one_instant=one_instant),
        results=shown,
        answer=answer(spillovers, "" if hours is None else hours.answer, one_instant=one_instant),
        findings=tuple(finding for each in shown if isinstance(each, Result) for finding in each.findings),
        front=(),
        appendix=True,
    )


def _asked(section: DirectionSection) -> Iterator[tuple[str, str, str, Maker]]:
    """Name what the section asks for, in the order of the page."""
    lead_lag, spillover, varying = section.lead_lag, section.spillover, section.time_varying
    if lead_lag is not None:
        yield "lead_lag", "direction-lead-lag", "Lead and lag in observations", partial(curves_in_rows, lead_lag)
        yield "lead_lag", "direction-lead-lag-hours", "Lead and lag in hours", partial(curves_in_hours, lead_lag)
    if spillover is not None:
        yield "spillover", "direction-spillover", "Spillovers", partial(_whole_period, spillover)
    if spillover is not None and spillover.window is not None:
        yield "spillover", "direction-rolling", "Rolling spillovers", partial(_one, rolling.make, spillover)
    if varying is not None:
        yield "time_varying", "direction-time-varying", "Drifting spillovers", partial(_one, drifting.make, varying)


def _one(make: Callable[[Any, DirectionContext], Result], section: Any, context: DirectionContext) -> list[Result]:
    return [make(section, context)]


def _whole_period(section: SpilloverSection, context: DirectionContext) -> list[Result]:
    """Return the two parts that one model of the reported period makes."""
    fitted = whole_period.fit(section, context)
    frame = fitted.intervals()
    return [make(fitted, frame, section, context) for make in (whole_period.make, network.make)]


def _with_primary(results: Sequence[Result | Failure], focus: str) -> tuple[Result | Failure, ...]:
    """Return the results with those findings marked on which the headline rests.

    These are the focus's net where all is struck at one instant and spillovers are asked, else leads on true instants.
    """
    nets = next((each for each in results if isinstance(each, SpilloverResult) and each.one_instant), None)
    hours = next((each for each in results if isinstance(each, LeadLagCurves) and each.unit == "hours"), None)
    leading = nets or hours
    return tuple(_marked(each, focus) if isinstance(each, Result) and each is leading else each for each in results)


def _marked(result: Result, focus: str) -> Result:
    return replace(result, findings=tuple(replace(each, primary=each.subject[0] == focus) for each in result.findings))
