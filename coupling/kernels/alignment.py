"""Which observation stands at which tick: the one law of alignment, on plain arrays of nanoseconds.

Every rule is a function of ticks in time order and of the strikes of each series. What is kept, which observation is
picked and what each series costs come out together, so that whoever aligns (a panel, or a history with its weeks in
another order) drops and counts alike. No value has a part in it: a series holds only what was observed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coupling._typing import Flags, Integers

__all__ = ["Choice", "Times", "common_days", "last_known", "since_all_began", "synchronous"]


NEVER = np.iinfo(np.int64).max
NO_OBSERVATION = -1


@dataclass(frozen=True)
class Times:
    """The observations of one series, in time order.

    Parameters
    ----------
    struck : array of shape (n,)
        Instants of the strikes, increasing.
    day : array of shape (n,)
        Beginning of the date that the source writes beside each.
    """

    struck: Integers
    day: Integers


@dataclass(frozen=True)
class Choice:
    """What stands at every tick that was considered, and which ticks are kept.

    Parameters
    ----------
    ticks : array of shape (ticks,)
        The instant of each; under `common_days` the last strike of the date.
    places : array of shape (ticks, series)
        Position of the observation that stands at the tick; -1 where the series has not begun.
    age : array of shape (ticks, series)
        Time from its strike to the instant of the tick.
    lacking : array of shape (ticks, series)
        Where a series has nothing fresh enough, or nothing on the date.
    keep : array of shape (ticks,)
        Which ticks are kept.
    """

    ticks: Integers
    places: Integers
    age: Integers
    lacking: Flags
    keep: Flags

    @property
    def kept(self) -> Integers:
        """Instants of the kept ticks."""
        return np.asarray(self.ticks[self.keep])

    @property
    def picked(self) -> Integers:
        """Positions at the kept ticks."""
        return np.asarray(self.places[self.keep])

    @property
    def nothing_new(self) -> Flags:
        """Where a series has nothing newer than at the last tick kept before.

        Examples
        --------
        >>> series = [Times(np.array(at), np.array(at)) for at in ([0, 10, 20], [0, 20])]
        >>> last_known(np.array([1, 11, 21]), series, oldest=30).nothing_new.tolist()
        [[False, False], [False, True], [False, False]]
        """
        rows = np.arange(len(self.keep))
        kept = np.maximum.accumulate(np.where(self.keep, rows, NO_OBSERVATION))
        before = np.concatenate(([NO_OBSERVATION], kept))[:-1]
        nothing = np.zeros(self.places.shape, dtype=np.bool_)
        for k, places in enumerate(self.places.T):  # a series at a time: of minutes each is large
            last = np.where(before < 0, NO_OBSERVATION, places[before]) if len(rows) else places
            np.less_equal(places, last, out=nothing[:, k])
        return nothing


def last_known(ticks: Integers, series: Sequence[Times], *, oldest: int) -> Choice:
    """Pick at each tick the newest observation struck at or before it.

    A tick is kept when every series has one that is at most `oldest` old and newer than at the last kept tick, so that
    the next change spans the same interval for all.

    Examples
    --------
    >>> series = [Times(np.array(at), np.array(at)) for at in ([0, 10, 20], [0, 20])]
    >>> chosen = last_known(np.array([1, 11, 21]), series, oldest=30)
    >>> chosen.keep.tolist(), chosen.picked.tolist()
    ([True, False, True], [[0, 0], [2, 1]])
    """
    places, age = _newest(ticks, series)
    lacking = age > oldest
    return Choice(ticks, places, age, lacking, _with_something_new(places, np.asarray(~lacking.any(axis=1))))


def synchronous(ticks: Integers, series: Sequence[Times], *, tolerance: int) -> Choice:
    """Keep the ticks at which every series was struck at most `tolerance` before."""
    places, age = _newest(ticks, series)
    lacking = age > tolerance
    return Choice(ticks, places, age, lacking, np.asarray(~lacking.any(axis=1)))


def common_days(days: Integers, series: Sequence[Times]) -> Choice:
    """Keep the dates on which every series has an observation, and pick the last of each date."""
    places = np.column_stack([_last_of_date(days, each.day) for each in series])
    lacking = places < 0
    struck = np.column_stack([each.struck[places[:, k]] for k, each in enumerate(series)])
    last = np.where(lacking, np.iinfo(np.int64).min, struck).max(axis=1)
    age = np.where(lacking, NEVER, last[:, None] - struck)
    return Choice(last, places, age, lacking, np.asarray(~lacking.any(axis=1)))


def since_all_began(times: Sequence[Integers]) -> list[int]:
    """Return for each series the position from which on any rule may pick: its newest when all have begun.

    Examples
    --------
    >>> since_all_began([np.array([0, 10, 20]), np.array([15, 20])])
    [1, 0]
    """
    begun = max(int(each.min()) for each in times)
    return [_newest_at(each, begun) for each in times]


def _newest_at(times: Integers, instant: int) -> int:
    reached = times >= instant
    first = int(reached.argmax()) if reached.any() else len(times)
    return first if first < len(times) and times[first] == instant else max(first - 1, 0)


def _newest(ticks: Integers, series: Sequence[Times]) -> tuple[Integers, Integers]:
    """Return the position of the newest observation of each series at each tick, and its age."""
    places, age = (np.empty((len(ticks), len(series)), dtype=np.int64) for _ in range(2))
    for k, each in enumerate(series):
        places[:, k] = each.struck.searchsorted(ticks, side="right") - 1
        age[:, k] = np.where(places[:, k] < 0, NEVER, ticks - each.struck[places[:, k]])
    return places, age


def _with_something_new(places: Integers, fresh: Flags) -> Flags:
    """Keep the first fresh row, and then each first fresh row at which every column has risen since the last kept one.

    From a kept row the next one is known without walking: the first fresh row from the last of the columns' next rises
    on. Only where that is not the very next row does the walk take a step.
    """
    rows = len(places)
    place = np.arange(rows + 1)
    risen = np.zeros(rows, dtype=np.int64)
    risen[-1:] = rows
    for own in places.T:
        rises = np.where(own[1:] > own[:-1], place[1:-1], rows)
        np.maximum(risen[:-1], _following(rises), out=risen[:-1])
    fresh_from = np.append(_following(np.where(fresh, place[:-1], rows)), rows)
    after = fresh_from[risen]
    keep = np.zeros(rows, dtype=np.bool_)
    begun = (places >= 0).all(axis=1)
    row = int(fresh_from[begun.argmax()]) if begun.any() else rows
    for leap in [*np.flatnonzero(after != place[1:]), rows]:
        if leap >= row:
            keep[row : leap + 1] = True
            row = int(after[leap]) if leap < rows else rows
    return keep


def _following(marked: Integers) -> Integers:
    """Return the smallest entry from each row on."""
    return np.asarray(np.minimum.accumulate(marked[::-1], axis=0)[::-1])


def _last_of_date(days: Integers, own: Integers) -> Integers:
    """Return the position of the last observation of each date; -1 where there is none."""
    order = own.argsort(kind="stable")
    found = own[order].searchsorted(days, side="right") - 1
    there = own[order[found]] == days
    return np.where((found >= 0) & there, order[found], NO_OBSERVATION)
