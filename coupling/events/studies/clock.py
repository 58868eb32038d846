"""The event clock: the sessions that event windows count, and the first of them that an instant can affect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Instants
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import WallTime
from coupling.errors import DataError

__all__ = ["Sessions", "first_session", "sessions_between", "with_margin"]

END_OF_DAY = "24:00 UTC"
LONGEST_HOLIDAY = pd.Timedelta(days=60)


@dataclass(frozen=True)
class Sessions:
    """Consecutive sessions of one calendar.

    Parameters
    ----------
    labels : DatetimeIndex
        Naive dates.
    closes : ndarray of int64
        Instant (ns, UTC) at which the market closes: news after it belongs to the next session.
    ends : ndarray of int64
        Instant (ns, UTC) at which the session counts as over: what is struck by then belongs to it.
    """

    labels: pd.DatetimeIndex
    closes: Instants
    ends: Instants

    def first_affected(self, instants: Instants) -> npt.NDArray[np.intp]:
        """Return the position of the first session that closes after each instant."""
        return self.closes.searchsorted(instants, side="right")


def sessions_between(days: str, at: str, first: pd.Timestamp, last: pd.Timestamp) -> Sessions:
    """Return the sessions from the date of one instant (UTC) to the date of another.

    Parameters
    ----------
    days : str
        ``XNYS`` or another exchange's code, ``weekdays``, or ``every`` for a market that never closes.
    at : str
        When a session counts as over: a time of day such as ``24:00 UTC``, so that Bitcoin's daily bar of the same date
        belongs to it, or ``close``.
    first, last : Timestamp
        Aware instants.

    Examples
    --------
    >>> first, last = (pd.Timestamp(f"2024-07-0{day}", tz="UTC") for day in (3, 5))
    >>> sessions = sessions_between("XNYS", "24:00 UTC", first, last)
    >>> sessions.labels.strftime("%m-%d").tolist(), pd.Timestamp(sessions.closes[0], tz="UTC")
    (['07-03', '07-05'], Timestamp('2024-07-03 17:00:00+0000', tz='UTC'))
    """
    start, end = (moment.tz_convert("UTC").tz_localize(None).normalize() for moment in (first, last))
    labels = calendars.sessions(days, start, end)
    if calendars.is_exchange(days):
        closes = calendars.closes(days, labels)
        ends = closes if at == "close" else WallTime.parse(at).on(labels)
    else:
        closes = ends = WallTime.parse(END_OF_DAY if at == "close" else at).on(labels)
    closing = closes.as_unit("ns").asi8
    return Sessions(labels, closing, np.maximum(closing, ends.as_unit("ns").asi8))


def first_session(instant: pd.Timestamp, days: str) -> pd.Timestamp:
    """Return the label of the first session of a calendar that an instant can affect: the first that closes after it.

    Parameters
    ----------
    instant : Timestamp
        An aware instant.
    days : str
        Calendar of the sessions, such as XNYS.

    Returns
    -------
    Timestamp
        The session's date, without a time zone.

    Examples
    --------
    >>> late = pd.Timestamp("2025-10-10 20:50", tz="UTC")
    >>> first_session(late, "XNYS"), first_session(late, "XTKS")
    (Timestamp('2025-10-13 00:00:00'), Timestamp('2025-10-14 00:00:00'))
    """
    last = with_margin(instant, days, LONGEST_HOLIDAY)
    sessions = sessions_between(days, "close", instant - pd.Timedelta(days=1), last)
    place = sessions.first_affected(np.array([pd.Timestamp(instant).as_unit("ns").value]))[0]
    if place == len(sessions.labels):
        raise DataError(f"no session of {days} after {instant:%Y-%m-%d %H:%M %Z} is known; leave this event out.")
    return pd.Timestamp(sessions.labels[place])


def with_margin(instant: pd.Timestamp, days: str, margin: pd.Timedelta) -> pd.Timestamp:
    """Return an instant moved on by a margin, but not beyond the dates that a calendar knows."""
    return max(instant, min(instant + margin, calendars.known_to(days).tz_localize("UTC")))
