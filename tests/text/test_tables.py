"""Frames become text by the units of the conventions; what is left out is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.text.tables import decimals_of, readable, thin


def test_decimals_follow_the_unit_of_the_row_and_line_up() -> None:
    frame = pd.DataFrame(
        {"estimate": [-3.0041, -19.34], "p_value": [0.0301, 0.00004], "n_events": [10, 9], "unit": ["%", "bp"]},
        index=pd.Index(["SPX", "JGB10Y"], name="instrument"),
    )
    table = readable(frame)
    assert table.headings == ("instrument", "estimate", "p value", "n events", "unit")
    assert table.rows == (("SPX", "-3.00", "0.030", "10", "%"), ("JGB10Y", "-19.3\u2007", "<0.001", "9", "bp"))
    assert table.numeric == (False, True, True, True, False)
    assert table.row_headings == 1


@pytest.mark.parametrize(
    ("column", "unit", "decimals"),
    [
        ("p_value", "", 3),
        ("p_sign", "bp", 3),
        ("q", "", 3),
        ("estimate", "bp", 1),
        ("estimate", "%", 2),
        ("move (bp)", "", 1),
        ("move (%)", "", 2),
        ("hours_shared_hours", "", 1),
        ("last", "%", 3),
        ("last", "USD", None),
        ("alpha", "", 4),
        ("sign_p", "%", 3),
        ("p_value_without", "%", 3),
        ("last_p_value", "", 3),
        ("cointegration p value", "", 3),
        ("sessions_to_signal", "", 0),
        ("estimate", "rank", 0),
        ("hours shared", "", 1),
        ("df", "", 0),
        ("rows", "%", 0),
        ("statistic", "", None),
    ],
)
def test_decimals_by_name_and_unit(column: str, unit: str, decimals: int | None) -> None:
    assert decimals_of(column, unit) == decimals


def test_missing_infinite_and_negative_zero() -> None:
    frame = pd.DataFrame({"x": [np.nan, np.inf, -np.inf, -0.001, 1234.5]})
    assert [row[0] for row in readable(frame).rows] == ["–", "∞", "-∞", "0.00", "1,234.50"]


def test_words_of_every_kind() -> None:
    values = [True, np.False_, None, ("a", "b"), (), pd.Timedelta(hours=6.5), pd.Timestamp("2024-08-05 13:30"), 0.126]
    table = readable(pd.DataFrame({"v": pd.Series(values, dtype=object)}))
    assert [row[0] for row in table.rows] == ["yes", "no", "–", "a, b", "–", "6.5 h", "2024-08-05 13:30", "0.13"]


def test_instants_are_utc_and_days_are_days() -> None:
    tokyo = pd.DatetimeIndex(["2024-08-05 15:00", None], tz="Asia/Tokyo")
    table = readable(pd.DataFrame({"struck": tokyo, "day": pd.to_datetime(["2024-08-05", "2024-08-06"])}))
    assert table.rows == (("2024-08-05 06:00", "2024-08-05"), ("–", "2024-08-06"))


def test_numbers_that_pandas_holds_as_objects_are_still_numbers() -> None:
    table = readable(pd.DataFrame({"n": pd.Series([60, 61], dtype=object), "m": pd.Series([1, None], dtype="Int64")}))
    assert table.numeric == (True, True)
    assert table.rows == (("60", "1"), ("61", "–"))


def test_headings_of_several_levels_and_an_unnamed_row_number() -> None:
    frame = pd.DataFrame([[0.5]], columns=pd.MultiIndex.from_tuples([("BTC", "SPX")]))
    table = readable(frame)
    assert table.headings == ("BTC – SPX",)
    assert table.row_headings == 0


def test_a_long_frame_in_time_is_thinned_evenly_and_keeps_its_last_row() -> None:
    frame = pd.DataFrame({"x": range(1000)}, index=pd.date_range("2020-01-01", periods=1000, tz="UTC"))
    shown, note = thin(frame, 60)
    assert len(shown) <= 60
    assert shown.index[-1] == frame.index[-1]
    assert set(np.diff(shown["x"])) == {17}
    assert note == "Thinned: 59 of 1,000 rows, one time in 17 counted back from the last."


@pytest.mark.parametrize("by_time_first", [True, False])
def test_a_tidy_frame_keeps_all_pairs_at_the_times_it_keeps(by_time_first: bool) -> None:
    times = pd.date_range("2020-01-01", periods=300, tz="UTC")
    pairs = ["BTC–SPX", "BTC–IXIC", "BTC–JGB10Y"]
    index = pd.MultiIndex.from_product([times, pairs] if by_time_first else [pairs, times])
    shown, _ = thin(pd.DataFrame({"x": 1.0}, index=index), 60)
    level = shown.index.get_level_values(1 if by_time_first else 0)
    assert len(shown) <= 60
    assert set(level.value_counts()) == {len(shown) // 3}


def test_times_in_a_column_are_thinned_too() -> None:
    frame = pd.DataFrame({"end": pd.date_range("2020-01-01", periods=100, tz="UTC"), "x": 1.0})
    shown, _ = thin(frame, 30)
    assert len(shown) <= 30
    assert shown["end"].iloc[-1] == frame["end"].iloc[-1]


def test_words_of_code_become_words_but_names_stay() -> None:
    frame = pd.DataFrame(
        {"rule": ["last_known"], "file": ["btc_usd.csv"]}, index=pd.Index(["my_series"], name="instrument")
    )
    assert readable(frame).rows == (("my_series", "last known", "btc_usd.csv"),)


def test_large_levels_keep_their_decimals() -> None:
    rows = readable(pd.DataFrame({"highest": [124_752.531, 164.0]})).rows
    assert rows == (("124,752.53",), ("164.00",))


def test_a_long_list_is_cut_and_says_so() -> None:
    shown, note = thin(pd.DataFrame({"x": range(85)}), 60)
    assert list(shown["x"]) == list(range(60))
    assert note == "The first 60 of 85 rows."


def test_a_short_frame_is_left_whole() -> None:
    frame = pd.DataFrame({"x": [1, 2]})
    assert thin(frame, 60) == (frame, "")


def test_an_empty_frame_is_a_table_without_rows() -> None:
    table = readable(pd.DataFrame({"estimate": pd.Series(dtype=float)}))
    assert table.headings == ("estimate",)
    assert table.rows == ()


def test_the_level_of_a_yield_has_three_decimals_and_a_change_in_percent_two() -> None:
    frame = pd.DataFrame({"estimate": [1.805, -0.125], "unit": ["% (level)", "%"]}, index=["JGB10Y", "SPX"])
    rows = readable(frame.rename_axis("instruments")).rows
    assert [row[1].strip("\u2007") for row in rows] == ["1.805", "-0.12"]
