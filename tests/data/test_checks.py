"""Checks find what is known to be wrong, and nothing in a clean series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.data.checks import check_series
from coupling.data.instrument import SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.files import Folder
from coupling.data.sources.rows import RawRows, build_observations

NOW = pd.Timestamp("2026-11-22", tz="UTC")


def series_of(values: np.ndarray, dates: pd.DatetimeIndex, opens: np.ndarray | None = None) -> Observations:
    rows = RawRows(
        place="x.csv",
        when=pd.Series(dates),
        value=pd.Series(values),
        line=pd.Series(range(len(values))),
        bars=None if opens is None else pd.DataFrame(dict.fromkeys(("open", "high", "low"), opens)),
        sha256="0",
    )
    return build_observations(resolve("BTC"), SourceEntry(provider="file", symbol="x.csv", clock="UTC"), rows, NOW)


@pytest.fixture
def clean() -> tuple[np.ndarray, pd.DatetimeIndex]:
    dates = pd.date_range("2023-01-01", periods=600, freq="D")
    return 30000 * np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.02, 600))), dates


def test_a_clean_series_has_no_finding(clean: tuple[np.ndarray, pd.DatetimeIndex]) -> None:
    values, dates = clean
    opens = np.r_[values[0], values[:-1]] * (1 + np.random.default_rng(3).normal(0, 1e-5, 600))
    second = series_of(values * (1 + np.random.default_rng(4).normal(0, 3e-4, 600)), dates)
    assert check_series(series_of(values, dates, opens), [second]).empty


def found(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["check"], frame["date"].dt.strftime("%Y-%m-%d"), strict=True))


def test_a_gap_is_found(clean: tuple[np.ndarray, pd.DatetimeIndex]) -> None:
    values, dates = clean
    keep = (dates < "2023-06-01") | (dates > "2023-06-12")
    frame = check_series(series_of(values[keep], dates[keep]))
    assert found(frame) == [("gap", "2023-06-13")]
    assert frame["value"].tolist() == [12]


def test_a_run_of_repeated_values_is_found(clean: tuple[np.ndarray, pd.DatetimeIndex]) -> None:
    values, dates = clean
    values[100:106] = values[100]
    assert ("repeated value", "2023-04-16") in found(check_series(series_of(values, dates)))


def test_a_spike_that_reverses_is_found(clean: tuple[np.ndarray, pd.DatetimeIndex]) -> None:
    values, dates = clean
    values[300] *= 1.4
    assert ("mean-reverting outlier", "2023-10-28") in found(check_series(series_of(values, dates)))


def test_a_close_that_breaks_with_the_next_open_is_found(clean: tuple[np.ndarray, pd.DatetimeIndex]) -> None:
    values, dates = clean
    opens = np.r_[values[0], values[:-1]]
    values = values.copy()
    values[50] *= 1.015
    assert found(check_series(series_of(values, dates, opens))) == [("close-to-open discrepancy", "2023-02-20")]


def test_a_second_source_of_another_clock_is_not_compared(clean: tuple[np.ndarray, pd.DatetimeIndex]) -> None:
    values, dates = clean
    other = series_of(values * 1.1, dates)
    assert other.origin is not None
    assert check_series(series_of(values, dates), [replace(other, origin=replace(other.origin, clock="ICE"))]).empty


@pytest.mark.thorough
class TestRealFiles:
    """What PROVENANCE names is found."""

    def check(self, series: Path, name: str) -> pd.DataFrame:
        folder, item = Folder(series, {}, {}), resolve(name)
        first, *others = (folder.read(item, entry, NOW) for entry in folder.candidates(item))
        return check_series(first, others)

    def test_the_three_bad_bitcoin_closes(self, series: Path) -> None:
        frame = self.check(series, "BTC")
        opens = found(frame[frame["check"] == "close-to-open discrepancy"])
        assert {day for _, day in opens} >= {"2021-11-24", "2021-11-25", "2021-12-14"}
        second = {day for _, day in found(frame[frame["check"] == "second source"])}
        assert second >= {"2021-11-25", "2021-12-14"}

    def test_the_bad_close_of_the_share_index(self, series: Path) -> None:
        frame = self.check(series, "SPX")
        rows = frame[frame["check"] == "second source"]
        assert found(rows) == [("second source", "2021-08-11")]
        assert (rows["value"].round(2).tolist(), rows["against"].tolist()) == ([4442.41], [4447.7])

    def test_the_bad_close_of_the_volatility_index(self, series: Path) -> None:
        frame = self.check(series, "VIX")
        assert ("second source", "2026-02-06") in found(frame)
