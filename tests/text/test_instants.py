"""A second time zone: the clock of a place beside UTC, through daylight saving and across midnight."""

from __future__ import annotations

import pandas as pd
import pytest

from coupling.text.instants import add_local, local_time
from coupling.text.tables import readable


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        ("2024-08-05 06:00", "Asia/Tokyo", "15:00 Asia/Tokyo"),
        ("2024-01-05 21:00", "America/New_York", "16:00 America/New_York"),  # winter: five hours behind
        ("2024-07-05 20:00", "America/New_York", "16:00 America/New_York"),  # summer: four
        ("2024-11-03 05:30", "America/New_York", "01:30 America/New_York"),
        ("2024-08-05 15:00", "Asia/Tokyo", "2024-08-06 00:00 Asia/Tokyo"),
        ("2024-08-05 03:00", "America/New_York", "2024-08-04 23:00 America/New_York"),
    ],
)
def test_the_clock_of_a_place(instant: str, zone: str, shown: str) -> None:
    assert local_time(pd.Timestamp(instant, tz="UTC"), zone) == shown


def test_instants_of_a_text_are_told_twice_and_dates_once() -> None:
    text = "At the last tick (2025-11-21 21:00 UTC) of 2025-11-21; as of 2025-11-22T00:30Z."
    assert add_local(text, "Europe/London") == (
        "At the last tick (2025-11-21 21:00 UTC (21:00 Europe/London)) of 2025-11-21; as of 2025-11-22T00:30Z "
        "(00:30 Europe/London)."
    )
    assert add_local(text, "") == text


def test_a_column_of_instants_carries_both_and_one_of_dates_does_not() -> None:
    instants = pd.to_datetime(["2024-08-05 06:00", None, "2024-08-05 20:00"], utc=True)
    dates = pd.to_datetime(["2024-08-05", "2024-08-06", None])
    frame = pd.DataFrame({"struck": instants, "date": dates, "midnight": dates.tz_localize("UTC")})
    table = readable(frame, zone="Asia/Tokyo")
    assert [row[0] for row in table.rows] == [
        "2024-08-05 06:00 (15:00 Asia/Tokyo)",
        "–",
        "2024-08-05 20:00 (2024-08-06 05:00 Asia/Tokyo)",
    ]
    assert [row[1:] for row in table.rows] == [
        ("2024-08-05", "2024-08-05"),
        ("2024-08-06", "2024-08-06"),
        ("–", "–"),
    ]
    assert readable(frame).rows[0][0] == "2024-08-05 06:00"
