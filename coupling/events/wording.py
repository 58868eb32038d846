"""How the room says its findings: the answer since the instant, what came before it, and what it hangs on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from coupling.events.listing.catalogue import Catalogue
from coupling.events.responses import spanned
from coupling.events.studies.result import EventStudyResult
from coupling.limits.budget import count
from coupling.results.finding import Finding
from coupling.results.verdicts import Responds
from coupling.text.passage import Passage
from coupling.text.wording import p_value

__all__ = ["answer", "chosen_events", "not_highlighted", "verdict"]


def verdict(answer: Passage, hangs: str, catalogue: Catalogue, focus: str) -> Passage:
    """Say the answer, on which episode it hangs most, and how many events speak for the focus by selection."""
    own = catalogue.chosen_events(focus)
    share = f"{own} of the {len(catalogue)} events {'was' if own == 1 else 'were'} named after a move of {focus} itself"
    hedge = f"{share}, which favours a response; by category they have no p-value." if own else ""
    return Passage(answer, hangs, hedge)


def answer(study: EventStudyResult, focus: str) -> Passage:
    """Say what the focus did since the instant, as it was and beyond what was expected, and what it did before."""
    table = study.summary()
    if focus not in table.index:
        return Passage(study.sentence)
    row: Any = table.loc[focus]
    days, unit = study.frame["day"], row["unit"]
    span = f"{spanned(row['estimate'], row['lower'], row['upper'], unit)}, {p_value(row['p_value'])}"
    counted = f"{count(row['n_episodes'], 'episode')} ({count(row['n_events'], 'event')})"
    return Passage(
        f"Since the instant (sessions {max(days.min(), 0)} to {days.max()}), over {counted}, {focus} "
        f"{_responded(study, row, focus)}: abnormal move {span}; actual move "
        f"{spanned(row['actual'], math.nan, math.nan, unit)}.{_before(study, row, focus)}"
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
    moved = spanned(row["run_up"], row["run_up_lower"], row["run_up_upper"], row["unit"])
    p = "" if pd.isna(row["run_up_p"]) else f", {p_value(row['run_up_p'])}"
    why = ", a sign of anticipation or of how the events were selected" if already else ""
    first = int(study.frame["day"].min())
    return f" Before it (sessions {first} to -1) {focus} {said} {moved}{p}{why}."


def chosen_events(catalogue: Catalogue, names: Iterable[str]) -> tuple[str, ...]:
    """Say how many events each instrument's own move has named; nothing where none has."""
    told = [f"{name} {own}" for name in names if (own := catalogue.chosen_events(name))]
    note = (
        f"Events named after an instrument's own move, of {len(catalogue)}: {', '.join(told)}. An instrument with "
        "more than a fifth of them has no p-value here."
    )
    return (note,) if told else ()


def not_highlighted(names: Sequence[str]) -> tuple[str, ...]:
    """Say which events were to be highlighted and are not there; nothing where all are."""
    told = f"To be highlighted, but not among the events that are reported: {', '.join(names)}."
    return (told,) if names else ()
