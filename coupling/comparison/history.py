"""The observations of some instruments with their weeks in another order, and aligned again.

Weeks are moved whole: an observation keeps its place within the week and its change, so a moved history has the
clocks, holidays and weekends of the weeks it was made of. Ticks are moved with their weeks (monthly ones stay in the
calendar), and the rule of alignment is applied anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.comparison.weeks import WEEK, WeekDraws, week_of
from coupling.data.alignment import AlignmentSection, Rule
from coupling.data.changes import ChangeRule, form_changes
from coupling.data.clocks.ticks import Frequency, ticks_of
from coupling.data.intervals import ChangeIntervals
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import AlignmentError

__all__ = ["Aligned", "History", "Stream", "moved_intervals"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
DAY = WEEK // 7


@dataclass(frozen=True)
class Stream:
    """Instants in time order that can be moved by whole weeks."""

    instants: Integers

    @cached_property
    def weeks(self) -> Integers:
        """The week of each instant."""
        return week_of(self.instants)

    def moved(self, first: int, source: Integers) -> tuple[Integers, Integers]:
        """Return which rows stand where, and by how much each is moved, for weeks from `first` on."""
        bounds = self.weeks.searchsorted(np.arange(first, first + len(source) + 1))
        counts = np.diff(bounds)[source - first]
        begins = bounds[source - first]
        rows = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        return rows, np.repeat((np.arange(first, first + len(source)) - source) * WEEK, counts)


@dataclass(frozen=True)
class Aligned:
    """Changes over kept ticks: row k runs from ``begin[k]`` to ``end[k]`` (nanoseconds, UTC)."""

    begin: Integers
    end: Integers
    changes: Floats


@dataclass(frozen=True)
class Points:
    """The observations of one instrument: instants, dates, and the change into each."""

    stream: Stream
    day: Integers
    change: Floats
    flow: bool


@dataclass(frozen=True)
class History:
    """Observations of some instruments under one rule of alignment.

    Parameters
    ----------
    points : tuple of Points
        One per instrument.
    section : AlignmentSection
        The rule.
    ticks : Stream
        Ticks that may be kept; under ``common_days`` the beginnings of dates.
    """

    points: tuple[Points, ...]
    section: AlignmentSection
    ticks: Stream

    @classmethod
    def of(cls, observations: Mapping[str, Observations], section: AlignmentSection) -> History:
        """Return the history of some observations, from the newest of each when all have begun."""
        begun = max(pd.Timestamp(item.levels.first_valid_index()) for item in observations.values())  # type: ignore[arg-type]
        points = tuple(_points(item, begun) for item in observations.values())
        return cls(points, section, Stream(_candidates(points, section)))

    @property
    def weeks(self) -> tuple[int, int]:
        """First and last week of any row."""
        rows = [each.stream.weeks for each in self.points]
        return min(int(each[0]) for each in rows), max(int(each[-1]) for each in rows)

    @property
    def whole_weeks(self) -> tuple[int, int]:
        """First and last week that all instruments see whole, the changes of the first row left out."""
        rows = [each.stream.weeks for each in self.points]
        return max(int(each[0]) for each in rows) + 1, min(int(each[-1]) for each in rows) - 1

    def source(self, draws: WeekDraws | None, replication: int) -> Integers:
        """Return the source of each of its weeks; a week stays where the draw names one that is not seen whole."""
        first, last = self.weeks
        own = np.arange(first, last + 1)
        if draws is None:
            return own
        low, high = self.whole_weeks
        drawn = draws.draw(replication)
        places = own - draws.first
        inside = (own >= low) & (own <= high) & (places >= 0) & (places < len(drawn))
        picked = np.where(inside, drawn[places.clip(0, len(drawn) - 1)], own)
        return np.where((picked >= low) & (picked <= high), picked, own)

    def aligned(self, source: Integers) -> Aligned:
        """Return the changes with the weeks in the order of `source`, aligned again.

        Raises
        ------
        AlignmentError
            If fewer than two ticks are kept.
        """
        ticks = self.ticks.instants
        if self.section.frequency is not Frequency.MONTHLY:
            rows, shift = self._moved(self.ticks, source)
            ticks = ticks[rows] + shift
        moved = [self._moved(each.stream, source) for each in self.points]
        rule = {Rule.LAST_KNOWN: _last_known, Rule.SYNCHRONOUS: _synchronous, Rule.COMMON_DAYS: _common_days}
        instants = [each.stream.instants[rows] + shift for each, (rows, shift) in zip(self.points, moved, strict=True)]
        days = [each.day[rows] + shift for each, (rows, shift) in zip(self.points, moved, strict=True)]
        kept, places = rule[self.section.rule](ticks, instants, days, self.section)
        if len(kept) < 2:
            raise AlignmentError("fewer than two ticks are kept after the weeks were moved")
        columns = [
            _between(each, rows, places[:, k])
            for k, (each, (rows, _)) in enumerate(zip(self.points, moved, strict=True))
        ]
        return Aligned(kept[:-1], kept[1:], np.column_stack(columns))

    def _moved(self, stream: Stream, source: Integers) -> tuple[Integers, Integers]:
        return stream.moved(self.weeks[0], source)


def moved_intervals(intervals: ChangeIntervals, first: int, source: Integers) -> ChangeIntervals:
    """Return the changes of one instrument on true instants with its weeks in another order.

    A change goes with the week in which it ends. Where it would begin before its new neighbour ended (after a holiday)
    its beginning is cut.
    """
    rows, shift = Stream(intervals.end).moved(first, source)
    start, end = intervals.start[rows] + shift, intervals.end[rows] + shift
    start[1:] = np.maximum(start[1:], end[:-1])
    return ChangeIntervals(
        name=intervals.name,
        start=start,
        end=end,
        change=intervals.change[rows],
        observed=intervals.observed,
        repeated=intervals.repeated,
        aware=intervals.aware,
    )


def _points(item: Observations, begun: pd.Timestamp) -> Points:
    known = item.levels.notna().to_numpy(copy=True)
    known[: max(int(item.levels.index.searchsorted(begun, side="right")) - 1, 0)] = False
    levels = item.levels[known]
    flow = item.change is ChangeRule.VALUE
    change = form_changes(levels, item.change).to_numpy(dtype=float)
    instants = pd.DatetimeIndex(levels.index).as_unit("ns").asi8
    days = pd.DatetimeIndex(item.dates[known]).as_unit("ns").asi8
    return Points(Stream(instants), days, change if flow else np.nan_to_num(change), flow)


def _candidates(points: tuple[Points, ...], section: AlignmentSection) -> Integers:
    """Return the ticks of the common period, as `coupling.data.alignment.align` considers them."""
    spans = [each.day if section.rule is Rule.COMMON_DAYS else each.stream.instants for each in points]
    first, ends = max(int(span[0]) for span in spans), [int(span[-1]) for span in spans]
    if section.rule is Rule.COMMON_DAYS:
        wanted = ticks_of(section.days, "24:00 UTC", section.frequency, _utc(first), _utc(min(ends) + DAY))
        return wanted.as_unit("ns").asi8 - DAY
    last = min(max(ends), min(ends) + parse_duration(section.max_staleness).value)
    return ticks_of(section.days, section.at, section.frequency, _utc(first), _utc(last)).as_unit("ns").asi8


def _utc(instant: int) -> pd.Timestamp:
    return pd.Timestamp(instant, tz="UTC")


Kept = tuple[Integers, Integers]
Keep = Callable[[Integers, list[Integers], list[Integers], AlignmentSection], Kept]


def _newest(ticks: Integers, instants: list[Integers], oldest: str) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return the newest place at each tick, and whether all of them are young enough."""
    places = np.column_stack([series.searchsorted(ticks, side="right") - 1 for series in instants])
    age = np.column_stack([ticks - series[places[:, k]] for k, series in enumerate(instants)])
    age[places < 0] = np.iinfo(np.int64).max
    return places, np.asarray((age <= parse_duration(oldest).value).all(axis=1))


