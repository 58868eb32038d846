"""The observations of some instruments with their weeks in another order, and aligned again.

Weeks are moved whole: an observation keeps its place within the week and its change, so a moved history has the
clocks, holidays and weekends of the weeks it was made of. Ticks are moved with their weeks (monthly ones stay in the
calendar), and the rule of alignment is applied anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coupling._typing import Floats, Integers
from coupling.comparison.weeks import WEEK, WeekDraws, week_of
from coupling.data.alignment import AlignmentSection, Rule, choose, considered, times_of
from coupling.data.bars import of_one_step
from coupling.data.changes import ChangeRule, form_changes
from coupling.data.clocks.ticks import Frequency
from coupling.data.intervals import ChangeIntervals
from coupling.data.observations import Observations
from coupling.errors import AlignmentError
from coupling.kernels.alignment import Choice, Times, since_all_began

__all__ = ["Aligned", "Stream", "WeeklyHistory", "moved_intervals"]


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
    names: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The changes as the estimators take them from a panel."""
        frame = pd.DataFrame(self.changes, index=pd.DatetimeIndex(self.end, tz="UTC"), columns=list(self.names))
        frame.attrs.update(ticks=True, flows=list(self.flows))
        return frame


@dataclass(frozen=True)
class Points:
    """The observations of one instrument: instants, dates, and the change into each.

    The first of them stands at the position `first` of the instrument's own series: what no tick can pick is left out.
    """

    stream: Stream
    day: Integers
    change: Floats
    flow: bool
    first: int


@dataclass(frozen=True)
class WeeklyHistory:
    """Observations of some instruments under one rule of alignment.

    Parameters
    ----------
    points : tuple of Points
        One per instrument.
    section : AlignmentSection
        The rule.
    ticks : Stream
        Ticks that may be kept; under ``common_days`` the beginnings of dates.
    names : tuple of str
        Of the instruments.
    """

    points: tuple[Points, ...]
    section: AlignmentSection
    ticks: Stream
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, observations: Mapping[str, Observations], section: AlignmentSection) -> WeeklyHistory:
        """Return the history of some observations, from the newest of each when all have begun.

        Raises
        ------
        AlignmentError
            If an instrument has no observation, or there is no common date.
        """
        series = {name: times_of(item) for name, item in observations.items()}
        ticks = considered(series, section).as_unit("ns").asi8
        times = [each.day if section.rule is Rule.COMMON_DAYS else each.struck for each in series.values()]
        points = tuple(
            _points(item, own, first)
            for item, own, first in zip(observations.values(), series.values(), since_all_began(times), strict=True)
        )
        return cls(points, section, Stream(ticks), tuple(observations))

    @property
    def weeks(self) -> tuple[int, int]:
        """First and last week of any row or tick."""
        rows = [each.weeks for each in (*(each.stream for each in self.points), self.ticks) if len(each.instants)]
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
            If fewer than two observation times are kept.
        """
        choice, taken = self.choose(source)
        kept, places = choice.kept, choice.picked
        if len(kept) < 2:
            raise AlignmentError("fewer than two observation times are kept after the weeks were moved")
        columns = [_between(each, taken[k], places[:, k]) for k, each in enumerate(self.points)]
        flows = tuple(name for name, each in zip(self.names, self.points, strict=True) if each.flow)
        whole = of_one_step(pd.DatetimeIndex(kept), self.section.frequency)
        rows = slice(None) if whole is None else whole
        return Aligned(kept[:-1][rows], kept[1:][rows], np.column_stack(columns)[rows], self.names, flows)

    def choose(self, source: Integers) -> tuple[Choice, list[Integers]]:
        """Apply the rule with the weeks in the order of `source`; the rows say which observation stands where."""
        ticks = self.ticks.instants
        if self.section.frequency is not Frequency.MONTHLY:
            rows, shift = self._moved(self.ticks, source)
            ticks = ticks[rows] + shift
        moved = [self._moved(each.stream, source) for each in self.points]
        series = [
            Times(each.stream.instants[rows] + shift, each.day[rows] + shift)
            for each, (rows, shift) in zip(self.points, moved, strict=True)
        ]
        return choose(ticks, series, self.section), [rows for rows, _ in moved]

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


def _points(item: Observations, series: Times, first: int) -> Points:
    flow = item.change is ChangeRule.VALUE
    change = form_changes(item.levels.iloc[first:], item.change).to_numpy(dtype=float)
    own = change if flow else np.concatenate(([0.0], change[1:]))  # nothing changes into the first
    return Points(Stream(series.struck[first:]), series.day[first:], own, flow, first)


def _between(points: Points, rows: Integers, places: Integers) -> Floats:
    """Return the change between consecutive places; a flow is a change by itself."""
    change = points.change[rows]
    if points.flow:
        return np.asarray(change[places[1:]])
    path = np.cumsum(change)
    return np.asarray(np.diff(path[places]))
