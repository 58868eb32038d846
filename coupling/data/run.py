"""The room's own page: what was known, when."""

from __future__ import annotations

import pandas as pd

from coupling.data.clocks import load_clock
from coupling.data.dataset import Dataset
from coupling.data.instrument import HOURLY
from coupling.data.panel import Panel
from coupling.results.base import RoomResult
from coupling.results.data import AlignmentResult, LevelsResult, OverlapResult, SourcesResult

__all__ = ["run"]

QUESTION = "What was known, when?"


def run(dataset: Dataset, panel: Panel, *, start: pd.Timestamp | None) -> RoomResult:
    """Return the tables of sources, alignment, overlap and levels.

    Parameters
    ----------
    dataset : Dataset
        What was loaded.
    panel : Panel
        How it was aligned.
    start : Timestamp, optional
        Instant (UTC) from which results are reported.
    """
    alignment = _alignment(panel)
    results = (_sources(dataset, panel), alignment, _overlap(panel), _levels(panel, start))
    return RoomResult(name="data", question=QUESTION, verdict=alignment.sentence, results=results)


def _sources(dataset: Dataset, panel: Panel) -> SourcesResult:
    origins = {name: item.origin for name, item in dataset.observations.items()}
    rows = [
        {
            "instrument": name,
            "title": dataset.instruments[name].title,
            "a rise means": dataset.instruments[name].positive,
            "source": origin.source,
            "symbol": origin.symbol,
            "struck at": _clock_title(origin.clock),
            "first": origin.first,
            "last": origin.last,
            "rows": origin.rows,
            "repairs": "; ".join(origin.repairs) or "none",
            "second sources": ", ".join(dataset.second_sources.get(name, ())) or "none",
        }
        for name, origin in origins.items()
        if origin is not None
    ]
    return SourcesResult(
        name="data-sources",
        title="Sources and clocks",
        method="The first declared source that has the series serves it; the clock of that source says when its values "
        "are struck. Rows that are left out are counted under repairs.",
        frame=pd.DataFrame(rows).set_index("instrument"),
        provenance=panel.provenance,
        unknown_files=dataset.unknown_files,
    )


def _clock_title(clock: str) -> str:
    return "the end of each hour" if clock == HOURLY else load_clock(clock).title if " " not in clock else clock


def _alignment(panel: Panel) -> AlignmentResult:
    section = panel.alignment
    limits = {
        "last_known": f"the newest value at or before the tick, at most {section.max_staleness} old; a tick at which "
        "an instrument has nothing new is dropped, so that a change spans the same interval for all",
        "synchronous": f"only ticks at which every instrument was struck at most {section.tolerance} before",
        "common_days": "the naive join on dates, whatever the instants",
    }
    return AlignmentResult(
        name="data-alignment",
        title="Alignment",
        method=f"Ticks at {section.at} on the days of {section.days}, every {section.frequency}; rule {section.rule}: "
        f"{limits[section.rule]}.",
        frame=panel.table,
        provenance=panel.provenance,
        warnings=panel.flags,
        rule=str(section.rule),
        ticks=pd.DatetimeIndex(panel.levels.index),
    )


def _overlap(panel: Panel) -> OverlapResult:
    return OverlapResult(
        name="data-overlap",
        title="Hours that the change intervals of a pair share",
        method="For each row the time between the later start and the earlier end of the two change intervals; the "
        "median over rows, in hours and as a share of the row's length.",
        frame=panel.overlap,
        provenance=panel.provenance,
    )


def _levels(panel: Panel, start: pd.Timestamp | None) -> LevelsResult:
    reported = panel.since(start)
    return LevelsResult(
        name="data-levels",
        title="Levels at the ticks",
        method="Levels as their sources give them. They trend: a correlation of levels says nothing about coupling.",
        frame=reported.levels,
        provenance=panel.provenance,
        kinds={name: str(item.kind) for name, item in panel.instruments.items()},
        units={name: item.unit for name, item in panel.instruments.items()},
    )
