"""On which row an event falls, for frames labelled in every usual way."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from coupling.errors import InputError
from coupling.events import EventStudy, LocalProjection, load_events
from coupling.events.listing.resolve import resolve_events
from coupling.events.studies.placing import place_events

DAYS = pd.bdate_range("2024-07-01", periods=60)
MONDAY = pd.Timestamp("2024-08-05")
ROW = DAYS.get_loc(MONDAY)
ROWS = {
    "naive dates": DAYS,
    "midnight UTC": DAYS.tz_localize("UTC"),
    "midnight New York": DAYS.tz_localize("America/New_York"),
    "midnight New York in UTC": DAYS.tz_localize("America/New_York").tz_convert("UTC"),
    "24:00 UTC": (DAYS + pd.Timedelta(days=1)).tz_localize("UTC"),
    "closes of New York": (DAYS + pd.Timedelta(hours=16)).tz_localize("America/New_York"),
    "closes of New York in UTC": (DAYS + pd.Timedelta(hours=16)).tz_localize("America/New_York").tz_convert("UTC"),
    "periods": DAYS.to_period("D"),
}


def row_of(index, events, **options):
    return place_events(index, events, days="XNYS", **options).positions.tolist()


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize(
    "event",
    ["2024-08-05", MONDAY, MONDAY.date(), np.datetime64("2024-08-05"), "Aug 05, 2024"],
    ids=["text", "Timestamp", "date", "datetime64", "words"],
)
def test_a_date_falls_on_the_session_of_that_date(kind, event):
    assert row_of(ROWS[kind], [event]) == [ROW]


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("event", ["2024-08-05T00:00Z", "2024-08-02T22:00Z", "2024-08-05T13:30Z"])
def test_an_instant_between_two_closes_falls_on_the_later_session(kind, event):
    ends_in_utc = kind == "24:00 UTC"  # there the row of Friday ends at 24:00, after Friday's 22:00
    expected = ROW - 1 if ends_in_utc and event.startswith("2024-08-02") else ROW
    assert row_of(ROWS[kind], [event]) == [expected]


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("form", [lambda index: index, list, lambda index: pd.Series(index), np.asarray])
def test_rows_of_the_frame_itself_fall_on_themselves(kind, form):
    index = ROWS[kind]
    placed = place_events(index, form(index[[40, 7, 21, 7]]), days="XNYS")
    assert placed.positions.tolist() == [7, 21, 40]


def test_the_rows_of_a_panel_are_known_to_be_ticks():
    seven = pd.date_range("2024-08-01", periods=10, tz="UTC")
    assert row_of(seven, ["2024-08-05"]) == [4]
    assert row_of(seven, ["2024-08-05"], ticks=True) == [5]
    assert row_of(seven, ["2024-08-05T12:00Z"], ticks=True) == [5]
    assert row_of(seven, [seven[4]], ticks=True) == [4]


def test_hours_end_after_the_event_and_a_day_begins_at_midnight_of_the_frame():
    hours = pd.date_range("2024-08-01 00:00", periods=240, freq="h", tz="UTC")
    assert hours[row_of(hours, ["2024-08-05T12:30Z"])[0]] == pd.Timestamp("2024-08-05 13:00", tz="UTC")
    assert hours[row_of(hours, ["2024-08-05"])[0]] == pd.Timestamp("2024-08-05 01:00", tz="UTC")
    tokyo = hours.tz_convert("Asia/Tokyo")
    assert tokyo[row_of(tokyo, ["2024-08-05"])[0]] == pd.Timestamp("2024-08-05 01:00", tz="Asia/Tokyo")


def test_a_month_holds_its_days():
    months = pd.period_range("2024-01", periods=24, freq="M")
    assert row_of(months, ["2024-08-05", "2024-09-01"]) == [7, 8]
    assert row_of(months, months[[3, 9]]) == [3, 9]


def test_an_instant_among_naive_hours_is_refused():
    hours = pd.date_range("2024-08-01", periods=240, freq="h")
    assert hours[row_of(hours, ["2024-08-05"])[0]] == MONDAY
    assert row_of(hours, hours[[3, 30]]) == [3, 30]
    with pytest.raises(InputError, match=r"times of day without a zone.*tz_localize"):
        row_of(hours, ["2024-08-05T12:00Z"])


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([20240805], "20240805 is a number"),
        ([1.7e9], "is a number"),
        (np.array([1, 2]), "is a number"),
        ([True], "is a number"),
        (["05/12/2023", "06/12/2023"], "can be read as"),
        (["2024-13-01"], "2024-13-01"),
        ([np.datetime64("NaT")], "missing"),
        ([None], "missing"),
        (pl.DataFrame({"date": [MONDAY]}), "one column of dates"),
        ({"2024-08-05": 1}, "one column of dates"),
        (pd.Timestamp("2024-08-05"), "put it in a list"),
        (dt.date(2024, 8, 5), "put it in a list"),
        (5, "put it in a list"),
        (pd.period_range("2024-01", periods=2, freq="M"), "no instant or date"),
    ],
)
def test_what_is_no_list_of_dates_is_refused(events, told):
    with pytest.raises(InputError, match=told):
        resolve_events(events, "UTC")


@pytest.mark.parametrize(
    "events",
    [
        pl.Series(["2024-08-05", "2024-09-03"]),
        pa.array([dt.date(2024, 8, 5), dt.date(2024, 9, 3)]),
        pa.chunked_array([pa.array(["2024-08-05"]), pa.array(["2024-09-03"])]),
        pl.Series([dt.date(2024, 8, 5), dt.date(2024, 9, 3)]),
        pd.Series(["2024-08-05", "2024-09-03"]),
        np.array(["2024-08-05", "2024-09-03"], dtype="datetime64[D]"),
        {dt.date(2024, 8, 5), dt.date(2024, 9, 3)},
        (day for day in ("5 Aug 2024", "3 Sep 2024")),
        ["13/08/2024", "03/09/2024"],
    ],
)
def test_lists_of_every_library_are_read(events):
    ids = [event.id for event in resolve_events(events, "UTC")]
    assert ids in (["2024-08-05", "2024-09-03"], ["2024-08-13", "2024-09-03"])


def test_the_rule_stands_in_the_result():
    frame = pd.DataFrame(np.random.default_rng(0).standard_normal((60, 2)), index=DAYS, columns=["A", "B"])
    study = EventStudy(event_window=(0, 1), estimation_window=(-20, -1), replications=99)
    assert "events are rows of the frame" in study.fit(frame, DAYS[[30, 40]]).method
    assert "sessions labelled by date" in study.fit(frame, ["2024-08-10"]).method
    aware = frame.tz_localize("UTC")
    assert "labelled by midnight UTC" in study.fit(aware, ["2024-08-10"]).method
    closes = frame.set_axis(ROWS["closes of New York in UTC"])
    assert "rows end at their instants" in study.fit(closes, ["2024-08-05"]).method
    projection = LocalProjection(horizons=1, lags=1).fit(aware, ["2024-08-05", "2024-08-20"])
    assert "labelled by midnight UTC" in projection.method


def test_the_catalogue_falls_on_the_same_sessions_however_the_frame_is_labelled():
    days = pd.bdate_range("2024-01-01", periods=250)
    catalogue = load_events("carry_unwinds")
    places = [
        row_of(rows, catalogue)
        for rows in (days, days.tz_localize("UTC"), days.tz_localize("America/New_York"), days.to_period("D"))
    ]
    assert places[0] == places[1] == places[2] == places[3]
