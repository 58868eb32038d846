"""What of a study is compared beside correlations: the spillover total and the responses to events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats, Integers
from coupling.comparison.measures import Measure, Subject
from coupling.comparison.weekly_history import WeeklyHistory
from coupling.comparison.weeks import WeekDraws, week_of
from coupling.direction import Spillover
from coupling.errors import CouplingError
from coupling.events import EventStudy
from coupling.events.listing.asked import asked_events
from coupling.events.listing.simulated import SIMULATED

__all__ = ["further_measures"]

THE_FOCUS = "the focus"
"""Stands for the focus, so that studies of another focus are compared by its response."""


def further_measures(subject: Subject) -> list[Measure]:
    """Return the spillover total and the responses that a study asks for; what fails says why."""
    study, found = subject.study, []
    if study.direction is not None and study.direction.spillover is not None:
        found += _guarded("Spillover total", lambda: iter([_spillover(subject)]))
    if study.events is not None:
        found += _guarded(_group(subject), lambda: _responses(subject))
    return found


def _group(subject: Subject) -> str:
    """Name the responses by their events: those of one catalogue are compared."""
    events = subject.study.events
    assert events is not None
    own = subject.panel.truth is not None and events.dates is None
    return f"Response to the events of {SIMULATED if own else events.named}"


def _guarded(group: str, make: Callable[[], Iterator[Measure]]) -> list[Measure]:
    try:
        return list(make())
    except CouplingError as error:
        return [Measure(group, "", "all", failure=str(error))]


def _spillover(subject: Subject) -> Measure:
    section = subject.study.direction.spillover if subject.study.direction else None
    assert section is not None
    start = subject.study.start
    changes = subject.panel.changes if start is None else subject.panel.changes[subject.panel.changes.index >= start]
    options: dict[str, Any] = {"horizon": section.horizon, "method": section.method}
    asked = dict(section) | {"window": None}
    fitted = Spillover(**asked, random_state=subject.study.seed).fit(changes)
    table = fitted.intervals()
    row: Any = table[table["measure"] == "total"].iloc[0]
    history = WeeklyHistory.of(subject.panel.observations, subject.panel.alignment)
    since = np.iinfo(np.int64).min if start is None else start.as_unit("ns").value
    model = Spillover(lags=fitted.lags_, **options)
    return Measure(
        "Spillover total",
        "",
        ", ".join(changes.columns),
        float(row["estimate"]),
        float(row["lower"]),
        float(row["upper"]),
        int(row["n"]),
        unit="%",
        begin=subject.panel.sessions.label(changes.index[0]),
        end=subject.panel.sessions.label(changes.index[-1]),
        draw=partial(_draw_total, history, model, int(since)),
    )


def _draw_total(history: WeeklyHistory, model: Spillover, since: int, draws: WeekDraws, replications: int) -> Floats:
    totals = np.full(replications, np.nan)
    for replication in range(replications):
        try:
            moved = history.aligned(history.source(draws, replication))
            totals[replication] = float(model.fit(moved.changes[moved.end >= since]).total_)
        except CouplingError:
            continue
    return totals


def _responses(subject: Subject) -> Iterator[Measure]:
    """Yield the mean response of each instrument; draws count an episode as often as its week is drawn."""
    study, panel = subject.study, subject.panel
    assert study.events is not None
    section = study.events.relative_to(study.base)
    catalogue = asked_events(section, panel.truth)
    result = EventStudy(**section.study_parameters(), random_state=study.seed).fit(
        panel, catalogue.between(study.start)
    )
    summary, responses = result.summary(), result.by_event().dropna(subset="estimate")
    instants = result.mapping.groupby("event")["instant"].first()
    for name, row in summary.iterrows():
        own = responses[responses["instrument"] == name]
        first = own.groupby("episode", sort=False).head(1)
        at = pd.DatetimeIndex(instants.loc[first["event"]]).as_unit("ns")
        simple = row["unit"] == "%"
        values = first["estimate"].to_numpy(dtype=float)
        summed = 100 * np.log1p(values / 100) if simple else values
        yield Measure(
            _group(subject),
            THE_FOCUS if name == study.focus else str(name),
            str(name),
            float(row["estimate"]),
            float(row["lower"]),
            float(row["upper"]),
            int(row["n_episodes"]),
            unit=str(row["unit"]),
            begin=at.min(),
            end=at.max(),
            draw=partial(_draw_response, week_of(at.asi8), summed, simple),
        )


def _draw_response(weeks: Integers, values: Floats, simple: bool, draws: WeekDraws, replications: int) -> Floats:
    counts = np.array([_counts(draws, replication, weeks) for replication in range(replications)])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = counts @ values / counts.sum(axis=1)
    return np.asarray(100 * np.expm1(mean / 100) if simple else mean)


def _counts(draws: WeekDraws, replication: int, weeks: Integers) -> Floats:
    """Return how often each week is drawn; one outside the draws counts once."""
    times = np.bincount(draws.draw(replication) - draws.first, minlength=draws.last - draws.first + 1)
    places = weeks - draws.first
    inside = (places >= 0) & (places < len(times))
    return np.where(inside, times[places.clip(0, len(times) - 1)], 1).astype(float)