def _last_known(ticks: Integers, instants: list[Integers], _: list[Integers], section: AlignmentSection) -> Kept:
    from coupling.kernels.kept_ticks import keep_new

    places, fresh = _newest(ticks, instants, section.max_staleness)
    keep = keep_new(places, fresh)
    return ticks[keep], places[keep]


def _synchronous(ticks: Integers, instants: list[Integers], _: list[Integers], section: AlignmentSection) -> Kept:
    places, fresh = _newest(ticks, instants, section.tolerance)
    return ticks[fresh], places[fresh]


def _common_days(ticks: Integers, instants: list[Integers], days: list[Integers], _: AlignmentSection) -> Kept:
    places = np.column_stack([series.searchsorted(ticks, side="right") - 1 for series in days])
    dates = np.column_stack([series[places[:, k]] for k, series in enumerate(days)])
    keep = ((places >= 0) & (dates == ticks[:, None])).all(axis=1)
    struck = np.column_stack([series[places[keep, k]] for k, series in enumerate(instants)])
    return struck.max(axis=1, initial=np.iinfo(np.int64).min), places[keep]


def _between(points: Points, rows: Integers, places: Integers) -> Floats:
    """Return the change between consecutive places; a flow is a change by itself."""
    change = points.change[rows]
    if points.flow:
        return np.asarray(change[places[1:]])
    path = np.cumsum(change)
    return np.asarray(np.diff(path[places]))
