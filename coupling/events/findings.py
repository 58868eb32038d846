"""The findings of the room: the mean response of each instrument to all events, and to each announced category."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from coupling.events import judge
from coupling.results.base import Failure, Result
from coupling.results.event_tables import CategoriesResult
from coupling.results.events import EventStudyResult
from coupling.results.finding import Finding, numbers_of

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
    responses = [
        replace(
            _finding(study, name, events, row, clock=clock, level=level),
            p_adjusted=None if pd.isna(row["joint_p"]) else float(row["joint_p"]),
            family="instruments",
            adjustment="Westfall–Young",
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
        verdict=judge.responds(row["run_up_lower"], row["run_up_upper"], able=able),
        estimate=float(row["run_up"]),
        lower=None if pd.isna(row["run_up_lower"]) else float(row["run_up_lower"]),
        upper=None if pd.isna(row["run_up_upper"]) else float(row["run_up_upper"]),
        p=None if pd.isna(row["run_up_p"]) else float(row["run_up_p"]),
        p_adjusted=None,
        family="",
        adjustment="",
        primary=False,
    )


def of_categories(result: CategoriesResult, study: EventStudyResult, *, clock: str, level: float) -> CategoriesResult:
    """Return the table of announced categories with a finding for each response."""
    findings = tuple(
        replace(
            _finding(study, str(row["instrument"]), str(row["category"]), row, clock=clock, level=level),
            evidence=result.name,
        )
        for _, row in result.frame.iterrows()
        if row["n_episodes"]
    )
    return replace(result, findings=findings)


def _finding(study: EventStudyResult, name: str, events: str, row: Any, *, clock: str, level: float) -> Finding:
    days, sessions = study.frame["day"], _sessions(study, name)
    chosen = bool(pd.isna(row["p_value"]))
    return Finding(
        question="responds",
        subject=(name, events),
        specification=f"sessions {max(days.min(), 0) if days.max() >= 0 else days.min()} to {days.max()}",
        quantity="mean cumulative abnormal change",
        unit=str(row["unit"]),
        primary=False,
        level=level,
        verdict=judge.responds(row["lower"], row["upper"], able=not chosen and row["smallest_sign_p"] <= 1 - level),
        **numbers_of(row, ("estimate", "lower", "upper")),
        n=float(row["n_episodes"]),
        p=None if chosen else float(row["p_value"]),
        start=sessions.min().date() if len(sessions) else None,
        end=sessions.max().date() if len(sessions) else None,
        clock=clock,
        method="t of the mean over episodes; n counts episodes",
        cautions=(CHOSEN,) if str(row["verdict"]).startswith("chosen") else (),
    )


def _sessions(study: EventStudyResult, name: str) -> pd.Series:
    """Return the sessions 0 of the events that an instrument's response is read from."""
    rows = study.mapping[study.mapping["used"] & (study.mapping["instrument"] == name)]
    return pd.to_datetime(rows["session"]).dropna()


def all_findings(results: Iterable[Result | Failure]) -> tuple[Finding, ...]:
    """Return the findings of all results, in the order of the page."""
    return tuple(finding for result in results if isinstance(result, Result) for finding in result.findings)
