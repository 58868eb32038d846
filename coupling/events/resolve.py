"""Turn what a user calls events into events: a catalogue, a list of instants or dates, or an index of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coupling.errors import InputError
from coupling.events.catalogue import Catalogue
from coupling.events.event import Event, Precision

__all__ = ["Events", "resolve_events"]

Events = Catalogue | Iterable[Event] | Iterable[pd.Timestamp] | Iterable[str] | pd.DatetimeIndex


def resolve_events(events: Events, market: str) -> tuple[Event, ...]:
    """Return events in time order; an instant or date that stands twice is taken once.

    Parameters
    ----------
    events : Catalogue, or iterable of Event, Timestamp or str
        Aware instants are taken as they are; naive ones as days (a time of day without a zone is refused).
    market : str
        The market of naive days: a market identifier code or ``UTC``.

    Raises
    ------
    InputError
        If nothing is given, a value is no time, or a naive time has a time of day.

    Examples
    --------
    >>> [event.id for event in resolve_events(["2024-08-05", "2024-08-02T12:30Z", "2024-08-05"], "XNYS")]
    ['2024-08-02T12:30Z', '2024-08-05']
    """
    if isinstance(events, str | pd.Timestamp):
        raise InputError(f"Events must be several instants, and {events!r} is one; put it in a list.")
    found = {event.id: event for event in (_event(item, market) for item in events)}
    if not found:
        raise InputError("No event was given; give a catalogue, a list of instants or a DatetimeIndex.")
    return tuple(sorted(found.values(), key=lambda event: (event.at, event.id)))


def _event(item: object, market: str) -> Event:
    if isinstance(item, Event):
        return item
    try:
        stamp = pd.Timestamp(item)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InputError(f"{item!r} is no instant or date; write it as '2024-08-05' or '2024-08-02T12:30Z'.") from None
    if pd.isna(stamp):
        raise InputError("An event is missing (NaT); drop it or give its instant.")
    if stamp.tz is not None:
        instant = stamp.tz_convert("UTC")
        name = f"{instant:%Y-%m-%dT%H:%MZ}"
        return Event(id=name, instant=instant.isoformat(), precision=Precision.APPROXIMATE)
    if stamp != stamp.normalize():
        raise InputError(f"{item!r} has a time of day but no time zone; add one, as in '2024-08-02T12:30Z'.")
    return Event(id=f"{stamp:%Y-%m-%d}", day=f"{stamp:%Y-%m-%d}", market=market, precision=Precision.DAY)
