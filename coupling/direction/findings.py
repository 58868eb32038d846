"""The findings of the room: who leads in time, and who sends more than it receives, judged once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from coupling.direction import judge
from coupling.inference.families import ALL_PAIRS, INSTRUMENTS, SUP_T, adjusted
from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Leads

__all__ = ["OTHERS", "of_nets", "of_pairs", "of_peaks"]

OTHERS = "all others"
NET, SHARE = "net of the contemporaneous component", "% of forecast-error variance"
ORDER = "artefact of non-synchronous closes: no claim about who moves whom can rest on it"

Span = tuple[date, date]


def of_peaks(
    peaks: pd.DataFrame,
    sizes: Mapping[str, float],
    spans: Mapping[str, Span],
    *,
    focus: str,
    unit: str,
    order_of_closes: bool,
    **said: Any,
) -> tuple[Finding, ...]:
    """Return a finding for each pair of the focus: where its curve peaks, and who moves first there.

    Parameters
    ----------
    peaks : DataFrame
        By other instrument: ``lag``, ``lower``, ``upper``, ``p_value``.
    sizes : mapping of str to float
        What each estimate at lag 0 rests on.
    spans : mapping of str to tuple of date
        First and last session of each pair.
    focus, unit : str
        The instrument common to the pairs, and what a lag counts.
    order_of_closes : bool
        Whether no claim can rest on them.
    **said
        ``clock`` and ``evidence`` of every finding.
    """
    findings = tuple(
        Finding(
            question="leads",
            subject=(focus, str(other)),
            specification=f"lag in {unit}",
            quantity=f"lag of the peak (negative: {focus} moves first)",
            unit=unit,
            primary=False,
            verdict=Leads.NOT_ESTABLISHED,
            p=_known(row["p_value"]),
            estimate=None if pd.isna(row["lag"]) else float(row["lag"]),
            **numbers_of(row, ("lower", "upper")),
            n=float(sizes[str(other)]),
            start=spans[str(other)][0],
            end=spans[str(other)][1],
            method="set of the lags not statistically different from the peak (sup-t)",
            cautions=(ORDER,) if order_of_closes else (),
            **said,
        )
        for other, row in peaks.astype(float).iterrows()
    )
    return tuple(map(_led, adjusted(findings, _led_verdict)))


def _led(finding: Finding) -> Finding:
    return replace(finding, verdict=_led_verdict(finding))


def _led_verdict(finding: Finding) -> Leads:
    """Judge a lag of a peak, of which the first one leads where it is negative."""
    lower, upper = (math.nan if end is None else -end for end in (finding.upper, finding.lower))
    return judge.leads(lower, upper, with_zero=Leads.NO_LEAD, p_adjusted=finding.p_adjusted)


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def of_nets(nets: pd.DataFrame, span: Span, *, one_instant: bool, **said: Any) -> tuple[Finding, ...]:
    """Return a finding for each instrument: whether it is a net sender, less the contemporaneous component."""
    rows = [((str(name), OTHERS), row) for name, row in nets.iterrows()]
    return _nets(rows, span, one_instant=one_instant, **said)


def of_pairs(nets: pd.DataFrame, span: Span, *, focus: str, one_instant: bool, **said: Any) -> tuple[Finding, ...]:
    """Return a finding for the net of each pair, the focus first."""
    pairs: list[Any] = list(nets.index)
    rows = [
        (pair[::-1], _turned(row)) if pair[1] == focus else (pair, row)
        for pair, row in zip(pairs, nets.to_dict("records"), strict=True)
    ]
    return _nets(rows, span, one_instant=one_instant, family=ALL_PAIRS, **said)


def _turned(row: dict[Any, Any]) -> dict[Any, Any]:
    """Return the net of a pair the other way round."""
    return row | {"estimate": -row["estimate"], "lower": -row["upper"], "upper": -row["lower"]}


def _nets(
    rows: list[tuple[tuple[str, str], Any]], span: Span, *, one_instant: bool, family: str = INSTRUMENTS, **said: Any
) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            question="leads",
            subject=subject,
            specification="net spillover",
            quantity=NET,
            unit=SHARE,
            primary=False,
            **_judged_net(row, family),
            **numbers_of(row),
            start=span[0],
            end=span[1],
            method="generalised forecast-error variance shares, residual bootstrap",
            cautions=() if one_instant else (ORDER,),
            **said,
        )
        for subject, row in rows
    )


def _judged_net(row: Any, family: str) -> dict[str, Any]:
    """Return verdict, p and adjusted p of a net whose interval holds together with those of its family."""
    p, together = (_known(row.get(name, math.nan)) for name in ("p_value", "p_adjusted"))
    verdict = judge.leads(row["lower"], row["upper"], with_zero=Leads.NOT_ESTABLISHED, p_adjusted=together)
    told: dict[str, Any] = {"verdict": verdict, "p": p, "p_adjusted": together}
    return told if together is None else told | {"family": family, "adjustment": SUP_T}
