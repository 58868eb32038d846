"""How old the data are, which is said before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from coupling.results.answered import Answered
from coupling.results.base import Origin
from coupling.text.wording import listed

__all__ = ["Age", "age_of", "reach_of"]

LATE = 7  # days
INSTANT = timedelta(microseconds=1)
"""24:00 belongs to the day that ends."""


@dataclass(frozen=True)
class Age:
    """What is said of the age, and whether it is a warning."""

    told: str
    is_late: bool


def reach_of(study: Answered) -> date | None:
    """Return the session to which the answers reach, or else the last that every series has."""
    ends = [each.end for each in study.found if each.primary and each.question in ("coupled", "changed") and each.end]
    last = [origin.last.date() for origin in study.provenance.origins if origin.last is not None]
    return max(ends, default=min(last, default=None))


def age_of(study: Answered) -> Age:
    """Return to which session the answers reach, how long before the study's today that is, and which series end when.

    Parameters
    ----------
    study : Answered
    """
    end = reach_of(study)
    if end is None:
        return Age("", is_late=False)
    as_of = study.provenance.as_of
    today = None if as_of is None else (as_of - INSTANT).date()
    days = 0 if today is None else (today - end).days
    if days <= 0 or today is None:
        return Age(f"Data to {end}", is_late=False)
    word = "day" if days == 1 else "days"
    series = _ending(study.provenance.origins, today)
    return Age(f"Data to {end}, {days} {word} before {today}{f': {series}' if series else ''}", is_late=days > LATE)


def _ending(origins: Iterable[Origin], today: date) -> str:
    """Name the series that end long before today, the oldest first."""
    groups: dict[date, list[str]] = {}
    for origin in origins:
        if origin.last is not None and (today - origin.last.date()).days > LATE:
            groups.setdefault(origin.last.date(), []).append(origin.instrument)
    return ", ".join(
        f"{listed(names)}{'' if place else ' ends' if len(names) == 1 else ' end'} on {day}"
        for place, (day, names) in enumerate(sorted(groups.items()))
    )
