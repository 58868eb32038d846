"""The room's own page: what was known, when."""

from __future__ import annotations

import pandas as pd

from coupling.data import page
from coupling.data.checks import COLUMNS, MEANING
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.results.base import Failure, RoomResult

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
    alignment, overlap = page.alignment.make(panel), page.overlap.make(panel)
    findings = pd.DataFrame(columns=COLUMNS) if dataset.findings is None else dataset.findings
    doubtful = findings["check"].isin(MEANING)
    meaning = (page.meaning.make(findings[doubtful], panel),) if doubtful.any() else ()
    checks = () if dataset.findings is None else (page.checks.make(findings[~doubtful], panel, start),)
    missing = tuple(
        Failure(name=f"data-missing-{name.lower()}", title=f"{name} could not be had", reason=reason)
        for name, reason in dataset.missing.items()
    )
    truth = () if panel.truth is None else (page.truth.make(panel.truth, panel),)
    revisions = (page.revisions.make(dataset, panel),) if len(dataset.revisions) else ()
    sources = (page.instruments.make(panel), page.sources.make(dataset, panel, start), *revisions, *checks, *truth)
    tables = (*sources, alignment, overlap, page.levels.make(panel, start))
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
