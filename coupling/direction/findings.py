"""The findings of the room: who leads in time, and who sends more than it receives, judged once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from coupling.direction import judge
from coupling.inference.families import ALL_PAIRS, INSTRUMENTS, SUP_T, adjusted
from coupling.results.base import Failure, Result
from coupling.results.direction import SpilloverNetwork, SpilloverResult
from coupling.results.finding import Finding, numbers_of
from coupling.results.lead_lag import LeadLagCurves
from coupling.results.verdicts import Leads

__all__ = ["OTHERS", "of_curves", "of_network", "of_spillovers", "with_primary"]

OTHERS = "all others"
NET, SHARE = "net of the contemporaneous component", "% of forecast-error variance"
ORDER = "artefact of non-synchronous closes: no claim about who moves whom can rest on it"

Span = tuple[date, date]


def of_curves(result: LeadLagCurves, spans: Mapping[str, Span], clock: str) -> LeadLagCurves:
    """Return lead-lag curves with a finding for each pair: where its curve peaks, and who moves first there."""
    sizes = result.frame[result.frame.index == 0].set_index("with")["n"]
    findings = tuple(
        Finding(
            question="leads",
            subject=(result.focus, str(other)),
            specification=f"lag in {result.unit}",
            quantity=f"lag of the peak (negative: {result.focus} moves first)",
            unit=result.unit,
            primary=False,
            verdict=Leads.NOT_ESTABLISHED,
            p=_known(row["p_value"]),
            estimate=None if pd.isna(row["lag"]) else float(row["lag"]),
            **numbers_of(row, ("lower", "upper")),
            n=float(sizes[str(other)]),
            start=spans[str(other)][0],
            end=spans[str(other)][1],
            clock=clock,
            method="set of the lags not statistically different from the peak (sup-t)",
            cautions=(ORDER,) if result.order_of_closes else (),
            evidence=result.name,
        )
        for other, row in result.peaks.astype(float).iterrows()
    )
    return replace(result, findings=tuple(map(_led, adjusted(findings, _led_verdict))))


def _led(finding: Finding) -> Finding:
    return replace(finding, verdict=_led_verdict(finding))


def _led_verdict(finding: Finding) -> Leads:
    """Judge a lag of a peak, of which the first one leads where it is negative."""
    lower, upper = (math.nan if end is None else -end for end in (finding.upper, finding.lower))
    return judge.leads(lower, upper, with_zero=Leads.NO_LEAD, p_adjusted=finding.p_adjusted)


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def of_spillovers(result: SpilloverResult, span: Span, clock: str) -> SpilloverResult:
    """Return a table of spillovers with a finding for each instrument: whether it sends more than it receives."""
    rows = [((str(name), OTHERS), row) for name, row in result.measure("net_lagged", "sender").iterrows()]
    return replace(result, findings=_nets(result, rows, span, clock, one_instant=result.one_instant))


def of_network(result: SpilloverNetwork, span: Span, clock: str, *, focus: str) -> SpilloverNetwork:
    """Return the nets of all pairs with a finding for each, the focus first."""
    pairs: list[Any] = list(result.frame.index)
    rows = [
        (pair[::-1], _turned(row)) if pair[1] == focus else (pair, row)
        for pair, row in zip(pairs, result.frame.to_dict("records"), strict=True)
    ]
    findings = _nets(result, rows, span, clock, one_instant=result.one_instant, family=ALL_PAIRS)
    return replace(result, findings=findings)


def _turned(row: dict[Any, Any]) -> dict[Any, Any]:
    """Return the net of a pair the other way round."""
    return row | {"estimate": -row["estimate"], "lower": -row["upper"], "upper": -row["lower"]}


def _nets(
    result: Result,
    rows: list[tuple[tuple[str, str], Any]],
    span: Span,
    clock: str,
    *,
    one_instant: bool,
    family: str = INSTRUMENTS,
) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            question="leads",
            subject=subject,
            specification="net spillover",
            quantity=NET,
            unit=SHARE,
            primary=False,
            verdict=judge.leads(
                row["lower"],
                row["upper"],
                with_zero=Leads.NOT_ESTABLISHED,
                p_adjusted=_known(row.get("p_adjusted", math.nan)),
            ),
            **numbers_of(row),
            p=_known(row.get("p_value", math.nan)),
            p_adjusted=_known(row.get("p_adjusted", math.nan)),
            family="" if pd.isna(row.get("p_adjusted", math.nan)) else family,
            adjustment="" if pd.isna(row.get("p_adjusted", math.nan)) else SUP_T,
            start=span[0],
            end=span[1],
            clock=clock,
            method="generalised forecast-error variance shares, residual bootstrap",
            cautions=() if one_instant else (ORDER,),
            evidence=result.name,
        )
        for subject, row in rows
    )


def _judged_net(row: Any, family: str) -> dict[str, Any]:
    """Return verdict, p and adjusted p of a net whose interval holds together with those of its family."""
    p, together = (_known(row.get(name, math.nan)) for name in ("p_value", "p_adjusted"))
    verdict = judge.leads(row["lower"], row["upper"], with_zero=Leads.NOT_ESTABLISHED, p_adjusted=together)
    told: dict[str, Any] = {"verdict": verdict, "p": p, "p_adjusted": together}
    return told if together is None else told | {"family": family, "adjustment": SUP_T}


def with_primary(
    results: Iterable[Result | Failure], focus: str
) -> tuple[tuple[Result | Failure, ...], tuple[Finding, ...]]:
    """Return the results, and all their findings, with those marked on which the headline rests.

    These are the focus's net where all is struck at one instant and spillovers are asked, else leads on true instants.
    """
    results = tuple(results)
    nets = next((each for each in results if isinstance(each, SpilloverResult) and each.one_instant), None)
    hours = next((each for each in results if isinstance(each, LeadLagCurves) and each.unit == "hours"), None)
    leading = nets or hours
    shown = tuple(_marked(each, focus) if isinstance(each, Result) and each is leading else each for each in results)
    return shown, tuple(finding for each in shown if isinstance(each, Result) for finding in each.findings)


def _marked(result: Result, focus: str) -> Result:
    return replace(result, findings=tuple(replace(each, primary=each.subject[0] == focus) for each in result.findings))
