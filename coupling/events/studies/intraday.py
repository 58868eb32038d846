"""The path by hours around an instant, where values are struck every hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from coupling._typing import Floats
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.events.listing.event import Event
from coupling.events.listing.resolve import Events, resolve_events
from coupling.events.studies.intraday_result import IntradayResult
from coupling.events.studies.timeline import HOUR, Strikes, strikes_of
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.results.base import Provenance
from coupling.text.wording import percent

__all__ = ["IntradayPath", "hourly_names"]

COLUMNS = ["event", "counted_from", "instrument", "unit", "hour", "estimate", "lower", "upper", "n", "struck_at"]
INSTANT, DAY = "instant", "start of the day"


@plain_keywords
class IntradayPath:
    """Measure responses by hours around events whose instant is known.

    The response after h hours is the last value struck by then minus the last one struck at or before the instant;
    it is missing where nothing was struck within the hour (a market that is shut, a gap). The interval is that
    response, less the mean, with the standard deviation of all moves over h hours in the days before (t quantile):
    what an ordinary stretch of that length does. Events known by date only have no response by hours; with `whole_days`
    the course of their local day is shown from its start, marked as such.

    Parameters
    ----------
    hours : (int, int)
        First and last hour around the instant.
    reference_days : int
        Days before the path from which the ordinary moves are taken.
    level : float
    whole_days : bool
        Also show events known by date only, counted from the start of their local day.

    Examples
    --------
    >>> hours = pd.date_range("2024-06-01", periods=2400, freq="h", tz="UTC")
    >>> levels = pd.Series(np.exp(np.random.default_rng(0).normal(0, 0.005, 2400).cumsum()), index=hours)
    >>> levels[hours > "2024-08-05"] *= 0.9
    >>> from coupling.data.observations import Observations
    >>> item = Observations(name="BTC", levels=levels, known_at=pd.Series(hours, index=hours), change="log")
    >>> frame = IntradayPath(hours=(-2, 3)).fit({"BTC": item}, ["2024-08-05T00:00Z"]).frame
    >>> frame["estimate"].round(0).tolist()[2:]
    [0.0, -11.0, -11.0, -10.0]
    """

    def __init__(
        self,
        *,
        hours: tuple[int, int] = (-6, 24),
        reference_days: int = 60,
        level: float = 0.95,
        whole_days: bool = False,
    ) -> None:
        self.hours = hours
        self.reference_days = reference_days
        self.level = level
        self.whole_days = whole_days

    def fit(self, data: Any, events: Events) -> IntradayResult:
        """Measure the paths of all instruments that are struck hourly.

        Parameters
        ----------
        data : Panel, Dataset or dict of Observations
        events : Catalogue, instants

        Raises
        ------
        InputError
            If a parameter is impossible, nothing is struck hourly, or no event has an instant inside the data.
        """
        require_limits(self)
        first, last = self.hours
        if first > 0 or last < 1 or self.reference_days < 10 or not 0 < self.level < 1:
            raise InputError("An intraday path needs first <= 0 < last hour, reference_days >= 10 and 0 < level < 1.")
        observations = _observations(data)
        names = hourly_names(observations)
        if not names:
            raise InputError("No instrument is struck every hour; map a file, as {file: hours.csv, clock: hourly}.")
        found = resolve_events(events, "UTC")
        titles = {event.id: event.title for event in found}
        dated = [event.title for event in found if event.date_only]
        units = {name: _unit(data, name) for name in names}
        strikes = {name: strikes_of(observations[name]) for name in names}
        rows = [
            row
            for event in found
            if self.whole_days or not event.date_only
            for name in names
            for row in self._path(event, name, units[name], strikes[name])
        ]
        if not rows:
            raise InputError("No event with a known instant lies inside the hourly data.")
        return IntradayResult(
            name="events-intraday",
            title="Hourly response",
            method="Last value by each hour minus the last one at or before the instant, less the mean of moves "
            f"of the same length over the {self.reference_days} days before, with their standard deviation "
            f"(t interval, {percent(self.level)}).",
            frame=pd.DataFrame(rows, columns=COLUMNS),
            provenance=_provenance(data),
            warnings=(_date_only(dated, whole_days=self.whole_days),) if dated else (),
            titles=titles,
        )

    def _path(self, event: Event, name: str, unit: str, strikes: Strikes) -> list[tuple[object, ...]]:
        offsets = np.arange(self.hours[0], self.hours[1] + 1)
        at = event.span[0].value
        base = int(strikes.place(np.array([at]))[0])
        begin = at + min(self.hours[0], 0) * HOUR - self.reference_days * 24 * HOUR
        if base < 0 or at - strikes.instants[base] > HOUR or begin < strikes.instants[0]:
            return []
        places = strikes.place(at + offsets * HOUR)
        fresh = at + offsets * HOUR - strikes.instants[places] < HOUR
        change = np.where(fresh, strikes.cumulated[places] - strikes.cumulated[base], np.nan)
        lengths, place = np.unique(np.abs(offsets), return_inverse=True)
        mean, deviation, n = _usual(strikes, begin, at + min(self.hours[0], 0) * HOUR, lengths.tolist())[:, place]
        told = np.isfinite(change) & ((n >= 10) | (offsets == 0))
        reach = np.where(offsets == 0, 0.0, deviation * stdtrit(n - 1, 0.5 + self.level / 2))
        centre = change - np.sign(offsets) * mean
        shown = strikes.shown(np.array([centre, centre - reach, centre + reach])).T.tolist()
        struck = pd.DatetimeIndex(strikes.instants[places], tz="UTC")
        counted = DAY if event.date_only else INSTANT
        return [
            (event.id, counted, name, unit, int(offsets[k]), *shown[k], int(n[k]), struck[k])
            for k in np.flatnonzero(told).tolist()
        ]


def _date_only(names: list[str], *, whole_days: bool) -> str:
    """Say which events have no instant, and what becomes of them."""
    if len(names) == 1:
        end = "is counted from the start of its local day" if whole_days else "has no intraday path"
        return f"1 event has a date-only timestamp and {end}: {names[0]}."
    end = "are counted from the start of their local days" if whole_days else "have no intraday path"
    return f"{len(names)} events have a date-only timestamp and {end}: {', '.join(names)}."


def _observations(data: Any) -> Mapping[str, Observations]:
    found = data if isinstance(data, Mapping) else getattr(data, "observations", None)
    if not isinstance(found, Mapping) or not all(isinstance(item, Observations) for item in found.values()):
        raise InputError(
            f"An intraday path reads a panel's observations, not a {type(data).__name__} of others; use coupling.align."
        )
    return found


def hourly_names(observations: Any) -> list[str]:
    """Return the instruments whose values are mostly struck at most an hour apart."""
    names = []
    for name, item in observations.items():
        steps = np.diff(pd.DatetimeIndex(item.levels.index).as_unit("ns").asi8)
        if len(steps) and np.median(steps) <= HOUR:
            names.append(name)
    return names


def _usual(strikes: Strikes, begin: int, end: int, lengths: list[int]) -> Floats:
    """Return mean, deviation and number of the moves of each length inside a stretch, none of which overlap.

    The shape is (3, lengths), in hours; that of no length is zero.
    """
    marks = np.arange(begin, end + 1, HOUR)
    places = np.maximum(strikes.place(marks), 0)
    fresh, levels = marks - strikes.instants[places] < HOUR, strikes.cumulated[places]
    told = np.zeros((3, len(lengths)))
    for k, hours in enumerate(lengths):
        if hours:
            moves = np.diff(levels[::hours])[fresh[hours::hours] & fresh[:-hours:hours]]
            known = len(moves) > 1
            told[:, k] = (moves.mean(), moves.std(ddof=1), len(moves)) if known else (np.nan, np.nan, len(moves))
    return told


def _unit(data: Any, name: str) -> str:
    instruments = getattr(data, "instruments", None)
    return str(instruments[name].change_unit) if instruments is not None else ""


def _provenance(data: Any) -> Provenance:
    found = getattr(data, "provenance", None)
    return found if isinstance(found, Provenance) else Provenance()
