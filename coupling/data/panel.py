"""The panel: instruments at common observation times, with what was kept, what was dropped, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from coupling.data.alignment import AlignedTicks, AlignmentSection, align
from coupling.data.bars import daily_closes, of_one_step, resampled
from coupling.data.changes import ChangeRule, form_changes
from coupling.data.clocks.calendars import is_exchange
from coupling.data.instrument import Instrument
from coupling.data.loading.monthly import monthly_flags, refuse_monthly
from coupling.data.observations import Observations
from coupling.data.panel_view import panel_html
from coupling.data.simulation.truth import Truth
from coupling.dates.sessions import SessionLabels
from coupling.errors import AlignmentError, InputError, nearest
from coupling.machine.memory import give_back
from coupling.results.base import Provenance

__all__ = ["UNEQUAL_CLOSES", "Panel", "build_panel"]

UNEQUAL_CLOSES = 0.6
HELD = 500_000
"""Values up to which a panel holds its changes, and the panels of pairs that were asked for."""
OF_CLOSES = "Estimated on daily closes: the last bar of each day."


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Levels and changes of instruments at common observation times.

    Parameters
    ----------
    levels : DataFrame, shape (n_ticks, n_instruments)
        Level of each instrument at each kept tick (UTC), in its own unit.
    staleness : DataFrame
        Age of that level at the tick (Timedelta).
    observations : dict of str to Observations
        The unaligned observations, each with its change rule.
    instruments : dict of str to Instrument
        What each column is.
    alignment : AlignmentSection
        The named rule by which the ticks were chosen.
    table : DataFrame
        Rows in, kept and dropped per instrument, and why.
    flags : tuple of str
        What a reader must know about the ticks.
    provenance : Provenance
        Sources, hashes, seed and version.
    truth : Truth, optional
        What the simulated market knows; absent for real data.
    note : str
        What every result that rests on it says: that it is of daily closes, made of bars.
    """

    levels: pd.DataFrame = field(repr=False)
    staleness: pd.DataFrame = field(repr=False)
    observations: Mapping[str, Observations] = field(repr=False)
    instruments: Mapping[str, Instrument] = field(repr=False)
    alignment: AlignmentSection
    table: pd.DataFrame = field(repr=False)
    flags: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance, repr=False)
    truth: Truth | None = field(default=None, repr=False)
    note: str = ""

    def __new__(cls, *data: object, **parts: object) -> Panel:  # noqa: ARG004
        """Refuse data: a panel is made by alignment."""
        if data:
            what = type(data[0]).__name__
            raise InputError(f"A panel is made by alignment, not of a {what} as it is; use coupling.align(data).")
        return super().__new__(cls)

    def __getstate__(self) -> dict[str, object]:
        """Leave out what it formed of itself: a panel goes to another process while rooms here form more."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def changes(self) -> pd.DataFrame:
        """Changes between consecutive kept ticks, one column per instrument in its change unit.

        At a frequency of bars those between neighbouring ticks of the grid alone, each over one step.
        """
        return self._changes.copy() if self.levels.size <= HELD else self._formed()

    @cached_property
    def _changes(self) -> pd.DataFrame:
        return self._formed()

    def _formed(self) -> pd.DataFrame:
        columns = {name: form_changes(self.levels[name], item.change) for name, item in self.instruments.items()}
        changes = pd.DataFrame(columns).iloc[1:]
        whole = of_one_step(pd.DatetimeIndex(self.levels.index), self.alignment.frequency)
        changes = changes if whole is None or whole.all() else changes[whole]
        flows = [name for name, item in self.instruments.items() if item.change is ChangeRule.VALUE]
        changes.attrs.update(ticks=True, flows=flows)  # what the gate of the estimators cannot see from the numbers
        return changes

    @property
    def sessions(self) -> SessionLabels:
        """How ticks are called in results: by the session whose close they hold.

        Examples
        --------
        >>> import coupling as cp
        >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
        >>> panel = cp.load_panel(two)
        >>> panel.levels.index[-1], panel.sessions.of(panel.levels.index[-1])
        (Timestamp('2025-12-31 00:00:00+0000', tz='UTC'), datetime.date(2025, 12, 30))
        """
        return self.alignment.sessions

    def opening(self, start: pd.Timestamp | None) -> pd.Timestamp:
        """Return the first session of a sample: the date of a start that is asked for, else that of the first change.

        Parameters
        ----------
        start : Timestamp, optional
            The instant (UTC) after which changes count.
        """
        ticks = self.levels.index
        if start is None or start <= ticks[0]:
            return self.sessions.label(ticks[1])
        return pd.Timestamp(start.tz_convert("UTC").date())

    @property
    def overlap(self) -> pd.DataFrame:
        """For each pair the time that the two change intervals of a row share: median hours and share of the row.

        A share below 0.6 is marked as non-synchronous closes: a contemporaneous correlation is then pulled towards 0.
        """
        pairs = list(combinations(self.levels.columns, 2))
        rows = [_overlap_of(self.levels.index, self.staleness[a], self.staleness[b]) for a, b in pairs]
        frame = pd.DataFrame(rows, columns=["hours_shared", "share"])
        frame.insert(0, "right", [right for _, right in pairs])
        frame.insert(0, "left", [left for left, _ in pairs])
        return frame.assign(unequal_closes=frame["share"] < UNEQUAL_CLOSES)

    @cached_property
    def daily(self) -> Panel:
        """The panel of the daily closes, each the last bar of its date; one of days and more is its own.

        It is what the sections that count sessions work on at a frequency of bars.
        """
        if self.alignment.frequency.step is None:
            return self
        closes = {name: daily_closes(item) for name, item in self.observations.items()}
        section = AlignmentSection(
            days=self.alignment.days, at="close" if is_exchange(self.alignment.days) else "24:00 UTC"
        )
        panel = build_panel(closes, self.instruments, section, self.provenance, self.truth)
        return replace(panel.since(self.levels.index[0]), note=OF_CLOSES)

    def pair(self, left: str, right: str) -> Panel:
        """Return the panel of two instruments on their own, longer grid.

        Raises
        ------
        InputError
            If one of them is not in the panel.
        """
        for name in (left, right):
            if name not in self.observations:
                raise InputError(f"{name!r} is not in the panel; {nearest(name, self.observations)}")
        if (left, right) in self._pairs:
            return self._pairs[left, right]
        parts = {name: self.observations[name] for name in (left, right)}
        pair = build_panel(parts, self.instruments, self.alignment, self.provenance, self.truth)
        if (len(self._pairs) + 1) * pair.levels.size <= HELD:
            self._pairs[left, right] = pair
        return pair

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Panel]:
        return {}

    def since(self, start: pd.Timestamp | None) -> Panel:
        """Return the panel with the ticks from `start` on; the observations stay whole."""
        if start is None:
            return self
        keep = self.levels.index >= start
        return replace(self, levels=self.levels[keep], staleness=self.staleness[keep])

    def _repr_html_(self) -> str:
        return panel_html(self)


def build_panel(
    observations: Mapping[str, Observations],
    instruments: Mapping[str, Instrument],
    alignment: AlignmentSection,
    provenance: Provenance | None = None,
    truth: Truth | None = None,
) -> Panel:
    """Align observations and form the panel.

    Raises
    ------
    AlignmentError
        If no tick can be kept (see `coupling.data.alignment.align`), or monthly values are to stand at other ticks.
    """
    refuse_monthly(observations, alignment.frequency)
    observations = resampled(observations, alignment.frequency)
    if alignment.frequency.step is not None:
        give_back()
    aligned = align(observations, alignment)
    names = list(observations)
    columns = {
        name: observations[name].levels.to_numpy()[aligned.places[:, k]].astype(float, copy=False)
        for k, name in enumerate(names)
    }
    ages = {name: aligned.ticks - observations[name].levels.index[aligned.places[:, k]] for k, name in enumerate(names)}
    return Panel(
        levels=pd.DataFrame(columns, index=aligned.ticks),
        staleness=pd.DataFrame(ages, index=aligned.ticks),
        observations=observations,
        instruments={name: instruments[name] for name in names},
        alignment=alignment,
        table=_table(observations, aligned),
        flags=(*aligned.flags, *_bar_flags(aligned, alignment), *monthly_flags(observations)),
        provenance=provenance or Provenance(),
        truth=truth,
    )


def _bar_flags(aligned: AlignedTicks, alignment: AlignmentSection) -> tuple[str, ...]:
    """Say what a change is at a frequency of bars, and how many stretches between kept ticks are none.

    Raises
    ------
    AlignmentError
        If no two neighbouring ticks are kept.
    """
    whole = of_one_step(aligned.ticks, alignment.frequency)
    if whole is None:
        return ()
    if not whole.any():
        raise AlignmentError(
            f"No two observation times that are {alignment.frequency} apart are both kept, so there is no change of "
            f"one step ({len(aligned.ticks)} of {aligned.considered} are kept); ask for a lower frequency."
        )
    return (
        f"Every change is over {alignment.frequency}: {int(whole.sum()):,} are formed, and {int((~whole).sum()):,} "
        "stretches between kept observation times (closed markets, missing bars) are left out, overnight moves among "
        "them.",
    )


def _table(observations: Mapping[str, Observations], aligned: AlignedTicks) -> pd.DataFrame:
    """Count per instrument the observations that came in, that stand at a tick, and the rest by reason."""
    rows = []
    for k, (name, item) in enumerate(observations.items()):
        places = aligned.places[:, k]
        row: dict[str, object] = {
            "instrument": name,
            "rows_in": len(item.levels),
            "kept": len(places),
            "before_first_tick": int(places[0]),
            "between_ticks": int(places[-1] - places[0] + 1 - len(places)),
            "after_last_tick": len(item.levels) - 1 - int(places[-1]),
            "ticks_considered": aligned.considered,
        }
        rows.append(row | {f"ticks dropped: {why}": count for why, count in aligned.dropped[name].items()})
    return pd.DataFrame(rows).set_index("instrument")


def _overlap_of(ticks: pd.Index, left: pd.Series, right: pd.Series) -> tuple[float, float]:
    """Median hours shared by the two change intervals of a row, and their share of the row."""
    instants = pd.DatetimeIndex(ticks).as_unit("ns").asi8
    ends = [instants - age.to_numpy().astype("timedelta64[ns]").astype("int64") for age in (left, right)]
    shared = np.minimum(ends[0][1:], ends[1][1:]) - np.maximum(ends[0][:-1], ends[1][:-1])
    hours = np.maximum(shared, 0) / pd.Timedelta(hours=1).value
    lengths = np.diff(instants) / pd.Timedelta(hours=1).value
    return float(np.median(hours)), float(np.median(hours / lengths))
