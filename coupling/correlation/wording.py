"""How the room says its findings: an estimate in words, the verdict pair by pair, and the answer in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta

from coupling.dates.durations import duration_in_words
from coupling.results.finding import Finding
from coupling.results.verdicts import Coupled
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import bound, listed, p_value, two

__all__ = ["OF_VERDICT", "answer", "describe_estimate", "verdict"]

RECENT = timedelta(days=10)
"""How far a pair may end before the others without a date of its own in the answer."""

_NOTHING = "No pair could be estimated, so nothing is said about how tight the coupling is."
_ESTIMATORS = {"true instants": "asynchronous-adjusted", "same rows": "contemporaneous"}
OF_VERDICT = {
    Coupled.COUPLED: "coupled",
    Coupled.WEAK: "weak",
    Coupled.NOT_COUPLED: "not coupled",
    Coupled.NOT_ESTABLISHED: "not established",
}


def describe_estimate(
    estimate: float,
    lower: float,
    upper: float,
    n: float,
    *,
    counted: str = "changes",
    end: date | None = None,
    named: bool = True,
) -> str:
    """Return an estimate with its interval and sample in words.

    Parameters
    ----------
    estimate, lower, upper, n : float
    counted : str
        What `n` counts.
    end : date, optional
        Last session of the sample.
    named : bool
        Whether the level of the interval is said; not where the sentence has said it.

    Examples
    --------
    >>> describe_estimate(0.431, 0.204, 0.61, 60)
    '0.43 (95 % interval 0.20 to 0.61, n = 60 changes)'
    >>> describe_estimate(0.431, 0.204, 0.61, 60, named=False)
    '0.43 (0.20 to 0.61, n = 60 changes)'
    >>> describe_estimate(-0.001, float("nan"), float("nan"), 9, end=date(2025, 12, 31))
    '0.00 (no interval: too few observations or too little movement, n = 9 changes, to 2025-12-31)'
    """
    missing = math.isnan(lower) or math.isnan(upper)
    span = f"{'95 % interval ' if named else ''}{bound(lower)} to {bound(upper)}"
    parts = ["no interval: too few observations or too little movement" if missing else span, f"n = {n:,.0f} {counted}"]
    parts += [] if end is None else [f"to {end}"]
    return f"{two(estimate)} ({', '.join(parts)})"


def verdict(findings: Iterable[Finding]) -> Passage:
    """Say how tightly the focus is coupled, pair by pair, from the findings on which the headline rests."""
    judged = _strongest_first(findings)
    if not judged:
        return Passage(_NOTHING)
    day = _last_day(judged)
    head = f"{judged[0].subject[0]}'s {_window(judged[0])} to {day} (95 % intervals), strongest first:"
    return Passage(Sentence(head, tuple(_hedged(each, day) for each in judged)))


def answer(findings: Iterable[Finding]) -> Passage:
    """Say in one sentence with which instruments the focus moves, with which against, and where nothing is told."""
    judged = _strongest_first(findings)
    if not judged:
        return Passage(_NOTHING)
    focus, day = judged[0].subject[0], _last_day(judged)
    groups: dict[str, list[str]] = {
        f"{focus} moves with": [],
        f"{focus} moves against": [],
        f"{focus} moves weakly with": [],
        f"{focus} moves weakly against": [],
        f"{focus} is not coupled with": [],
        "no coupling was established with": [],
    }
    for finding in judged:
        groups[list(groups)[_group(finding)]].append(_short(finding, day))
    said = "; ".join(f"{word} {listed(parts)}" for word, parts in groups.items() if parts)
    tests = [each for each in judged if each.p_adjusted is not None]
    note = f", p adjusted for {len(tests)} pairs" if len(tests) > 1 else ""
    return Passage(f"By the {_window(judged[0])} to {day}, {said}; 95 % intervals{note}.")


def _strongest_first(findings: Iterable[Finding]) -> list[Finding]:
    led = [finding for finding in findings if finding.question == "coupled" and finding.primary]
    return sorted(led, key=lambda finding: -abs(finding.estimate or 0.0))


def _last_day(judged: Iterable[Finding]) -> date:
    return max(finding.end for finding in judged if finding.end is not None)


def _window(finding: Finding) -> str:
    """Say which estimator over which window, from a specification such as ``true instants 500d``.

    Examples
    --------
    >>> _window(Finding(question="coupled", subject=("A", "B"), specification="true instants 500d",
    ...                 quantity="correlation", verdict=Coupled.WEAK))
    'asynchronous-adjusted correlation over 500 days'
    """
    kind, _, window = finding.specification.rpartition(" ")
    return (
        f"{_ESTIMATORS.get(kind, kind)} correlation over {duration_in_words(window) if kind else 'the sample'}".strip()
    )


def _group(finding: Finding) -> int:
    """Return the place of a finding among with, against, weakly so, not coupled, and nothing established."""
    against = (finding.estimate or 0.0) < 0
    if finding.verdict in (Coupled.COUPLED, Coupled.WEAK):
        return 2 * (finding.verdict is Coupled.WEAK) + against
    return 4 if finding.verdict is Coupled.NOT_COUPLED else 5


def _short(finding: Finding, day: date) -> str:
    lower, upper = _interval(finding)
    span = f"{bound(lower)} to {bound(upper)}" if finding.has_interval else "no interval"
    fragile = "" if finding.fragile_on is None else ", fragile"
    past = "" if finding.end is None or day - finding.end <= RECENT else f", to {finding.end}"
    return f"{finding.subject[-1]} {two(finding.estimate or 0.0)} ({span}, n = {finding.n or 0.0:,.0f}{fragile}{past})"


def _hedged(finding: Finding, day: date) -> str:
    counted = "overlaps" if finding.method.endswith("overlaps") else "changes"
    end = None if finding.end == day else finding.end
    text = describe_estimate(
        finding.estimate or 0.0, *_interval(finding), finding.n or 0.0, counted=counted, end=end, named=False
    )
    p = "" if finding.p_adjusted is None else f", adjusted {p_value(finding.p_adjusted)}"
    notes = "; ".join(finding.cautions)
    return f"{finding.subject[-1]} {text}{p}: {_judged(finding)}{f' ({notes})' if notes else ''}"


def _judged(finding: Finding) -> str:
    """Say the verdict, what could have been seen where none is established, and the week on which it hangs."""
    smallest = two(finding.smallest_effect or 0.0)
    words = {
        Coupled.COUPLED: "coupled",
        Coupled.WEAK: f"weak, statistically different from zero but below {smallest} in size",
        Coupled.NOT_COUPLED: f"not coupled, the interval lies inside ±{smallest}",
        Coupled.NOT_ESTABLISHED: f"no coupling was established{_detectable(finding)}",
    }
    fragile = (
        "" if finding.fragile_on is None else f"; fragile, another verdict without the week to {finding.fragile_on}"
    )
    return f"{words[Coupled(finding.verdict)]}{fragile}"


def _detectable(finding: Finding) -> str:
    if finding.detectable is None:
        return ""
    return f" (minimum detectable correlation {two(finding.detectable)}, 80 % power, unadjusted)"


def _interval(finding: Finding) -> tuple[float, float]:
    missing = float("nan")
    lower, upper = finding.lower, finding.upper
    return missing if lower is None else lower, missing if upper is None else upper
