"""The ready configuration that samples hourly files at 15:00 Tokyo, from its file to the panel and the page."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import coupling as cp
from coupling.cli import app
from coupling.errors import DataError

CONFIGURATION = Path(__file__).resolve().parents[2] / "configs" / "tokyo_1500.yaml"


def test_without_its_folder_it_says_which_files_it_wants(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"BTC: .*btcusdt_perp_1h.csv does not exist; .* give --data FOLDER"):
        cp.load_panel(CONFIGURATION, store=tmp_path, offline=True)


def test_on_hourly_bars_of_the_simulated_market_no_pair_is_unequal_and_the_truth_is_met() -> None:
    """The truth is the correlation of simultaneous hourly changes; daily closes of BTC and JGB10Y fall short of it."""
    panel = cp.load_panel(CONFIGURATION, fallback_simulated=True, offline=True)
    assert panel.truth is not None
    assert panel.overlap["share"].eq(1.0).all()
    assert panel.provenance.origins[0].clock == "hourly"
    later = panel.changes[panel.changes.index > panel.truth.shift]
    for left, right in (("BTC", "USDJPY"), ("BTC", "JGB10Y"), ("JGB10Y", "USDJPY")):
        truth, found = panel.truth.after.loc[left, right], later[left].corr(later[right])
        assert abs(np.arctanh(found) - np.arctanh(truth)) < 4 / np.sqrt(len(later))


def closes(path: Path) -> dict[datetime, float]:
    """Read the closes of hourly bars by the end of each bar, without the toolkit."""
    with path.open(newline="") as file:
        bars = [(row["time_utc"], float(row["close"])) for row in csv.DictReader(file)]
    return {datetime.fromisoformat(start).replace(tzinfo=None) + timedelta(hours=1): close for start, close in bars}


@pytest.mark.thorough
def test_real_files_each_value_is_the_close_of_the_bar_that_ends_at_the_tick(series: Path) -> None:
    panel = cp.load_panel(CONFIGURATION, data=series)
    assert set(panel.levels.index.strftime("%H:%M")) == {"06:00"}
    assert len(panel.levels) == 652
    with (series / "jgb10y.csv").open(newline="") as file:
        yields = {row["date"]: float(row["value"]) for row in csv.DictReader(file)}
    for name, path in (("BTC", "btcusdt_perp_1h.csv"), ("USDJPY", "usdjpy_1h.csv")):
        bars = closes(series / path)
        wanted = [bars.get(tick) for tick in panel.levels.index.tz_localize(None).to_pydatetime()]
        assert panel.levels[name].tolist() == wanted
    known = panel.levels["JGB10Y"][panel.levels.index < pd.Timestamp("2026-06-30", tz="UTC")]
    assert known.tolist() == [yields[f"{tick:%Y-%m-%d}"] for tick in known.index]


@pytest.mark.thorough
def test_the_page_says_that_instants_are_shown_in_tokyo_too(tmp_path: Path) -> None:
    lines = CONFIGURATION.read_text().splitlines()
    short = [line for line in lines if not line.startswith(("correlation", "change", "direction"))]
    path = tmp_path / "study.yaml"
    path.write_text("\n".join([*short, "correlation: {}", "display: {timezone: Asia/Tokyo}"]))
    arguments = ["report", str(path), "--out", str(tmp_path), "--fallback", "simulated", "--offline"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    page = (tmp_path / "study.html").read_text()
    assert "the time in Asia/Tokyo follows in brackets" in page
