"""What a prediction says of a quantity between two dates, and whether it holds on one path or on many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator

from coupling._typing import Flags, Floats
from coupling.claims.closes import Track
from coupling.configuration.section import Section
from coupling.data.changes import ChangeRule
from coupling.errors import InputError

__all__ = [
    "Condition",
    "DaysRule",
    "Quantities",
    "Quantity",
    "happening",
    "holds",
    "inside",
    "on_paths",
    "opened",
    "quantities",
    "quantity",
    "settled",
]


LONGEST_BREAK = pd.Timedelta(days=14)
"""No market is closed for longer: the last day of a window lies within this time before its end."""

DAYS_IN_YEAR = 365.25
GROWTH_DAYS = 90
"""Days before a growth per year is given: of less, it says nothing."""


Measured = tuple[str, "Quantity", int, str | None, dt.date]


Quantities = dict[Measured, tuple[pd.DatetimeIndex, Floats]]


class DaysRule(StrEnum):
    """On which days of its window a condition must hold."""

    ANY_DAY = "any_day"
    ALL_DAYS = "all_days"
    MEAN = "mean"
    LAST = "last"


_OF_ONE_VALUE = (DaysRule.MEAN, DaysRule.LAST)


class Quantity(StrEnum):
    """What is predicted: a close, its change since the prediction was made, or a volatility."""

    LEVEL = "level"
    CHANGE = "change"
    STRENGTH = "strength"
    GROWTH = "growth"
    REALISED_VOLATILITY = "realised_volatility"


class Condition(Section):
    """One condition of a prediction.

    Parameters
    ----------
    instrument : str
    of : Quantity
        ``level``; ``change`` since the prediction was made (simple %, or bp for a yield); ``strength`` of the
        denominator, as the yen of USDJPY, ``100 (P0 / P1 - 1)``; ``growth``, the change in % a year, from 90 days
        on; or ``realised_volatility`` of the last `window` changes in % a year.
    above, below : float, optional
        The condition holds where the quantity lies above the one and below the other.
    event : DaysRule
        ``any_day`` or ``all_days`` of the window, its ``mean``, or its ``last`` day.
    since : date, optional
        First day of the window; by default the day after the prediction was made.
    by : date
        Last day of the window: the deadline.
    window : int
        Changes in a realised volatility.
    versus : str, optional
        The quantity is divided by that of this instrument, on the days that both have.
    """

    instrument: str
    of: Quantity
    above: float | None = None
    below: float | None = None
    event: DaysRule
    since: dt.date | None = None
    by: dt.date
    window: int = Field(default=30, ge=5)
    versus: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("a condition needs above, below or both")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise ValueError(f"no value lies above {self.above:g} and below {self.below:g}")
        if self.since is not None and self.since > self.by:
            raise ValueError(f"since is {self.since}, after the deadline {self.by}")
        return self

    @property
    def instruments(self) -> tuple[str, ...]:
        """Instruments that the condition needs."""
        return (self.instrument,) if self.versus is None else (self.instrument, self.versus)

    @property
    def measured(self) -> Measured:
        """What the quantity depends on, whatever is said of it."""
        return self.instrument, self.of, self.window, self.versus, self.by

    @property
    def moves(self) -> bool:
        """Whether the drift of a price matters for it."""
        return self.of is not Quantity.REALISED_VOLATILITY

    def first_day(self, made: dt.date) -> pd.Timestamp:
        """First day of the window."""
        return pd.Timestamp(self.since) if self.since is not None else pd.Timestamp(made) + pd.Timedelta(days=1)

    @property
    def deadline(self) -> pd.Timestamp:
        """Last day of the window."""
        return pd.Timestamp(self.by)

    @property
    def words(self) -> str:
        """The condition in words."""
        named = str(self.of).replace("_", " ")
        what = f"{self.instrument} {named}" if self.versus is None else f"{named} of {self.instrument} ÷ {self.versus}"
        sides = [f"above {self.above:,g}" if self.above is not None else ""]
        sides += [f"below {self.below:,g}" if self.below is not None else ""]
        start = f"{self.since} to " if self.since is not None else "to "
        return f"{what} {' and '.join(filter(None, sides))} ({str(self.event).replace('_', ' ')}, {start}{self.by})"


Opened = tuple[Condition, pd.Timestamp]


def quantity(
    condition: Condition, tracks: Mapping[str, Track], made: dt.date, *, since: pd.Timestamp
) -> tuple[pd.DatetimeIndex, Floats]:
    """Return the quantity from a day to the deadline, as far as the tracks reach: dates and values (dates × paths).

    Raises
    ------
    InputError
        If a track has no close on or before the day when the prediction was made, and one is needed.
    """
    track = tracks[condition.instrument]
    rows = track.rows(since, condition.deadline)
    dates, values = track.dates[rows], _of(condition, track, made, rows)
    if condition.versus is None:
        return dates, values
    other = tracks[condition.versus]
    beside = other.rows(since, condition.deadline)
    both, left, right = np.intersect1d(dates.to_numpy(), other.dates[beside].to_numpy(), return_indices=True)
    return pd.DatetimeIndex(both), values[left] / _of(condition, other, made, beside)[right]


def on_paths(conditions: Sequence[Condition], tracks: Mapping[str, Track], made: dt.date) -> list[Flags]:
    """Tell of each condition on which paths of the tracks, drawn up to the deadline, its event happens.

    Raises
    ------
    InputError
        If a window holds no day.
    """
    each = opened(conditions, made)
    return happening(each, quantities(each, tracks, made))


def opened(conditions: Sequence[Condition], made: dt.date) -> list[Opened]:
    """Return conditions with the first day that matters: of the rule of the last day, one near the deadline."""
    firsts = [each.first_day(made) for each in conditions]
    return [
        (each, max(first, each.deadline - LONGEST_BREAK) if each.event is DaysRule.LAST else first)
        for each, first in zip(conditions, firsts, strict=True)
    ]


def quantities(
    conditions: Sequence[Opened], tracks: Mapping[str, Track], made: dt.date, known: Quantities | None = None
) -> Quantities:
    """Compute once what several conditions say something of, from the earliest of their days.

    Parameters
    ----------
    conditions : sequence
        From `opened`.
    tracks, made
        As in `on_paths`.
    known : dict, optional
        What is known of the same paths with another drift; what no drift moves is taken from it.
    """
    since: dict[Measured, pd.Timestamp] = {}
    for each, first in conditions:
        since[each.measured] = min(first, since.get(each.measured, first))
    of_one = {each.measured: each for each, _ in conditions}
    steady = {key: known[key] for key, each in of_one.items() if known and _steady(each, tracks, since[key])}
    moved = {key: each for key, each in of_one.items() if key not in steady}
    return steady | {key: quantity(each, tracks, made, since=since[key]) for key, each in moved.items()}


def _steady(condition: Condition, tracks: Mapping[str, Track], since: pd.Timestamp) -> bool:
    """Tell whether a drift leaves a quantity as it is: a deviation of changes that are all drawn."""
    of_all = (tracks[name] for name in condition.instruments)
    return not condition.moves and all(
        track.ahead_of_known(int(track.dates.searchsorted(since)) - condition.window + 1) for track in of_all
    )


def happening(conditions: Sequence[Opened], found: Quantities) -> list[Flags]:
    """Tell of each condition (from `opened`) on which paths its event happens, given the quantities.

    Raises
    ------
    InputError
        If a window holds no day.
    """
    days: dict[tuple[object, ...], Flags] = {}
    return [_on_paths(each, first, *found[each.measured], days) for each, first in conditions]


def _on_paths(
    condition: Condition,
    first: pd.Timestamp,
    dates: pd.DatetimeIndex,
    values: Floats,
    days: dict[tuple[object, ...], Flags],
) -> Flags:
    """Tell it of one; `days` holds on which days the same bounds hold, which rules of any and of all days share."""
    window = values[int(dates.searchsorted(first)) :]
    if not len(window):
        raise InputError(f"no day of {condition.instrument} lies in the window of {condition.words}; widen it")
    if condition.event in _OF_ONE_VALUE:
        return holds(condition, window)
    key = (condition.measured, first, condition.above, condition.below)
    if key not in days:
        days[key] = inside(condition, window)
    return _over(condition.event, days[key])


def _of(condition: Condition, track: Track, made: dt.date, rows: slice) -> Floats:
    if condition.of is Quantity.LEVEL:
        return track.levels(rows)
    if condition.of is Quantity.REALISED_VOLATILITY:
        return np.asarray(_volatility(track, rows, condition.window) * np.sqrt(track.annualisation))
    place = int(track.dates.searchsorted(pd.Timestamp(made), side="right")) - 1
    if place < 0:
        raise InputError(f"{track.name} has no value on or before {made}; give a longer series")
    base = track.levels(slice(place, place + 1))
    return _since(condition.of, track, base, (track.dates[rows] - track.dates[place]).days.to_numpy(), rows)


def _since(what: Quantity, track: Track, base: Floats, days: npt.NDArray[np.int64], rows: slice) -> Floats:
    levels = track.levels(rows)
    if track.rule is not ChangeRule.LOG:
        if what is not Quantity.CHANGE:
            raise InputError(f"{what} is for prices, and {track.name} is none; use of: change")
        return (levels - base) * (100.0 if track.rule is ChangeRule.BASIS_POINTS else 1.0)
    if what is Quantity.CHANGE:
        return 100.0 * (levels / base - 1.0)
    if what is Quantity.STRENGTH:
        return 100.0 * (base / levels - 1.0)
    powers = np.divide(DAYS_IN_YEAR, days, out=np.full(len(days), np.nan), where=days >= GROWTH_DAYS)
    return np.asarray(100.0 * ((levels / base) ** powers[:, None] - 1.0))


def _volatility(track: Track, rows: slice, window: int) -> Floats:
    """Standard deviation (ddof 1) of the last changes of each row by running sums; rows with fewer are missing."""
    first = max(rows.start - window + 1, 1)
    changes = track.changes(slice(first, rows.stop), with_drift=not track.ahead_of_known(first))
    lacking = window - 1 - (rows.start - first)
    deviations = np.full((rows.stop - rows.start, changes.shape[1]), np.nan)
    if len(changes) >= window:
        from coupling.kernels.path_loops import moving_deviations

        moving_deviations(np.ascontiguousarray(changes), window, float(changes.mean()), deviations[lacking:])
    return deviations


def inside(condition: Condition, values: Floats) -> Flags:
    """Tell where values lie above the one bound and below the other; a missing value does not."""
    low, high = condition.above, condition.below
    above = True if low is None else values > low
    return np.asarray(above if high is None else above & (values < high))


def holds(condition: Condition, values: Floats, event: DaysRule | None = None) -> Flags:
    """Tell on which paths the event happens, given the values of the whole window (days × paths)."""
    event = condition.event if event is None else event
    if event in _OF_ONE_VALUE:
        return inside(condition, values.mean(axis=0) if event is DaysRule.MEAN else values[-1])
    return _over(event, inside(condition, values))


def _over(event: DaysRule, days: Flags) -> Flags:
    return np.asarray(days.any(axis=0) if event is DaysRule.ANY_DAY else days.all(axis=0))


def settled(condition: Condition, values: Floats, *, complete: bool, event: DaysRule | None = None) -> bool | None:
    """Tell whether the event happened, given the known values of the window (days); None while it is open.

    A prediction of any day comes true on the first such day, one of all days fails on the first other day; the rest
    waits for the deadline.
    """
    event = condition.event if event is None else event
    days = inside(condition, values)
    if event is DaysRule.ANY_DAY and days.any():
        return True
    if event is DaysRule.ALL_DAYS and not days.all():
        return False
    if not complete:
        return None
    return bool(holds(condition, values[:, None], event)[0])
