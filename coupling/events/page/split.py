"""Responses before a date against responses from it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coupling.events import judge
from coupling.events.responses import response_of
from coupling.events.section import EventsSection
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.splits import compare_groups
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.results.verdicts import Changed
from coupling.text.wording import p_value

__all__ = ["EventSplitResult", "make"]


@dataclass(frozen=True, kw_only=True)
class EventSplitResult(Result):
    """Responses before a date against responses from it on."""

    focus: str
    date: str

    @property
    def sentence(self) -> str:
        """Say whether the response of the focus changed, or that too few episodes can tell."""
        rows = self.frame[self.frame["instrument"] == self.focus]
        if rows.empty or rows["lower"].isna().all():
            return f"Too few episodes to tell whether the response of {self.focus} changed at {self.date}."
        row: Any = next(rows.itertuples())
        told = "differs significantly" if row.verdict == Changed.CHANGED else "shows no significant difference"
        later = count(int(row.n_after), "episode")
        return (
            f"The response of {self.focus} from {self.date} on ({later}) {told} from that before "
            f"({int(row.n_before)}): difference {response_of(row)}, permutation {p_value(row.permutation_p)}."
        )


def make(study: EventStudyResult, section: EventsSection, focus: str, seed: int) -> EventSplitResult:
    """Return the comparison of episodes before and from a date on."""
    cut = pd.Timestamp(str(section.split), tz="UTC")
    numbers: Any = study.numbers
    later = np.array([numbers.events[k].at >= cut for k in numbers.anchors])
    rows = []
    answers = compare_groups(numbers.responses, later, level=section.level, random_state=seed)
    for k, (name, answer) in enumerate(zip(numbers.names, answers, strict=True)):
        told = judge.changed(answer["lower"], answer["upper"]).value
        unit = numbers.units[k].replace("%", "log points (×100)")
        rows.append({"instrument": name, "unit": unit, **answer, "verdict": told})
    order = ["instrument", "unit", "before", "after", "estimate", "lower", "upper", "p_value", "permutation_p"]
    order += ["smallest_permutation_p", "n_before", "n_after", "verdict"]
    return EventSplitResult(
        name="events-split",
        title=f"Did the responses change at {cut:%Y-%m-%d}?",
        method="Mean cumulative response of the episodes from the date on minus that of the episodes before, in log "
        "points (×100) or bp; Welch's t over episodes and a permutation of Welch's t over episodes.",
        frame=pd.DataFrame(rows)[order],
        provenance=study.provenance,
        focus=focus,
        date=f"{cut:%Y-%m-%d}",
    )
