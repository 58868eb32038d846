"""Windows: row counts, calendar time, the whole sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.correlation import (
    ExponentialCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    TailDependence,
)
from coupling.correlation.windows import resolve_windows
from coupling.errors import InputError

DAYS = pd.date_range("2024-01-01", periods=10, freq="D", tz="UTC")


def test_whole_sample_is_one_window_that_ends_at_the_last_row():
    windows = resolve_windows(DAYS, None)
    assert (windows.ends.tolist(), windows.starts.tolist(), windows.stops.tolist()) == ([DAYS[-1]], [0], [10])


def test_row_windows_need_80_percent_of_their_rows():
    windows = resolve_windows(pd.RangeIndex(100), 60)
    assert windows.required[-1] == 48
    assert windows.stops[58] == 0
    assert (windows.starts[59], windows.stops[59]) == (0, 60)


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_calendar_window_holds_changes_wholly_inside(unit):
    windows = resolve_windows(DAYS.as_unit(unit), "4d")
    assert windows.stops[3] == 0
    # the window (Jan 1, Jan 5] holds the changes of Jan 2 to 5; that of Jan 2 begins on Jan 1
    assert (windows.starts[4], windows.stops[4]) == (1, 5)
    # three and a half days: the change of Jan 2 begins before the window opens
    assert resolve_windows(DAYS.as_unit(unit), "84h").starts[4] == 2


def test_calendar_window_mostly_inside_a_gap_is_left_out():
    gap = DAYS[:3].append(pd.date_range("2024-03-01", periods=8, freq="D", tz="UTC"))
    windows = resolve_windows(gap, "7d")
    assert windows.stops[3:10].tolist() == [0, 0, 0, 0, 0, 0, 10]
    assert windows.starts[9] == 4


def test_later_rows_never_change_an_earlier_window():
    long, short = resolve_windows(DAYS, "4d"), resolve_windows(DAYS[:7], "4d")
    assert long.starts[:7].tolist() == short.starts.tolist()
    assert long.required[:7].tolist() == short.required.tolist()


@pytest.mark.parametrize(
    ("window", "message"),
    [
        (2, "too short"),
        (11, "longer than the sample of 10 rows"),
        (2.5, "None, a number of rows or a length of time"),
        (True, "None, a number of rows or a length of time"),
        ("soon", "no positive duration"),
        ("-5d", "no positive duration"),
        ("50d", "longer than the sample"),
    ],
)
def test_an_impossible_window_is_refused(window, message):
    with pytest.raises(InputError, match=message):
        resolve_windows(DAYS, window)


def test_calendar_window_needs_times():
    with pytest.raises(InputError, match="labelled by time"):
        resolve_windows(pd.RangeIndex(10), "4d")


def test_min_share_must_be_a_share():
    with pytest.raises(InputError, match=r"min_share=1\.5"):
        resolve_windows(DAYS, 5, min_share=1.5)


@pytest.mark.parametrize("window", [30, "45d"])
@pytest.mark.parametrize(
    ("make", "result"),
    [
        (lambda window: RollingCorrelation(window=window, method="spearman"), "correlation_"),
        (lambda window: ExponentialCorrelation(halflife=10, window=window), "correlation_"),
        (lambda window: TailDependence(quantile=0.4, window=window), "correlation_"),
        (lambda window: PartialCorrelation(window=window), "correlation_"),
        (lambda window: PartialCorrelation(given="x3", window=window), "correlation_"),
        (lambda window: RollingBeta(window=window), "beta_"),
    ],
    ids=["spearman", "exponential", "tail", "partial", "partial given one", "beta"],
)
def test_windows_in_parts_are_the_windows(make, result, window, monkeypatch):
    """A long sample is done part by part; seven windows at a time give what all at once do."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(150, 4)) + rng.normal(size=(150, 1))
    frame = pd.DataFrame(values, columns=[f"x{j}" for j in range(4)], index=pd.bdate_range("2024-01-01", periods=150))
    frame.iloc[40:43, 1] = np.nan
    whole = getattr(make(window).fit(frame), result)
    monkeypatch.setattr("coupling.correlation.windows.AT_ONCE", 7)
    parts = getattr(make(window).fit(frame), result)
    assert whole.notna().to_numpy().mean() > 0.6
    pd.testing.assert_frame_equal(parts, whole, rtol=1e-12)
