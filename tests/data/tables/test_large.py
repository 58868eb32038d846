"""Large files are read by their columns, and hold what the same file holds cell by cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.data.sources.readers import read_rows
from coupling.data.tables import large
from coupling.errors import DataError


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_bar_keeps_its_open_high_and_low(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    hours = pd.date_range("2022-01-01", periods=4_000, freq="h", tz="UTC")
    e = np.random.default_rng(0).normal(0, 0.01, (len(hours), 4)).round(6)
    close = 100 * np.exp(e[:, 0].cumsum())
    bars = {"open": close * (1 + e[:, 1]), "high": close * (1 + abs(e[:, 2])), "low": close * (1 - abs(e[:, 3]))}
    frame = pd.DataFrame({**bars, "close": close, "volume": 1.0}, index=hours.rename("time_utc"))
    path = tmp_path / f"bars.{kind}"
    frame.to_csv(path) if kind == "csv" else frame.reset_index().to_parquet(path)
    by_cells = read_rows(path)
    monkeypatch.setattr(large, "LARGE", 1_000)
    by_columns = read_rows(path)
    assert by_columns.bars is not None
    assert by_cells.bars is not None
    pd.testing.assert_frame_equal(by_columns.bars, by_cells.bars, check_exact=True)
    pd.testing.assert_frame_equal(by_columns.bars, frame[["open", "high", "low"]].reset_index(drop=True))
    pd.testing.assert_series_equal(by_columns.value, by_cells.value, check_exact=True)


def hourly(rows: int = 300, mark: str = ",") -> list[str]:
    """Lines of a file of hourly closes."""
    hours = pd.date_range("2022-01-01", periods=rows, freq="h", tz="UTC")
    return [f"time_utc{mark}close", *(f"{hour}{mark}{100 + k / 8:.4f}" for k, hour in enumerate(hours))]


@pytest.mark.parametrize(
    ("mark", "line"), [(",", None), (";", None), ("\t", None), (",", ""), (",", "2022-01-09 03:30:00+00:00,abc")]
)
def test_a_large_file_says_what_it_says_cell_by_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str, line: str | None
) -> None:
    """Its delimiter among the notes, and below an empty line the lines of the file itself."""
    lines = hourly(mark=mark)
    lines[200:200] = [] if line is None else [line]
    path = tmp_path / "bars.csv"
    path.write_text("\n".join(lines) + "\n")
    found = []
    for size in (10**9, 1_000):
        monkeypatch.setattr(large, "LARGE", size)
        try:
            rows = read_rows(path)
            found.append((rows.repairs, list(rows.line), list(rows.value)))
        except DataError as error:
            found.append((str(error), [], []))
    assert found[0] == found[1]


def test_a_time_that_is_none_is_refused_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", 1_000)
    path = tmp_path / "bars.csv"
    rows = [f"2022-01-0{1 + k // 24},{k % 24:02d}:00,{100 + k / 8:.4f}" for k in range(200)]
    path.write_text("\n".join(["date,time,close", *rows[:150], "2022-01-07,99 PM,120.0", *rows[150:]]) + "\n")
    with pytest.raises(DataError, match=r"line 152.*'99 PM' is no time of day"):
        read_rows(path, zone="UTC")


def test_an_endless_number_is_quoted_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", 1_000)
    path = tmp_path / "bars.csv"
    lines = hourly()
    lines[200] = "2022-01-09 07:00:00+00:00,inf"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=r"line 201: inf in column 'close' is no finite number"):
        read_rows(path)
