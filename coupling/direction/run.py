"""The room's own page: who moves whom, or no more than the order of closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from coupling.data.panel import Panel
from coupling.direction.closes import closes_of
from coupling.direction.lead_lag_page import curves_in_hours, curves_in_rows
from coupling.direction.section import DirectionSection, LeadLagSection
from coupling.direction.spillover_page import Context, drifting, rolling, whole_period
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done
from coupling.results.direction import SpilloverResult, percent
from coupling.results.lead_lag import LeadLagCurves

__all__ = ["QUESTION", "run"]

QUESTION = "Who moves whom?"

Maker = Callable[[Context], Sequence[Result]]


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
    context = Context(panel, focus, start, seed, closes_of(panel))
    results: list[Result | Failure] = []
    for key, name, title, make in _asked(section):
        try:
            results += make(context)
        except CouplingError as error:
            results.append(not_done(name, title, error, stated=section.states(key)))
    return RoomResult(
        name="direction",
        question=QUESTION,
        verdict=_verdict(results, context),
        results=tuple(results),
        answer=_answer(results, context),
    )


def _asked(section: DirectionSection) -> Iterator[tuple[str, str, str, Maker]]:
    """Name what the section asks for, in the order of the page."""
    if section.lead_lag is not None:
        yield "lead_lag", "direction-lead-lag", "Lead and lag in rows", _lead_lag(curves_in_rows, section.lead_lag)
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


def _answer(results: Sequence[Result | Failure], context: Context) -> str:
    """Say the verdict in one sentence where lead and lag go through many pairs."""
    hours = [result for result in results if isinstance(result, LeadLagCurves) and result.unit == "hours"]
    spillovers = any(isinstance(result, SpilloverResult) for result in results)
    if not hours or (context.closes.support_direction and spillovers):
        return ""
    order = "" if context.closes.support_direction else "; daily rows show the order of closes only"
    return f"On true instants {hours[0].answer}{order}."


def _verdict(results: Sequence[Result | Failure], context: Context) -> str:
    """Rest on spillovers where rows are struck at one instant, and else on lead and lag on true instants."""
    spillovers = [result for result in results if isinstance(result, SpilloverResult)]
    hours = [result for result in results if isinstance(result, LeadLagCurves) and result.unit == "hours"]
    if context.closes.support_direction and spillovers:
        return _of_spillovers(spillovers[0], context.focus)
    if hours:
        said = hours[0].sentence.rstrip(".")
        order = "" if context.closes.support_direction else "; spillovers over these rows show the order of closes only"
        return f"On true instants, {said}{order}."
    if spillovers:
        return "The closes are struck at different instants, so the spillovers show no more than the order of closes."
    return "Nothing could be estimated, so nothing is said about who moves whom."


def _of_spillovers(result: SpilloverResult, focus: str) -> str:
    own: Any = result.measure("from", "receiver").loc[focus]
    net: Any = result.measure("net_lagged", "sender").loc[focus]
    return (
        f"{percent(own['estimate'], own['lower'], own['upper'])} of {focus}'s forecast-error variance comes from the "
        f"others, n = {own['n']:,} ({own['without_links']:.1f} % expected by noise alone); beyond same-row correlation "
        f"it {_direction(net)}."
    )


def _direction(net: Any) -> str:
    if net["lower"] > 0:
        return f"sends on net {percent(net['estimate'], net['lower'], net['upper'])}"
    if net["upper"] < 0:
        return f"receives on net {percent(-net['estimate'], -net['upper'], -net['lower'])}"
    return "cannot be told to send or to receive on net"
