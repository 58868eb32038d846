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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from coupling._typing import Integers
from coupling.configuration.section import Section
from coupling.data.bars import settings_of_bars
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import WallTime
from coupling.data.clocks.ticks import Frequency, ticks_of
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.dates.sessions import SessionLabels
from coupling.errors import AlignmentError, ConfigurationError, InputError
from coupling.kernels.alignment import Choice, Times, common_days, last_known, synchronous

__all__ = ["AlignedTicks", "AlignmentSection", "Rule", "align", "choose", "considered", "times_of"]

UNEQUAL = pd.Timedelta(hours=6)
DAY = pd.Timedelta(days=1)


class Rule(StrEnum):
    """How observations are brought onto ticks."""

    LAST_KNOWN = "last_known"
    SYNCHRONOUS = "synchronous"
    COMMON_DAYS = "common_days"


_LACKING = {
    Rule.LAST_KNOWN: "too stale",
    Rule.SYNCHRONOUS: "not struck within the tolerance",
    Rule.COMMON_DAYS: "no row on that date",
}


class AlignmentSection(Section):
    """The ``alignment`` section of a configuration.

    Parameters
    ----------
    days : str
        ``every``, ``weekdays`` or an exchange's market identifier code: the days that have a tick. At a frequency of
        bars the sessions that have ticks, by default ``every``.
    at : str
        ``close`` of that exchange or a time of day with its zone; at a frequency of bars it has no part.
    rule : Rule
        See the module.
    max_staleness : str
        Under ``last_known`` a tick is dropped where some newest observation is older than this. At a frequency of bars
        it must be younger, by default than one step.
    tolerance : str
        Under ``synchronous`` how long before the tick an observation may be struck.
    frequency : Frequency
        ``1d``, ``2d`` (every second session), ``1w`` (the last session of a week that ends on Friday) or ``1mo``; or
        bars of ``1h``, ``15min``, ``5min`` or ``1min`` (see `coupling.data.bars`).
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

    @model_validator(mode="before")
    @classmethod
    def _fill_for_bars(cls, settings: Any) -> Any:
        return settings_of_bars(settings) if isinstance(settings, Mapping) else settings

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _at_path("days", calendars.require_days, self.days)
        if self.at != "close":
            _at_path("at", WallTime.parse, self.at)
        elif not calendars.is_exchange(self.days):
            raise ConfigurationError(f"at: close needs an exchange as days, not {self.days!r}", path="at")
        _at_path("max_staleness", parse_duration, self.max_staleness)
        _at_path("tolerance", parse_duration, self.tolerance)
        if self.frequency.step is not None:
            _require_for_bars(self)
        return self

    @property
    def clock(self) -> str:
        """Whose sessions the ticks close, or the grid that they are."""
        return f"{self.days} at {self.at}" if self.frequency.step is None else f"{self.days}, every {self.frequency}"

    @property
    def oldest(self) -> int:
        """Nanoseconds that an observation may be old under ``last_known``: of a bar, less than is stated."""
        return parse_duration(self.max_staleness).value - (self.frequency.step is not None)

    @property
    def sessions(self) -> SessionLabels:
        """How ticks are called: by the session whose close they hold, on the days of `at`'s own zone."""
        if self.frequency.step is not None:
            return SessionLabels(calendars.zone(self.days))
        if self.rule is Rule.COMMON_DAYS:
            return SessionLabels(begins=True)
        return SessionLabels(calendars.zone(self.days) if self.at == "close" else WallTime.parse(self.at).zone)


def _at_path(path: str, read: Callable[[str], object], text: str) -> None:
    try:
        read(text)
    except (ConfigurationError, InputError) as error:
        raise ConfigurationError(getattr(error, "message", str(error)), path=path) from None


