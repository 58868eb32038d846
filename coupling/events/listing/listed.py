"""Dates and instants that a configuration lists itself, as events."""

from __future__ import annotations

from coupling.data.clocks import calendars
from coupling.events.listing.event import UTC_DAY, Event
from coupling.events.listing.resolve import resolve_events

__all__ = ["LISTED", "listed_events"]

LISTED = "the list of dates"


def listed_events(dates: tuple[str, ...], days: str) -> tuple[Event, ...]:
    """Return listed dates and instants as events; a date is a day of the exchange, where `days` is one.

    Examples
    --------
    >>> [event.at.isoformat() for event in listed_events(("2024-08-05", "2024-08-02T12:30Z"), "XNYS")]
    ['2024-08-02T12:30:00+00:00', '2024-08-05T13:30:00+00:00']
    """
    return resolve_events(dates, days if calendars.is_exchange(days) else UTC_DAY)
