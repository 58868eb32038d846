"""Which events a section asks for: the dates that it lists, a catalogue, or the simulated market's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.data.clocks import calendars
from coupling.data.simulation.truth import Truth
from coupling.errors import ConfigurationError
from coupling.events.listing.catalogue import Catalogue, catalogue_names, load_events
from coupling.events.listing.event import UTC_DAY, Event
from coupling.events.listing.resolve import resolve_events
from coupling.events.listing.simulated import simulated_catalogue

if TYPE_CHECKING:
    from coupling.events.section import EventsSection

__all__ = ["LISTED", "asked_events", "listed_events"]

LISTED = "the list of dates"


def asked_events(section: EventsSection, truth: Truth | None) -> Catalogue:
    """Return the events of a section; on the simulated market its own, unless dates are listed.

    Raises
    ------
    ConfigurationError
        If the catalogue is wrong, or neither a catalogue nor dates are named.
    """
    if section.dates is not None:
        return Catalogue(LISTED, listed_events(section.dates, section.days))
    if truth is not None:
        return simulated_catalogue(truth)
    if section.catalogue is None:
        own = " or ".join(catalogue_names())
        message = f"no events are named; add catalogue: FILE (or {own}, which comes with the package), or dates: [DATE]"
        raise ConfigurationError(message, path="events")
    return load_events(section.catalogue)


def listed_events(dates: tuple[str, ...], days: str) -> tuple[Event, ...]:
    """Return listed dates and instants as events; a date is a day of the exchange, where `days` is one.

    Examples
    --------
    >>> [event.at.isoformat() for event in listed_events(("2024-08-05", "2024-08-02T12:30Z"), "XNYS")]
    ['2024-08-02T12:30:00+00:00', '2024-08-05T13:30:00+00:00']
    """
    return resolve_events(dates, days if calendars.is_exchange(days) else UTC_DAY)
