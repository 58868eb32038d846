"""What every part of the room's page needs: the panel, the focus and the reported period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from coupling.correlation import judge
from coupling.correlation.base import PairwiseCorrelation
from coupling.correlation.beta import RollingBeta
from coupling.correlation.joint import JointPairs, joint_pairs
from coupling.correlation.windows import Window
from coupling.data.intervals import change_intervals, struck_since
from coupling.data.observations import Observations
from coupling.data.panel import Panel
from coupling.dates.durations import duration_in_words, parse_duration
from coupling.dates.sessions import SessionLabels

__all__ = ["CorrelationContext", "last_of_pairs", "with_p_values"]


BEFORE = pd.Timedelta(days=10)
"""What is seen of bars before a window: more than any market is closed."""


@dataclass(frozen=True)
class CorrelationContext:
    """The panel, the instrument that is compared with every other, the start of the report, and what matters."""

    panel: Panel
    focus: str
    start: pd.Timestamp | None
    smallest: float = judge.SMALLEST
    seed: int = 0
    _pairs: dict[str, Panel] = field(default_factory=dict, repr=False)
    _joint: dict[tuple[Any, ...], JointPairs] = field(default_factory=dict, repr=False)

    @property
    def others(self) -> list[str]:
        """Every instrument but the focus."""
        return [name for name in self.panel.levels.columns if name != self.focus]

    @property
    def changes(self) -> pd.DataFrame:
        """Changes at common observation times from the start of the report on."""
        return self.reported(self.panel.changes)

    @cached_property
    def hours_shared(self) -> dict[frozenset[str], float]:
        """Median hours that the change intervals of each pair share in a row."""
        rows = self.panel.overlap.to_dict("records")
        return {frozenset((row["left"], row["right"])): float(row["hours_shared"]) for row in rows}

    @cached_property
    def unequal_pairs(self) -> set[frozenset[str]]:
        """Pairs whose change intervals share less than 60 % of their interval."""
        overlap = self.panel.overlap
        marked = overlap[overlap["unequal_closes"]]
        return {frozenset(pair) for pair in zip(marked["left"], marked["right"], strict=True)}

    @property
    def unequal(self) -> tuple[str, ...]:
        """Instruments whose closes are unequal to the focus's."""
        return tuple(other for other in self.others if frozenset((self.focus, other)) in self.unequal_pairs)

    def pair(self, other: str) -> Panel:
        """Return the panel of the focus and another instrument on their own ticks."""
        if other not in self._pairs:
            if self.step:  # of bars a single one is held: each is as large as the panel
                self._pairs.clear()
            self._pairs[other] = self.panel.pair(self.focus, other)
        return self._pairs[other]

    def pair_changes(self, other: str, window: Window) -> pd.DataFrame:
        """Return the changes of a pair on its own ticks: all of them for windows, which may begin before the report.

        The whole sample, asked by ``window: null``, is that of the report.
        """
        changes = self.pair(other).changes
        return self.reported(changes) if window is None else changes

    def observations(self, window: Window) -> Mapping[str, Observations]:
        """Return the observations of every instrument, by the same law as `pair_changes`."""
        return struck_since(self.panel.observations, self.start) if window is None else self.panel.observations

    def joint(self, window: str | None, options: Mapping[str, Any]) -> JointPairs:
        """Return the focus with every other instrument on true instants, jackknifed by the same weeks.

        Parameters
        ----------
        window : str or None
            Calendar time, or the whole reported period.
        options : mapping
            See `coupling.correlation.joint.joint_pairs`.
        """
        key = window, *(options.get(name) for name in ("stale", "weekend", "leads_lags", "demean"))
        if key not in self._joint:
            seen = self._lately(window) if self.step and window is not None else self.observations(window)
            self._joint[key] = joint_pairs(
                seen, self.focus, self.others, window=window, options=options, random_state=self.seed
            )
        return self._joint[key]

    def _lately(self, window: str) -> Mapping[str, Observations]:
        """Return the bars that the latest window of any pair can reach."""
        seen = self.panel.observations
        last = min(pd.Timestamp(item.levels.index[-1]) for item in seen.values())
        return struck_since(seen, last - parse_duration(window) - BEFORE)

    @cached_property
    def repeated(self) -> dict[str, float]:
        """By instrument, the share of its observed changes that only repeat a quote."""
        seen = self.panel.observations
        pairs = (change_intervals({name: seen[name] for name in (self.focus, other)}) for other in self.others)
        return {each.name: each.repeated_share for pair in pairs for each in pair}

    def last_common(self, other: str) -> pd.Timestamp:
        """Return the instant up to which both the focus and another instrument have observations."""
        ends: list[pd.Timestamp] = [self.panel.observations[name].levels.index[-1] for name in (self.focus, other)]
        return min(ends)

    def reported(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows from the start of the report on."""
        return frame if self.start is None else frame[frame.index >= self.start]

    @property
    def clock(self) -> str:
        """Whose sessions the ticks close."""
        return self.panel.alignment.clock

    @property
    def step(self) -> str:
        """Length of a bar, as ``1h``; empty where rows are sessions."""
        frequency = self.panel.alignment.frequency
        return "" if frequency.step is None else str(frequency)

    def counted(self, rows: float) -> str:
        """Return the words for a number of observations, or of bars."""
        return f"{rows:g} bars of {self.step}" if self.step else f"{rows:g} observations"

    def size(self, window: Window) -> str:
        """Return the size of a window as the specification of a finding has it."""
        rows = f"bars of {self.step}" if self.step else "rows"
        return "the whole period" if window is None else f"{window} {rows}" if isinstance(window, int) else window

    def length(self, window: Window) -> str:
        """Return the words for the length of a window."""
        if isinstance(window, int):
            return self.counted(window)
        return "the whole period" if window is None else duration_in_words(window)

    def shown(self, path: pd.DataFrame) -> pd.DataFrame:
        """Return a path as the page has it: of bars, the window that ends with the last bar of each session."""
        if not self.step or len(path) < 2:
            return path
        return path[self.sessions.last_rows(path.index)]

    @property
    def sessions(self) -> SessionLabels:
        """How ticks are called."""
        return self.panel.sessions

    def in_order(self, pair: tuple[str, str]) -> tuple[str, str]:
        """Return a pair with the focus first."""
        return pair[::-1] if pair[1] == self.focus else pair


def with_p_values(fitted: PairwiseCorrelation | RollingBeta, left: str, right: str) -> pd.DataFrame:
    """Return what `between` gives, and the p-value of each window."""
    return fitted.between(left, right).assign(p_value=fitted.p_values(left, right).to_numpy())


def last_of_pairs(fitted: PairwiseCorrelation) -> pd.DataFrame:
    """Return the last row of `between` for every pair, indexed by left and right."""
    pairs: list[Any] = fitted.correlation_.columns.to_list()
    rows = [with_p_values(fitted, *pair).iloc[-1:] for pair in pairs]
    index = pd.MultiIndex.from_tuples(pairs, names=["left", "right"])
    return pd.concat(rows).set_axis(index, axis=0)
