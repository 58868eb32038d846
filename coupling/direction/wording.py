"""How the room says its findings: the verdict and the answer in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coupling.direction.findings import OTHERS
from coupling.direction.spillover_page import DirectionContext
from coupling.results.base import Failure, Result
from coupling.results.direction import SpilloverResult, percent
from coupling.results.finding import Finding
from coupling.results.lead_lag import LeadLagCurves
from coupling.results.verdicts import Leads
from coupling.text.passage import Passage, Sentence

__all__ = ["answer", "verdict"]


def answer(results: Sequence[Result | Failure], context: DirectionContext) -> Passage:
    """Say the verdict in one sentence where lead and lag go through many pairs."""
    hours = _hours(results)
    if not hours or (context.closes.support_direction and _spillovers(results)):
        return Passage()
    order = (
        "" if context.closes.support_direction else "; daily changes show an artefact of non-synchronous closes only"
    )
    return Passage(f"Asynchronous-adjusted, {hours[0].answer}{order}.")


def verdict(results: Sequence[Result | Failure], context: DirectionContext) -> Passage:
    """Rest on spillovers where rows are struck at one instant, and else on lead and lag on true instants."""
    spillovers, hours = _spillovers(results), _hours(results)
    if context.closes.support_direction and spillovers:
        return Passage(_of_spillovers(spillovers[0]))
    if hours:
        parts = [point for sentence in Passage(hours[0].sentence).sentences for point in sentence.points]
        if not context.closes.support_direction:
            parts.append("spillovers over these changes are an artefact of non-synchronous closes")
        return Passage(Sentence("Asynchronous-adjusted,", tuple(parts)))
    if spillovers:
        return Passage(
            "The closes are not synchronous, so the spillovers are no more than an artefact of non-synchronous closes."
        )
    return Passage("Nothing could be estimated, so nothing is said about who moves whom.")


def _spillovers(results: Sequence[Result | Failure]) -> list[SpilloverResult]:
    return [result for result in results if isinstance(result, SpilloverResult)]


def _hours(results: Sequence[Result | Failure]) -> list[LeadLagCurves]:
    return [result for result in results if isinstance(result, LeadLagCurves) and result.unit == "hours"]


def _of_spillovers(result: SpilloverResult) -> str:
    own: Any = result.measure("from", "receiver").loc[result.focus]
    net = next(each for each in result.findings if each.subject == (result.focus, OTHERS))
    return (
        f"{percent(own['estimate'], own['lower'], own['upper'])} of {result.focus}'s forecast-error variance comes "
        f"from the others, n = {own['n']:,} ({own['without_links']:.1f} % expected under independence); net of the "
        f"contemporaneous component it {_net(net)}."
    )


def _net(finding: Finding) -> str:
    estimate, lower, upper = (value or 0.0 for value in (finding.estimate, finding.lower, finding.upper))
    if finding.verdict is Leads.LEADS:
        return f"sends on net {percent(estimate, lower, upper)}"
    if finding.verdict is Leads.FOLLOWS:
        return f"is a net recipient of {percent(-estimate, -upper, -lower)}"
    return "has no significant net spillover"
