"""The room's answer: responses to the events of a catalogue, by category and singly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.panel import Panel
from coupling.errors import CouplingError, InputError
from coupling.events.catalogue import Catalogue, load_events
from coupling.events.intraday import IntradayPath, hourly_names
from coupling.events.section import EventsSection
from coupling.events.simulated import simulated_catalogue
from coupling.events.splits import compare_groups
from coupling.events.study import EventStudy
from coupling.events.types import observed_types
from coupling.results.base import Failure, Result, RoomResult
from coupling.results.event_tables import (
    CategoriesResult,
    InfluenceResult,
    MappingResult,
    PlaceboResult,
    SinglesResult,
    SplitResult,
)
from coupling.results.events import EventStudyResult

__all__ = ["QUESTION", "run"]

QUESTION = "What happens in an unwind?"
ALWAYS_SINGLY = "2025-11"
OFTEN = 0.2


def run(section: EventsSection, panel: Panel, *, focus: str, start: pd.Timestamp | None, seed: int) -> RoomResult:
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
    """
    catalogue = _catalogue(section, panel, start)
    study = _study(section, panel, catalogue, seed)
    answers: list[tuple[str, str, Callable[[], Result]]] = [
        (
            "events-by-category",
            "Responses by announced category",
            lambda: _categories(study, section, catalogue, focus),
        ),
        ("events-placebo", "Leading tests and placebo dates", lambda: _placebo(study)),
        ("events-influence", "What hangs on single episodes", lambda: _influence(study, focus)),
        ("events-split", "Did the responses change?", lambda: _split(study, section, focus, seed)),
        ("events-november-2025", "November 2025, singly", lambda: _november(study)),
        ("events-single", "Every event singly", lambda: _singles(study)),
        ("events-intraday", "Path by hours", lambda: IntradayPath(level=section.level).fit(panel, catalogue)),
        ("events-mapping", "From instants to sessions", lambda: _mapping(study)),
    ]
    skipped = _skipped(study, section, panel)
    results = [_guarded(name, title, answer) for name, title, answer in answers if name not in skipped]
    verdict = _verdict(study, focus, results)
    return RoomResult(name="events", question=QUESTION, verdict=verdict, results=(study, *results))


def _skipped(study: EventStudyResult, section: EventsSection, panel: Panel) -> set[str]:
    """Name the answers that nobody asked for, or that the events do not hold."""
    november = study.by_event()["event"].str.startswith(ALWAYS_SINGLY).any()
    asked = {
        "events-by-category": section.by is not None,
        "events-split": section.split is not None,
        "events-november-2025": bool(november),
        "events-intraday": bool(hourly_names(panel.observations)),
    }
    return {name for name, wanted in asked.items() if not wanted}


def _study(section: EventsSection, panel: Panel, catalogue: Catalogue, seed: int) -> EventStudyResult:
    chosen = {name: _chosen_events(catalogue, name) for name in panel.observations}
    often = [name for name, count in chosen.items() if count > OFTEN * len(catalogue)]
    parameters = section.study_parameters()
    parameters["selected_by"] = tuple(dict.fromkeys([*section.selected_by, *often]))
    result = EventStudy(**parameters, random_state=seed).fit(panel, catalogue)
    told = [f"{name} {count}" for name, count in chosen.items() if count]
    note = (
        f"Events named after an instrument's own move, of {len(catalogue)}: {', '.join(told)}. An instrument with "
        "more than a fifth of them has no p-value here."
    )
    return replace(
        result,
        name="events-responses",
        title=f"Responses to the events of {catalogue.name}",
        warnings=(*result.warnings, note) if told else result.warnings,
    )


def _chosen_events(catalogue: Catalogue, name: str) -> int:
    """Count the events that were named after the own move of an instrument."""
    return sum(name in catalogue.chosen_by.get(event.category, ()) for event in catalogue)


def _catalogue(section: EventsSection, panel: Panel, start: pd.Timestamp | None) -> Catalogue:
    truth = getattr(panel, "truth", None)
    found = load_events(section.catalogue) if truth is None else simulated_catalogue(truth)
    reported = found.between(start)
    if not len(reported):
        raise InputError(f"No event of {found.name} lies after period.start {start:%Y-%m-%d}; start earlier.")
    return reported


def _guarded(name: str, title: str, answer: Callable[[], Result]) -> Result | Failure:
    try:
        return answer()
    except CouplingError as error:
        return Failure(name=name, title=title, reason=str(error))


def _categories(study: EventStudyResult, section: EventsSection, catalogue: Catalogue, focus: str) -> CategoriesResult:
    names = sorted(set(study.mapping.loc[study.mapping["used"], "category"]))
    parts = []
    for category in names:
        part = study.of(category, selected_by=(*section.selected_by, *catalogue.chosen_by.get(category, ())))
        tests = part.tests().set_index(["test", "instrument"])["p_value"]
        table = part.summary().reset_index()
        table.insert(0, "category", category)
        parts.append(table.assign(placebo_p=tests["placebo_randomisation"].reindex(table["instrument"]).to_numpy()))
    frame = pd.concat(parts, ignore_index=True)
    order = ["category", "instrument", "unit", "estimate", "lower", "upper", "p_value", "sign_p", "smallest_sign_p"]
    order += ["placebo_p", "n_events", "n_episodes", "day_0", "verdict"]
    return CategoriesResult(
        name="events-by-category",
        title="Responses by announced category",
        method=study.method + " Log changes are shown as simple %, yields in bp; the announced category leads.",
        frame=frame[order],
        provenance=study.provenance,
        warnings=(f"{len(frame)} tests are shown: at level {section.level:.0%} a few reject by chance alone.",),
        focus=focus,
    )


