import numpy as np
import pandas as pd
import pytest

from coupling.data.intervals import change_intervals, struck_since
from coupling.data.observations import Observations
from coupling.errors import InputError

DAYS = pd.date_range("2025-01-03", periods=6, freq="D", tz="UTC")  # a Friday, 00:00: the close of Thursday


def one(levels, index=DAYS, **options):
    series = pd.Series(levels, index=index, dtype=float)
    return change_intervals({"a": series, "b": series}, **options)[0]


def hours(instants):
    return [pd.Timestamp(value, unit="ns", tz="UTC").strftime("%a %H") for value in instants]


def test_changes_run_between_own_strikes():
    intervals = one([1, 2, 4, 3, 3, 5])
    assert intervals.change.tolist() == [1, 2, -1, 0, 2]
    assert hours(intervals.start) == ["Fri 00", "Sat 00", "Sun 00", "Mon 00", "Tue 00"]
    assert hours(intervals.end) == ["Sat 00", "Sun 00", "Mon 00", "Tue 00", "Wed 00"]
    assert intervals.repeated_share == 0.2


def test_a_missing_level_lengthens_the_next_interval():
    intervals = one([1, np.nan, 4, 3, np.nan, np.nan])
    assert intervals.change.tolist() == [3, -1]
    assert hours(intervals.start) == ["Fri 00", "Sun 00"]


def test_dropped_repeats_start_the_next_change_at_the_first_quote():
    intervals = one([1, 1, 1, 2, 2, 2], stale="drop")
    assert intervals.change.tolist() == [1]
    assert (hours(intervals.start), hours(intervals.end)) == (["Fri 00"], ["Mon 00"])
    assert intervals.repeated_share == 0.8


def test_merged_weekend_is_one_change_from_friday_to_monday():
    intervals = one([1, 2, 4, 8, 16, 32], weekend="merge")
    assert intervals.change.tolist() == [1, 14, 16]
    assert hours(intervals.start) == ["Fri 00", "Sat 00", "Tue 00"]
    assert hours(intervals.end) == ["Sat 00", "Tue 00", "Wed 00"]


def test_naive_labels_are_the_days_themselves():
    intervals = one([1, 2, 4, 8, 16, 32], DAYS.tz_localize(None), weekend="merge")  # labels Friday to Wednesday
    assert intervals.change.tolist() == [7, 8, 16]


def test_merging_adds_log_changes():
    levels = pd.Series([100.0, 101, 103, 99, 98, 104], index=DAYS)
    known = pd.Series(DAYS, index=DAYS)
    observations = Observations(name="a", levels=levels, known_at=known, change="log")
    intervals = change_intervals({"a": observations, "b": observations}, weekend="merge")[0]
    np.testing.assert_allclose(intervals.change, 100 * np.log([101 / 100, 98 / 101, 104 / 98]))


def test_a_flow_is_the_change_of_its_own_interval_and_no_repeat():
    flows = pd.Series([9.0, 2, 4, 3, 3, 5], index=DAYS)
    observations = Observations(name="a", levels=flows, known_at=pd.Series(DAYS, index=DAYS), change="value")
    intervals = change_intervals({"a": observations, "b": observations}, stale="drop")[0]
    assert intervals.change.tolist() == [2, 4, 3, 3, 5]
    assert hours(intervals.start)[1] == "Sat 00"
    assert intervals.repeated == 0


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_instants_are_the_same_in_every_zone_and_resolution(unit):
    tokyo = DAYS.tz_convert("Asia/Tokyo").as_unit(unit)
    np.testing.assert_array_equal(one(range(6), tokyo).start, one(range(6)).start)


@pytest.mark.parametrize("levels", [[], [1.0], [np.nan] * 6])
def test_too_little_gives_no_interval(levels):
    intervals = one(levels, DAYS[: len(levels)])
    assert len(intervals.change) == 0
    assert np.isnan(intervals.repeated_share)


@pytest.mark.parametrize(
    ("observations", "message"),
    [
        ({"a": pd.Series([1.0, 2], index=DAYS[:2])}, "at least two names"),
        ({"a": pd.Series([1.0, 2]), "b": pd.Series([1.0, 2])}, "a: give Observations"),
        ({"a": pd.Series([1.0, np.inf], index=DAYS[:2]), "b": pd.Series(dtype=float)}, "2025-01-04.*infinite"),
        ({n: pd.Series([1.0, 2], index=DAYS[[1, 0]]) for n in "ab"}, "must increase"),
        ({n: pd.Series([1.0, 2], index=DAYS[[1, 1]]) for n in "ab"}, "must increase"),
        (
            {
                "a": pd.Series([1.0, 2], index=DAYS[:2]),
                "b": pd.Series([1.0, 2], index=DAYS[:2].tz_localize(None)),
            },
            "b: session labels",
        ),
        ({n: pd.Series([-1.7e308, 1.7e308], index=DAYS[:2]) for n in "ab"}, "beyond the range"),
    ],
)
def test_unusable_observations_are_refused(observations, message):
    with pytest.raises(InputError, match=message):
        change_intervals(observations)


@pytest.mark.parametrize("option", [{"stale": "maybe"}, {"weekend": "fold"}])
def test_unknown_options_are_refused(option):
    with pytest.raises(InputError, match="unknown; use"):
        one(range(6), **option)


def test_struck_since_keeps_what_was_struck_at_or_after_an_instant():
    levels = pd.Series([1.0, 2, 4, 8, 16, 32], index=DAYS)
    item = Observations(name="a", levels=levels, known_at=pd.Series(DAYS, index=DAYS), change="difference")
    late = struck_since({"a": item}, DAYS[3])["a"]
    assert late.levels.tolist() == [8, 16, 32]
    assert late.known_at.index.equals(late.levels.index)
    assert struck_since({"a": item}, None)["a"] is item
