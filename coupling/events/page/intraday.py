"""Paths by hours around the events asked for."""

from __future__ import annotations

from dataclasses import replace

from coupling.data.panel import Panel
from coupling.events.detection.detection import Beside
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import EventsSection
from coupling.events.studies.intraday import IntradayPath
from coupling.events.studies.intraday_result import IntradayResult

__all__ = ["make"]


def make(section: EventsSection, panel: Panel, catalogue: Catalogue, beside: Beside) -> IntradayResult:
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
