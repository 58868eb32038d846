"""Ticks are round, stand inside the axis, and are no more than asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.ticker import LogLocator

from coupling.drawing import ticks

FINITE = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(FINITE, FINITE, st.integers(2, 8))
def test_round_numbers_stand_inside_and_are_no_more_than_asked_for(one: float, other: float, most: int) -> None:
    low, high = sorted((one, other))
    found = ticks.numbers(low, high, most)
    assert 1 <= len(found) <= most
    slack = 1e-6 * max(high - low, 1e-300)
    if high - low > 1e-6 * max(abs(low), abs(high)):
        assert all(low - slack <= value <= high + slack for value in found) or found == [low]
        assert np.ptp(np.diff(found)) <= 1e-6 * (high - low) if len(found) > 2 else True
        assert len(found) >= min(2, most - 2) or found == [low]
    assert len(set(ticks.written(found))) == len(found) or high - low < 1e-9


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-1.02, 1.02, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0.0, 0.0023, ["0.0000", "0.0005", "0.0010", "0.0015", "0.0020"]),
        (-2.0, 102.0, ["0", "25", "50", "75", "100"]),
        (3.0, 3.0, ["3"]),
        (float("nan"), float("nan"), []),
    ],
)
def test_numbers_are_written_with_the_decimals_that_tell_them_apart(low: float, high: float, labels: list[str]) -> None:
    assert ticks.written(ticks.numbers(low, high, 5)) == labels


@pytest.mark.parametrize(("low", "high"), [(178.0, 126000.0), (0.02, 7.0), (1.0, 1e6)])
def test_powers_are_those_of_matplotlib(low: float, high: float) -> None:
    theirs = [
        value for value in LogLocator(subs=(1.0, 3.0), numticks=50).tick_values(low, high) if low <= value <= high
    ]
    assert ticks.powers(low, high) == pytest.approx(theirs)


SPANS = {
    "two minutes": ("2024-08-05 09:00", "2024-08-05 09:02", "%H:%M"),
    "a day": ("2024-08-05 00:00", "2024-08-05 23:00", "%H:%M"),
    "three days": ("2024-08-05", "2024-08-08", "%m-%d %H:%M", "%m-%d"),
    "two weeks": ("2024-07-22", "2024-08-05", "%m-%d"),
    "two months": ("2023-12-15", "2024-02-10", "%m-%d", "%Y-%m"),
    "half a year": ("2023-11-15", "2024-05-10", "%Y-%m"),
    "three years": ("2021-11-15", "2024-05-10", "%Y", "%Y-%m"),
    "a century": ("1921-11-15", "2024-05-10", "%Y"),
    "before 1970": ("1955-02-01", "1969-12-31", "%Y"),
}


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("most", [3, 6, 9])
def test_dates_stand_where_their_words_say(span: str, most: int) -> None:
    start, end, *forms = SPANS[span]
    low, high = ((pd.Timestamp(each) - pd.Timestamp(0)) / pd.Timedelta("1D") for each in (start, end))
    places, labels = ticks.dates(low, high, lambda words: len(words) <= most)
    assert 1 <= len(places) <= most
    assert all(low <= place <= high for place in places)
    instants = [(pd.Timestamp(0) + place * pd.Timedelta("1D")).round("s") for place in places]
    known = {4: "%Y", 5: "%m-%d" if "-" in labels[0] else "%H:%M", 7: "%Y-%m", 11: "%m-%d %H:%M"}
    assert labels == [f"{each:{known[len(labels[0])]}}" for each in instants]
    assert len(set(labels)) == len(labels)
    assert most < 9 or (len(places) >= 3 and known[len(labels[0])] in forms)
