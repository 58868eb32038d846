"""The findings of the room: what is told of a pair, judged once, and on which estimate the headline rests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from coupling._typing import Floats
from coupling.correlation import judge
from coupling.inference.families import FOCUS_PAIRS, adjusted
from coupling.results.base import Failure, Result
from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Coupled

__all__ = ["EXACT", "HEADLINE", "UNEQUAL", "of_pair", "of_pairs", "of_tail", "of_tails", "with_primary"]

HEADLINE, EXACT = "correlation-headline", "correlation-hayashi-yoshida"
UNEQUAL = "non-synchronous closes pull a contemporaneous estimate towards 0"


def of_pair(
    subject: Sequence[str],
    row: Any,
    span: tuple[date, date],
    *,
    smallest: float | None = judge.SMALLEST,
    **said: Any,
) -> Finding:
    """Return what an estimate says of how tightly a pair is coupled.

    Parameters
    ----------
    subject : sequence of str
        The pair.
    row : mapping
        ``estimate, lower, upper, n``, and where they are known ``p_value, n_effective, detectable``.
    span : tuple of date
        First and last session of the sample.
    smallest : float, optional
        The smallest correlation that matters; None where the quantity is no correlation.
    **said
        ``specification``, ``evidence`` and other fields of a `Finding`.
    """
    finding = Finding(
        question="coupled",
        subject=tuple(subject),
        quantity=said.pop("quantity", "correlation"),
        primary=False,
        verdict=Coupled.NOT_ESTABLISHED,
        start=span[0],
        end=span[1],
        smallest_effect=smallest,
        p=_known(row, "p_value"),
        n_effective=_known(row, "n_effective"),
        detectable=_known(row, "detectable"),
        **numbers_of(row),
        **said,
    )
    return replace(finding, verdict=_verdict(finding))


def of_pairs(
    findings: Iterable[Finding], *, family: str = FOCUS_PAIRS, jointly: Floats | None = None
) -> tuple[Finding, ...]:
    """Return the findings of one family of pairs, each judged by its p adjusted for all of them.

    Parameters
    ----------
    findings : iterable of Finding
        From `of_pair`, all of one specification.
    family, jointly
        See `coupling.inference.families.adjusted`.
    """
    return adjusted(findings, _verdict, family=family, jointly=jointly)


def of_tail(subject: Sequence[str], row: Any, span: tuple[date, date], **said: Any) -> Finding:
    """Return what an estimate says of a pair's dependence in the tail; arguments as in `of_pair`."""
    p = _known(row, "p_value")
    return Finding(
        question="tail",
        subject=tuple(subject),
        primary=False,
        verdict=judge.tail(row["estimate"], _laws(row), math.nan if p is None else p),
        p=p,
        start=span[0],
        end=span[1],
        **numbers_of(row),
        **said,
    )


def of_tails(findings: Iterable[Finding], rows: Iterable[Any], *, family: str) -> tuple[Finding, ...]:
    """Return findings about tails, each judged by its p adjusted for all of them; arguments as in `of_pairs`."""
    findings = tuple(findings)
    laws = {finding.id: _laws(row) for finding, row in zip(findings, rows, strict=True)}

    def judged(finding: Finding) -> Coupled:
        return judge.tail(_float(finding.estimate), laws[finding.id], _float(finding.p_adjusted))

    return adjusted(findings, judged, family=family)


def _laws(row: Any) -> float:
    return float(max(row["normal"], row["student"]))


def _verdict(finding: Finding) -> Coupled:
    """Judge a finding by its adjusted p, its p, or where it has neither by whether its interval includes 0."""
    p = finding.p if finding.p_adjusted is None else finding.p_adjusted
    if p is None:
        p = 0.0 if finding.excludes_zero else 1.0
    ends = _float(finding.lower), _float(finding.upper)
    return judge.coupled(_float(finding.estimate), ends, p, smallest=finding.smallest_effect)


def _float(value: float | None) -> float:
    return math.nan if value is None else value


def _known(row: Any, name: str) -> float | None:
    value = row.get(name)
    return None if value is None or math.isnan(value) else float(value)


def with_primary(
    results: Iterable[Result | Failure],
) -> tuple[tuple[Result | Failure, ...], tuple[Finding, ...]]:
    """Return the results, and all their findings once each, with those marked on which the headline rests.

    These are the findings on which the part with the headline puts its weight: one for each pair of the focus. Another
    part that answers the same with the same specification has its finding.
    """
    results = tuple(results)
    head = next((each for each in results if isinstance(each, Result) and each.name == HEADLINE), None)
    known = {finding.id: finding for finding in (() if head is None else head.findings)}
    shown = tuple(_reading(result, known) for result in results)
    told = {each.id: each for result in shown if isinstance(result, Result) for each in result.findings}
    return shown, tuple(told.values())


def _reading(result: Result | Failure, known: dict[str, Finding]) -> Result | Failure:
    if isinstance(result, Failure) or not any(finding.id in known for finding in result.findings):
        return result
    return replace(result, findings=tuple(known.get(finding.id, finding) for finding in result.findings))
