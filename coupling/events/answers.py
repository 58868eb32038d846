"""The tables and figures of the room, one function each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from coupling.data.panel import Panel
from coupling.events import judge
from coupling.events.detection.detection import Beside
from coupling.events.findings import of_categories
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import EventsSection
from coupling.events.studies.intraday import IntradayPath
from coupling.events.studies.local_projection import LocalProjection
from coupling.events.studies.selection import choosers, same_selection
from coupling.events.studies.shown import StudyNumbers
from coupling.events.studies.splits import compare_groups
from coupling.events.studies.types import observed_types
from coupling.results.event_intraday import IntradayResult
from coupling.results.event_projections import LocalProjectionResult
from coupling.results.event_tables import (
    CategoriesResult,
    EventSplitResult,
    InfluenceResult,
    MappingResult,
    PlaceboResult,
    SinglesResult,
)
from coupling.results.events import EventStudyResult

__all__ = [
    "categories_answer",
    "highlights_answer",
    "influence_answer",
    "intraday_answer",
    "mapping_answer",
    "placebo_answer",
    "projection_answer",
    "singles_answer",
    "split_answer",
]


def categories_answer(
    study: EventStudyResult, section: EventsSection, catalogue: Catalogue, focus: str
) -> CategoriesResult:
    """Return the responses of every announced category."""
    names = sorted(set(study.mapping.loc[study.mapping["used"], "category"]))
    parts = []
    for category in names:
        by = choosers(catalogue, category, tuple(dict.fromkeys(study.frame["instrument"])))
        part = study.of(category, selected_by=(*section.selected_by, *by))
        part = replace(part, numbers=same_selection(cast("StudyNumbers", part.numbers), by[0])) if by else part
        tests = part.tests().set_index(["test", "instrument"])["p_value"]
        table = part.summary().reset_index()
        table.insert(0, "category", category)
        parts.append(table.assign(placebo_p=tests["placebo_randomisation"].reindex(table["instrument"]).to_numpy()))
    frame = pd.concat(parts, ignore_index=True)
    order = ["category", "instrument", "unit", "estimate", "lower", "upper", "p_value", "sign_p", "smallest_sign_p"]
    order += ["placebo_p", "n_events", "n_episodes", "day_0", "verdict"]
    result = CategoriesResult(
        name="events-by-category",
        title="Responses by announced category",
        method=study.method + " Log changes are shown as simple %, yields in bp; the announced category leads. Where "
        "an instrument's own move named the events, placebo dates are sessions on which it moved alike.",
        frame=frame[order],
        provenance=study.provenance,
        warnings=(f"{len(frame)} tests are shown: at level {section.level:.0%} a few reject by chance alone.",),
        focus=focus,
    )
    return of_categories(result, study, clock=section.days, level=section.level)


def placebo_answer(study: EventStudyResult) -> PlaceboResult:
    """Return the leading tests."""
    return PlaceboResult(
        name="events-placebo",
        title="Primary tests and placebo dates",
        method="t-test on episode means; sign-flip randomisation test with its minimum attainable p-value; the same t "
        "against "
        "studies of as many dates without an event (seeded); Westfall–Young over instruments; a warning where "
        "responses are skewed.",
        frame=study.tests(),
        provenance=study.provenance,
        drawn=study.placebos(),
    )


def influence_answer(study: EventStudyResult, focus: str, highlighted: tuple[str, ...]) -> InfluenceResult:
    """Return what the estimates are without each episode; those that hold a highlighted event are always told."""
    frame = study.influence()
    units = study.summary()["unit"]
    members = study.mapping.dropna(subset=["episode"]).groupby("episode")["event"].unique()
    holds = {events[0]: ", ".join(events) for events in members}
    told = {events[0]: tuple(name for name in events if name in highlighted) for events in members}
    frame.insert(1, "unit", units.reindex(frame["instrument"]).to_numpy())
    return InfluenceResult(
        name="events-influence",
        title="Leave-one-out sensitivity",
        method="Mean response over all episodes and without one in turn; the p-value is that of the date-mean t.",
        frame=frame.assign(left_out_holds=[holds.get(name, name) for name in frame["left_out"]]),
        provenance=study.provenance,
        focus=focus,
        highlighted={episode: names for episode, names in told.items() if names},
    )


def split_answer(study: EventStudyResult, section: EventsSection, focus: str, seed: int) -> EventSplitResult:
    """Return the comparison of episodes before and from a date on."""
    cut = pd.Timestamp(str(section.split), tz="UTC")
    numbers: Any = study.numbers
    later = np.array([numbers.events[k].at >= cut for k in numbers.anchors])
    rows = []
    for k, name in enumerate(numbers.names):
        answer = compare_groups(numbers.responses[:, k], later, level=section.level, random_state=seed)
        told = judge.changed(answer["lower"], answer["upper"]).value
        rows.append(
            {"instrument": name, "unit": numbers.units[k].replace("%", "log points (×100)"), **answer, "verdict": told}
        )
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


def projection_answer(
    study: EventStudyResult, section: EventsSection, panel: Panel, catalogue: Catalogue, focus: str, seed: int
) -> LocalProjectionResult:
    """Project the focus on the same dates, with the event-time answer beside it."""
    last = section.event_window[1]
    projection = LocalProjection(horizons=last, lags=1, cumulative=True, level=section.level, random_state=seed)
    result = projection.fit(panel, catalogue)
    answers = study.frame.set_index(["instrument", "day"])["since_instant"]
    keys = list(zip(result.frame["instrument"], result.frame["horizon"], strict=True))
    frame = result.frame.assign(event_time=answers.reindex(pd.MultiIndex.from_tuples(keys)).to_numpy())
    return replace(
        result,
        name="events-projection",
        title=f"Local projection of {focus} on the same dates",
        method=f"{result.method} Rows are the panel's observation times; event time is the mean response "
        "since the instant in the event study.",
        frame=frame[frame["instrument"] == focus].reset_index(drop=True),
        provenance=study.provenance,
    )


def highlights_answer(
    study: EventStudyResult, catalogue: Catalogue, focus: str, highlighted: tuple[str, ...]
) -> SinglesResult:
    """Return the highlighted events, one by one."""
    frame = study.by_event()
    chosen = frame[frame["event"].isin(highlighted)].reset_index(drop=True)
    return _single_table(study, chosen, catalogue, focus, "events-highlights", "Event by event: highlights")


def singles_answer(study: EventStudyResult, catalogue: Catalogue, focus: str) -> SinglesResult:
    """Return every event singly."""
    return _single_table(study, study.by_event(), catalogue, focus, "events-single", "Event by event")


def _single_table(
    study: EventStudyResult, frame: pd.DataFrame, catalogue: Catalogue, focus: str, name: str, title: str
) -> SinglesResult:
    observed = ""
    if catalogue.types:
        types = observed_types(frame, catalogue.types)
        frame = frame.assign(observed=types.reindex(frame["event"]).to_numpy())
        observed = "observed: its type by the signs of day 0 (descriptive; the announced category leads); "
    return SinglesResult(
        name=name,
        title=title,
        method="Cumulative abnormal change over the event window with the t interval of its own estimation window; "
        f"{observed}joint p: rank of the Mahalanobis distance of day 0 among the days of the estimation window, all "
        "instruments together.",
        frame=frame,
        provenance=study.provenance,
        names=tuple(sorted(dict.fromkeys(frame["instrument"]), key=lambda name: name != focus)),
    )


def intraday_answer(section: EventsSection, panel: Panel, catalogue: Catalogue, beside: Beside) -> IntradayResult:
    """Return the paths by hours of the events asked for, from hourly values beside the panel or in it."""
    asked = section.intraday
    events = [catalogue[name] for name in asked.events] if asked.events else list(catalogue)
    study = IntradayPath(
        hours=asked.hours, reference_days=asked.reference_days, level=section.level, whole_days=bool(asked.events)
    )
    result = study.fit(beside.hourly or panel, events)
    if beside.hourly is None:
        return result
    files = [f"{item.name} {item.origin.symbol}" for item in beside.hourly.observations.values() if item.origin]
    return replace(result, method=f"{result.method} Hourly values: {', '.join(files)}.", provenance=panel.provenance)


def mapping_answer(study: EventStudyResult) -> MappingResult:
    """Return what every response is read from."""
    return MappingResult(
        name="events-mapping",
        title="Event-to-session mapping",
        method="Session 0 is the first session of the event clock that closes after the instant. A response starts "
        "at the last own observation struck at or before the instant (the start of the local day where only the day "
        "is known); hours run from that observation to the last one struck by the end of session 0, and 0 means "
        "that there was no update.",
        frame=study.mapping,
        provenance=study.provenance,
        warnings=study.warnings,
    )
