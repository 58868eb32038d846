"""What every part of the room's page needs: pairs, their changes, and on what a verdict may rest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from coupling.data.changes import form_changes
from coupling.data.panel import Panel
from coupling.dates.sessions import SessionLabels
from coupling.volatility import standardize_ewma

__all__ = ["RAW", "STANDARDIZED", "ChangeContext"]

RAW, STANDARDIZED = "raw", "volatility-standardised"
"""The kinds of changes on which tests stand; an answer rests on the second."""

Made = TypeVar("Made")


@dataclass(frozen=True)
class ChangeContext:
    """Panel, focus, start of the report and seed."""

    panel: Panel
    focus: str
    start: pd.Timestamp | None
    seed: int
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[..., Made], *key: Hashable) -> Made:
        """Return what a function makes of the context and a key; parts of the page that ask again have the same."""
        if (make, *key) not in self._made:
            self._made[make, *key] = make(self, *key)
        made: Made = self._made[make, *key]
        return made

    @property
    def others(self) -> list[str]:
        """Every instrument but the focus."""
        return [name for name in self.panel.levels.columns if name != self.focus]

    @property
    def clock(self) -> str:
        """Whose sessions the ticks close."""
        return self.panel.alignment.clock

    @cached_property
    def unequal(self) -> tuple[str, ...]:
        """Instruments whose change intervals share less than 60 % of their interval with the focus's."""
        overlap = self.panel.overlap
        marked = overlap[overlap["unequal_closes"]]
        pairs = {frozenset(pair) for pair in zip(marked["left"], marked["right"], strict=True)}
        return tuple(other for other in self.others if frozenset((self.focus, other)) in pairs)

    @cached_property
    def pairs(self) -> dict[str, Panel]:
        """By other instrument, the panel of the pair on its own ticks."""
        return {other: self.pair(self.focus, other) for other in self.others}

    def pair(self, left: str, right: str) -> Panel:
        """Return the panel of any pair on its own ticks; the focus, if it is one of them, comes first."""
        return self.once(ChangeContext._pair, *self._ordered(left, right))

    def _pair(self, left: str, right: str) -> Panel:
        return self.panel.pair(left, right)

    def changes(self, other: str) -> dict[str, pd.DataFrame]:
        """Return the pair's changes, raw and standardised, over all rows; standardised ones lose their warm-up."""
        return self.changes_of(self.focus, other)

    def changes_of(self, left: str, right: str) -> dict[str, pd.DataFrame]:
        """Return the changes of any pair as `changes` does, in the columns of its panel."""
        return self.once(ChangeContext._changes, *self._ordered(left, right))

    def _ordered(self, left: str, right: str) -> tuple[str, str]:
        return (right, left) if right == self.focus else (left, right)

    def _changes(self, left: str, right: str) -> dict[str, pd.DataFrame]:
        raw = self.pair(left, right).changes
        return {RAW: raw, STANDARDIZED: standardize_ewma(raw)}

    def sound_changes(self, other: str) -> tuple[dict[str, pd.DataFrame], str]:
        """Return changes from the start of the report on, weekly ones where closes are unequal, and what a row is."""
        return self.once(ChangeContext._sound_changes, other)

    def _sound_changes(self, other: str) -> tuple[dict[str, pd.DataFrame], str]:
        kinds, counted = self.whole_changes(other)
        return {kind: self._reported(frame) for kind, frame in kinds.items()}, counted

    def whole_changes(self, other: str) -> tuple[dict[str, pd.DataFrame], str]:
        """Return changes over all rows, weekly ones where closes are unequal, and what a row is."""
        return self.once(ChangeContext._whole_changes, other)

    def _whole_changes(self, other: str) -> tuple[dict[str, pd.DataFrame], str]:
        if other not in self.unequal:
            return self.changes(other), "changes"
        levels = self.weekly(other)
        columns = {name: form_changes(levels[name], self.panel.instruments[name].change) for name in levels.columns}
        raw = pd.DataFrame(columns).iloc[1:]
        return {RAW: raw, STANDARDIZED: standardize_ewma(raw)}, "weekly changes (non-synchronous closes)"

    def weekly(self, other: str) -> pd.DataFrame:
        """Return the pair's levels at the last observation of each week; the last week need not be over.

        A week ends on Friday, and a tick at 24:00 belongs to the day that it ends.
        """
        return self.once(ChangeContext._weekly, other)

    def _weekly(self, other: str) -> pd.DataFrame:
        levels = self.pairs[other].levels
        weeks = self.sessions.labels(levels.index).to_period("W-FRI")
        return levels[~weeks.duplicated(keep="last")]

    def span(self, frame: pd.DataFrame) -> tuple[date, date]:
        """Return the first and the last session of some changes of a pair; its last week need not be over."""
        first, last = self.sessions.labels(frame.index[[0, -1]])
        return first.date(), last.date()

    @property
    def sessions(self) -> SessionLabels:
        """How ticks are called."""
        return self.panel.sessions

    def labelled(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Return a frame about a pair with the sessions of its index, where that holds instants, and of columns."""
        called = {name: self.sessions.labels(pd.DatetimeIndex(frame[name])) for name in columns if len(frame)}
        shown = frame.assign(**called)
        if isinstance(frame.index, pd.DatetimeIndex):
            shown.index = self.sessions.labels(frame.index).set_names(frame.index.names)
        return shown

    def _reported(self, frame: pd.DataFrame) -> pd.DataFrame:
        known = frame.dropna()
        return known if self.start is None else known[known.index >= self.start]
