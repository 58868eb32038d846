"""The focus projected on the same dates, beside the event-time answer."""

from __future__ import annotations

from dataclasses import replace

from coupling.data.panel import Panel
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import EventsSection
from coupling.events.studies.local_projection import LocalProjection
from coupling.events.studies.projection_result import LocalProjectionResult
from coupling.events.studies.result import EventStudyResult

__all__ = ["make"]


def make(
    study: EventStudyResult, section: EventsSection, panel: Panel, catalogue: Catalogue, focus: str, seed: int
) -> LocalProjectionResult:
    """Project the focus on the same dates, with the event-time answer beside it."""
    last = section.event_window[1]
    projection = LocalProjection(horizons=last, lags=1, cumulative=True, level=section.level, random_state=seed)
    result = projection.fit(panel, catalogue, responses=[focus])
    answers = study.frame[study.frame["instrument"] == focus].set_index("day")["since_instant"]
    return replace(
        result,
        name="events-projection",
        title=f"Local projection of {focus} on the same dates",
        method=f"{result.method} Event time: the mean response since the instant in the event study.",
        frame=result.frame.assign(event_time=answers.reindex(result.frame["horizon"]).to_numpy()),
        provenance=study.provenance,
    )
