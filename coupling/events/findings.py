"""The findings of the room: the mean response of each instrument to all events, and to each announced category."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from coupling.events import judge
from coupling.events.studies.numbers import SELECTED
from coupling.events.studies.result import EventStudyResult
from coupling.inference.families import IN_CATEGORIES, INSTRUMENTS, WESTFALL_YOUNG, adjusted
from coupling.results.base import Failure, Result
from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Responds

__all__ = ["all_findings", "of_categories", "of_study"]

CHOSEN = "the events were selected on this instrument's own move: p-value not valid"


def of_study(study: EventStudyResult, *, events: str, focus: str, clock: str, level: float) -> EventStudyResult:
    """Return a study with a finding for each instrument, that of the focus being the primary one.

    Parameters
    ----------
    study : EventStudyResult
    events : str
        What the events are called.
    focus : str
    clock : str
        The event clock.
    level : float
        Coverage of the intervals.
    """
    table = study.summary()
    shown = [(str(name), row) for name, row in table.iterrows() if row["n_episodes"]]
    sessions = _sessions(study)
    responses = [
        replace(
            _finding(study, name, events, row, sessions, clock=clock, level=level, p_adjusted=_known(row["joint_p"])),
            primary=name == focus,
            evidence=study.name,
        )
        for name, row in shown
    ]
    before = [
        _run_up(response, row, int(study.frame["day"].min()))
        for response, (_, row) in zip(responses, shown, strict=True)
        if pd.notna(row["run_up"])
    ]
    return replace(study, findings=(*responses, *before))


def _run_up(response: Finding, row: Any, first: int) -> Finding:
    """Return what an instrument had done before the instants: anticipation, or how the events were chosen."""
    able = response.p is not None and row["smallest_sign_p"] <= 1 - response.level
    return replace(
        response,
        question="ran_up",
        specification=f"sessions {first} to -1",
        verdict=judge.responds(
            row["run_up_lower"], row["run_up_upper"], able=able, p_adjusted=_known(row["run_up_joint_p"])
        ),
        estimate=float(row["run_up"]),
        lower=None if pd.isna(row["run_up_lower"]) else float(row["run_up_lower"]),
        upper=None if pd.isna(row["run_up_upper"]) else float(row["run_up_upper"]),
        p=_known(row["run_up_p"]),
        p_adjusted=_known(row["run_up_joint_p"]),
        primary=False,
    )


def of_categories(
    table: pd.DataFrame, study: EventStudyResult, *, clock: str, level: float, evidence: str
) -> tuple[Finding, ...]:
    """Return a finding for each response to an announced category, from the table of them."""
    rows = [row for _, row in table.iterrows() if row["n_episodes"]]
    sessions = _sessions(study)
    made = [
        replace(
            _finding(study, str(row["instrument"]), str(row["category"]), row, sessions, clock=clock, level=level),
            evidence=evidence,
        )
        for row in rows
    ]
    able = {each.id: _able(row, level, chosen=each.p is None) for each, row in zip(made, rows, strict=True)}

    def judged(finding: Finding) -> Responds:
        ends = (math.nan if end is None else end for end in (finding.lower, finding.upper))
        return judge.responds(*ends, able=able[finding.id], p_adjusted=finding.p_adjusted)

    return adjusted(made, judged, family=IN_CATEGORIES)


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _able(row: Any, level: float, *, chosen: bool) -> bool:
    """Tell whether so many episodes can reject anything, of an instrument that did not choose them."""
    return not chosen and bool(row["smallest_sign_p"] <= 1 - level)


def _finding(
    study: EventStudyResult,
    name: str,
    events: str,
    row: Any,
    sessions: Mapping[str, tuple[date, date]],
    *,
    clock: str,
    level: float,
    p_adjusted: float | None = None,
) -> Finding:
    days, (start, end) = study.frame["day"], sessions.get(name, (None, None))
    chosen = bool(pd.isna(row["p_value"]))
    return Finding(
        question="responds",
        subject=(name, events),
        specification=f"sessions {max(days.min(), 0) if days.max() >= 0 else days.min()} to {days.max()}",
        quantity="mean cumulative abnormal change",
        unit=str(row["unit"]),
        primary=False,
        level=level,
        verdict=judge.responds(
            row["lower"], row["upper"], able=_able(row, level, chosen=chosen), p_adjusted=p_adjusted
        ),
        p_adjusted=p_adjusted,
        family="" if p_adjusted is None else INSTRUMENTS,
        adjustment="" if p_adjusted is None else WESTFALL_YOUNG,
        **numbers_of(row, ("estimate", "lower", "upper")),
        n=float(row["n_episodes"]),
        p=None if chosen else float(row["p_value"]),
        start=start,
        end=end,
        clock=clock,
        method="t of the mean over episodes; n counts episodes",
        cautions=(CHOSEN,) if row["verdict"] == SELECTED else (),
    )


def _sessions(study: EventStudyResult) -> dict[str, tuple[date, date]]:
    """Return by instrument the first and the last session 0 of the events that its response is read from."""
    rows = study.mapping[study.mapping["used"]].dropna(subset=["session"])
    found = pd.to_datetime(rows["session"]).groupby(rows["instrument"]).agg(["min", "max"])
    return {str(name): (first.date(), last.date()) for name, first, last in found.itertuples()}


def all_findings(results: Iterable[Result | Failure]) -> tuple[Finding, ...]:
    """Return the findings of all results, in the order of the page."""
    return tuple(finding for result in results if isinstance(result, Result) for finding in result.findings)
