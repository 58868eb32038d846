"""How the room says its findings: the verdict pair by pair, and the answer in a sentence or two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from coupling.change.outcomes import Outcome
from coupling.change.page.breaks import BreakResult, when
from coupling.change.page.monitor import MonitorResult
from coupling.change.page.split import SplitResult
from coupling.results.base import Failure, Result
from coupling.results.finding import Finding
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import bound, listed, p_value, signed

__all__ = ["WORDS", "answer", "verdict"]

WORDS: dict[Outcome, str] = {
    Outcome.CHANGED: "significantly different from the earlier period",
    Outcome.DEPENDS_ON_BASELINE: "sensitive to the baseline",
    Outcome.UNCHANGED: "unchanged",
    Outcome.WANDERS: "the period differs, no more than it usually wanders",
    Outcome.UNTESTED: "the period differs, and too few sessions say how much it usually moves",
    Outcome.NOT_ESTABLISHED: "no significant difference from the earlier period",
}
_VERBS = {
    Outcome.CHANGED: "changed with",
    Outcome.WANDERS: "differs with",
    Outcome.UNTESTED: "differs with",
    Outcome.DEPENDS_ON_BASELINE: "is sensitive to the baseline with",
    Outcome.UNCHANGED: "did not change with",
    Outcome.NOT_ESTABLISHED: "shows no significant difference from the earlier period with",
}
_HEDGES = {
    Outcome.WANDERS: ", no more than it usually wanders",
    Outcome.UNTESTED: ", and too few sessions say how much it usually moves",
}
_MOVED = (Outcome.CHANGED, Outcome.WANDERS, Outcome.UNTESTED, Outcome.DEPENDS_ON_BASELINE)


def verdict(results: Sequence[Result | Failure]) -> Passage:
    """Say the findings of the first split where one is asked, pair by pair, what an unknown date says, and the monitor.

    Parameters
    ----------
    results : sequence of Result or Failure
        What the room found.
    """
    split, breaks = _leading(results)
    parts: list[str | Sentence] = [] if split is None else [_since(split)]
    parts += [] if breaks is None else [_unknown(breaks)]
    parts += [result.lead for result in results if isinstance(result, MonitorResult)]
    if parts:
        return Passage(*parts)
    told = next((result.sentence for result in results if isinstance(result, Result)), None)
    return Passage(told or "Nothing that was asked could be estimated, so nothing is said about a change.")


def answer(results: Sequence[Result | Failure]) -> Passage:
    """Say in one sentence which correlations of the focus changed, what an unknown date says, and where it rings."""
    split, breaks = _leading(results)
    parts = [] if split is None else [_split_answer(split)]
    parts += [] if breaks is None else [_break_answer(breaks)]
    parts += [result.lead for result in results if isinstance(result, MonitorResult) and result.rings]
    return Passage(*parts)


def _leading(results: Sequence[Result | Failure]) -> tuple[SplitResult | None, BreakResult | None]:
    split = next((result for result in results if isinstance(result, SplitResult) and result.findings), None)
    return split, next((result for result in results if isinstance(result, BreakResult)), None)


def _split_answer(split: SplitResult) -> str:
    said: dict[Outcome, list[str]] = {kind: [] for kind in _VERBS}
    for finding in split.findings:
        kind = split.outcome(finding)
        numbers = f" ({_numbers(split, finding)})" if kind in _MOVED else ""
        said[kind].append(f"{finding.subject[-1]}{numbers}")
    parts = [f"{_VERBS[kind]} {listed(names)}{_HEDGES.get(kind, '')}" for kind, names in said.items() if names]
    head = f"Since {split.date:%Y-%m-%d}, against {split.period}, {split.focus}'s correlation"
    return f"{head} {'; '.join(parts)}."


def _numbers(split: SplitResult, finding: Finding) -> str:
    """Write a difference with its interval and, where the baseline breaks, that from the period since."""
    own = f"{signed(finding.estimate or 0.0)}, {_span(split, finding)}"
    row: Any = split.since_break(finding.subject[-1])
    if row is None or split.outcome(finding) is not Outcome.DEPENDS_ON_BASELINE:
        return own
    ends = f"{bound(row['lower'], '+')} to {bound(row['upper'], '+')}"
    return f"{own}; against the period since {row['baseline_from']:%Y-%m-%d} {signed(row['estimate'])}, {ends}"


def _since(split: SplitResult) -> Sentence:
    """Name every pair with its verdict: those that differ with their interval, the others with what could be seen."""
    order = list(Outcome)
    findings = sorted(split.findings, key=lambda each: (not each.has_interval, order.index(split.outcome(each))))
    points = tuple(f"with {each.subject[-1]} {_judged(split, each)}" for each in findings)
    return Sentence(f"{split.focus}'s correlation since {split.date:%Y-%m-%d} against {split.period}:", points)


def _judged(split: SplitResult, finding: Finding) -> str:
    if not finding.has_interval:
        return "undecided (too little movement)"
    word = split.judged(finding, WORDS)
    if split.outcome(finding) not in _MOVED:
        return word
    return f"{signed(finding.estimate or 0.0)} (95 % interval {_span(split, finding)}): {word}"


def _span(split: SplitResult, finding: Finding) -> str:
    row: Any = split.leading.loc[finding.subject[-1]]
    ends = f"{bound(row['lower'], '+')} to {bound(row['upper'], '+')}"
    return f"{ends}, n = {row['before_n']:,.0f} and {row['after_n']:,.0f}"


def _unknown(breaks: BreakResult) -> Sentence:
    """Name the pairs that break with date and p, and the others with theirs."""
    parts = [f"with {other} {breaks.describe(other)}" for other in _others(breaks, breaks.told)]
    for other in _others(breaks, lambda name: not breaks.told(name)):
        p = float(breaks.leading["p_adjusted"][other])
        parts.append(
            f"with {other} {'undecided' if p != p else f'no break detected ({p_value(p)}{breaks.seen(other)})'}"
        )
    return Sentence("Tested for one break at an unknown date:", tuple(parts))


def _break_answer(breaks: BreakResult) -> str:
    told = _others(breaks, breaks.told)
    if not told:
        return f"A test for a break at an unknown date detects none with {listed(_others(breaks, lambda _: True))}."
    dates = [f"with {other} {when(breaks.leading.loc[other], '%Y-%m')}" for other in told]
    return f"A test for a break at an unknown date detects one {listed(dates)}."


def _others(breaks: BreakResult, chosen: Callable[[str], bool]) -> list[str]:
    return [str(other) for other in breaks.leading.index if chosen(str(other))]
