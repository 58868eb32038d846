"""Instants held against a stated clock: bars end at its close, and an instant that is not its own is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import Clock, WallTime
from coupling.data.stamps.bars import DAILY, MEANS, in_words
from coupling.dates.columns import Rows
from coupling.errors import DataError

__all__ = ["ends_of_bars", "labels_of", "own_strikes", "struck_values", "zone_of"]

AGREES = 0.95
NEAR = pd.Timedelta(hours=1)
DELAY = pd.Timedelta(minutes=15)
AFTER = pd.Timedelta(hours=4)
BEAT = "instants in the data beat a stated clock: name the clock that they are struck by, or 'bars' for their own"
Bars = tuple[pd.DatetimeIndex, pd.DatetimeIndex, str]


def zone_of(clock: Clock | None) -> str:
    """Return the zone in which a clock has its dates."""
    if clock is None:
        return "UTC"
    return calendars.zone(clock.days) if clock.at == "close" else WallTime.parse(clock.at).zone


def labels_of(struck: pd.DatetimeIndex, clock: Clock | None) -> pd.DatetimeIndex:
    """Return the date just before each instant, in the zone of the clock: 24:00 belongs to the day that it ends."""
    return (struck - pd.Timedelta(1, unit="ns")).tz_convert(zone_of(clock)).tz_localize(None).normalize()


def ends_of_bars(
    starts: pd.DatetimeIndex, ends: pd.DatetimeIndex, clock: Clock | None, means: str | None, rows: Rows
) -> Bars:
    """Return when bars are struck, their dates, and a note: at their end, or at the close of the session if earlier.

    Parameters
    ----------
    starts, ends : DatetimeIndex
        UTC.
    clock : Clock, optional
        The stated one; absent where the bars go by their own instants.
    means : str, optional
        As stated.
    rows : Rows

    Raises
    ------
    DataError
        If the bars are not of the clock's sessions.
    """
    if clock is None:
        return ends, labels_of(ends, None), "each value at the end of its bar"
    daily = pd.Timedelta(np.median((ends - starts).asi8), unit="ns") >= DAILY
    if clock.at != "close":
        return _by_wall_clock(starts, ends, clock, means, rows, daily=daily)
    opens, closes, labels = _sessions(starts, clock)
    place = np.minimum(closes.searchsorted(starts, side="right"), len(closes) - 1)
    inside = (opens[place] <= starts if daily else opens[place] < ends) & (starts < closes[place])
    _require_most(inside, starts, clock, rows, "the bar from {} on lies outside the sessions of")
    struck = clock.struck_at(labels[place]) if daily else ends.where(ends <= closes[place], closes[place])
    note = (
        f"each value at the close of the session of {clock.name} that holds its bar"
        if daily
        else (f"each value at the end of its bar, or at the close of {clock.name} if earlier")
    )
    return pd.DatetimeIndex(struck.where(inside)), labels[place], note


def struck_values(struck: pd.DatetimeIndex, step: pd.Timedelta | None, clock: Clock | None, rows: Rows) -> Bars:
    """Return instants of values as they are, their dates, and a note; raise `DataError` where a clock has others."""
    labels = labels_of(struck, clock)
    if clock is None:
        return struck, labels, "each value at its own instant"
    if step is not None and step < DAILY:
        ends, labels, _ = ends_of_bars(struck - pd.Timedelta(1, unit="ns"), struck, clock, "bar_end", rows)
        return ends, labels, "each value at its own instant"
    strikes = clock.struck_at(labels)
    _require_most(np.abs(struck - strikes) <= NEAR, struck, clock, rows, "a value is struck at {}, not by the clock")
    return struck, labels, "each value at its own instant"


def _by_wall_clock(
    starts: pd.DatetimeIndex, ends: pd.DatetimeIndex, clock: Clock, means: str | None, rows: Rows, *, daily: bool
) -> Bars:
    """Bars beside a clock that strikes at a time of day: daily ones end then; others need days without a close."""
    labels = labels_of(ends, clock)
    if not daily:
        agrees = np.full(len(ends), clock.days == calendars.EVERY_DAY)
        _require_most(agrees, starts, clock, rows, "the bar from {} on ends at its own instant, not by the clock")
        return ends, labels, "each value at the end of its bar"
    at_start = np.abs(starts - clock.struck_at(labels_of(starts, clock))) <= NEAR
    if means is None and at_start.mean() >= AGREES:
        length = in_words(pd.Timedelta(np.median((ends - starts).asi8), unit="ns"))
        message = f"{rows.place}: the values stand at {clock.at} each day, which starts or ends a bar of {length}"
        raise DataError(f"{message}; state which ({MEANS}, or snapshot).")
    near = np.abs(ends - clock.struck_at(labels)) <= NEAR
    _require_most(near, starts, clock, rows, "the bar from {} on does not end by the clock")
    return ends, labels, "each value at the end of its bar"


def own_strikes(instants: pd.DatetimeIndex, clock: Clock) -> bool:
    """Tell whether instants are the closes of a clock, or shortly after them: no bar of a session starts there."""
    if clock.at != "close":
        return False
    labels = labels_of(instants, clock)
    after = instants - clock.struck_at(labels)
    near = np.asarray((after >= pd.Timedelta(0)) & (after <= DELAY))
    return bool(near.mean() >= AGREES - 0.02 and np.asarray(~(after < pd.Timedelta(0)) & ~(after > AFTER)).all())


def _sessions(starts: pd.DatetimeIndex, clock: Clock) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex, pd.DatetimeIndex]:
    """Opens, closes and dates of the sessions around some instants."""
    days = starts.tz_convert(zone_of(clock)).tz_localize(None).normalize()
    reach = pd.Timedelta(days=14)
    labels = calendars.sessions(clock.days, days.min() - reach, days.max() + reach)
    return calendars.opens(clock.days, labels), calendars.closes(clock.days, labels), labels


def _require_most(agrees: np.ndarray, instants: pd.DatetimeIndex, clock: Clock, rows: Rows, what: str) -> None:
    if len(agrees) and np.mean(agrees) < AGREES:
        at = int(np.asarray(~agrees).argmax())
        told = what.format(f"{instants[at].tz_convert(zone_of(clock)):%Y-%m-%d %H:%M}")
        raise DataError(f"{rows.at(at)}: {told} {clock.name} ({clock.title}); {BEAT}.")
