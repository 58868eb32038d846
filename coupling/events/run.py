"""The room's answer: responses to the events of a catalogue, by category and singly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from coupling.data.panel import Panel
from coupling.errors import CouplingError, InputError
from coupling.events.detection.detection import Beside, detect
from coupling.events.findings import all_findings, of_study
from coupling.events.listing.asked import asked_events
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.highlights import highlighted_events
from coupling.events.listing.simulated import true_responses
from coupling.events.page import (
    categories,
    influence,
    intraday,
    mapping,
    placebo,
    projection,
    selection,
    singles,
    split,
)
from coupling.events.page.influence import InfluenceResult
from coupling.events.section import EventsSection
from coupling.events.studies.intraday import hourly_names
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.study import EventStudy
from coupling.events.wording import answer, chosen_events, not_highlighted, verdict
from coupling.results.base import Failure, Result, RoomResult, not_done

__all__ = ["QUESTION", "run"]

QUESTION = "What happens around an event?"
FRONT = ("events-responses",)
"""What the page shows open."""


def run(
    section: EventsSection,
    panel: Panel,
    *,
    focus: str,
    start: pd.Timestamp | None,
    seed: int,
    beside: Beside | None = None,
) -> RoomResult:
    """Study the events of a catalogue.

    Parameters
    ----------
    section : EventsSection
    panel : Panel
        Its unaligned observations are used.
    focus : str
        The instrument that the verdict speaks of.
    start : Timestamp, optional
        Events before it are not reported.
    seed : int
    beside : Beside, optional
        What is read beside the panel: the detector's instruments and hourly values.
    """
    beside = beside or Beside()
    whole = asked_events(section, panel.truth)
    catalogue = _reported(whole, start)
    study = _study(section, panel, catalogue, seed)
    highlighted, untold = _highlighted(section, whole, study, simulated=panel.truth is not None)
    study = of_study(
        replace(study, warnings=(*study.warnings, *untold)),
        events=catalogue.name,
        focus=focus,
        clock=section.days,
        level=section.level,
    )
    room = _Room(study, section, panel, catalogue, beside, focus, seed, highlighted)
    skipped = _skipped(study, section, panel, catalogue, focus, beside)
    skipped |= set() if highlighted else {"events-highlights"}
    results = [_guarded(name, title, partial(make, room)) for name, title, make in _PAGE if name not in skipped]
    results += _detected(section, panel, beside)
    said = answer(study, focus)
    return RoomResult(
        name="events",
        question=QUESTION,
        verdict=verdict(said, _hangs(results), catalogue, focus),
        results=(study, *results),
        answer=said,
        findings=all_findings((study, *results)),
        front=FRONT,
        within=("events-highlights",),
    )


@dataclass(frozen=True)
class _Room:
    """What every part of the room may need."""

    study: EventStudyResult
    section: EventsSection
    panel: Panel
    catalogue: Catalogue
    beside: Beside
    focus: str
    seed: int
    highlighted: tuple[str, ...]


_PAGE: tuple[tuple[str, str, Callable[[_Room], Result]], ...] = (
    (
        "events-by-category",
        "Responses by announced category",
        lambda r: categories.make(r.study, r.section, r.catalogue, r.focus),
    ),
    (
        "events-selection",
        "Given the instrument that chose the events",
        lambda r: selection.make(r.study, r.section, r.catalogue, r.seed),
    ),
    ("events-placebo", "Primary tests and placebo dates", lambda r: placebo.make(r.study)),
    (
        "events-influence",
        "Leave-one-out sensitivity",
        lambda r: influence.make(r.study, r.focus, r.highlighted, r.catalogue.event_titles),
    ),
    (
        "events-split",
        "Did the responses change?",
        lambda r: split.make(r.study, r.section, r.focus, r.seed),
    ),
    (
        "events-projection",
        "Local projection on the same dates",
        lambda r: projection.make(r.study, r.section, r.panel, r.catalogue, r.focus, r.seed),
    ),
    (
        "events-highlights",
        "Event by event: highlights",
        lambda r: singles.make_highlights(r.study, r.catalogue, r.focus, r.highlighted),
    ),
    ("events-single", "Event by event", lambda r: singles.make(r.study, r.catalogue, r.focus, r.highlighted)),
    (
        "events-intraday",
        "Hourly response",
        lambda r: intraday.make(r.section, r.panel, r.catalogue, r.beside),
    ),
    ("events-mapping", "Event-to-session mapping", lambda r: mapping.make(r.study)),
)


def _skipped(
    study: EventStudyResult, section: EventsSection, panel: Panel, catalogue: Catalogue, focus: str, beside: Beside
) -> set[str]:
    """Name the answers that nobody asked for, or that the events do not hold."""
    wanted = {
        "events-by-category": section.by is not None and bool(study.mapping["used"].any()),
        "events-selection": section.by is not None and selection.has_choosers(study, catalogue),
        "events-split": section.split is not None,
        "events-intraday": beside.hourly is not None or bool(hourly_names(panel.observations)),
        "events-projection": "since_instant" in study.frame and section.event_window[1] > 0 and focus in panel.changes,
    }
    return {name for name, asked in wanted.items() if not asked}


def _detected(section: EventsSection, panel: Panel, beside: Beside) -> list[Result | Failure]:
    """Return the detector's index and what its signals are worth, if a detector is asked for."""
    if section.detector is None:
        return []
    try:
        whole = asked_events(section, panel.truth)
        return list(detect(section.detector, beside, whole, panel.provenance).results)
    except CouplingError as error:
        return [Failure(name="events-detector", title="Episodes found in the data", reason=str(error))]


def _study(section: EventsSection, panel: Panel, catalogue: Catalogue, seed: int) -> EventStudyResult:
    result = EventStudy(**section.study_parameters(), random_state=seed).fit(panel, catalogue)
    return replace(
        result,
        name="events-responses",
        title=f"Responses to events: {catalogue.name.replace('_', ' ')}",
        truth=None
        if panel.truth is None or section.dates is not None
        else true_responses(panel.truth, panel.instruments, _used(result)),
        warnings=(*result.warnings, *chosen_events(catalogue, panel.observations)),
    )


def _used(study: EventStudyResult) -> pd.DataFrame:
    return study.mapping[study.mapping["used"]]


def _reported(found: Catalogue, start: pd.Timestamp | None) -> Catalogue:
    reported = found.between(start)
    if not len(reported):
        raise InputError(f"No event of {found.name} lies after period.start {start:%Y-%m-%d}; start earlier.")
    return reported


def _highlighted(
    section: EventsSection, whole: Catalogue, study: EventStudyResult, *, simulated: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the highlighted events that the study has, and a sentence on those that it has not."""
    asked = highlighted_events(section.highlight, whole, passing=simulated)
    strangers = [item for item in section.highlight if not highlighted_events((item,), whole, passing=simulated)]
    known = set(study.by_event()["event"]) if asked else set()
    without = [*strangers, *(name for name in asked if name not in known)]
    return tuple(name for name in asked if name in known), not_highlighted(without)


def _guarded(name: str, title: str, make: Callable[[], Result]) -> Result | Failure:
    try:
        return make()
    except CouplingError as error:
        return not_done(name, title, error, stated=name != "events-projection")


def _hangs(results: list[Result | Failure]) -> str:
    """Say on which episode the answer hangs most."""
    influence = next((item for item in results if isinstance(item, InfluenceResult)), None)
    return "" if influence is None else influence.sentence
