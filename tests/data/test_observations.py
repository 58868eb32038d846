"""Observations hold what was observed: a missing level is refused, and every door counts it before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling
from coupling.data.formula import combine
from coupling.data.instrument import Instrument
from coupling.data.loading.dataset import DataSection, load_dataset
from coupling.data.observations import Observations
from coupling.errors import InputError

DAYS = pd.date_range("2025-11-17 21:00", periods=5, freq="D", tz="UTC")
LEVELS = [1.0, 2.0, 3.0, 4.0, 5.0]


def observed(levels: list[Any], dtype: Any = None, *, name: str = "SPX", days: pd.DatetimeIndex = DAYS) -> Observations:
    series = pd.Series(levels, index=days, dtype=dtype)
    return Observations(name=name, levels=series, known_at=pd.Series(days, index=days), change="difference")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("levels", "dtype", "message"),
    [
        ([1.0, np.nan, 3.0, np.nan, 5.0], None, "SPX: 2 of 5 levels are missing, the first at 2025-11-18 21:00 UTC"),
        ([1, None, 3, 4, 5], "Float64", "1 of 5 levels are missing"),
        ([1, 2, 3, 4, None], object, "1 of 5 levels are missing, the first at 2025-11-21"),
        ([np.nan] * 5, None, "5 of 5 levels are missing"),
        ([1.0, 2.0, -np.inf, 4.0, 5.0], None, "the level at 2025-11-19 21:00 UTC is infinite"),
        (["1", "2", "x", "4", "5"], object, "levels must be numbers, and they are of type object"),
    ],
)
def test_a_level_that_is_none_is_refused(levels: list[Any], dtype: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        observed(levels, dtype)


def test_whole_numbers_are_levels_and_nothing_is_a_series_too() -> None:
    assert observed([1, 2, 3, 4, 5], "int64").changes.iloc[1:].tolist() == [1.0] * 4
    assert observed([], float, days=DAYS[:0]).levels.empty


def test_the_door_of_files_counts_what_is_missing(tmp_path: Path) -> None:
    dates = pd.bdate_range("2024-01-02", periods=30).strftime("%Y-%m-%d")
    gaps = {3: "", 7: "-", 11: "."}
    for name in ("BTC", "SPX"):
        rows = [f"{day},{gaps.get(k, 100 + k) if name == 'SPX' else 100 + k}" for k, day in enumerate(dates)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["date,value", *rows]))
    found = load_dataset(DataSection(directory=str(tmp_path)), ["BTC", "SPX"]).observations["SPX"]
    assert found.levels.notna().all()
    assert found.origin is not None
    shut = sum(int(text.rpartition(": ")[2]) for text in found.origin.repairs if text.startswith("rows on dates"))
    assert "missing values: 3" in found.origin.repairs
    assert len(found.levels) == 30 - 3 - shut


@pytest.mark.parametrize("wide", [True, False])
def test_the_door_of_frames_counts_what_is_missing(wide: bool) -> None:
    days = pd.bdate_range("2025-01-02", periods=40)
    levels = pd.DataFrame({"BTC": np.arange(40.0) + 100, "SPX": np.arange(40.0) + 50}, index=days)
    levels.iloc[[4, 9], 1] = np.nan
    data: Any = levels if wide else {name: levels[name] for name in levels}
    panel = coupling.align(data, clocks={"BTC": "XNYS", "SPX": "XNYS"})
    origin = panel.observations["SPX"].origin
    assert origin is not None
    assert "missing values: 2" in origin.repairs
    assert panel.table.loc["SPX", "rows_in"] == len(panel.observations["SPX"].levels)


def test_a_formula_counts_the_dates_that_one_part_lacks() -> None:
    hours = pd.DatetimeIndex([*DAYS[:4], DAYS[0] + pd.Timedelta(hours=1)]).sort_values()
    parts = {"A": observed(LEVELS, name="A"), "B": observed(LEVELS, name="B", days=hours)}
    late = observed([1.0, 2.0], name="B", days=DAYS[[1, 3]])
    carry = Instrument.model_validate({"name": "CARRY", "kind": "yield", "formula": "A - B"})
    origin = combine(carry, parts).origin
    assert origin is not None
    assert origin.repairs == ("values of B that are not the last of their date: 1",)
    origin = combine(carry, parts | {"B": late}).origin
    assert origin is not None
    assert origin.repairs == ("dates that only A writes: 1",)
