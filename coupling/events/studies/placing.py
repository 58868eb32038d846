"""On which row of a frame an event falls, by a rule that the result states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Places
from coupling.data.clocks import calendars
from coupling.data.gate.rows import DATES
from coupling.data.gate.sessions import session_dates
from coupling.errors import InputError
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.event import UTC_DAY, Event
from coupling.events.listing.resolve import Events, event_at, listed_events, resolve_events
from coupling.events.studies.clock import first_session

__all__ = ["Placed", "place_events"]


@dataclass(frozen=True)
class Placed:
    """Events in time order, the row of each, whether it is dated inside the frame, and the rule in words."""

    events: tuple[Event, ...]
    positions: Places
    inside: npt.NDArray[np.bool_]
    rule: str


def place_events(
    index: pd.Index[Any], given: Events, *, days: str, labels: pd.Index[Any] | None = None, ticks: bool = False
) -> Placed:
    """Find the row on which each event falls.

    - Events that are all labels of the frame itself fall on those rows.
    - Rows labelled by dates (naive, periods, midnights of one zone): the first row on or after the date; an instant
      counts with the first session of the event clock that closes after it.
    - Rows labelled by instants: the first row that ends after the event; a day begins at midnight in the frame's zone.

    Parameters
    ----------
    index : DatetimeIndex or PeriodIndex
        Labels of the rows, increasing.
    given : Catalogue, instants or dates
    days : str
        The event clock.
    labels : Index, optional
        The labels as they were given, where they were read as dates.
    ticks : bool
        Whether the labels are known to be ticks, at which a session is over.

    Examples
    --------
    >>> rows = pd.date_range("2024-08-01", periods=5, freq="B", tz="America/New_York")
    >>> place_events(rows, ["2024-08-03", "2024-08-05T13:30Z"], days="XNYS").positions.tolist()
    [2, 2]
    """
    given = given if isinstance(given, Catalogue) else listed_events(given)
    own = None if isinstance(given, Catalogue) else _own_rows(index, given, labels)
    if own is not None:
        events = tuple(event_at(index[row]) for row in own)
        return Placed(events, own, np.ones(len(own), dtype=np.bool_), "events are rows of the frame and fall on them")
    events = resolve_events(given, UTC_DAY)
    dates = session_dates(index, zone=calendars.zone(days) if calendars.is_exchange(days) else None, ticks=ticks)
    if dates is None:
        return _by_instant(pd.DatetimeIndex(index), events)
    return _by_date(index, dates, events, days)


def _own_rows(index: pd.Index[Any], cells: list[Any], labels: pd.Index[Any] | None) -> Places | None:
    """Return the rows of events that are all labels of the frame, in order and each once, or None."""
    for rows in (index, labels):
        if rows is None or isinstance(rows, pd.RangeIndex) or not all(_is_of(rows, cell) for cell in cells):
            continue
        found = [pd.Timestamp(cell) for cell in cells] if isinstance(rows, pd.DatetimeIndex) else cells
        try:
            places = rows.get_indexer(pd.Index(found))
        except (TypeError, ValueError, OverflowError):
            continue
        if (places >= 0).all():
            return np.unique(places).astype(np.intp)
    return None


def _is_of(rows: pd.Index[Any], cell: Any) -> bool:
    """Tell whether an event is given as the labels of rows are."""
    if isinstance(rows, pd.DatetimeIndex):
        return isinstance(cell, DATES) and not pd.isna(cell)
    if isinstance(rows, pd.PeriodIndex):
        return isinstance(cell, pd.Period)
    return not isinstance(cell, Event)


def _by_date(index: pd.Index[Any], dates: pd.DatetimeIndex, events: tuple[Event, ...], days: str) -> Placed:
    timed = bool((dates != dates.normalize()).any())
    instant = next((event for event in events if not event.date_only), None)
    if timed and instant is not None:
        raise InputError(
            f"The rows have times of day without a zone, so that the event {instant.id} cannot be placed among them; "
            "state the zone with frame.tz_localize('UTC')."
        )
    wanted = pd.DatetimeIndex([_label(event, days) for event in events]).as_unit("ns")
    ends = pd.DatetimeIndex(index.end_time.normalize()) if isinstance(index, pd.PeriodIndex) else dates
    positions = ends.searchsorted(wanted, side="left").astype(np.intp)
    zone = getattr(index, "tz", None)
    named = f"midnight {zone}" if zone is not None else "date"
    rule = (
        f"rows are sessions labelled by {named}: a date falls on the first row on or after it, an instant on the first "
        f"session of {days} that closes after it"
    )
    return Placed(events, positions, np.asarray(wanted >= dates[0]), rule)


def _by_instant(index: pd.DatetimeIndex, events: tuple[Event, ...]) -> Placed:
    zone = index.tz
    moments = [
        pd.Timestamp(str(event.day)).tz_localize(zone) if event.date_only and event.market == UTC_DAY else event.at
        for event in events
    ]
    instants = pd.DatetimeIndex([moment.tz_convert("UTC") for moment in moments]).as_unit("ns")
    positions = index.searchsorted(instants, side="right").astype(np.intp)
    rule = (
        "rows end at their instants: an event falls on the first row that ends after it, and a date begins at "
        f"midnight {zone}"
    )
    return Placed(events, positions, np.asarray(instants >= index[0]), rule)


def _label(event: Event, days: str) -> pd.Timestamp:
    """Return the date with which an event is looked up among session labels."""
    if event.date_only and event.market == UTC_DAY:
        return pd.Timestamp(str(event.day))
    return first_session(event.at, days)
