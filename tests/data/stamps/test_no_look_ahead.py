"""No value is struck before its bar ends, whatever the length, zone, day of summer time or early close."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.rows import RawRows, build_observations
from coupling.data.stamps import read_stamps
from coupling.errors import DataError

LENGTHS = ["1min", "5min", "15min", "30min", "1h", "2h", "4h", "1D"]
ZONES = ["UTC", "America/New_York", "Europe/London", "Asia/Tokyo", "Australia/Lord_Howe"]
TURNS = ["2025-03-08", "2025-03-29", "2025-10-04", "2025-10-25", "2025-11-01", "2025-07-01", "2024-12-20"]
NOW = pd.Timestamp("2026-06-01", tz="UTC")
FORMS = st.sampled_from(["aware", "texts", "seconds", "milliseconds", "objects", "ends"])


@lru_cache(maxsize=1)
def _calendar() -> Any:
    from exchange_calendars import get_calendar

    with warnings.catch_warnings():  # exchange_calendars 4.13 reads zoned values in a way that pandas 3.1 deprecates
        warnings.filterwarnings("ignore", message="Series.values returning an ndarray that drops timezone")
        return get_calendar("XNYS", start="2025-01-01", end="2026-01-31")


def columns(starts: pd.DatetimeIndex, length: pd.Timedelta, zone: str, form: str) -> tuple[Any, dict[str, Any]]:
    """Return starts of bars as a column of some kind, and what else is said."""
    local = starts.tz_convert(zone)
    seconds = [int(start.timestamp()) for start in starts]
    written: dict[str, tuple[Any, dict[str, Any]]] = {
        "aware": (local, {}),
        "texts": ([start.isoformat() for start in local], {}),
        "objects": (list(local), {}),
        "seconds": (seconds, {}),
        "milliseconds": ([second * 1000 for second in seconds], {}),
        "ends": (local, {"ends": starts + length - pd.Timedelta(milliseconds=1)}),
    }
    return written[form]


def observed(column: Any, options: dict[str, Any], clock: str, now: pd.Timestamp = NOW) -> Observations:
    """Values count the bars, so that each tells which bar it comes from."""
    stamps = read_stamps(column, clock=clock, place="x", **options)
    values = pd.Series(range(1, len(column) + 1), dtype=float)
    rows = RawRows.stamped(stamps, place="x", value=values, line=values.astype(int), sha256="")
    return build_observations(resolve("BTC"), SourceEntry(provider="file", symbol="x", clock=clock), rows, now)


@settings(max_examples=60, deadline=None)
@given(
    day=st.sampled_from(TURNS),
    length=st.sampled_from(LENGTHS),
    zone=st.sampled_from(ZONES),
    form=FORMS,
    shift=st.integers(0, 23),
    clock=st.sampled_from(["hourly", "UTC"]),
)
def test_bars_of_a_market_that_never_closes(
    day: str, length: str, zone: str, form: str, shift: int, clock: str
) -> None:
    size = pd.Timedelta(length)
    starts = pd.date_range(pd.Timestamp(day, tz="UTC") + shift * pd.Timedelta(hours=1), periods=40, freq=size)
    try:
        built = observed(*columns(starts, size, zone, form), clock)
    except DataError:
        assert clock == "UTC"  # daily bars that do not end at 24:00 UTC
        assert length == "1D"
        return
    ends = pd.DatetimeIndex([starts[int(value) - 1] + size for value in built.levels])
    assert (built.levels.index >= ends).all()
    assert len(built.levels) == len(starts)


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(
    first=st.sampled_from(["2025-03-05", "2025-06-30", "2025-10-29", "2025-11-24", "2025-12-22"]),
    length=st.sampled_from(["5min", "15min", "30min", "1h", "2h", "1D"]),
    zone=st.sampled_from(ZONES),
    form=FORMS,
)
def test_bars_of_an_exchange_end_at_its_close(first: str, length: str, zone: str, form: str) -> None:
    calendar = _calendar()
    size = pd.Timedelta(length)
    days = calendar.sessions[calendar.sessions >= first][:7]
    daily = length == "1D"
    starts = pd.DatetimeIndex(
        [
            start
            for day in days
            for start in pd.date_range(
                calendar.opens[day], calendar.closes[day], freq="30D" if daily else size, inclusive="left"
            )
        ]
    )
    built = observed(*columns(starts, size, zone, form), "XNYS")
    truth = [
        min(start + size, calendar.closes[start.tz_convert(None).normalize()])
        for start in (starts[int(value) - 1] for value in built.levels)
    ]
    assert list(built.levels.index) == truth
    assert len(truth) == len(starts)


@settings(max_examples=40, deadline=None)
@given(seconds=st.integers(0, 40 * 3600), length=st.sampled_from(["15min", "1h", "4h"]))
def test_a_bar_that_is_open_now_is_never_used_and_is_counted(seconds: int, length: str) -> None:
    size = pd.Timedelta(length)
    starts = pd.date_range("2025-06-02", periods=40, freq=size, tz="UTC")
    now = starts[20] + pd.Timedelta(seconds=seconds % int(size.total_seconds()))
    built = observed(starts[:21], {}, "hourly", now)
    assert (built.levels.index <= now).all()
    assert len(built.levels) == 20
    assert built.origin is not None
    assert "unfinished bars: 1" in built.origin.repairs


@given(hour=st.integers(0, 23))
def test_todays_row_of_a_file_is_unfinished_until_its_clock_strikes(hour: int) -> None:
    now = pd.Timestamp("2025-07-03", tz="UTC") + pd.Timedelta(hours=hour)  # closes at 17:00 UTC
    built = observed(["2025-07-01", "2025-07-02", "2025-07-03"], {}, "XNYS", now)
    assert len(built.levels) == (3 if hour >= 17 else 2)


def test_this_week_is_unfinished_until_its_last_session() -> None:
    weeks = pd.date_range("2025-05-05", periods=9, freq="7D")
    now = pd.Timestamp("2025-07-01 12:00", tz="UTC")
    built = observed(weeks, {"means": "bar_start"}, "XNYS", now)
    assert built.dates.iloc[-1] == pd.Timestamp("2025-06-27")
    assert built.origin is not None
    assert "unfinished bars: 1" in built.origin.repairs
