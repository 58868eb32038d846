"""Turn what a user calls events into events: a catalogue, a list of instants or dates, or an index of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.gate.table import is_table
from coupling.data.gate.texts import dates_of_texts
from coupling.errors import InputError
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.event import Event, Precision

__all__ = ["Events", "event_at", "listed_events", "resolve_events"]

Events = Catalogue | Iterable[Event] | Iterable[pd.Timestamp] | Iterable[str] | pd.DatetimeIndex


def resolve_events(events: Events, market: str) -> tuple[Event, ...]:
    """Return events in time order; an instant or date that stands twice is taken once.

    Parameters
    ----------
    events : Catalogue, or iterable of Event, Timestamp, datetime, date or str
        A list, an index, an array or a series of any library. Aware instants are taken as they are; naive ones as days
        (a time of day without a zone is refused). Texts are read as a whole list.
    market : str
        The market of naive days: a market identifier code or ``UTC``.

    Raises
    ------
    InputError
        If nothing is given, a value is no time, can be read two ways or is a number, or a naive time has a time of day.

    Examples
    --------
    >>> [event.id for event in resolve_events(["2024-08-05", "2024-08-02T12:30Z", "2024-08-05"], "XNYS")]
    ['2024-08-02T12:30Z', '2024-08-05']
    """
    found = {event.id: event for event in _events(listed_events(events), market)}
    return tuple(sorted(found.values(), key=lambda event: (event.at, event.id)))


def listed_events(events: Any) -> list[Any]:
    """Return events as a list of what they are given as.

    Raises
    ------
    InputError
        If it is one event, a table, a mapping, no list or empty.
    """
    if isinstance(events, str | pd.Timestamp | Event) or (np.ndim(events) == 0 and not isinstance(events, Iterable)):
        raise InputError(f"Events must be several instants, and {events!r} is one; put it in a list.")
    if isinstance(events, Mapping) or is_table(events):
        raise InputError(f"Events are a {type(events).__name__}; give one column of dates, as in frame['date'].")
    cells = events.to_pylist() if hasattr(events, "to_pylist") else list(events)  # arrow's values wrap their own
    if not cells:
        raise InputError("No event was given; give a catalogue, a list of instants or a DatetimeIndex.")
    return cells


def event_at(label: Any) -> Event:
    """Return the event of a row's own label: its instant or day, or the first day of its period."""
    stamp = label.start_time if isinstance(label, pd.Period) else pd.Timestamp(label)
    if stamp.tz is None and stamp == stamp.normalize():
        return Event(id=f"{stamp:%Y-%m-%d}", day=f"{stamp:%Y-%m-%d}", market="UTC", precision=Precision.DAY)
    instant = stamp.tz_localize("UTC") if stamp.tz is None else stamp.tz_convert("UTC")
    name = f"{instant:%Y-%m-%dT%H:%M}Z" if instant == instant.floor("min") else f"{instant:%Y-%m-%dT%H:%M:%S.%f}Z"
    return Event(id=name, instant=instant.isoformat(), precision=Precision.APPROXIMATE)


def _events(cells: list[Any], market: str) -> Iterable[Event]:
    days = [cell for cell in cells if isinstance(cell, str) and ":" not in cell]
    dates = dict(zip(days, dates_of_texts(days, "the list of events"), strict=True)) if days else {}
    for cell in cells:
        yield (
            cell
            if isinstance(cell, Event)
            else _event(cell, dates.get(cell) if isinstance(cell, str) else None, market)
        )


def _event(item: object, date: pd.Timestamp | None, market: str) -> Event:
    stamp = _stamp(item) if date is None else date
    if stamp.tz is None and stamp != stamp.normalize():
        raise InputError(f"{item!r} has a time of day but no time zone; add one, as in '2024-08-02T12:30Z'.")
    event = event_at(stamp)
    return event if event.day is None else event.model_copy(update={"market": market})


def _stamp(item: Any) -> pd.Timestamp:
    if item is None or item is pd.NaT or item is pd.NA or (isinstance(item, float) and np.isnan(item)):
        raise InputError("An event is missing (NaT); drop it or give its instant.")
    if isinstance(item, bool | int | float | np.number | np.bool_):
        raise InputError(f"The event {item!r} is a number, which may count days or seconds; write it as '2024-08-05'.")
    try:
        if isinstance(item, str):
            stamp = pd.to_datetime([item], format="ISO8601")[0]
        else:
            stamp = item.start_time if isinstance(item, pd.Period) and item.freqstr == "D" else pd.Timestamp(item)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{item!r} is no instant or date; write it as '2024-08-05' or '2024-08-02T12:30Z'.") from None
    if pd.isna(stamp):
        raise InputError("An event is missing (NaT); drop it or give its instant.")
    return stamp
