"""Clocks give the instants that the publishers and exchanges themselves state."""

from __future__ import annotations

import pandas as pd
import pytest

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import Clock, WallTime, load_clock
from coupling.errors import ConfigurationError


def instants(clock: str, *dates: str) -> list[str]:
    struck = load_clock(clock).struck_at(pd.DatetimeIndex(dates))
    return ["" if pd.isna(instant) else f"{instant:%Y-%m-%d %H:%M}" for instant in struck]


@pytest.mark.parametrize(
    ("clock", "date", "expected"),
    [
        ("UTC", "2025-11-21", "2025-11-22 00:00"),
        ("MOF", "2025-11-20", "2025-11-20 06:00"),
        ("H10", "2025-01-15", "2025-01-15 17:00"),  # winter: noon New York
        ("H10", "2025-07-15", "2025-07-15 16:00"),  # summer
        ("ECB", "2025-03-28", "2025-03-28 13:15"),
        ("ECB", "2025-03-31", "2025-03-31 12:15"),  # Europe changed on the 30th
        ("LBMA", "2025-03-31", "2025-03-31 14:00"),
        ("XNYS", "2025-03-07", "2025-03-07 21:00"),
        ("XNYS", "2025-03-10", "2025-03-10 20:00"),  # the United States changed on the 9th
        ("XNYS", "2025-11-28", "2025-11-28 18:00"),  # early close at 13:00
        ("XNYS", "2001-09-12", ""),  # shut
        ("CBOE", "2025-11-28", "2025-11-28 18:15"),
        ("XTKS", "2024-11-01", "2024-11-01 06:00"),
        ("XTKS", "2024-11-05", "2024-11-05 06:30"),  # Tokyo closes at 15:30 from this day on
        ("XNYS", "1987-10-19", "1987-10-19 20:00"),  # before the exchange's own dates: the regular close
        ("YAHOO_FX", "2024-08-05", "2024-08-05 00:00"),  # the start of the date
        ("YAHOO_FX", "2010-08-05", ""),  # dated otherwise before 2011
    ],
)
def test_values_are_struck_when_the_market_says(clock: str, date: str, expected: str) -> None:
    assert instants(clock, date) == [expected]


@pytest.mark.parametrize(
    ("clock", "date", "expected"),
    [
        ("MOF", "2025-11-21", "2025-11-25 00:30"),  # Friday; Monday the 24th was a holiday in Japan
        ("H10", "2024-08-05", "2024-08-12 20:15"),  # the next Monday
        ("H10", "2024-08-02", "2024-08-05 20:15"),
        ("H15", "2024-08-02", "2024-08-05 20:15"),
        ("ECB", "2024-08-05", "2024-08-05 14:00"),
        ("CFTC", "2026-08-18", "2026-08-21 19:30"),
        ("XNYS", "2024-08-05", "2024-08-05 20:00"),
    ],
)
def test_values_are_known_when_they_are_published(clock: str, date: str, expected: str) -> None:
    known = load_clock(clock).known_at(pd.DatetimeIndex([date]))
    assert f"{known[0]:%Y-%m-%d %H:%M}" == expected


def test_nothing_is_known_before_it_is_struck() -> None:
    labels = pd.date_range("2023-01-01", "2025-12-31", freq="D")
    for name in ("UTC", "XNYS", "CBOE", "XTKS", "MOF", "H10", "H15", "ECB", "LBMA", "COMEX", "ICE", "FARSIDE", "CFTC"):
        clock = load_clock(name)
        struck, known = clock.struck_at(labels), clock.known_at(labels)
        there = ~struck.isna()
        assert (known[there] >= struck[there]).all(), name


@pytest.mark.parametrize("text", ["25:00 UTC", "15:00", "15:00 Nowhere/City", "late UTC", "24:30 UTC"])
def test_a_wrong_time_of_day_is_refused_with_the_value_seen(text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        WallTime.parse(text)


def test_an_unknown_clock_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'MOF'"):
        load_clock("MOFF")


def test_an_exchange_is_a_clock_too() -> None:
    assert instants("XLON", "2025-12-24") == ["2025-12-24 12:30"]


def test_an_unknown_calendar_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'XNYS'"):
        calendars.require_days("XNYC")


def test_sessions_leave_out_holidays_of_the_named_country_only() -> None:
    week = pd.Timestamp("2025-11-24"), pd.Timestamp("2025-11-28")
    days = {
        name: [day.day for day in calendars.sessions(name, *week)] for name in ("XNYS", "XTKS", "weekdays", "every")
    }
    assert days == {
        "XNYS": [24, 25, 26, 28],
        "XTKS": [25, 26, 27, 28],
        "weekdays": [24, 25, 26, 27, 28],
        "every": [24, 25, 26, 27, 28],
    }


def test_a_delay_moves_the_close() -> None:
    late = Clock(name="x", title="x", days="XNYS", at="close", delay="1h")
    assert late.struck_at(pd.DatetimeIndex(["2025-11-28"]))[0] == pd.Timestamp("2025-11-28 19:00", tz="UTC")
