"""Responses to events that an instrument's own move chose, given that move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pandas as pd

from coupling.events import judge
from coupling.events.listing.catalogue import Catalogue
from coupling.events.responses import response_of
from coupling.events.section import EventsSection
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.selection import NEAREST, choosers, same_selection
from coupling.events.studies.shown import StudyNumbers
from coupling.events.studies.study import EventStudy
from coupling.results.base import Result
from coupling.results.verdicts import Responds
from coupling.text.passage import Passage, Sentence

__all__ = ["SelectionResult", "has_choosers", "make"]

BEYOND = "Statistically significant beyond what the choosing instrument explains:"
NOTHING_BEYOND = "No response is statistically significant beyond what the choosing instrument explains."
UNLIKE = "Significantly different from placebo dates of the same selection:"
NO_UNLIKE = "No response differs significantly from that on placebo dates of the same selection."


@dataclass(frozen=True, kw_only=True)
class SelectionResult(Result):
    """Responses to events that an instrument's own move chose, given that move.

    Parameters
    ----------
    titles : dict of str to str
        What prose and tables call a category.
    """

    titles: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Name what moved beyond what the choosing instrument explains."""
        titled = self.summary()
        sure = titled[titled["verdict"] == "differs from 0"]
        apart = titled[[judge.unlike_placebo(p) is Responds.RESPONDS for p in titled["placebo_p"]]]
        told = [
            f"{row.instrument} {response_of(row)} in {row.category} given {row.chosen_by}" for row in sure.itertuples()
        ]
        unlike = [f"{row.instrument} in {row.category} (p = {row.placebo_p:.3f})" for row in apart.itertuples()]
        beyond = Sentence(BEYOND, tuple(told)) if told else NOTHING_BEYOND
        other = Sentence(UNLIKE, tuple(unlike)) if unlike else NO_UNLIKE
        return Passage(beyond, other)

    def summary(self) -> pd.DataFrame:
        """Return the frame with the titles of the categories."""
        return self.frame.assign(category=self.frame["category"].replace(dict(self.titles)))


def make(study: EventStudyResult, section: EventsSection, catalogue: Catalogue, seed: int) -> SelectionResult:
    """Return the responses of every category that an instrument chose, as far as they exceed what its move explains."""
    chosen = _chosen(study, catalogue)
    asked = section.study_parameters() | {
        "model": "multi_factor",
        "market": None,
        "selected_by": (),
        "random_state": seed,
    }
    numbers = cast("StudyNumbers", study.numbers)
    timeline = numbers.placebo_dates.timeline
    given = {by: EventStudy(**asked | {"factors": by}).numbers_of(timeline) for by in dict.fromkeys(chosen.values())}
    parts = [_table(numbers.of(category, ()), given[by].of(category, ()), by) for category, by in chosen.items()]
    return SelectionResult(
        name="events-selection",
        title="Given the instrument that chose the events",
        method="Events selected on an instrument's own move are no evidence about that instrument. The others: "
        "cumulative change beyond what a regression on the instrument explains (multi-factor model, t over episodes), "
        "and as placebo p the total response against placebo dates that pass the same selection: for each event the "
        f"{NEAREST} sessions away from events on which the instrument's move was nearest to that of day 0.",
        frame=pd.concat(parts, ignore_index=True),
        provenance=study.provenance,
        titles=catalogue.category_titles,
    )


def _table(numbers: StudyNumbers, given: StudyNumbers, by: tuple[str, ...]) -> pd.DataFrame:
    table, matched = given.summary().reset_index(), same_selection(numbers, by[0])
    placebo = pd.Series(matched.placebo_p, index=matched.names)
    columns = ["instrument", "unit", "estimate", "lower", "upper", "p_value", "n_episodes", "verdict"]
    table = table[columns].assign(
        placebo_p=placebo.reindex(table["instrument"]).to_numpy(), placebo_dates=len(matched.placebo_dates.positions)
    )
    table.insert(0, "category", numbers.category)
    table.insert(1, "chosen_by", ", ".join(by))
    return table


def has_choosers(study: EventStudyResult, catalogue: Catalogue) -> bool:
    """Say whether any category used was chosen by some instruments of the study, and others are left to answer."""
    return bool(_chosen(study, catalogue))


def _chosen(study: EventStudyResult, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the choosers of every category used that some instruments chose, but not all."""
    names = tuple(dict.fromkeys(study.frame["instrument"]))
    used = sorted(set(study.mapping.loc[study.mapping["used"], "category"]))
    by = {category: choosers(catalogue, category, names) for category in used}
    return {category: chosen for category, chosen in by.items() if 0 < len(chosen) < len(names)}
