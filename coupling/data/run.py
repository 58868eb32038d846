"""The room's own page: what was known, when."""

from __future__ import annotations

import pandas as pd

from coupling.data.checks import COLUMNS, MEANING
from coupling.data.loading.dataset import Dataset
from coupling.data.page import alignment as aligned
from coupling.data.page import checks as checked
from coupling.data.page import instruments, levels, sources
from coupling.data.page import meaning as doubts
from coupling.data.page import overlap as shared
from coupling.data.page import revisions as revised
from coupling.data.page import truth as simulated
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
    alignment, overlap = aligned.make(panel), shared.make(panel)
    findings = pd.DataFrame(columns=COLUMNS) if dataset.findings is None else dataset.findings
    doubtful = findings["check"].isin(MEANING)
    meaning = (doubts.make(findings[doubtful], panel),) if doubtful.any() else ()
    checks = () if dataset.findings is None else (checked.make(findings[~doubtful], panel, start),)
    missing = tuple(
        Failure(name=f"data-missing-{name.lower()}", title=f"{name} could not be had", reason=reason)
        for name, reason in dataset.missing.items()
    )
    truth = () if panel.truth is None else (simulated.make(panel.truth, panel),)
    revisions = (revised.make(dataset, panel),) if len(dataset.revisions) else ()
    served = (instruments.make(panel), sources.make(dataset, panel, start), *revisions, *checks, *truth)
    tables = (*served, alignment, overlap, levels.make(panel, start))
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
