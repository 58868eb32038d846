"""Large files are read by their columns, and hold what the same file holds cell by cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.data.sources.readers import read_rows
from coupling.data.tables import large


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