def _placebo(study: EventStudyResult) -> PlaceboResult:
    return PlaceboResult(
        name="events-placebo",
        title="Leading tests and placebo dates",
        method="Date-mean t over episodes; sign flips with the smallest p that they can give; the same t against "
        "studies of as many dates without an event (seeded); Westfall–Young over instruments; a warning where "
        "responses are skewed.",
        frame=study.tests(),
        provenance=study.provenance,
    )


def _influence(study: EventStudyResult, focus: str) -> InfluenceResult:
    frame = study.influence()
    units = study.summary()["unit"]
    members = study.mapping.dropna(subset=["episode"]).groupby("episode")["event"].unique()
    holds = {events[0]: ", ".join(events) for events in members}
    frame.insert(1, "unit", units.reindex(frame["instrument"]).to_numpy())
    return InfluenceResult(
        name="events-influence",
        title="What hangs on single episodes",
        method="Mean response over all episodes and without one in turn; the p-value is that of the date-mean t.",
        frame=frame.assign(left_out_holds=[holds.get(name, name) for name in frame["left_out"]]),
        provenance=study.provenance,
        focus=focus,
    )


def _split(study: EventStudyResult, section: EventsSection, focus: str, seed: int) -> SplitResult:
    cut = pd.Timestamp(str(section.split), tz="UTC")
    numbers: Any = study.numbers
    later = np.array([numbers.events[k].at >= cut for k in numbers.anchors])
    rows = []
    for k, name in enumerate(numbers.names):
        answer = compare_groups(numbers.totals[:, k], later, level=section.level, random_state=seed)
        rows.append({"instrument": name, "unit": numbers.units[k].replace("%", "log %"), **answer})
    order = ["instrument", "unit", "before", "after", "estimate", "lower", "upper", "p_value", "permutation_p"]
    order += ["smallest_permutation_p", "n_before", "n_after"]
    return SplitResult(
        name="events-split",
        title=f"Did the responses change at {cut:%Y-%m-%d}?",
        method="Mean cumulative response of the episodes from the date on minus that of the episodes before, in log "
        "% or bp; Welch's t over episodes and a permutation of Welch's t over episodes.",
        frame=pd.DataFrame(rows)[order],
        provenance=study.provenance,
        focus=focus,
        date=f"{cut:%Y-%m-%d}",
    )


def _november(study: EventStudyResult) -> SinglesResult:
    frame = study.by_event()
    chosen = frame[frame["event"].str.startswith(ALWAYS_SINGLY)].reset_index(drop=True)
    return _single_table(study, chosen, "events-november-2025", "November 2025, singly")


def _singles(study: EventStudyResult) -> SinglesResult:
    return _single_table(study, study.by_event(), "events-single", "Every event singly")


def _single_table(study: EventStudyResult, frame: pd.DataFrame, name: str, title: str) -> SinglesResult:
    types = observed_types(frame)
    frame = frame.assign(observed=types.reindex(frame["event"]).to_numpy())
    return SinglesResult(
        name=name,
        title=title,
        method="Cumulative abnormal change over the event window with the t interval of its own estimation window; "
        "observed: its type by the signs of day 0 (descriptive; the announced category leads); "
        "joint p: rank of the Mahalanobis distance of day 0 among the days of the estimation window, all "
        "instruments together.",
        frame=frame,
        provenance=study.provenance,
    )


def _mapping(study: EventStudyResult) -> MappingResult:
    return MappingResult(
        name="events-mapping",
        title="From instants to sessions",
        method="Session 0 is the first session of the event clock that closes after the instant. A response starts "
        "at the last own observation struck at or before the instant (the start of the local day where only the day "
        "is known); hours run from that observation to the last one struck by the end of session 0, and 0 means "
        "that nothing new was struck.",
        frame=study.mapping,
        provenance=study.provenance,
        warnings=study.warnings,
    )


def _verdict(study: EventStudyResult, focus: str, results: list[Result | Failure]) -> str:
    table = study.summary()
    if focus not in table.index:
        return study.sentence
    row: Any = table.loc[focus]
    days = study.frame["day"]
    told = {"differs from 0": "moved", "not distinguishable from 0": "moved by an amount that cannot be told from 0:"}
    said = told.get(row["verdict"], f"is undecided ({row['verdict']}):")
    interval = f"{row['estimate']:+.2f} {row['unit']} [{row['lower']:+.2f}, {row['upper']:+.2f}]"
    influence = next((item for item in results if isinstance(item, InfluenceResult)), None)
    hangs = f" {influence.sentence}" if influence is not None else ""
    return (
        f"Over sessions {days.min()} to {days.max()} around {row['n_episodes']} episodes ({row['n_events']} events) "
        f"{focus} {said} {interval}, p = {row['p_value']:.3f}.{hangs}"
    )
