"""The law of stamps: what the dates and times of one column mean, for files and frames alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coupling.data.clocks.calendars import EVERY_DAY
from coupling.data.clocks.clock import Clock, load_clock
from coupling.data.instrument import HOURLY
from coupling.data.stamps.bars import (
    DAILY,
    LONG,
    MEANS,
    as_ends,
    bar_length,
    ends_after,
    in_words,
    leaves_out_days,
    leaves_out_nights,
    spacing,
    stated_length,
)
from coupling.data.stamps.clocked import ends_of_bars, labels_of, own_strikes, struck_values, zone_of
from coupling.data.stamps.sessions import long_spacing, sessions_of_stretches, stretches
from coupling.data.stamps.written import Written, read_written
from coupling.dates.columns import Rows
from coupling.dates.swapped import require_unswapped
from coupling.errors import DataError

__all__ = ["MEANINGS", "REACH", "Stamps", "read_stamps"]

MEANINGS = ("session", "snapshot", "bar_start", "bar_end")
REACH = pd.Timedelta(days=2)
NAME_CLOSE = "state its clock (as clocks='XNYS' in Python), or whether a time is a start or an end"


@dataclass(frozen=True, kw_only=True)
class Stamps:
    """What the stamps of a column mean, row by row.

    Parameters
    ----------
    labels : Series
        Naive date of each value: its session, or the day just before the instant.
    struck : Series, optional
        Instant (UTC) at which each value is struck; missing where its clock has no session. Absent for sessions, whose
        instants are the clock's.
    reach : Timedelta
        How far ahead of now the end of a bar may lie that is still open.
    note : str
        How the column was read.
    """

    labels: pd.Series
    struck: pd.Series | None = field(default=None, repr=False)
    reach: pd.Timedelta = REACH
    note: str = ""

    @property
    def sessions(self) -> bool:
        """Whether the rows are sessions of a clock."""
        return self.struck is None

    @property
    def when(self) -> pd.Series:
        """Naive dates of sessions, else instants (UTC)."""
        return self.labels if self.struck is None else self.struck


def read_stamps(
    column: Any,
    *,
    clock: str | None,
    place: str,
    ends: Any = None,
    zone: str | None = None,
    order: str | None = None,
    means: str | None = None,
    length: str | pd.Timedelta | None = None,
    lines: Sequence[int] | None = None,
) -> Stamps:
    """Read what the dates and times of a column mean.

    Parameters
    ----------
    column : Series, Index or sequence
        Texts, datetimes (naive or aware), dates, periods, or integers (20240805 or unix times).
    clock : str, optional
        Name of the stated clock; ``hourly`` for bars that go by their own instants.
    place : str
        File, or frame and column: it stands in every message.
    ends : Series, Index or sequence, optional
        Instants at which the bars end, where another column has them.
    zone : str, optional
        Zone of naive times of day.
    order : {"dmy", "mdy", "ymd"}, optional
        See `coupling.dates.columns.read_dates`.
    means : {"session", "snapshot", "bar_start", "bar_end"}, optional
        What a stamp is. By default midnights are sessions, and other instants start bars.
    length : str or Timedelta, optional
        Length of a bar; by default the commonest spacing.
    lines : sequence of int, optional
        Line of each row.

    Raises
    ------
    DataError
        If a stamp cannot be read, a time of day has no zone, bars are of no one length or of weeks or months without a
        word on start or end, or the instants are not those of the clock.

    Examples
    --------
    >>> read_stamps(["2024-08-05"], clock="XNYS", place="x.csv").labels.tolist()
    [Timestamp('2024-08-05 00:00:00')]
    >>> hours = ["2024-07-03T15:30:00Z", "2024-07-03T16:30:00Z", "2024-07-05T13:30:00Z"]
    >>> read_stamps(hours, clock="XNYS", place="x.csv", length="1h").struck.dt.strftime("%d %H:%M").tolist()
    ['03 16:30', '03 17:00', '05 14:30']
    """
    rows = Rows(place, lines)
    if means is not None and means not in MEANINGS:
        raise DataError(f"{place}: a stamp cannot mean {means!r}; write one of {', '.join(MEANINGS)}.")
    written = read_written(column, order, rows)
    if not len(written.wall):
        return Stamps(labels=pd.Series([], dtype="datetime64[ns]"))
    require_unswapped(written.wall, rows)
    known = None if clock is None or clock == HOURLY else load_clock(clock)
    if written.instants is None and (not written.midnights or (means == "snapshot" and zone is not None)):
        written = written.placed(zone, rows)
    if written.instants is None:
        _require_fitting(means, length, rows)
        return _sessions(written, known, means, rows)
    dates = None if ends is not None else _dates_of(written, known, means, own=clock == HOURLY)
    if dates is not None:
        return _sessions(Written(dates), known, means, rows)
    if clock is None and ends is None and means is None and length is None:
        _require_close(written, rows)
    return _instants(written, _ends(ends, len(written.wall), zone, order, rows), known, means, length, rows)


def _require_fitting(means: str | None, length: str | pd.Timedelta | None, rows: Rows) -> None:
    """Refuse what is stated of instants where the rows are dates: it would be passed over in silence."""
    if means == "snapshot":
        message = f"{rows.place}: the dates have no time zone, and a snapshot is of an instant"
        raise DataError(f"{message}; state the zone of its midnights (zone: UTC), or leave out that it is one.")
    size = None if length is None else stated_length(length)
    if size is not None and size < DAILY:
        message = f"{rows.place}: the dates have no time of day, and a bar of {in_words(size)} has one"
        raise DataError(f"{message}; leave the length out, or give the times.")


def _require_close(written: Written, rows: Rows) -> None:
    """Refuse bars of a market with a close that nothing names: its last bar ends there, however long the others are."""
    assert written.instants is not None  # the caller sees to it
    if leaves_out_days(written.instants):
        what = f"there is a value a day at {written.wall[0]:%H:%M} and none on many days"
    elif written.length is None and leaves_out_nights(written.instants):
        what = "the bars leave out nights"
    else:
        return
    message = f"{rows.place}: {what}, and a session ends at a close that nothing names"
    raise DataError(f"{message}; {NAME_CLOSE} ({MEANS}).")


def _dates_of(written: Written, clock: Clock | None, means: str | None, *, own: bool) -> pd.DatetimeIndex | None:
    """Return the dates that aware stamps stand for: midnights of their own zone, or of the clock's; else nothing."""
    assert written.instants is not None  # the caller sees to it
    local = written.instants.tz_convert(zone_of(clock)).tz_localize(None)
    if means == "session":
        return (written.wall if written.midnights else local).normalize()
    if own or means is not None:
        return None
    every_day = clock is not None and clock.days == EVERY_DAY  # its day ends at midnight of its own zone alone
    walls = (local,) if every_day else (written.wall, local)
    return next((wall for wall in walls if (wall == wall.normalize()).all()), None)


