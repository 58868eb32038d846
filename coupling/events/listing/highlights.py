"""The events that a configuration highlights: by id, by a date, or by the beginning of a date."""

from __future__ import annotations

import re

from coupling.dates.days import has_two_readings, read_day
from coupling.errors import ConfigurationError, InputError, nearest
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.event import Event

__all__ = ["highlighted_events"]

BEGINNING = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def highlighted_events(asked: tuple[str, ...], catalogue: Catalogue, *, passing: bool = False) -> tuple[str, ...]:
    """Return the ids of the events that are highlighted, in the order of the catalogue.

    Parameters
    ----------
    asked : tuple of str
        Ids, dates, or years and months (``2023-03``), which stand for every event whose date, or whose id, begins so.
    catalogue : Catalogue
    passing : bool
        Whether what names no event is passed over, as on the simulated market, which has events of its own.

    Raises
    ------
    ConfigurationError
        If one of them names no event of the catalogue, or can be read two ways.

    Examples
    --------
    >>> from coupling.events.listing.catalogue import load_events
    >>> highlighted_events(("2016", "2023-10-31"), load_events("carry_unwinds"))
    ('2016-01-29-nirp', '2016-06-24-brexit', '2023-10-31-ycc')
    """
    found: set[str] = set()
    for place, item in enumerate(asked):
        named = _named(item, place, catalogue)
        if not named and not passing:
            hint = nearest(item, [event.id for event in catalogue], most=5)
            message = (
                f"{item!r} names no event of {catalogue.name}; {hint}, or give a date, or its beginning as 2023-03"
            )
            raise ConfigurationError(message, path=f"events.highlight.{place}")
        found |= named
    return tuple(event.id for event in catalogue if event.id in found)


def _named(item: str, place: int, catalogue: Catalogue) -> set[str]:
    if any(event.id == item for event in catalogue):
        return {item}
    beginning = item if BEGINNING.fullmatch(item) else _date(item, place)
    return {event.id for event in catalogue if beginning and _begins(event, beginning)}


def _begins(event: Event, beginning: str) -> bool:
    """Tell whether an event's own date (of its market, or in UTC where its instant is known) or its id begins so."""
    date = event.day or f"{event.at:%Y-%m-%d}"
    return date.startswith(beginning) or event.id == beginning or event.id.startswith(f"{beginning}-")


def _date(item: str, place: int) -> str:
    """Return a date that is written otherwise; nothing where it is none."""
    try:
        return f"{read_day(item):%Y-%m-%d}"
    except InputError as error:
        if has_two_readings(item):
            raise ConfigurationError(str(error), path=f"events.highlight.{place}") from None
        return ""
