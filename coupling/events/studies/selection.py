"""Events that an instrument's own move chose: placebo dates that pass the same selection, and responses given it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from coupling._typing import Floats, Places
from coupling.data.panel import Panel
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import EventsSection
from coupling.events.studies.shown import StudyNumbers
from coupling.events.studies.study import EventStudy
from coupling.results.event_tables import SelectionResult
from coupling.results.events import EventStudyResult

__all__ = ["alike_dates", "choosers", "has_choosers", "same_selection", "selection_answer"]

NEAREST = 20


def choosers(catalogue: Catalogue, category: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the instruments at hand whose own moves chose the events of a category."""
    return tuple(name for name in catalogue.chosen_by.get(category, ()) if name in names)


def alike_dates(moves: Floats, places: Places, chosen: Floats, *, nearest: int = NEAREST) -> Places:
    """Return the sessions on which an instrument moved as it did on the events.

    Parameters
    ----------
    moves : ndarray, shape (sessions,)
        Change of the instrument by session.
    places : ndarray of int
        Sessions that are no events.
    chosen : ndarray
        Its changes on the events.
    nearest : int
        For each event so many sessions with the nearest move are taken.

    Examples
    --------
    >>> alike_dates(np.array([0.1, -2.0, 0.3, -2.2, 5.0]), np.arange(5), np.array([-2.1]), nearest=2).tolist()
    [1, 3]
    """
    usable = places[np.isfinite(moves[places])]
    found = [usable[np.abs(moves[usable] - move).argsort(kind="stable")[:nearest]] for move in chosen]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)


def same_selection(numbers: StudyNumbers, name: str) -> StudyNumbers:
    """Return a study whose placebo dates are sessions on which an instrument moved as it did on the events."""
    dates, zero = numbers.placebo_dates, numbers.zero
    column = dates.timeline.names.index(name)
    if zero is None:
        return numbers
    rows = [dates.timeline.events.index(numbers.events[k]) for k in numbers.anchors]
    chosen = dates.timeline.event_changes[rows, column, zero]
    pool = alike_dates(dates.timeline.changes[:, column], dates.positions, chosen[np.isfinite(chosen)])
    return replace(numbers, placebo_dates=replace(dates, chosen=pool))


def selection_answer(
    study: EventStudyResult, section: EventsSection, panel: Panel, catalogue: Catalogue, seed: int
) -> SelectionResult:
    """Return the responses of every category that an instrument chose, as far as they exceed what its move explains."""
    chosen = _chosen(study, catalogue)
    asked = section.study_parameters() | {
        "model": "multi_factor",
        "market": None,
        "selected_by": (),
        "random_state": seed,
    }
    given = {by: EventStudy(**asked | {"factors": by}).fit(panel, catalogue) for by in dict.fromkeys(chosen.values())}
    parts = [_table(study, given[by], category, by) for category, by in chosen.items()]
    return SelectionResult(
        name="events-selection",
        title="Given the instrument that chose the events",
        method="Events named after the move of an instrument say nothing about that instrument. The others: cumulative "
        "change beyond what a regression on the instrument explains (multi-factor model, t over episodes), and in "
        "placebo_p the total response against placebo dates that pass the same selection: for each event the "
        f"{NEAREST} sessions away from events on which the instrument's move was nearest to that of day 0.",
        frame=pd.concat(parts, ignore_index=True),
        provenance=study.provenance,
    )


def _table(study: EventStudyResult, given: EventStudyResult, category: str, by: tuple[str, ...]) -> pd.DataFrame:
    table = given.of(category, selected_by=()).summary().reset_index()
    matched = same_selection(cast("StudyNumbers", study.of(category, selected_by=()).numbers), by[0])
    tests = matched.leading().set_index(["test", "instrument"])["p_value"]["placebo_randomisation"]
    columns = ["instrument", "unit", "estimate", "lower", "upper", "p_value", "n_episodes", "verdict"]
    table = table[columns].assign(
        placebo_p=tests.reindex(table["instrument"]).to_numpy(), placebo_dates=len(matched.placebo_dates.positions)
    )
    table.insert(0, "category", category)
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