def _ends(
    ends: Any, count: int, zone: str | None, order: str | None, rows: Rows
) -> tuple[pd.DatetimeIndex, str] | None:
    if ends is None:
        return None
    written = read_written(ends, order, rows)
    if len(written.wall) != count:
        raise DataError(f"{rows.place} has {count} times and {len(written.wall)} ends of bars; give one end for each.")
    if written.instants is None:
        written = written.placed(zone, rows)
    assert written.instants is not None  # they are placed
    return as_ends(written.instants)


def _sessions(written: Written, clock: Clock | None, means: str | None, rows: Rows) -> Stamps:
    """Dates as sessions; of weeks and months the last session, where it is known what the date is of."""
    dates, reach, note = written.wall, REACH, ""
    apart = None if written.last is not None or (clock is not None and clock.long) else long_spacing(dates)
    first, last = (dates, written.last) if written.last is not None else (None, None)
    if apart is not None and means is None:
        message = f"{rows.place}: the dates stand {apart} apart, and nothing says whether they start or end it"
        raise DataError(f"{message}; state it ({MEANS}).")
    if apart is not None and means in ("bar_start", "bar_end"):
        first, last = stretches(dates, apart, str(means))
    if first is not None and last is not None:
        dates = sessions_of_stretches(first, last, clock)
        reach = max((last - first).max() + pd.Timedelta(days=1), REACH)
        note = "stretches of several days, each value at the last session of its stretch"
    return Stamps(labels=pd.Series(dates.as_unit("ns")), reach=reach, note=note)


def _instants(
    written: Written,
    ends: tuple[pd.DatetimeIndex, str] | None,
    clock: Clock | None,
    means: str | None,
    length: str | pd.Timedelta | None,
    rows: Rows,
) -> Stamps:
    assert written.instants is not None  # the caller sees to it
    starts = written.instants
    step = spacing(starts)
    daily = step is None or DAILY <= step <= LONG
    if ends is None and means is None and length is None and clock is not None and daily and own_strikes(starts, clock):
        return _stamps(starts, labels_of(starts, clock), f"as struck, at the close of {clock.name}", "", written.zone)
    if ends is None and means in ("snapshot", "bar_end"):
        struck, note = as_ends(starts) if means == "bar_end" else (starts, "")
        return _stamps(*struck_values(struck, step, clock, rows), note, written.zone)
    if ends is None and length is None and step is not None and step > LONG:
        return _long(starts, clock, means, rows)
    if ends is not None:
        means = means or "bar_start"
    else:
        size = written.length or bar_length(starts, length, rows)
        ends = ends_after(starts, size), f", {in_words(size)} after its start"
    early = ends[0] < starts
    if early.any():
        at = int(early.argmax())
        raise DataError(f"{rows.at(at)}: the bar ends at {ends[0][at]}, before it starts ({starts[at]}); correct it.")
    struck, labels, note = ends_of_bars(starts, ends[0], clock, means, rows)
    return _stamps(struck, labels, note, ends[1], written.zone)


def _long(starts: pd.DatetimeIndex, clock: Clock | None, means: str | None, rows: Rows) -> Stamps:
    """Weeks and months named by their start: its date says which."""
    dates = labels_of(starts + pd.Timedelta(1, unit="ns"), clock)
    if long_spacing(dates) is None:
        message = f"{rows.place}: the times stand {in_words(spacing(starts) or REACH)} apart"
        raise DataError(f"{message}, and nothing says when a value is struck; give a column of the bars' ends.")
    return _sessions(Written(dates), clock, means, rows)


def _stamps(struck: pd.DatetimeIndex, labels: pd.DatetimeIndex, how: str, detail: str, zone: str) -> Stamps:
    index = pd.RangeIndex(len(struck))
    return Stamps(
        labels=pd.Series(labels.as_unit("ns"), index=index),
        struck=pd.Series(struck.as_unit("ns"), index=index),
        note=f"instants ({zone}), {how}{detail}",
    )
