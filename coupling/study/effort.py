"""How long a study will take, told before it begins; the prices were measured, see the table in ``docs/speed.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coupling.change.section import ChangeSection
from coupling.correlation.section import CorrelationSection
from coupling.direction.section import DirectionSection
from coupling.errors import ConfigurationError
from coupling.limits.budget import allowed_seconds, duration
from coupling.study.configuration import Study

__all__ = ["Task", "claim_tasks", "comparison_tasks", "detection_tasks", "require_effort", "seconds_of", "tasks_of"]

START = 8.0
"""Seconds that every study takes: libraries are loaded, loops compiled or read."""

YEARS = 750.0
"""Rows at which the prices were measured: three years of sessions."""


@dataclass(frozen=True)
class Task:
    """A part of a study and the seconds that it is estimated to take on one core."""

    name: str
    seconds: float


@dataclass(frozen=True)
class _Size:
    """How many instruments, their pairs (with the focus, and all), and rows in units of `YEARS`."""

    instruments: int
    rows: float

    @property
    def others(self) -> int:
        return self.instruments - 1

    @property
    def pairs(self) -> float:
        return self.instruments * self.others / 2


def seconds_of(tasks: Iterable[Task], rooms: Iterable[str]) -> dict[str, float]:
    """Return what the tasks of each room are estimated to take.

    Examples
    --------
    >>> seconds_of([Task("start", 8.0), Task("change.splits", 2.0), Task("change.breaks", 1.0)], ["change", "events"])
    {'change': 3.0, 'events': 0.0}
    """
    estimated = dict.fromkeys(rooms, 0.0)
    for task in tasks:
        room = task.name.partition(".")[0]
        if room in estimated:
            estimated[room] += task.seconds
    return estimated


def tasks_of(study: Study, rows: int, events: int = 0, claims: int = 0, sessions: int | None = None) -> list[Task]:
    """Return the parts of a study with their estimated seconds.

    Parameters
    ----------
    study : Study
    rows : int
        Changes at common observation times.
    events : int
        Events of the catalogue.
    claims : int
        Claims of its files.
    sessions : int, optional
        Rows of what counts sessions, where the changes are those of bars.

    Examples
    --------
    >>> from coupling.study import load_study
    >>> two = load_study({"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "change": {}})
    >>> [task.name for task in tasks_of(two, 1000)][:3]
    ['start', 'correlation.headline', 'correlation.rolling']
    """
    size = _Size(len(study.instruments), rows / YEARS)
    daily = size if sessions is None else _Size(size.instruments, sessions / YEARS)
    found = [Task("start", START)]
    found += [Task(f"correlation.{name}", s) for name, s in _correlation(study.correlation, size)]
    found += [Task(f"change.{name}", s) for name, s in _change(study.change, daily)]
    found += [Task(f"direction.{name}", s) for name, s in _direction(study.direction, size, daily)]
    if study.events is not None:
        draws = study.events.replications / 9999
        found.append(Task("events", (1 + 0.03 * size.instruments + 4e-5 * events * size.instruments) * (1 + draws) / 2))
    found += claim_tasks(claims)
    rooms = sum(room is not None for room in (study.correlation, study.change, study.direction, study.events))
    points = 0.8 + 0.2 * min(daily.rows, 10.0)
    found.append(Task("page", rooms * points * (0.24 + 0.045 * size.instruments + 1e-4 * size.instruments**2)))
    return found


def claim_tasks(claims: int) -> list[Task]:
    """Return what testing some claims takes."""
    return [Task("claims", 0.6 * claims)] if claims else []


def comparison_tasks(study: Study, rows: int, replications: int, name: str) -> list[Task]:
    """Return what one study takes in a comparison: its measures, and their draws of calendar weeks again."""
    size = _Size(len(study.instruments), rows / YEARS)
    rooms = sum(room is not None for room in (study.correlation, study.change, study.direction))
    draws = 8e-4 * (1 + rooms) * size.others * size.rows * replications
    return [Task(f"{name}: measures", 1.0 + 0.2 * size.others * rooms), Task(f"{name}: draws", draws)]


def detection_tasks(sessions: int, events: int) -> list[Task]:
    """Return what a detector takes over some sessions, judged by some events."""
    return [Task("start", START / 2), Task("index", 6e-4 * sessions), Task("scores", 1e-3 * events)]


def require_effort(tasks: list[Task], what: str = "the study") -> None:
    """Refuse work that would take longer than the budget, and name what takes longest.

    Raises
    ------
    ConfigurationError
        With the estimate, its largest parts and the way on.

    Examples
    --------
    >>> require_effort([Task("change.envelope", 40.0), Task("page", 500.0)])
    Traceback (most recent call last):
        ...
    coupling.errors.ConfigurationError: the study would take about 9 minutes (page 8 minutes, change.envelope 40 \
seconds), and 2 minutes are allowed unasked; ask for less, or give --yes (yes=True)
    """
    total = sum(task.seconds for task in tasks)
    if total <= allowed_seconds():
        return
    longest = sorted(tasks, key=lambda task: task.seconds, reverse=True)[:3]
    parts = ", ".join(f"{task.name} {duration(task.seconds)}" for task in longest)
    allowed = duration(allowed_seconds())
    raise ConfigurationError(
        f"{what} would take about {duration(total)} ({parts}), and {allowed} are allowed unasked; "
        "ask for less, or give --yes (yes=True)"
    )


def _correlation(section: CorrelationSection | None, size: _Size) -> Iterator[tuple[str, float]]:
    if section is None:
        return
    path, all_pairs = size.others * size.rows, size.pairs * size.rows
    prices = {
        "rolling": 0.02 * path + 0.0015 * all_pairs,
        "hayashi_yoshida": 0.01 * path + 0.0008 * all_pairs,
        "exponential": 0.03 * path,
        "beta": 0.03 * path,
        "dcc": 0.1 * path + 0.004 * all_pairs,
        "partial": 0.003 * all_pairs,
        "shrunk": 0.003 * all_pairs,
        "tail": 0.02 * all_pairs,
    }
    yield "headline", 0.3 + 0.15 * size.others
    yield from ((name, seconds) for name, seconds in prices.items() if getattr(section, name) is not None)


def _change(section: ChangeSection | None, size: _Size) -> Iterator[tuple[str, float]]:
    if section is None:
        return
    pair = size.others * size.rows
    yield "splits", len(section.splits) * (0.065 * pair + 0.017 * size.pairs * size.rows)
    if section.breaks is not None:
        yield "breaks", 0.075 * pair
    if section.bai_perron is not None:
        yield "bai_perron", 0.04 * pair
    if section.envelope is not None:
        yield "envelope", 0.14 * pair * section.envelope.replications / 499
    if section.monitor is not None:
        yield "monitor", 0.05 * pair
    if section.regimes is not None:
        yield "regimes", 2.0 * pair * section.regimes.replications / 99
    if section.levels is not None:
        yield "levels", 0.02 * pair * section.levels.replications / 2000
    yield "contagion", sum(0.1 * size.rows * each.replications / 999 for each in section.contagion)


def _direction(section: DirectionSection | None, size: _Size, daily: _Size) -> Iterator[tuple[str, float]]:
    if section is None:
        return
    k = size.instruments
    if section.lead_lag is not None:
        lags = (section.lead_lag.max_lag + section.lead_lag.max_hours / section.lead_lag.step_hours) / 53
        yield "lead_lag", 0.02 * size.others * size.rows * lags * section.lead_lag.replications / 2000
    if section.spillover is not None:
        each = section.spillover.horizon / 10 * section.spillover.replications / 299
        yield "spillover", (0.2 * k + 0.01 * k**2 + 0.0003 * k**3) * daily.rows * each
    if section.time_varying is not None:
        yield "time_varying", 0.05 * k**2 * daily.rows * section.time_varying.replications
