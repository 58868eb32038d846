"""What stamps mean: every kind of column, against instants that were worked out by hand or by another program."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.data.stamps import Stamps, read_stamps
from coupling.errors import DataError

DAYS = pd.DatetimeIndex(["2025-07-02", "2025-07-03", "2025-07-07", "2025-07-08", "2025-07-09", "2025-07-10"])
OPENS = (DAYS + pd.Timedelta(hours=9, minutes=30)).tz_localize("America/New_York")
CLOSES = ["02 20:00", "03 17:00", "07 20:00", "08 20:00", "09 20:00", "10 20:00"]  # the 3rd of July closes at 13:00


def read(column: Any, clock: str | None = "XNYS", **options: Any) -> Stamps:
    return read_stamps(column, clock=clock, place="x.csv", **options)


def struck(stamps: Stamps) -> list[str]:
    assert stamps.struck is not None
    return stamps.struck.dt.strftime("%d %H:%M").tolist()


MIDNIGHTS = {
    "texts": [f"{day:%Y-%m-%d}" for day in DAYS],
    "texts with zero times": [f"{day:%Y-%m-%d} 00:00:00" for day in DAYS],
    "in UTC": [f"{day:%Y-%m-%d}T00:00:00.000Z" for day in DAYS],
    "in New York": [f"{day:%Y-%m-%d} 00:00:00-04:00" for day in DAYS],
    "of New York in UTC": [f"{day:%Y-%m-%d}T04:00:00Z" for day in DAYS],
    "datetimes": pd.Series(DAYS),
    "microseconds": pd.Series(DAYS.as_unit("us")),
    "aware": DAYS.tz_localize("America/New_York"),
    "aware, in UTC": DAYS.tz_localize("America/New_York").tz_convert("UTC"),
    "dates": [day.date() for day in DAYS],
    "periods": pd.PeriodIndex(DAYS, freq="D"),
    "whole numbers": [int(f"{day:%Y%m%d}") for day in DAYS],
    "floats": [float(f"{day:%Y%m%d}") for day in DAYS],
    "compact texts": [f"{day:%Y%m%d}" for day in DAYS],
    "numpy": list(DAYS.to_numpy()),
    "categories": pd.Series([f"{day:%Y-%m-%d}" for day in DAYS], dtype="category"),
    "strings": pd.Series([f"{day:%Y-%m-%d}" for day in DAYS], dtype="string"),
}


@pytest.mark.parametrize("kind", MIDNIGHTS)
def test_midnights_are_sessions(kind: str) -> None:
    found = read(MIDNIGHTS[kind])
    assert found.sessions
    assert found.labels.tolist() == list(DAYS)


SECONDS = [int(open_.timestamp()) for open_ in OPENS]
OPENING = {
    "aware": OPENS,
    "texts": [open_.isoformat() for open_ in OPENS],
    "unix seconds": SECONDS,
    "unix seconds as text": [str(second) for second in SECONDS],
    "milliseconds": [second * 1000 for second in SECONDS],
    "microseconds": [second * 10**6 for second in SECONDS],
    "nanoseconds": [second * 10**9 for second in SECONDS],
    "objects": list(OPENS),
    "python": [open_.to_pydatetime() for open_ in OPENS],
    "newest first": OPENS[::-1],
}


@pytest.mark.parametrize("kind", OPENING)
def test_daily_bars_named_by_their_opening_are_struck_at_the_close_of_their_session(kind: str) -> None:
    found = read(OPENING[kind])
    back = -1 if kind == "newest first" else 1
    assert struck(found)[::back] == CLOSES
    assert found.labels.tolist()[::back] == list(DAYS)


def test_closes_that_are_stamped_as_such_are_struck_there() -> None:
    closes = pd.DatetimeIndex([f"2025-07-{close}" for close in CLOSES], tz="UTC")
    found = read(closes)
    assert struck(found) == CLOSES
    assert found.labels.tolist() == list(DAYS)


def test_a_close_needs_no_neighbour() -> None:
    assert struck(read(["2025-07-03T17:00:00Z"])) == ["03 17:00"]


def test_days_that_begin_at_17_in_new_york_are_not_struck_where_they_begin() -> None:
    starts = (pd.bdate_range("2025-01-05", "2025-06-01") + pd.Timedelta(hours=17)).tz_localize("America/New_York")
    with pytest.raises(DataError, match="lies outside the sessions of XNYS"):
        read(starts)
    with pytest.raises(DataError, match="state which"):
        read(starts, "ICE")
    assert struck(read(starts, "ICE", means="bar_start"))[0] == "07 22:00"


def test_days_of_new_york_do_not_end_at_midnight_in_utc() -> None:
    with pytest.raises(DataError, match="does not end by the clock UTC"):
        read(pd.date_range("2025-06-02", periods=9, tz="America/New_York"), "UTC")


def test_a_snapshot_at_midnight_closes_the_day_before() -> None:
    found = read(["2025-06-03 00:00:00 UTC", "2025-06-04 00:00:00 UTC"], "UTC", means="snapshot")
    assert struck(found) == ["03 00:00", "04 00:00"]
    assert found.labels.dt.day.tolist() == [2, 3]


def test_close_times_decide_the_length_of_bars() -> None:
    starts = [1748822400000, 1748908800000]  # 2025-06-02 and 03, 00:00 UTC
    found = read(starts, "UTC", ends=[start + 86_399_999 for start in starts])
    assert struck(found) == ["03 00:00", "04 00:00"]
    assert found.labels.dt.day.tolist() == [2, 3]
    assert "millisecond" in found.note


@pytest.mark.parametrize("length", ["1min", "5min", "15min", "1h", "4h", "1D"])
def test_bars_end_one_spacing_after_they_start(length: str) -> None:
    starts = pd.date_range("2025-03-29", periods=30, freq=length, tz="UTC")
    found = read(starts, "hourly")
    assert found.struck is not None
    assert found.struck.tolist() == list(starts + pd.Timedelta(length))


def test_bars_of_days_end_where_the_next_day_begins_though_clocks_are_set() -> None:
    starts = pd.date_range("2025-10-31", periods=5, tz="America/New_York")
    found = read(starts, "hourly")
    assert found.struck is not None
    assert found.struck.tolist() == list(pd.date_range("2025-11-01", periods=5, tz="America/New_York"))
    assert read(starts[::-1], "hourly").struck.tolist() == found.struck.tolist()[::-1]


def test_bars_of_three_days_end_after_the_third() -> None:
    starts = pd.date_range("2025-06-03", periods=9, freq="3D", tz="UTC")
    found = read(starts, "UTC", means="bar_start")
    assert found.labels.tolist() == list((starts + pd.Timedelta("2D")).tz_localize(None))


def test_bars_end_at_an_early_close() -> None:
    starts = ["2025-07-03T15:30Z", "2025-07-03T16:30Z", "2025-07-07T13:30Z", "2025-07-07T14:30Z", "2025-07-07T15:30Z"]
    assert struck(read(starts)) == ["03 16:30", "03 17:00", "07 14:30", "07 15:30", "07 16:30"]


def test_naive_times_of_a_zone_are_placed_on_both_sides_of_summer_time() -> None:
    times = ["2025-03-07 09:30", "2025-03-07 10:30", "2025-03-10 09:30", "2025-03-10 10:30"]
    found = read(times, zone="America/New_York")
    assert struck(found) == ["07 15:30", "07 16:30", "10 14:30", "10 15:30"]


def test_the_hour_that_comes_twice_is_settled_by_the_order_of_rows() -> None:
    wall = pd.date_range("2025-11-02 04:00", periods=5, freq="h", tz="UTC").tz_convert("America/New_York")
    naive = wall.tz_localize(None)
    for column in (naive, naive[::-1]):
        found = read(column, "hourly", zone="America/New_York")
        assert found.struck is not None
        assert sorted(found.struck) == list(wall.tz_convert("UTC") + pd.Timedelta(hours=1))


WEEKS = pd.date_range("2025-01-06", periods=20, freq="7D")
MONTHS = pd.date_range("2025-01-01", periods=12, freq="MS")


@pytest.mark.parametrize(
    ("column", "means", "first", "last"),
    [
        (WEEKS, "bar_start", "2025-01-10", "2025-05-23"),
        (WEEKS + pd.Timedelta(days=4), "bar_end", "2025-01-10", "2025-05-23"),
        (WEEKS - pd.Timedelta(days=1), "bar_start", "2025-01-10", "2025-05-23"),
        (MONTHS, "bar_start", "2025-01-31", "2025-12-31"),
        (MONTHS + pd.offsets.MonthEnd(0), "bar_end", "2025-01-31", "2025-12-31"),
        (pd.PeriodIndex(MONTHS, freq="M"), None, "2025-01-31", "2025-12-31"),
        (pd.PeriodIndex(WEEKS, freq="W-SUN"), None, "2025-01-10", "2025-05-23"),
        (WEEKS.tz_localize("UTC") + pd.Timedelta(hours=13, minutes=30), "bar_start", "2025-01-10", "2025-05-23"),
    ],
)
def test_weeks_and_months_stand_at_their_last_session(column: Any, means: str | None, first: str, last: str) -> None:
    found = read(column, means=means)
    assert found.sessions
    assert [found.labels.iloc[0], found.labels.iloc[-1]] == [pd.Timestamp(first), pd.Timestamp(last)]


def test_a_clock_of_weeks_needs_no_word() -> None:
    assert read(WEEKS + pd.Timedelta(days=1), "CFTC").labels.tolist() == list(WEEKS + pd.Timedelta(days=1))


HOURS = pd.date_range("2025-06-02", periods=48, freq="h", tz="UTC")
MIXED = pd.date_range("2025-06-02", periods=30, freq="h", tz="UTC").append(
    pd.date_range("2025-06-03 06:00", periods=60, freq="15min", tz="UTC")
)
_SESSIONS = pd.bdate_range("2025-06-02", periods=60)
SWAPPED = pd.DatetimeIndex([pd.Timestamp(d.year, d.day, d.month) if d.day < 13 else d for d in _SESSIONS])
REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "naive times": (["2025-06-02 09:30", "2025-06-03 09:30"], {}, "row 1: .* has a time of day and no time zone"),
    "some aware": (
        ["2025-06-02T09:30Z", "2025-06-03 09:30"],
        {},
        "row 2: .* has no time zone, and other rows have",
    ),
    "text and dates": (
        ["2025-06-02", dt.date(2025, 6, 3)],
        {},
        "row 2: .* is a date, and '2025-06-02' before",
    ),
    "missing": (["2025-06-02", None], {}, "row 2: the date is missing"),
    "weeks": (WEEKS, {}, "stand a week apart, and nothing says"),
    "months": (MONTHS, {}, "stand a month apart"),
    "three days": (pd.date_range("2025-06-03", periods=9, freq="3D", tz="UTC"), {"clock": "UTC"}, "stand 3 days apart"),
    "four weeks": (WEEKS[:4], {}, "stand a week apart"),
    "two months": (MONTHS[:2], {}, "stand a month apart"),
    "day and month swapped": (SWAPPED, {}, "row 6: .* in order once day and month are swapped in some rows"),
    "day and month swapped, newest first": (SWAPPED[::-1], {}, "in order once day and month are swapped"),
    "day and month swapped, texts": (SWAPPED.strftime("%Y-%m-%d").tolist(), {}, "once day and month are swapped"),
    "snapshots without a zone": (DAYS, {"means": "snapshot"}, "state the zone of its midnights"),
    "an hour's bar on a date": (DAYS, {"length": "1h"}, "a bar of 1 hour has one"),
    "a length that is none": (DAYS, {"length": "x"}, "'x' is no positive duration"),
    "a market's bars without a clock": (
        HOURS[(HOURS.hour >= 13) & (HOURS.hour < 20)],
        {"clock": None},
        "leave out nights",
    ),
    "fortnights": (pd.date_range("2025-06-03", periods=9, freq="14D"), {}, "stand 14 days apart"),
    "weekly instants": (WEEKS.tz_localize("UTC") + pd.Timedelta(hours=3), {"clock": "hourly"}, "stand a week apart"),
    "hours of every day": (HOURS, {}, "lies outside the sessions of XNYS"),
    "snapshots of UTC": (
        pd.date_range("2025-06-03", periods=20, tz="UTC"),
        {"means": "snapshot"},
        "struck at 2025-06-02 20:00, not by the clock XNYS",
    ),
    "bars of UTC days": (
        pd.date_range("2025-06-03", periods=20, tz="UTC"),
        {"means": "bar_start"},
        "lies outside the sessions of XNYS",
    ),
    "fixing by the hour": (HOURS, {"clock": "MOF"}, "ends at its own instant, not by the clock MOF"),
    "start or end": (
        pd.DatetimeIndex(DAYS + pd.Timedelta(hours=15)).tz_localize("Asia/Tokyo"),
        {"clock": "MOF"},
        "state which",
    ),
    "one bar": (["2025-06-02T13:30Z"], {"clock": "hourly"}, "does not tell how long a bar is"),
    "no spacing": (
        pd.DatetimeIndex(np.cumsum(np.arange(1, 30)) * 60 * 10**9 + HOURS[0].value, tz="UTC"),
        {"clock": "hourly"},
        "no common spacing",
    ),
    "two lengths": (
        MIXED,
        {"clock": "hourly"},
        "bars of 1 hour stand among bars of 15",
    ),
    "overlap": (HOURS, {"clock": "hourly", "length": "4h"}, "would overlap"),
    "hour twice": (["2025-11-02 01:30"], {"clock": "hourly", "zone": "America/New_York"}, "row 1: .* comes twice"),
    "hour never": (
        ["2025-03-09 02:30", "2025-03-09 03:30"],
        {"clock": "hourly", "zone": "America/New_York"},
        "row 1: .* never comes",
    ),
    "no zone": (["2025-06-02 09:30"], {"zone": "Nowhere/Town"}, "zone 'Nowhere/Town' is unknown"),
    "two units": ([1748871000, 1748957400000], {}, "too small for unix milliseconds"),
    "spreadsheet": ([45509, 45510], {}, "day number of a spreadsheet"),
    "counts": ([1, 2, 3], {}, "is no date: neither 20240805 nor a unix time"),
    "parts": ([1748871000.5, 1748871001.5], {}, "is no date"),
    "truth": ([True, False], {}, "is no date|is a bool"),
    "year 9999": (pd.Series(np.array(["9999-12-31"], "datetime64[s]")), {}, "outside the years 1678 to 2261"),
    "far dates": ([dt.date(9999, 12, 31)], {}, "outside the years 1678 to 2261"),
    "hour 25": (["2025-06-02T25:30Z"], {}, "no time of day between"),
    "meaning": (DAYS, {"means": "open"}, "cannot mean 'open'"),
    "ends before starts": ([1748822400000], {"clock": "UTC", "ends": [1748822300000]}, "before it starts"),
    "too few ends": ([1748822400000, 1748908800000], {"ends": [1748908800000]}, "has 2 times and 1 ends of bars"),
    "complex": ([1j], {}, "is no date"),
    "two columns": (pd.MultiIndex.from_tuples([("a", "b")]), {}, "the dates are a MultiIndex"),
    "nothing": (None, {}, "the dates are a NoneType"),
    "empty zone": (["2025-06-02 09:30"], {"zone": ""}, "the zone '' is unknown"),
    "objects": ([object()], {}, "is a object"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_known_is_refused_in_one_sentence(kind: str) -> None:
    column, options, message = REFUSED[kind]
    with pytest.raises(DataError, match=message) as caught:
        read(column, **options)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_one_filler_row_on_a_holiday_is_left_to_be_counted() -> None:
    days = pd.date_range("2025-05-01", "2025-07-03", freq="B")
    opens = (days + pd.Timedelta(hours=9, minutes=30)).tz_localize("America/New_York")
    found = read(opens)
    assert found.struck is not None
    assert days[found.struck.isna()].strftime("%m-%d").tolist() == ["05-26", "06-19"]


def test_rows_that_are_merely_unsorted_are_sorted_later() -> None:
    shuffled = _SESSIONS.to_series().sample(frac=1, random_state=1)
    assert read(shuffled).labels.tolist() == shuffled.tolist()
    assert len(read(_SESSIONS[30:].append(_SESSIONS[:30])).labels) == 60


def test_an_empty_column_is_no_error() -> None:
    assert read([]).labels.empty
