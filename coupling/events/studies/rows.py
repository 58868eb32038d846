"""Event time in a plain frame of changes: its rows are the sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Places
from coupling.data.gate.changes import Changes, checked_changes, read_changes
from coupling.data.gate.lost import lost_changes
from coupling.errors import InputError
from coupling.events.listing.resolve import Events
from coupling.events.studies.placing import Placed, place_events
from coupling.events.studies.timeline import Timeline

__all__ = ["changes_of_frame", "frame_timeline", "lost_events", "place_in_frame"]

OUTSIDE = "event window reaches outside the data"
LOST = "a change in the event window is lost: formed over another market's calendar"


def changes_of_frame(X: Any, *, allow_levels: bool) -> Changes:
    """Return a frame of changes of any library, checked by the gate of all estimators.

    Raises
    ------
    InputError
        If it is no table with columns of numbers and rows in time order, or looks like levels and may not.
    """
    read = read_changes(X)
    if not isinstance(read.frame, pd.DataFrame) or read.frame.empty:
        raise InputError("X must be a frame of changes with dated rows and named columns, and at least one of each.")
    return checked_changes(read, read.frame, allow_levels=allow_levels)


def frame_timeline(changes: Changes, events: Events, *, days: str, window: tuple[int, int]) -> Timeline:
    """Lay a plain frame of changes out around each event.

    Session 0 is the row on which `place_events` lets the event fall; the timeline's ``rule``
    says which rule that was. An event outside the rows is left out and listed in the mapping, and so is the response of
    an instrument of which a change inside the event window is lost (see `coupling.data.gate.lost`).

    Parameters
    ----------
    changes : Changes
        On a DatetimeIndex or PeriodIndex.
    events : Catalogue, instants or dates
    days : str
        The event clock, used to date instants.
    window : (int, int)

    Raises
    ------
    InputError
        If the rows are not labelled by dates or instants.
    """
    frame, placed = changes.frame, place_in_frame(changes, events, days=days)
    starts, stops = placed.positions + window[0], placed.positions + window[1]
    inside = placed.inside & (starts >= 0) & (stops < len(frame))
    positions = placed.positions[inside]
    kept = tuple(event for event, keep in zip(placed.events, inside, strict=True) if keep)
    labels = frame.index.to_timestamp() if isinstance(frame.index, pd.PeriodIndex) else frame.index
    lost = _lost_flags(frame)
    line = Timeline(
        names=tuple(map(str, frame.columns.tolist())),
        labels=pd.DatetimeIndex(labels).as_unit("ns"),
        changes=frame.to_numpy(dtype=np.float64),
        spans=False,
        events=kept,
        positions=positions,
        event_changes=np.empty(0),
        describe=_RowMapping(frame, placed, inside, lost, window),
        lost=lost,
        rule=placed.rule,
        found=len({event.id for event in placed.events}),
    )
    rows = positions[:, None] + np.arange(window[0], window[1] + 1)
    return line.with_events(line.around(rows))


def place_in_frame(changes: Changes, events: Events, *, days: str) -> Placed:
    """Find the row of a frame on which each event falls; see `place_events`.

    Raises
    ------
    InputError
        If the rows are not labelled by dates or instants.
    """
    frame = changes.frame
    if not isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex):
        raise InputError(
            f"Events need rows on a DatetimeIndex, not on {type(frame.index).__name__} ({frame.index[0]!r} …); set the "
            "dates as the index of the frame."
        )
    ticks = bool(frame.attrs.get("ticks"))
    return place_events(frame.index, events, days=days, labels=changes.labels, ticks=ticks)


def lost_events(line: Timeline, window: tuple[int, int]) -> Mapping[str, list[str]]:
    """Return by instrument the events that are lost because a change in their window is."""
    if line.lost is None:
        return {}
    rows = line.positions[:, None] + np.arange(window[0], window[1] + 1)
    gone = line.lost[rows].any(axis=1)
    found = {name: [line.events[e].id for e in np.flatnonzero(gone[:, k])] for k, name in enumerate(line.names)}
    return {name: ids for name, ids in found.items() if ids}


def _lost_flags(frame: pd.DataFrame) -> npt.NDArray[np.bool_] | None:
    lost = lost_changes(frame)
    if not lost:
        return None
    return np.column_stack([lost.get(name, np.zeros(len(frame), dtype=np.bool_)) for name in frame.columns])


@dataclass(frozen=True)
class _RowMapping:
    """One row per event and instrument inside the rows, and one per event outside them, listed when it is asked for."""

    frame: pd.DataFrame
    placed: Placed
    inside: npt.NDArray[np.bool_]
    lost: npt.NDArray[np.bool_] | None
    window: tuple[int, int]

    def __call__(self) -> pd.DataFrame:
        frame = self.frame
        kept = [event for event, keep in zip(self.placed.events, self.inside, strict=True) if keep]
        gone = [event for event, keep in zip(self.placed.events, self.inside, strict=True) if not keep]
        n, positions = frame.shape[1], self.placed.positions[self.inside]
        ordered = [*np.repeat(np.arange(len(kept)), n), *range(len(kept), len(kept) + len(gone))]
        every = [*kept, *gone]
        why = [*np.where(self._missed(positions).ravel(), LOST, "").tolist(), *[OUTSIDE] * len(gone)]
        labels = frame.index.to_timestamp() if isinstance(frame.index, pd.PeriodIndex) else frame.index
        table = {
            "event": np.array([event.id for event in every], dtype=object)[ordered],
            "category": np.array([event.category for event in every], dtype=object)[ordered],
            "instant": pd.DatetimeIndex([event.at for event in every])[ordered],
            "date_only": np.array([event.date_only for event in every], dtype=bool)[ordered],
            "instrument": [*np.tile(frame.columns.astype(str).to_numpy(dtype=object), len(kept)), *[""] * len(gone)],
            "session": [*labels[np.repeat(positions, n)], *[pd.NaT] * len(gone)],
            "used": [word == "" for word in why],
            "why_not": why,
        }
        return pd.DataFrame(table)

    def _missed(self, positions: Places) -> npt.NDArray[np.bool_]:
        """Mark the responses that are lost because a change in their window is."""
        if self.lost is None:
            return np.zeros((len(positions), self.frame.shape[1]), dtype=np.bool_)
        rows = positions[:, None] + np.arange(self.window[0], self.window[1] + 1)
        return np.asarray(self.lost[rows].any(axis=1))
