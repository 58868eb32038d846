"""The findings of the room: what is told of a pair, judged once, and on which estimate the headline rests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from coupling.correlation import judge
from coupling.results.base import Failure, Result
from coupling.results.finding import Finding, numbers_of

__all__ = ["EXACT", "ROLLING", "UNEQUAL", "of_pair", "of_tail", "with_primary"]

ROLLING, EXACT = "correlation-rolling", "correlation-hayashi-yoshida"
UNEQUAL = "non-synchronous closes pull a contemporaneous estimate towards 0"


def of_pair(subject: Sequence[str], row: Any, span: tuple[date, date], **said: Any) -> Finding:
    """Return what an estimate says of how tightly a pair is coupled.

    Parameters
    ----------
    subject : sequence of str
        The pair.
    row : mapping
        ``estimate, lower, upper, n``.
    span : tuple of date
        First and last session of the sample.
    **said
        ``specification``, ``evidence`` and other fields of a `Finding`.
    """
    return Finding(
        question="coupled",
        subject=tuple(subject),
        quantity=said.pop("quantity", "correlation"),
        primary=False,
        verdict=judge.coupled(row["lower"], row["upper"]),
        start=span[0],
        end=span[1],
        **numbers_of(row),
        **said,
    )


def of_tail(subject: Sequence[str], row: Any, span: tuple[date, date], **said: Any) -> Finding:
    """Return what an estimate says of a pair's dependence in the tail; arguments as in `of_pair`."""
    return Finding(
        question="tail",
        subject=tuple(subject),
        primary=False,
        verdict=judge.tail(row["lower"], max(row["normal"], row["student"])),
        start=span[0],
        end=span[1],
        **numbers_of(row),
        **said,
    )


def with_primary(
    results: Iterable[Result | Failure], unequal: Collection[str]
) -> tuple[tuple[Result | Failure, ...], tuple[Finding, ...]]:
    """Return the results, and all their findings, with those marked on which the headline rests.

    For each pair that is the rolling estimate, or the one on true instants where closes are unequal or nothing could be
    estimated row by row.
    """
    results = tuple(results)
    known = {result.name: result.findings for result in results if isinstance(result, Result)}
    chosen: dict[tuple[str, ...], Finding] = {}
    for finding in known.get(ROLLING, ()):
        if finding.subject[-1] not in unequal:
            chosen[finding.subject] = finding
    for finding in known.get(EXACT, ()):
        chosen.setdefault(finding.subject, finding)
    leading = {finding.id for finding in chosen.values()}
    marked = tuple(_marked(result, leading) for result in results)
    return marked, tuple(each for result in marked if isinstance(result, Result) for each in result.findings)


def _marked(result: Result | Failure, leading: set[str]) -> Result | Failure:
    if isinstance(result, Failure) or not any(finding.id in leading for finding in result.findings):
        return result
    return replace(
        result, findings=tuple(replace(finding, primary=finding.id in leading) for finding in result.findings)
    )
