"""Changes that were formed over another market's calendar: what `frame.diff()` loses after a day without a close.

Where one column has a row every day and another has closes on its own days only, the difference of two rows is missing
on the day without a close *and on the day after it*: shares in a frame of seven days have no change on any Monday.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Flags
from coupling.data.gate.sessions import session_dates

__all__ = ["carried_sentence", "lost_changes", "lost_sentence"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALWAYS, SELDOM = 0.9, 0.5
WEEKS, GAPS = 3, 3
PRESENT = 0.45
SATURDAY = 5


def lost_changes(frame: pd.DataFrame) -> dict[Any, Flags]:
    """Return for each column that was formed over another calendar the rows whose change is lost.

    A column counts as such if, in a frame of seven days a week, it is missing on three or more weekdays running and
    there on the others; or if, in another frame, it has at least three gaps and each takes two rows or more. The
    lost row is the last of each gap, where the market was open again, provided that another column is there.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=70)
    >>> closes = pd.DataFrame({"BTC": 1.0 + np.arange(70.0)}, index=days)
    >>> closes["SPX"] = closes["BTC"].where(days.day_of_week < 5)
    >>> lost = lost_changes(closes.diff())
    >>> list(lost), sorted(set(days[lost["SPX"]].day_name()))
    (['SPX'], ['Monday'])
    """
    missing = _missing(frame)
    if not missing.any() or missing.all() or len(frame) < 2 * GAPS:
        return {}
    dates = session_dates(frame.index)
    if dates is None and isinstance(frame.index, pd.DatetimeIndex):
        dates = (frame.index - pd.Timedelta(1, unit="ns")).tz_localize(None).normalize()
    weekday = None if dates is None or not dates.is_unique else _seven_days(dates)
    found, present = {}, (~missing).sum(axis=1)
    for place, name in enumerate(frame.columns):
        lost = _lost_rows(missing[:, place], weekday)
        lost &= present - ~missing[:, place] > 0
        if lost.any():
            found[name] = lost
    return found


def _missing(frame: pd.DataFrame) -> Flags:
    values = frame.to_numpy()
    return np.asarray(np.isnan(values) if values.dtype.kind == "f" else frame.isna())


def lost_sentence(frame: pd.DataFrame, lost: dict[Any, Flags]) -> str:
    """Say which changes are lost, how many, and what to do instead."""
    parts = []
    for name, rows in lost.items():
        labels = frame.index[rows]
        parts.append(f"{name} has no change on {int(rows.sum())} rows{_on(labels)} (first {labels[0]})")
    return (
        f"{'; '.join(parts)}: formed over another market's calendar, where the change after a day without a close is "
        "lost. Give the closes to cp.align, which forms each change between the market's own closes."
    )


def carried_sentence(frame: pd.DataFrame) -> str:
    """Say which columns have changes of 0 on the weekdays of a shut market, as closes carried forward give; else "".

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=70)
    >>> closes = pd.DataFrame({"BTC": 1.0 + np.arange(70.0)}, index=days)
    >>> closes["SPX"] = closes["BTC"].where(days.day_of_week < 5).ffill()
    >>> carried_sentence(closes.diff())[:66]
    'SPX has a change of exactly 0 on 20 of 20 Saturdays and Sundays: a'
    """
    dates = session_dates(frame.index)
    weekday = None if dates is None or not dates.is_unique else _seven_days(dates)
    if weekday is None:
        return ""
    zero = (frame == 0).to_numpy()
    parts = []
    for place, name in enumerate(frame.columns):
        shut = _shut(zero[:, place], weekday)
        others = np.delete(zero[shut], place, axis=1) if shut.any() else zero[:0]
        if others.size and not others.all():
            parts.append(f"{name} has a change of exactly 0 on {int(zero[shut, place].sum())} of {int(shut.sum())}")
    if not parts:
        return ""
    return (
        f"{'; '.join(parts)} Saturdays and Sundays: a close carried forward over days without a session is no change. "
        "Give the closes to cp.align as they are, without filling."
    )


def _shut(zero: Flags, weekday: npt.NDArray[np.int64]) -> Flags:
    """Return the rows of a weekend on which nearly all changes are 0, where on other days few are."""
    weekend = weekday >= SATURDAY
    always = zero[weekend].mean() >= ALWAYS and zero[~weekend].mean() <= SELDOM
    return weekend if always else np.zeros(len(zero), dtype=np.bool_)


def _on(labels: Any) -> str:
    if not isinstance(labels, pd.DatetimeIndex):
        return ""
    days, counts = np.unique(np.asarray(labels.day_of_week), return_counts=True)
    most = int(counts.argmax())
    return f", {counts[most]} of them {DAYS[days[most]]}s" if counts[most] > len(labels) / 2 else ""


def _seven_days(dates: pd.DatetimeIndex) -> npt.NDArray[np.int64] | None:
    """Return the weekday of every row where the rows run over all seven, else None."""
    weekday = np.asarray(dates.day_of_week, dtype=np.int64)
    counts = np.bincount(weekday, minlength=7)
    return weekday if counts.min() >= WEEKS and counts.min() >= 0.5 * counts.max() else None


def _lost_rows(missing: Flags, weekday: npt.NDArray[np.int64] | None) -> Flags:
    there = np.flatnonzero(~missing)
    nothing = np.zeros(len(missing), dtype=np.bool_)
    if len(there) < 2 or not missing[there[0] : there[-1]].any():
        return nothing
    inside = slice(there[0], there[-1] + 1)
    if not missing[inside].mean() <= 1 - PRESENT:
        return nothing
    starts, stops = _gaps(missing[inside])
    seven = weekday is not None and _weekdays_running(missing[inside], weekday[inside]) >= 3
    each = weekday is None and len(starts) >= GAPS and bool((stops - starts >= 2).all())
    if seven or each:
        nothing[there[0] + stops - 1] = True
    return nothing


def _gaps(missing: Flags) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    edges = np.diff(np.concatenate([[0], missing.astype(np.int8), [0]]))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _weekdays_running(missing: Flags, weekday: npt.NDArray[np.int64]) -> int:
    """Return how many weekdays in a row are always missing, if all others are mostly there; else 0."""
    share = np.array([missing[weekday == day].mean() if (weekday == day).any() else 0.0 for day in range(7)])
    closed = share >= ALWAYS
    if closed.all() or not (closed | (share <= SELDOM)).all():
        return 0
    longest = run = 0
    for flag in np.concatenate([closed, closed]):
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest
