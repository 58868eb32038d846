"""A session is the day whose close an instant holds, in the zone of its clock."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.dates.sessions import SessionLabels, session_of

DAYS = [date(2024, 2, 29), date(2025, 7, 4), date(2025, 11, 2), date(2026, 3, 8), date(2026, 8, 20), date(2026, 12, 31)]
CLOCKS = ["24:00 UTC", "24:00 Asia/Tokyo", "08:00 Asia/Tokyo", "15:00 Asia/Tokyo", "16:00 America/New_York"]
CLOCKS += ["20:00 America/New_York", "24:00 America/New_York", "02:30 America/New_York", "00:30 Europe/London"]
CLOCKS += ["24:00 Pacific/Auckland", "24:00 Africa/Cairo", "05:00 Pacific/Kiritimati"]


def struck(day: date, clock: str) -> pd.Timestamp:
    """Return the instant of a time of day by the zone's own rules, with pandas alone."""
    at, zone = clock.split()
    hours, minutes = map(int, at.split(":"))
    wall = pd.Timestamp(day) + pd.Timedelta(hours=hours, minutes=minutes)
    return wall.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_tick_belongs_to_its_day_in_the_zone_of_its_clock_whatever_the_season(clock: str) -> None:
    ticks = pd.DatetimeIndex([struck(day, clock) for day in DAYS])
    assert [each.date() for each in SessionLabels(clock.split()[1]).labels(ticks)] == DAYS


def test_midnight_that_a_change_of_the_clock_skips_still_ends_its_day() -> None:
    tick = pd.Timestamp("2024-04-26 00:00").tz_localize("Africa/Cairo", nonexistent="shift_forward")
    assert SessionLabels("Africa/Cairo").of(tick) == date(2024, 4, 25)


def test_labels_are_sessions_already_and_missing_ones_stay_missing() -> None:
    assert SessionLabels("Asia/Tokyo").of(pd.Timestamp("2026-08-21")) == date(2026, 8, 21)
    index = pd.DatetimeIndex(["2026-08-21", None], tz="UTC")
    labels = SessionLabels().labels(index)
    assert labels[0] == pd.Timestamp("2026-08-20")
    assert labels.isna().tolist() == [False, True]
    assert SessionLabels().labels(labels).equals(labels)


def test_the_beginning_of_a_date_is_its_own_session_under_common_days() -> None:
    assert SessionLabels(begins=True).of(pd.Timestamp("2026-08-21", tz="UTC")) == date(2026, 8, 21)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 24 * 3600))
def test_every_instant_of_a_utc_day_after_its_beginning_is_that_day(day: date, seconds: int) -> None:
    assert session_of(pd.Timestamp(day, tz="UTC") + pd.Timedelta(seconds=seconds)) == day


def test_a_frame_changes_in_its_labels_alone() -> None:
    index = pd.DatetimeIndex(["2026-08-20", "2026-08-21"], tz="UTC", name="end")
    frame = pd.DataFrame({"estimate": [0.1, 0.2], "to": index, "known": index}, index=index)
    shown = SessionLabels().relabelled(frame, "to")
    assert shown.index.strftime("%Y-%m-%d").tolist() == ["2026-08-19", "2026-08-20"]
    assert shown.index.name == "end"
    assert shown["to"].tolist() == shown.index.tolist()
    assert shown["known"].tolist() == frame["known"].tolist()
    assert shown["estimate"].tolist() == [0.1, 0.2]
    assert frame.index.equals(index)


@pytest.mark.parametrize(
    ("instant", "session"),
    [
        ("2026-08-21 00:00+00:00", date(2026, 8, 20)),
        ("2026-08-21 00:00:01+00:00", date(2026, 8, 21)),
        ("2026-08-20 23:59:59.999999999+00:00", date(2026, 8, 20)),
        ("2026-08-20 16:00-04:00", date(2026, 8, 20)),  # New York's close
        ("2026-08-21 15:00+09:00", date(2026, 8, 21)),  # Tokyo's close
        ("2026-08-20 20:00-04:00", date(2026, 8, 20)),  # 24:00 UTC, said in New York's time
        ("2026-08-21", date(2026, 8, 21)),  # a label of a session
        ("2026-01-01 00:00+00:00", date(2025, 12, 31)),
    ],
)
def test_a_close_belongs_to_the_day_that_ends(instant: str, session: date) -> None:
    assert session_of(pd.Timestamp(instant)) == session
