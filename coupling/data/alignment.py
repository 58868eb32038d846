"""Alignment: bring observations struck at different times onto common ticks, by a named rule.

``last_known``
    At each tick the newest observation struck at or before it. A tick at which some instrument has nothing new since
    the last kept tick is dropped and counted, so that the next change spans the same interval for all.
``synchronous``
    Only ticks at which all instruments were struck within a tolerance before the tick.
``common_days``
    The naive join on the date that each source writes, whatever the instants; it is offered so that a reader can see
    what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from coupling.configuration.section import Section
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import WallTime
from coupling.data.clocks.ticks import Frequency, ticks_of
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import AlignmentError, ConfigurationError, InputError

__all__ = ["Aligned", "AlignmentSection", "Rule", "align"]

UNEQUAL = pd.Timedelta(hours=6)
NO_OBSERVATION = -1


class Rule(StrEnum):
    """How observations are brought onto ticks."""

    LAST_KNOWN = "last_known"
    SYNCHRONOUS = "synchronous"
    COMMON_DAYS = "common_days"


class AlignmentSection(Section):
    """The ``alignment`` section of a configuration.

    Parameters
    ----------
    days : str
        ``every``, ``weekdays`` or an exchange's market identifier code: the days that have a tick.
    at : str
        ``close`` of that exchange or a time of day with its zone.
    rule : Rule
        See the module.
    max_staleness : str
        Under ``last_known`` a tick is dropped where some newest observation is older than this.
    tolerance : str
        Under ``synchronous`` how long before the tick an observation may be struck.
    frequency : Frequency
        ``1d``, ``2d`` (every second session), ``1w`` (the last session of a week that ends on Friday) or ``1mo``.
    allow_early : bool
        Whether `at` may lie before the last strike of the day, which makes some newest value nearly a day old.
    """

    days: str = "XNYS"
    at: str = "24:00 UTC"
    rule: Rule = Rule.LAST_KNOWN
    max_staleness: str = "4d"
    tolerance: str = "1h"
    frequency: Frequency = Frequency.DAILY
    allow_early: bool = False

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _at_path("days", calendars.require_days, self.days)
        if self.at != "close":
            _at_path("at", WallTime.parse, self.at)
        elif not calendars.is_exchange(self.days):
            raise ConfigurationError(f"at: close needs an exchange as days, not {self.days!r}", path="at")
        _at_path("max_staleness", parse_duration, self.max_staleness)
        _at_path("tolerance", parse_duration, self.tolerance)
        return self


def _at_path(path: str, read: Callable[[str], object], text: str) -> None:
    try:
        read(text)
    except (ConfigurationError, InputError) as error:
        raise ConfigurationError(getattr(error, "message", str(error)), path=path) from None


@dataclass(frozen=True)
class Aligned:
    """Which observation of each instrument stands at each kept tick.

    Parameters
    ----------
    ticks : DatetimeIndex
        Kept ticks (UTC).
    places : ndarray of int, shape (n_ticks, n_instruments)
        Position of the observation in the instrument's own series.
    dropped : dict of str to dict of str to int
        For each instrument, how many ticks it cost, by reason.
    considered : int
        Ticks in the common period, kept or not.
    flags : tuple of str
        What a reader must know about the ticks.
    """

    ticks: pd.DatetimeIndex
    places: np.ndarray
    dropped: dict[str, dict[str, int]]
    considered: int
    flags: tuple[str, ...] = ()


def align(observations: Mapping[str, Observations], section: AlignmentSection) -> Aligned:
    """Choose for each tick the observation of each instrument.

    Raises
    ------
    AlignmentError
        If no tick can be kept, or the tick lies before the last strike of the day and `allow_early` is not set.
    """
    if not observations:
        raise AlignmentError("There is no instrument to align; name at least one.")
    rule = {Rule.LAST_KNOWN: _last_known, Rule.SYNCHRONOUS: _synchronous, Rule.COMMON_DAYS: _common_days}[section.rule]
    aligned = rule(observations, section)
    return replace(aligned, flags=(*aligned.flags, *_early_flag(aligned.ticks, section.days)))


def _early_flag(ticks: pd.DatetimeIndex, days: str) -> tuple[str, ...]:
    """Say that some ticks lie before the dates that their calendar knows."""
    start = calendars.known_from(days)
    if not len(ticks) or ticks[0] >= start.tz_localize("UTC"):
        return ()
    return (f"The calendar of {days} begins on {start:%Y-%m-%d}: before it every usual day of the week is a session.",)


def _struck(observations: Mapping[str, Observations]) -> list[np.ndarray]:
    return [pd.DatetimeIndex(item.levels.index).as_unit("ns").asi8 for item in observations.values()]


def _common_ticks(observations: Mapping[str, Observations], section: AlignmentSection) -> pd.DatetimeIndex:
    """Ticks from the first instant at which all instruments have a value to the last at which none can be too stale."""
    first = max(item.levels.index[0] for item in observations.values())
    ends = [item.levels.index[-1] for item in observations.values()]
    last = min(max(ends), min(ends) + parse_duration(section.max_staleness))
    return ticks_of(section.days, section.at, section.frequency, first, last)


def _newest(struck: list[np.ndarray], ticks: pd.DatetimeIndex) -> np.ndarray:
    """Position of the newest observation struck at or before each tick; -1 where there is none."""
    return np.column_stack([series.searchsorted(ticks.asi8, side="right") - 1 for series in struck])


def _last_known(observations: Mapping[str, Observations], section: AlignmentSection) -> Aligned:
    ticks, struck = _common_ticks(observations, section), _struck(observations)
    if not section.allow_early:
        _require_late_enough(observations, ticks, section)
    places = _newest(struck, ticks)
    age = np.column_stack([ticks.asi8 - series[places[:, k]] for k, series in enumerate(struck)])
    stale = age > parse_duration(section.max_staleness).value
    keep, nothing_new = _with_something_new(places, stale)
    names = list(observations)
    counts = {
        name: {
            "nothing new since the last kept tick": int(nothing_new[:, k].sum()),
            "too stale": int(stale[:, k].sum()),
        }
        for k, name in enumerate(names)
    }
    if keep.sum() < 2:
        oldest = pd.Timedelta(int(np.median(age.max(axis=1)))) if len(age) else None
        raise AlignmentError(
            f"last_known keeps {int(keep.sum())} of {len(ticks)} ticks (typical oldest value: {oldest}, max_staleness: "
            f"{section.max_staleness}); raise alignment.max_staleness or choose instruments that overlap in time."
        )
    return Aligned(ticks[keep], places[keep], counts, len(ticks))


def _with_something_new(places: np.ndarray, stale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keep a tick when every instrument has a fresh enough observation that is newer than at the last kept tick."""
    keep = np.zeros(len(places), dtype=bool)
    nothing_new = np.zeros(places.shape, dtype=bool)
    last = np.full(places.shape[1], NO_OBSERVATION)
    for row, (place, old) in enumerate(zip(places, stale, strict=True)):
        nothing_new[row] = place <= last
        if not (nothing_new[row].any() or old.any()):
            keep[row] = True
            last = place
    return keep, nothing_new