def _require_for_bars(section: AlignmentSection) -> None:
    """Refuse what has no meaning where ticks are a grid."""
    frequency, step = section.frequency, section.frequency.step or DAY
    if section.at != AlignmentSection.model_fields["at"].default:
        message = f"frequency {frequency} has observation times all day, and takes no time of day; leave 'at' out"
        raise ConfigurationError(message, path="at")
    if section.rule is Rule.COMMON_DAYS:
        message = f"common_days joins dates, and frequency {frequency} has many observation times on each"
        raise ConfigurationError(f"{message}; write last_known or synchronous", path="rule")
    if section.rule is Rule.SYNCHRONOUS and parse_duration(section.tolerance) >= step:
        message = (
            f"a tolerance of {section.tolerance} lets one bar serve two observation times of frequency {frequency}"
        )
        raise ConfigurationError(f"{message}; write less than {frequency}", path="tolerance")


@dataclass(frozen=True)
class AlignedTicks:
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


def align(observations: Mapping[str, Observations], section: AlignmentSection) -> AlignedTicks:
    """Choose for each tick the observation of each instrument.

    Raises
    ------
    AlignmentError
        If no tick can be kept, or the tick lies before the last strike of the day and `allow_early` is not set.
    """
    if not observations:
        raise AlignmentError("There is no instrument to align; name at least one.")
    series = {name: times_of(item) for name, item in observations.items()}
    ticks = considered(series, section)
    if section.rule is Rule.LAST_KNOWN and section.frequency.step is None and not section.allow_early:
        _require_late_enough(series, ticks, section)
    instants = ticks.as_unit("ns").asi8
    choice = choose(instants, list(series.values()), section)
    if choice.keep.sum() < 2:
        raise AlignmentError(_TOO_FEW[section.rule](choice, section))
    kept, flags = ticks[choice.keep], _early_flag(ticks[choice.keep], section.days)
    if section.rule is Rule.COMMON_DAYS:
        kept = pd.DatetimeIndex(choice.kept).tz_localize("UTC")
        flags = (*_unequal_flag(choice.age[choice.keep]), *_early_flag(kept, section.days))
    return AlignedTicks(kept, choice.picked, _dropped(choice, section, list(series)), len(ticks), flags)


def times_of(item: Observations) -> Times:
    """Return when the observations of an instrument were struck, and their dates."""
    struck, day = (pd.DatetimeIndex(times).as_unit("ns").asi8 for times in (item.levels.index, item.dates))
    return Times(struck, day)


def considered(series: Mapping[str, Times], section: AlignmentSection) -> pd.DatetimeIndex:
    """Return the ticks of the common period; under ``common_days`` the beginnings of its dates.

    It runs from where all instruments have begun to where one has ended or, at an instant, must be too stale.

    Raises
    ------
    AlignmentError
        If an instrument has no observation, or there is no common date.
    """
    for name, each in series.items():
        if not len(each.struck):
            raise AlignmentError(f"{name} has no observation to align; give it some, or leave it out.")
    by_date = section.rule is Rule.COMMON_DAYS
    times = [each.day if by_date else each.struck for each in series.values()]
    first, ends = max(int(each.min()) for each in times), [int(each.max()) for each in times]
    if by_date:
        if first > min(ends):
            raise AlignmentError("common_days finds no date in a period that all instruments share; choose others.")
        ticks = ticks_of(section.days, "24:00 UTC", section.frequency, _utc(first) + DAY, _utc(min(ends)) + DAY)
        return pd.DatetimeIndex(ticks - DAY)
    last = min(max(ends), min(ends) + parse_duration(section.max_staleness).value)
    return ticks_of(section.days, section.at, section.frequency, _utc(first), _utc(last))


def _utc(instant: int) -> pd.Timestamp:
    return pd.Timestamp(instant, tz="UTC")


def choose(ticks: Integers, series: Sequence[Times], section: AlignmentSection) -> Choice:
    """Apply the rule of a section to ticks (nanoseconds; under ``common_days`` dates) that lie in time order."""
    if section.rule is Rule.LAST_KNOWN:
        return last_known(ticks, series, oldest=section.oldest)
    if section.rule is Rule.SYNCHRONOUS:
        return synchronous(ticks, series, tolerance=parse_duration(section.tolerance).value)
    return common_days(ticks, series)


