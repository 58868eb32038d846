"""Ask the rooms of a study and its claims: independent jobs, each with what it needs, and kept where parts are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import pandas as pd

from coupling.claims.claim import Claim
from coupling.configuration.section import Section
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.events.listing.asked import asked_events
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import EventsSection
from coupling.keeping.keeper import carried, is_kept, kept
from coupling.machine.crew import Crew, Job, crew_at_work
from coupling.machine.privacy import without_names
from coupling.results.base import Failure, RoomResult
from coupling.study.claiming import check_claims
from coupling.study.companions import load_beside
from coupling.study.configuration import Study
from coupling.study.effort import Task, seconds_of, tasks_of
from coupling.study.marking import mark
from coupling.text.passage import Passage

__all__ = ["ROOMS", "answered_before", "ask_rooms", "expect_rooms"]

ROOMS = ("correlation", "change", "direction", "events")
PARTS = (*ROOMS, "claims")
OF_BARS = ("correlation", "direction")
"""Sections that work on bars where the panel has them; the others count sessions, and see their closes."""

FEW, FEW_EVENTS, FEW_CLAIMS = 1000, 50, 8
"""Rows, events and claims of a file that a study is thought to have before they are read."""

READ = 0.2
"""Seconds that reading a room that is kept takes."""

LARGE = 1e8
"""Bytes of a panel that is not copied into other processes."""

LOADING = ("events", "claims")
"""What reads data of its own before it is known whether it is kept."""


def ask_rooms(
    study: Study, panel: Panel, dataset: Dataset, claims: list[Claim], tasks: list[Task]
) -> tuple[list[RoomResult], RoomResult | None]:
    """Return what every room that is asked for answers, in the order of the page, and the claims, if there are any.

    Parameters
    ----------
    study : Study
    panel : Panel
    dataset : Dataset
    claims : list of Claim
    tasks : list of Task
        What they are estimated to take; a crew (see `coupling.machine.crew`) begins with the longest.
    """
    asked = {name: section for name in ROOMS if (section := getattr(study, name)) is not None}
    seconds = _seconds(study, panel, asked, tasks)
    jobs = [
        Job(name, seconds[name], carried(_run_room), (name, section, study, panel, dataset))
        for name, section in asked.items()
    ]
    if claims:
        jobs.append(Job("claims", seconds["claims"], carried(check_claims), (study, claims, dataset, panel)))
    hands = crew_at_work() if _size(panel) < LARGE else Crew()
    answers: list[RoomResult] = hands.do(jobs)
    return answers[: len(asked)], answers[-1] if claims else None


def expect_rooms(study: Study) -> None:
    """Let other processes load the libraries while the data are read, where the work will repay it."""
    if is_kept(answered_before, study.as_text()):
        return
    seconds = seconds_of(tasks_of(study, FEW, FEW_EVENTS, FEW_CLAIMS * len(study.claims)), PARTS)
    asked = [name for name, each in seconds.items() if each]
    crew_at_work().expect([seconds[name] for name in asked], [f"coupling.{name}.run" for name in reversed(asked)])


def answered_before(_configuration: str) -> bool:
    """Mark a study of which parts are kept: other processes wait until it is known what is left for them to do."""
    return True


def _size(panel: Panel) -> float:
    """Return about how many bytes a panel takes, which every other process needs a copy of."""
    return 16.0 * panel.levels.size + 32.0 * sum(len(item.levels) for item in panel.observations.values())


def _seconds(study: Study, panel: Panel, asked: Mapping[str, Section], tasks: list[Task]) -> dict[str, float]:
    """Return what every job is estimated to take; where the rooms at hand are kept, so are likely those that load."""
    estimated = seconds_of(tasks, PARTS)
    at_hand = {name: section for name, section in asked.items() if name not in LOADING}
    held = [
        name
        for name, section in at_hand.items()
        if is_kept(*_question(name, section, study, panel, {}, None), stand_ins=panel.provenance.unread)
    ]
    likely = {*held, *(LOADING if held and len(held) == len(at_hand) else ())}
    return {name: READ if name in likely else seconds for name, seconds in estimated.items()}


def _run_room(name: str, section: Section, study: Study, panel: Panel, dataset: Dataset) -> RoomResult:
    room, more, catalogue = import_module(f"coupling.{name}.run"), dict[str, Any](), None
    try:
        if isinstance(section, EventsSection):
            section, more = section.relative_to(study.base), {"beside": load_beside(study, dataset)}
            catalogue = asked_events(section, panel.truth)
        result: RoomResult = kept(
            *_question(name, section, study, panel, more, catalogue), stand_ins=panel.provenance.unread
        )
    except CouplingError as error:
        failure = Failure(name=name, title=f"The section {name} failed", reason=str(error))
        verdict = f"Failed: {without_names(str(error))}"
        return RoomResult(name=name, question=room.QUESTION, verdict=verdict, results=(failure,))
    return mark(result, panel.provenance)


def _question(
    name: str, section: Section, study: Study, panel: Panel, more: Mapping[str, Any], catalogue: Catalogue | None
) -> tuple[Any, ...]:
    """Return what answers for a room, and all that its answer depends on."""
    seen = panel if name in OF_BARS else panel.daily
    return _answer, name, section, seen, study.focus, study.start, study.seed, more, catalogue


def _answer(
    name: str,
    section: Section,
    panel: Panel,
    focus: str,
    start: pd.Timestamp | None,
    seed: int,
    more: Mapping[str, Any],
    _read: Catalogue | None,
) -> RoomResult:
    """Let a room answer; the events that it reads from a file stand among what its answer depends on."""
    room = import_module(f"coupling.{name}.run")
    result: RoomResult = room.run(section, panel, focus=focus, start=start, seed=seed, **more)
    return replace(result, verdict=Passage(result.verdict, panel.note)) if panel.note else result
