"""On which part of the page the room's headline rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from coupling.change.context import RAW
from coupling.change.page.breaks import BreakResult
from coupling.change.page.envelope import EnvelopeResult
from coupling.change.page.matrices import MatricesResult
from coupling.change.page.split import SplitResult
from coupling.results.base import Failure, Result
from coupling.results.finding import Finding

__all__ = ["with_primary"]


def with_primary(
    results: Iterable[Result | Failure],
) -> tuple[tuple[Result | Failure, ...], tuple[Finding, ...]]:
    """Return the results, and all their findings, with those marked on which the headline rests.

    They are those of the first split, or of the first test of constancy where no date is asked. In the matrices of
    that split the pairs of the focus are not judged again: they read its findings.
    """
    results = tuple(results)
    kinds = (SplitResult, BreakResult, EnvelopeResult)
    leading = next((each for kind in kinds for each in results if isinstance(each, kind) and each.findings), None)
    marked: list[Result | Failure] = [_leading(each) if each is leading else each for each in results]
    splits = {each.date: each for each in marked if isinstance(each, SplitResult)}
    shown = tuple(_reading(each, splits) for each in marked)
    findings = {f.id: f for result in shown if isinstance(result, Result) for f in result.findings}
    return shown, tuple(findings.values())


def _leading(result: Result) -> Result:
    is_raw = f"{RAW} changes"
    return replace(
        result,
        findings=tuple(replace(each, primary=not each.specification.endswith(is_raw)) for each in result.findings),
    )


def _reading(result: Result | Failure, splits: Mapping[pd.Timestamp, SplitResult]) -> Result | Failure:
    """Return matrices in which the pairs that their split has judged have its findings."""
    if not isinstance(result, MatricesResult) or result.date not in splits:
        return result
    split = splits[result.date]
    known = {each.subject: each for each in split.findings}
    return replace(
        result,
        findings=tuple(known.get(each.subject, each) for each in result.findings),
        read={subject: split.outcome(each) for subject, each in known.items()},
    )