def _dropped(choice: Choice, section: AlignmentSection, names: list[str]) -> dict[str, dict[str, int]]:
    """Count for each instrument the ticks that it cost, by reason."""
    reasons = {_LACKING[section.rule]: choice.lacking}
    if section.rule is Rule.LAST_KNOWN:
        reasons = {"no update since the last kept observation time": choice.nothing_new, **reasons}
    return {name: {why: int(cost[:, k].sum()) for why, cost in reasons.items()} for k, name in enumerate(names)}


def _early_flag(ticks: pd.DatetimeIndex, days: str) -> tuple[str, ...]:
    """Say that some ticks lie before the dates that their calendar knows."""
    start = calendars.known_from(days)
    if not len(ticks) or ticks[0] >= start.tz_localize("UTC"):
        return ()
    return (f"The calendar of {days} begins on {start:%Y-%m-%d}: before it every usual day of the week is a session.",)


def _require_late_enough(series: Mapping[str, Times], ticks: pd.DatetimeIndex, section: AlignmentSection) -> None:
    """Refuse ticks that lie before the last strike of their own day, unless asked for on purpose."""
    days, instants = section.sessions.labels(ticks).as_unit("ns").asi8, ticks.as_unit("ns").asi8
    for name, each in series.items():
        order = each.day.argsort(kind="stable")
        dates = each.day[order]
        if (dates[1:] == dates[:-1]).any():  # several strikes a day: some observation is always near the tick
            continue
        places = np.minimum(dates.searchsorted(days), len(dates) - 1)
        behind = each.struck[order[places]] - instants
        late = (dates[places] == days) & (behind > 0)
        if late.sum() > 0.5 * len(late):
            lag = pd.Timedelta(int(np.median(behind[late])))
            raise AlignmentError(
                f"alignment.at is {section.at!r}, but {name} is struck {lag / pd.Timedelta(hours=1):.1f} hours later "
                "on the same day, so its newest value would be nearly a day old; set at: '24:00 UTC', or allow_early: "
                "true on purpose."
            )


def _too_few_last_known(choice: Choice, section: AlignmentSection) -> str:
    oldest = pd.Timedelta(int(np.median(choice.age.max(axis=1)))) if len(choice.age) else None
    return (
        f"last_known keeps {int(choice.keep.sum())} of {len(choice.keep)} observation times (typical oldest "
        f"value: {oldest}, "
        f"max_staleness: {section.max_staleness}); raise alignment.max_staleness or choose instruments that overlap in "
        "time."
    )


def _too_few_synchronous(choice: Choice, section: AlignmentSection) -> str:
    gap = pd.Timedelta(int(choice.age.max(axis=1).min())) if len(choice.age) else None
    return (
        f"synchronous keeps {int(choice.keep.sum())} of {len(choice.keep)} observation times within "
        f"{section.tolerance}: the "
        f"smallest gap to the oldest value is {gap}; use hourly files, widen alignment.tolerance, or "
        "use rule: last_known."
    )


def _too_few_common_days(choice: Choice, _: AlignmentSection) -> str:
    return f"common_days finds {int(choice.keep.sum())} dates that all instruments share; choose others."


_TOO_FEW = {
    Rule.LAST_KNOWN: _too_few_last_known,
    Rule.SYNCHRONOUS: _too_few_synchronous,
    Rule.COMMON_DAYS: _too_few_common_days,
}


def _unequal_flag(age: Integers) -> tuple[str, ...]:
    spread = pd.Timedelta(int(np.median(age.max(axis=1))))
    if spread <= UNEQUAL:
        return ()
    hours = spread / pd.Timedelta(hours=1)
    return (f"Values of one date are struck {hours:.0f} hours apart (median): same-date changes do not overlap fully.",)
