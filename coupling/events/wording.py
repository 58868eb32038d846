"""How the room says its findings: the answer since the instant, what came before it, and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from coupling.events.listing.catalogue import Catalogue
from coupling.events.studies.result import EventStudyResult
from coupling.results.finding import Finding
from coupling.results.verdicts import Responds
from coupling.text.passage import Passage
from coupling.text.wording import p_value

__all__ = ["answer", "chosen_events", "not_highlighted", "response_of", "verdict"]


def verdict(answer: Passage, hangs: str, catalogue: Catalogue, focus: str) -> Passage:
    """Say the answer, on which episode it hangs most, and how many events speak for the focus by selection."""
    count = catalogue.chosen_events(focus)
    share = f"{count} of the {len(catalogue)} events were named after a move of {focus} itself, which speaks for it"
    hedge = f"{share}; the table by category leaves its p-value out there." if count else ""
    return Passage(answer, hangs, hedge)


def answer(study: EventStudyResult, focus: str) -> Passage:
    """Say what the focus did since the instant, as it was and beyond what was expected, and what it did before."""
    table = study.summary()
    if focus not in table.index:
        return Passage(study.sentence)
    row: Any = table.loc[focus]
    days, unit = study.frame["day"], row["unit"]
    span = f"{row['lower']:+.2f} to {row['upper']:+.2f}, {p_value(row['p_value'])}"
    return Passage(
        f"Since the instant (sessions {max(days.min(), 0)} to {days.max()}), over {row['n_episodes']} episodes "
        f"({row['n_events']} events), {focus} {_responded(study, row, focus)}: {row['estimate']:+.2f} {unit} beyond "
        f"the expected change ({span}), {row['actual']:+.2f} {unit} in all.{_before(study, row, focus)}"
    )


def _found(study: EventStudyResult, question: str, focus: str) -> Finding | None:
    found = (each for each in study.findings if each.question == question and each.subject[0] == focus)
    return next(found, None)


def _responded(study: EventStudyResult, row: Any, focus: str) -> str:
    finding = _found(study, "responds", focus)
    if finding is not None and finding.verdict is Responds.RESPONDS:
        return "responds"
    if row["verdict"] == "not distinguishable from 0":
        return "shows no statistically significant response"
    return f"is undecided ({row['verdict']})"


def _before(study: EventStudyResult, row: Any, focus: str) -> str:
    """Say what happened before the instant: anticipation, or how the events were chosen."""
    if pd.isna(row["run_up"]):
        return ""
    finding = _found(study, "ran_up", focus)
    already = finding is not None and finding.verdict is Responds.RESPONDS
    said = f"had already {'risen' if row['run_up'] > 0 else 'fallen'}:" if already else "had moved by"
    interval = f"{row['run_up_lower']:+.2f} to {row['run_up_upper']:+.2f}"
    p = "" if pd.isna(row["run_up_p"]) else f", {p_value(row['run_up_p'])}"
    why = ", which speaks of anticipation or of the way the events were chosen" if already else ""
    first = int(study.frame["day"].min())
    return (
        f" Before it (sessions {first} to -1) {focus} {said} {row['run_up']:+.2f} {row['unit']} ({interval}{p}){why}."
    )


def chosen_events(catalogue: Catalogue, names: Iterable[str]) -> tuple[str, ...]:
    """Say how many events each instrument's own move has named; nothing where none has."""
    told = [f"{name} {count}" for name in names if (count := catalogue.chosen_events(name))]
    note = (
        f"Events named after an instrument's own move, of {len(catalogue)}: {', '.join(told)}. An instrument with "
        "more than a fifth of them has no p-value here."
    )
    return (note,) if told else ()


def not_highlighted(names: Sequence[str]) -> tuple[str, ...]:
    """Say which events were to be highlighted and are not there; nothing where all are."""
    told = f"To be highlighted, but not among the events that are reported: {', '.join(names)}."
    return (told,) if names else ()


def response_of(row: Any) -> str:
    """Return the estimate of a row with its interval and its unit.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> response_of(SimpleNamespace(estimate=-8.04, lower=-12.0, upper=-3.5, unit="%"))
    '-8.04 [-12.00, -3.50] %'
    """
    digits = 1 if row.unit == "bp" else 2
    numbers = f"{row.estimate:+.{digits}f} [{row.lower:+.{digits}f}, {row.upper:+.{digits}f}]"
    return f"{numbers} {row.unit}".strip()
