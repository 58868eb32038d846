"""Event time in a plain frame of changes: its rows are the sessions."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.errors import InputError
from coupling.events.clock import first_session
from coupling.events.event import UTC_DAY, Event
from coupling.events.timeline import Timeline

__all__ = ["frame_timeline"]


def frame_timeline(changes: pd.DataFrame, events: tuple[Event, ...], *, days: str, window: tuple[int, int]) -> Timeline:
    """Lay a plain frame of changes out around each event.

    With naive dates the rows are session labels: session 0 is the first row on or after the date of the event (an
    instant counts with the first session of the event clock that it can affect). With aware instants session 0 is
    the first row whose tick lies after the instant. An event outside the rows is left out and listed in the mapping.

    Parameters
    ----------
    changes : DataFrame, shape (n_rows, n_instruments)
        On an increasing, unique DatetimeIndex.
    events : tuple of Event
    days : str
        The event clock, used only to date instants for naive rows.
    window : (int, int)

    Raises
    ------
    InputError
        If the index is not one of increasing, unique times, or a column is not numeric.
    """
    index, values = _checked(changes)
    if index.tz is None:
        dates = pd.DatetimeIndex([_label(event, days) for event in events]).as_unit("ns")
        positions = index.searchsorted(dates, side="left")
        inside = dates >= index[0]
    else:
        instants = pd.DatetimeIndex([event.at for event in events])
        positions = index.searchsorted(instants, side="right")
        inside = instants >= index[0]
    inside = np.asarray(inside) & (positions + window[0] >= 0) & (positions + window[1] < len(index))
    kept = tuple(event for event, keep in zip(events, inside, strict=True) if keep)
    positions = positions[inside].astype(np.intp)
    around = values[positions[:, None] + np.arange(window[0], window[1] + 1)].transpose(0, 2, 1)
    return Timeline(
        names=tuple(map(str, changes.columns.tolist())),
        labels=index,
        changes=values,
        spans=False,
        events=kept,
        positions=positions,
        event_changes=around,
        describe=partial(_mapping, changes.columns, index, events, inside, positions),
    )


def _checked(changes: pd.DataFrame) -> tuple[pd.DatetimeIndex, npt.NDArray[np.float64]]:
    index = changes.index
    if not isinstance(index, pd.DatetimeIndex) or not len(index):
        raise InputError("A frame of changes needs rows on a DatetimeIndex; set the dates as its index.")
    if not (index.is_unique and index.is_monotonic_increasing):
        raise InputError("The dates of a frame of changes must increase without repeats; sort them and drop repeats.")
    if not changes.columns.is_unique:
        raise InputError("The columns of a frame of changes must have different names.")
    try:
        values = changes.to_numpy(dtype=float, copy=True)  # what is computed later must not hang on the caller
    except (TypeError, ValueError):
        raise InputError("A frame of changes must be numeric; drop or convert the columns that are not.") from None
    if np.isinf(values).any():
        column = changes.columns[int(np.isinf(values).any(axis=0).argmax())]
        raise InputError(f"{column}: an infinite change was seen; a change must be finite or missing.")
    return index.as_unit("ns"), values


def _label(event: Event, days: str) -> pd.Timestamp:
    """Return the date with which an event is looked up among naive session labels."""
    if event.date_only and event.market == UTC_DAY:
        return pd.Timestamp(str(event.day))
    return first_session(event.at, days)


def _mapping(
    columns: pd.Index,
    index: pd.DatetimeIndex,
    events: tuple[Event, ...],
    inside: npt.NDArray[np.bool_],
    positions: npt.NDArray[np.intp],
) -> pd.DataFrame:
    """Return one row per event and instrument inside the rows, and one per event outside them."""
    kept = [event for event, keep in zip(events, inside, strict=True) if keep]
    gone = [event for event, keep in zip(events, inside, strict=True) if not keep]
    n = len(columns)
    ordered = [*np.repeat(np.arange(len(kept)), n), *range(len(kept), len(kept) + len(gone))]
    every = [*kept, *gone]
    table = {
        "event": np.array([event.id for event in every], dtype=object)[ordered],
        "category": np.array([event.category for event in every], dtype=object)[ordered],
        "instant": pd.DatetimeIndex([event.at for event in every])[ordered],
        "date_only": np.array([event.date_only for event in every], dtype=bool)[ordered],
        "instrument": [*np.tile(columns.astype(str).to_numpy(dtype=object), len(kept)), *[""] * len(gone)],
        "session": [*index[np.repeat(positions, n)], *[pd.NaT] * len(gone)],
        "used": np.arange(len(ordered)) < len(kept) * n,
        "why_not": [*[""] * (len(kept) * n), *["event window reaches outside the data"] * len(gone)],
    }
    return pd.DataFrame(table)
