"""How the room says its findings: an estimate in words, the verdict pair by pair, and the answer in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from coupling.correlation.findings import EXACT
from coupling.results.finding import Finding
from coupling.results.verdicts import Coupled
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import bound, listed, two

__all__ = ["answer", "describe_estimate", "verdict"]

_NOTHING = "No pair could be estimated, so nothing is said about how tight the coupling is."
_WORDS = {
    Coupled.COUPLED: "statistically different from zero",
    Coupled.WEAK: "statistically different from zero, but small",
    Coupled.NOT_COUPLED: "too small to matter",
    Coupled.NOT_ESTABLISHED: "not statistically different from zero",
}


def describe_estimate(
    estimate: float, lower: float, upper: float, n: float, *, counted: str = "changes", end: date | None = None
) -> str:
    """Return an estimate with its interval and sample in words.

    Examples
    --------
    >>> describe_estimate(0.431, 0.204, 0.61, 60)
    '0.43 (95 % interval 0.20 to 0.61, n = 60 changes)'
    >>> describe_estimate(-0.001, float("nan"), float("nan"), 9, end=date(2025, 12, 31))
    '0.00 (no interval: too few rows or too little movement, n = 9 changes, to 2025-12-31)'
    """
    missing = math.isnan(lower) or math.isnan(upper)
    span = f"95 % interval {bound(lower)} to {bound(upper)}"
    parts = ["no interval: too few rows or too little movement" if missing else span, f"n = {n:,.0f} {counted}"]
    parts += [] if end is None else [f"to {end}"]
    return f"{two(estimate)} ({', '.join(parts)})"


def verdict(findings: Iterable[Finding], unequal: Sequence[str]) -> Passage:
    """Say how tightly the focus is coupled now, pair by pair, each on an estimate that its closes allow.

    Parameters
    ----------
    findings : iterable of Finding
        What the room found; the primary ones are read.
    unequal : sequence of str
        Instruments whose closes are unequal to the focus's: for them only true instants count.
    """
    judged = _strongest_first(findings)
    if not judged:
        return Passage(_NOTHING)
    told = {finding.subject[-1] for finding in judged}
    missing = [other for other in unequal if other not in told]
    note = f"Not judged for non-synchronous closes: {', '.join(missing)}." if missing else ""
    head = f"{judged[0].subject[0]}'s latest correlation, strongest first:"
    return Passage(Sentence(head, tuple(_hedged(each, unequal) for each in judged)), note)


def answer(findings: Iterable[Finding]) -> Passage:
    """Say in one sentence with which instruments the focus moves now, with which against, and where nothing is told."""
    judged = _strongest_first(findings)
    if not judged:
        return Passage(_NOTHING)
    focus, day = judged[0].subject[0], max(finding.end for finding in judged if finding.end is not None)
    groups: dict[str, list[str]] = {
        f"{focus} moves with": [],
        f"{focus} moves against": [],
        f"{focus} is not coupled with": [],
        f"{focus} has no statistically significant correlation with": [],
    }
    for finding in judged:
        groups[list(groups)[_group(finding)]].append(_short(finding))
    said = "; ".join(f"{word} {listed(parts)}" for word, parts in groups.items() if parts)
    return Passage(f"In the latest windows, to {day}, {said}; 95 % intervals.")


def _strongest_first(findings: Iterable[Finding]) -> list[Finding]:
    led = [finding for finding in findings if finding.question == "coupled" and finding.primary]
    return sorted(led, key=lambda finding: -abs(finding.estimate or 0.0))


def _group(finding: Finding) -> int:
    """Return the place of a finding among with, against, not coupled, and nothing established."""
    if finding.verdict in (Coupled.COUPLED, Coupled.WEAK):
        return 0 if (finding.estimate or 0.0) >= 0 else 1
    return 2 if finding.verdict is Coupled.NOT_COUPLED else 3


def _short(finding: Finding) -> str:
    lower, upper = _interval(finding)
    span = f"{bound(lower)} to {bound(upper)}" if finding.has_interval else "no interval"
    return f"{finding.subject[-1]} ({two(finding.estimate or 0.0)}, {span}, n = {finding.n or 0.0:,.0f})"


def _hedged(finding: Finding, unequal: Sequence[str]) -> str:
    exact = finding.evidence == EXACT
    counted = "overlaps" if exact else "changes"
    text = describe_estimate(
        finding.estimate or 0.0, *_interval(finding), finding.n or 0.0, counted=counted, end=finding.end
    )
    why = " because of non-synchronous closes" if finding.subject[-1] in unequal else ""
    method = f", asynchronous-adjusted{why}" if exact else ""
    word = _WORDS[Coupled(finding.verdict)] if finding.has_interval else "undecided"
    return f"{finding.subject[-1]} {text}{method}: {word}"


def _interval(finding: Finding) -> tuple[float, float]:
    missing = float("nan")
    lower, upper = finding.lower, finding.upper
    return missing if lower is None else lower, missing if upper is None else upper
