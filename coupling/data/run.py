"""The room's own page: what was known, when."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from coupling.data.checks import COLUMNS, MEANING
from coupling.data.checks.confirmed import in_doubt
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.data.signs import meaning_of
from coupling.data.simulation.truth import Truth
from coupling.results.base import Failure, Origin, RoomResult
from coupling.results.data import (
    AlignmentResult,
    ChecksResult,
    InstrumentsResult,
    OverlapResult,
    PanelLevelsResult,
    RevisionsResult,
    SourcesResult,
    TruthResult,
)
from coupling.results.meaning import MeaningResult

__all__ = ["run"]

QUESTION = "What was known, when?"
BEHIND_BY = pd.Timedelta(days=14)
LATE_BY = pd.Timedelta(days=7)


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
    alignment, overlap = _alignment(panel), _overlap(panel)
    findings = pd.DataFrame(columns=COLUMNS) if dataset.findings is None else dataset.findings
    doubtful = findings["check"].isin(MEANING)
    meaning = (_meaning(findings[doubtful], panel),) if doubtful.any() else ()
    checks = () if dataset.findings is None else (_checks(findings[~doubtful], panel, start),)
    missing = tuple(
        Failure(name=f"data-missing-{name.lower()}", title=f"{name} could not be had", reason=reason)
        for name, reason in dataset.missing.items()
    )
    truth = () if panel.truth is None else (_truth(panel.truth, panel),)
    revisions = (_revisions(dataset, panel),) if len(dataset.revisions) else ()
    sources = (_instruments(panel), _sources(dataset, panel, start), *revisions, *checks, *truth)
    tables = (*sources, alignment, overlap, _levels(panel, start))
    doubt = f"{meaning[0].sentence} " if meaning and len(meaning[0].in_doubt) else ""
    return RoomResult(
        name="data",
        question=QUESTION,
        verdict=f"{doubt}{alignment.sentence} {overlap.sentence}",
        results=(*meaning, *missing, *tables),
        answer=f"{doubt}{alignment.sentence.rstrip('.')}; {overlap.answer}.",
        front=tuple(each.name for each in meaning),
        appendix=True,
    )


def _instruments(panel: Panel) -> InstrumentsResult:
    rows = [
        {
            "instrument": name,
            "title": item.title,
            "kind": str(item.kind),
            "unit": item.unit,
            "change in": item.change_unit,
            "a rise means": meaning_of(item),
            "changes a year": item.annualisation,
        }
        for name, item in panel.instruments.items()
    ]
    return InstrumentsResult(
        name="data-instruments",
        title="Instruments and signs",
        method="A change is 100 times the difference of logs for a price or an index (%), and the difference in basis "
        "points for a yield.",
        frame=pd.DataFrame(rows).set_index("instrument"),
        provenance=panel.provenance,
    )


def _sources(dataset: Dataset, panel: Panel, start: pd.Timestamp | None) -> SourcesResult:
    rows = [
        {
            "instrument": origin.instrument,
            "source": origin.source,
            "symbol": origin.symbol,
            "struck at": _clock_title(origin.clock),
            "first": origin.first,
            "last": origin.last,
            "rows": origin.rows,
            "repairs": "; ".join(origin.repairs),
            "repaired by rule": "; ".join(origin.rules),
            "second sources": ", ".join(dataset.second_sources.get(origin.instrument, ())),
        }
        for origin in panel.provenance.origins
    ]
    return SourcesResult(
        name="data-sources",
        title="Sources and clocks",
        method="The first declared source that has the series serves it; its clock says when a value is struck. Rows "
        "that are left out or cleaned are counted under repairs; second sources were available and did not serve. No "
        "value is corrected but by a rule of the configuration (data.repairs), each of which is counted.",
        frame=pd.DataFrame(rows).set_index("instrument"),
        provenance=panel.provenance,
        warnings=_partial(panel.provenance.origins, start),
        unknown_files=dataset.unknown_files,
    )


def _partial(origins: tuple[Origin, ...], start: pd.Timestamp | None) -> tuple[str, ...]:
    """Name the series that end far before the others, or begin after the reported period does."""
    newest = max((origin.last for origin in origins if origin.last is not None), default=None)
    found = []
    for origin in origins:
        if origin.first is None or origin.last is None or newest is None:
            continue
        if newest - origin.last > BEHIND_BY:
            days = (newest - origin.last).days
            found.append(f"{origin.instrument} ends on {origin.last:%Y-%m-%d}, {days} days before the newest series.")
        if start is not None and origin.first - start.tz_localize(None) > LATE_BY:
            first = f"{origin.first:%Y-%m-%d}"
            found.append(f"{origin.instrument} begins on {first}, after the reported period does ({start:%Y-%m-%d}).")
    return tuple(found)


def _revisions(dataset: Dataset, panel: Panel) -> RevisionsResult:
    return RevisionsResult(
        name="data-revisions",
        title="Revisions",
        method="What a download changed of values that an earlier download had given: how many were changed, removed "
        "or put in later, and the largest change. Estimates rest on the newest values; each value that was revised is "
        "listed by 'coupling data list --revisions'.",
        frame=dataset.revisions.reset_index(drop=True),
        provenance=panel.provenance,
    )


def _clock_title(clock: str) -> str:
    return "the end of each hour" if clock == HOURLY else load_clock(clock).title if " " not in clock else clock


def _meaning(found: pd.DataFrame, panel: Panel) -> MeaningResult:
    return MeaningResult(
        name="data-meaning",
        title="Data that may have changed their meaning" if len(in_doubt(found)) else "Findings confirmed as real",
        method="A jump many times the usual move of the 60 observations on both sides and far above every other move "
        "nearby, that stays or is taken back whole within five observations; for yields, where a factor of units or a "
        "turned sign explains it; values at an end by stricter limits; ten or more values that stand twice. A crash is "
        "large too, but comes among other large moves. Rates of false alarms and of finds: docs/data_checks.md. "
        "Nothing is corrected but by a rule under data.repairs; a rule confirm there says that a finding was real.",
        frame=found.reset_index(drop=True),
        provenance=panel.provenance,
    )


def _checks(findings: pd.DataFrame, panel: Panel, start: pd.Timestamp | None) -> ChecksResult:
    reported = findings if start is None else findings[findings["date"] >= start.tz_localize(None)]
    return ChecksResult(
        name="data-checks",
        title="Checks",
        method="Gaps of more than a week against the calendar; stale prices (five equal values in succession); changes "
        "eight times the usual size that reverse by four fifths; closes that break with the next open, and "
        "differences from "
        "a second source of the same clock, twenty times the median of the year around. Sizes are in % or bp; in days "
        "for a gap and in rows for a repeated value.",
        frame=reported.reset_index(drop=True),
        provenance=panel.provenance,
    )


def _truth(truth: Truth, panel: Panel) -> TruthResult:
    names = list(panel.levels.columns)
    pairs = [pair for pair in combinations(names, 2) if set(pair) <= set(truth.before.columns)]
    rows = [
        {"left": left, "right": right, "before": truth.before.loc[left, right], "after": truth.after.loc[left, right]}
        for left, right in pairs
    ]
    return TruthResult(
        name="data-truth",
        title="The truth of this simulated market",
        method="Correlation of simultaneous hourly changes, events left out. Estimates from closes that are "
        "struck at different instants fall short of it unless they are adjusted for it.",
        frame=pd.DataFrame(rows, columns=["left", "right", "before", "after"]),
        provenance=panel.provenance,
        shift=truth.shift,
        alone=tuple(name for name in names if name in truth.alone),
    )


def _alignment(panel: Panel) -> AlignmentResult:
    section = panel.alignment
    limits = {
        "last_known": f"the newest value at or before the observation time, at most {section.max_staleness} old; a "
        "time at which an instrument has no update is dropped, so that a change spans the same interval for all",
        "synchronous": f"only times at which every instrument was observed at most {section.tolerance} before",
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
        ticks=panel.sessions.labels(panel.levels.index),
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


def _levels(panel: Panel, start: pd.Timestamp | None) -> PanelLevelsResult:
    reported = panel.since(start)
    return PanelLevelsResult(
        name="data-levels",
        title="Price and yield levels",
        method="Levels as their sources give them. They trend: a correlation of levels says nothing about coupling.",
        frame=panel.sessions.relabelled(reported.levels).rename_axis("session"),
        provenance=panel.provenance,
        kinds={name: str(item.kind) for name, item in panel.instruments.items()},
        units={name: item.unit for name, item in panel.instruments.items()},
    )