def _require_late_enough(
    observations: Mapping[str, Observations], ticks: pd.DatetimeIndex, section: AlignmentSection
) -> None:
    """Refuse ticks that lie before the last strike of their own day, unless asked for on purpose."""
    for name, item in observations.items():
        index = item.levels.index
        labels = pd.DatetimeIndex(item.dates)
        if not labels.is_unique:  # several strikes a day: some observation is always near the tick
            continue
        struck = pd.Series(index, index=labels)
        days = (ticks - pd.Timedelta(1, unit="ns")).tz_localize(None).normalize()
        same_day = struck.reindex(days).to_numpy(dtype="datetime64[ns]")
        late = same_day > ticks.tz_localize(None).to_numpy(dtype="datetime64[ns]")
        if late.sum() > 0.5 * len(late):
            lag = pd.Timedelta(np.median((same_day - ticks.tz_localize(None).to_numpy())[late]))
            raise AlignmentError(
                f"alignment.at is {section.at!r}, but {name} is struck {lag / pd.Timedelta(hours=1):.1f} hours later "
                "on the same day, so its newest value would be nearly a day old; set at: '24:00 UTC', or allow_early: "
                "true on purpose."
            )


def _synchronous(observations: Mapping[str, Observations], section: AlignmentSection) -> Aligned:
    ticks, struck = _common_ticks(observations, section), _struck(observations)
    places = _newest(struck, ticks)
    age = np.column_stack([ticks.asi8 - series[places[:, k]] for k, series in enumerate(struck)])
    late = age > parse_duration(section.tolerance).value
    keep = np.asarray(~late.any(axis=1))
    if keep.sum() < 2:
        gap = pd.Timedelta(int(age.max(axis=1).min())) if len(age) else None
        raise AlignmentError(
            f"synchronous keeps {int(keep.sum())} of {len(ticks)} ticks within {section.tolerance}: the smallest gap "
            f"between a tick and the oldest strike is {gap}; use hourly files, widen alignment.tolerance, or use "
            "rule: last_known."
        )
    counts = {name: {"not struck within the tolerance": int(late[:, k].sum())} for k, name in enumerate(observations)}
    return Aligned(ticks[keep], places[keep], counts, len(ticks))


def _common_days(observations: Mapping[str, Observations], section: AlignmentSection) -> Aligned:
    positions = {
        name: pd.Series(np.arange(len(item.levels)), index=pd.DatetimeIndex(item.dates)).groupby(level=0).last()
        for name, item in observations.items()
    }
    joined = pd.concat(positions, axis=1, join="outer", sort=True).sort_index()
    first, last = (joined.apply(getattr(pd.Series, end)) for end in ("first_valid_index", "last_valid_index"))
    joined = joined.loc[first.max() : last.min()]
    wanted = ticks_of(section.days, "24:00 UTC", section.frequency, *_span(joined))
    joined = joined.reindex((wanted - pd.Timedelta(days=1)).tz_localize(None))
    complete = joined.dropna().astype(int)
    if len(complete) < 2:
        raise AlignmentError(f"common_days finds {len(complete)} dates that all instruments share; choose others.")
    struck = np.column_stack(
        [series[complete[name]] for name, series in zip(complete, _struck(observations), strict=True)]
    )
    counts = {name: {"no row on that date": int(joined[name].isna().sum())} for name in observations}
    return Aligned(
        pd.DatetimeIndex(struck.max(axis=1)).tz_localize("UTC"),
        complete.to_numpy(),
        counts,
        len(joined),
        _unequal_flag(struck),
    )


def _span(joined: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    if joined.empty:
        raise AlignmentError("common_days finds no date in a period that all instruments share; choose others.")
    return joined.index[0].tz_localize("UTC"), (joined.index[-1] + pd.Timedelta(days=1)).tz_localize("UTC")


def _unequal_flag(struck: np.ndarray) -> tuple[str, ...]:
    spread = pd.Timedelta(int(np.median(np.ptp(struck, axis=1))))
    if spread <= UNEQUAL:
        return ()
    hours = spread / pd.Timedelta(hours=1)
    return (f"Values of one date are struck {hours:.0f} hours apart (median): same-date changes do not overlap fully.",)
