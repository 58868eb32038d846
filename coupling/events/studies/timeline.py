"""Event time: changes by session of the event clock, and around each event from the last value struck before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats, Instants, Places
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.events.listing.event import Event
from coupling.events.studies.clock import Sessions, sessions_between, with_margin

__all__ = ["Strikes", "Timeline", "panel_timeline", "strikes_of"]

HOUR = 3_600_000_000_000
NEVER = np.iinfo(np.int64).min  # what a missing time is in nanoseconds


@dataclass(frozen=True)
class Strikes:
    """Instants (ns, UTC) of the strikes of an instrument, and its level in a form whose differences are changes."""

    instants: Instants
    cumulated: Floats
    log: bool = False

    def shown(self, changes: Floats) -> Floats:
        """Turn log changes into simple %."""
        return np.asarray(100 * np.expm1(changes / 100)) if self.log else changes

    def place(self, instants: Instants) -> Places:
        """Return the position of the last observation struck at or before each instant, or -1."""
        return self.instants.searchsorted(instants, side="right") - 1

    def struck(self, places: Places) -> Instants:
        """Return the instants of some observations, missing at -1."""
        return np.where(places >= 0, self.instants[places], NEVER)

    def change(self, start: Places, end: Places) -> Floats:
        """Return the changes between two positions; missing where nothing new, or nothing before, was struck."""
        known = (start >= 0) & (end > start)
        return np.where(known, self.cumulated[end] - self.cumulated[start], np.nan)


def strikes_of(item: Observations) -> Strikes:
    """Return the strikes of an instrument."""
    values = item.levels.to_numpy(dtype=float)
    instants = pd.DatetimeIndex(item.levels.index).as_unit("ns").asi8
    rule = ChangeRule(item.change)
    if rule is ChangeRule.LOG:
        if (values <= 0).any():
            raise InputError(
                f"{item.name}: a log change needs positive levels, and one at or below 0 was seen; repair it."
            )
        return Strikes(instants, 100.0 * np.log(values), log=True)
    if rule is ChangeRule.BASIS_POINTS:
        return Strikes(instants, 100.0 * values)
    return Strikes(instants, np.cumsum(values) if rule is ChangeRule.VALUE else values)


@dataclass(frozen=True)
class Timeline:
    """Everything that estimation needs, free of calendars.

    Parameters
    ----------
    names : tuple of str
        Instruments.
    labels : DatetimeIndex, shape (n_sessions,)
        The sessions, or the rows of a plain frame.
    changes : ndarray, shape (n_sessions, n_instruments)
        Change over each session; missing where nothing new was struck in it.
    spans : bool
        Whether the change after a missing one spans the gap (observations) or not (a plain frame).
    events : tuple of Event
        In time order, inside the data.
    positions : ndarray, shape (n_events,)
        Session 0 of each event.
    event_changes : ndarray, shape (n_events, n_instruments, n_days)
        Changes over the event window, session 0 counted from the last observation before the instant.
    describe : callable
        Makes the mapping.
    lost : ndarray of bool, shape (n_sessions, n_instruments), optional
        Changes of a plain frame that were lost as they were formed: a window that holds one has no response.
    rule : str
        How the events of a plain frame were placed on its rows.
    found : int
        Events inside the data and outside them.
    units : dict of str to str
        Of changes, by instrument; without a unit where there is none.
    logs : frozenset of str
        Instruments whose changes are 100 × log differences.
    """

    names: tuple[str, ...]
    labels: pd.DatetimeIndex
    changes: Floats
    spans: bool
    events: tuple[Event, ...]
    positions: Places
    event_changes: Floats
    describe: Callable[[], pd.DataFrame]
    lost: npt.NDArray[np.bool_] | None = None
    rule: str = ""
    found: int = 0
    units: Mapping[str, str] = field(default_factory=dict)
    logs: frozenset[str] = frozenset()

    def around(self, rows: Places) -> Floats:
        """Return the changes of windows of sessions, (E, W) to (E, N, W); missing in full where a change is lost."""
        found = self.changes[rows].transpose(0, 2, 1)
        if self.lost is None:
            return found
        gone = np.asarray(self.lost[rows].any(axis=1))
        return np.where(gone[..., None], np.nan, found)

    def with_events(self, changes: Floats) -> Timeline:
        """Return the timeline with the changes around its events."""
        return replace(self, event_changes=changes)

    @cached_property
    def mapping(self) -> pd.DataFrame:
        """One row per event and instrument, and per event outside the data: what was struck when."""
        return self.describe()


def panel_timeline(
    observations: Mapping[str, Observations], events: tuple[Event, ...], *, days: str, at: str, window: tuple[int, int]
) -> Timeline:
    """Lay unaligned observations out by session and around each event.

    A change at session k runs from the last own observation struck by the end of session k - 1 to the last one
    struck by the end of session k. Around an event the end of session -1 is replaced by the instant itself (the
    start of the local day where only the day is known), so that the response at k ≥ 0 starts at the last observation
    before the instant.

    Parameters
    ----------
    observations : mapping of str to Observations
    events : tuple of Event
    days, at : str
        The event clock, see `sessions_between`.
    window : (int, int)
        First and last session of the event window.
    """
    strikes = {name: strikes_of(item) for name, item in observations.items()}
    strikes = {name: item for name, item in strikes.items() if len(item.instants)}
    first = pd.Timestamp(min(item.instants[0] for item in strikes.values()), tz="UTC")
    last = pd.Timestamp(max(item.instants[-1] for item in strikes.values()), tz="UTC")
    sessions = _whole(sessions_between(days, at, first, with_margin(last, days, pd.Timedelta(days=7))), last)
    instants = np.array([event.at.value for event in events], dtype=np.int64)
    positions = sessions.first_affected(instants)
    inside = (
        (instants >= sessions.closes[0]) & (positions + window[1] < len(sessions.labels)) & (positions + window[0] > 0)
    )
    kept = tuple(event for event, keep in zip(events, inside, strict=True) if keep)
    positions = positions[inside]
    spans = np.array([[end.value for end in event.span] for event in kept], dtype=np.int64).reshape(-1, 2)
    bounds = _bounds(sessions, spans, positions, window)
    ends = {name: item.place(sessions.ends) for name, item in strikes.items()}
    changes = [item.change(np.r_[-1, ends[name][:-1]], ends[name]) for name, item in strikes.items()]
    places = {name: item.place(bounds) for name, item in strikes.items()}
    around = [item.change(places[name][:, :-1], places[name][:, 1:]) for name, item in strikes.items()]
    return Timeline(
        names=tuple(strikes),
        labels=sessions.labels,
        changes=np.column_stack(changes),
        spans=True,
        events=kept,
        positions=positions,
        event_changes=np.stack(around, axis=1),
        describe=_SessionMapping(strikes, sessions, events, inside, positions, places, window, instants, spans[:, 0]),
        found=len(events),
        logs=frozenset(name for name, item in strikes.items() if item.log),
    )


def _whole(sessions: Sessions, last: pd.Timestamp) -> Sessions:
    """Drop the sessions that had not closed when the last observation of any instrument was struck."""
    stop = int(sessions.closes.searchsorted(last.value, side="right"))
    return Sessions(sessions.labels[:stop], sessions.closes[:stop], sessions.ends[:stop])


def _bounds(sessions: Sessions, spans: Instants, positions: Places, window: tuple[int, int]) -> Instants:
    """Return the instants between which the changes of each event window run: shape (n_events, n_days + 1)."""
    offsets = np.arange(window[0] - 1, window[1] + 1)
    bounds = sessions.ends[positions[:, None] + offsets]
    start, end = spans[:, :1], spans[:, 1:]
    bounds = np.where(offsets == -1, start, bounds)
    bounds = np.where(offsets < -1, np.minimum(bounds, start), bounds)
    return np.asarray(np.where(offsets >= 0, np.maximum(bounds, end), bounds), dtype=np.int64)


@dataclass(frozen=True)
class _SessionMapping:
    """What every response is read from, listed when it is asked for."""

    strikes: Mapping[str, Strikes]
    sessions: Sessions
    events: tuple[Event, ...]
    inside: npt.NDArray[np.bool_]
    positions: Places
    places: Mapping[str, Places]
    window: tuple[int, int]
    instants: Instants
    starts: Instants

    def __call__(self) -> pd.DataFrame:
        kept = tuple(event for event, keep in zip(self.events, self.inside, strict=True) if keep)
        n = len(self.strikes)
        read = [self._read(name, item) for name, item in self.strikes.items()]
        baseline, first, moved, day_0, end = (np.concatenate(parts) for parts in zip(*read, strict=True))
        known = (baseline != NEVER) & (day_0 != NEVER)
        rows = {
            "event": [event.id for event in kept] * n,
            "category": [event.category for event in kept] * n,
            "instant": pd.DatetimeIndex(np.tile(self.instants[self.inside], n), tz="UTC"),
            "date_only": [event.date_only for event in kept] * n,
            "session": self.sessions.labels[np.tile(self.positions, n)],
            "instrument": np.repeat(np.array(list(self.strikes), dtype=object), len(kept)),
            "baseline_struck_at": _stamps(baseline),
            "first_struck_at": _stamps(first),
            "first_change": moved,
            "day_0_struck_at": _stamps(day_0),
            "hours_to_day_0": np.where(known, (day_0 - baseline) / HOUR, np.nan),
            "window_end_struck_at": _stamps(end),
            "used": True,
            "why_not": "",
        }
        return pd.concat([pd.DataFrame(rows), _outside(self.events, self.inside)], ignore_index=True)

    def _read(self, name: str, item: Strikes) -> tuple[Instants, Instants, Floats, Instants, Instants]:
        """Name the observations of an instrument that each response is read from, and its first change."""
        before, after = item.place(self.starts), item.place(self.instants[self.inside]) + 1
        first, places = np.minimum(after, len(item.instants) - 1), self.places[name]
        spanned = self.window[0] <= 0 <= self.window[1]
        zero = places[:, 1 - self.window[0]] if spanned else np.full(len(places), -1)
        return (
            item.struck(before),
            item.struck(np.where(after < len(item.instants), after, -1)),
            item.shown(item.change(before, np.maximum(first, before))),
            item.struck(zero),
            item.struck(places[:, -1]),
        )


def _stamps(instants: Instants) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(instants.view("M8[ns]"), tz="UTC")


def _outside(events: tuple[Event, ...], inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """List the events whose window the data do not cover."""
    gone = [event for event, keep in zip(events, inside, strict=True) if not keep]
    return pd.DataFrame(
        {
            "event": [event.id for event in gone],
            "category": [event.category for event in gone],
            "instant": pd.DatetimeIndex([event.at for event in gone], tz="UTC"),
            "date_only": [event.date_only for event in gone],
            "instrument": "",
            "used": False,
            "why_not": "event window reaches outside the data",
        }
    )
