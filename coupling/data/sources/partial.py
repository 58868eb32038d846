"""What an answer lacks: a late beginning, holes of more than a week, an end far behind."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY, SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.sources.span import DateSpan

__all__ = ["note_partial"]

LATE_BY = pd.Timedelta(days=7)
BEHIND_BY = pd.Timedelta(days=14)
MONTHLY_BEHIND_BY = pd.Timedelta(days=120)
SHOWN = 3


def note_partial(rows: RawRows, entry: SourceEntry, span: DateSpan, now: pd.Timestamp) -> RawRows:
    """Add to the repairs of fetched rows what the answer lacks; nothing else changes.

    Parameters
    ----------
    rows : RawRows
        As fetched.
    entry : SourceEntry
        Its clock says on which days there should be values.
    span : DateSpan
        Dates asked for.
    now : Timestamp
        The instant (UTC) of the fetch.
    """
    dates = pd.DatetimeIndex(rows.when[rows.value.notna()].sort_values())
    if rows.instants or entry.clock == HOURLY or dates.empty:
        return rows
    wanted_last = min(span.last, now.tz_localize(None)) if span.last is not None else now.tz_localize(None)
    notes = []
    if span.first is not None and dates[0] - span.first > LATE_BY:
        notes.append(f"begins on {dates[0]:%Y-%m-%d}, asked from {span.first:%Y-%m-%d}")
    clock = load_clock(entry.clock)
    notes += [] if clock.monthly else _holes(dates, clock.days)
    if wanted_last - dates[-1] > (MONTHLY_BEHIND_BY if clock.monthly else BEHIND_BY):
        notes.append(f"ends on {dates[-1]:%Y-%m-%d}, {(wanted_last - dates[-1]).days} days behind")
    return replace(rows, repairs=(*rows.repairs, *notes))


def _holes(dates: pd.DatetimeIndex, days: str) -> list[str]:
    """Name the holes of more than a week in which there were sessions."""
    dates = dates[dates >= calendars.known_from(days)]  # before them, a calendar knows no long holidays
    ends = dates[1:][dates[1:] - dates[:-1] > LATE_BY]
    starts = dates[:-1][dates[1:] - dates[:-1] > LATE_BY]
    day = pd.Timedelta(days=1)
    holes = [(first + day, last - day) for first, last in zip(starts, ends, strict=True)]
    counted = [(first, last, len(calendars.sessions(days, first, last))) for first, last in holes]
    found = [(first, last, count) for first, last, count in counted if count]
    named = [f"{first:%Y-%m-%d} to {last:%Y-%m-%d} ({count} sessions)" for first, last, count in found[:SHOWN]]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return [f"holes of more than a week: {len(found)}; {', '.join(named + more)}"] if found else []
