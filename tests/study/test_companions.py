"""What the room of events reads beside the panel."""

from __future__ import annotations

import pandas as pd
import pytest

from coupling.data.loading.dataset import load_dataset
from coupling.events.detection.section import DetectorSection
from coupling.study import load_study
from coupling.study.companions import load_beside, load_detector

PLAIN = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"], "events": {}}
SHARES, VOLATILITY = {"instruments": "SPX", "side": "falls"}, {"instruments": "VIX", "side": "rises"}


@pytest.fixture
def folder(tmp_path):
    hours = pd.date_range("2024-01-01", "2024-03-31", freq="h")
    bars = pd.DataFrame({"time_utc": hours.strftime("%Y-%m-%dT%H:%MZ"), "close": 100.0 + (hours.hour % 7)})
    bars.assign(open=bars["close"], high=bars["close"] + 1, low=bars["close"] - 1, volume=1.0).to_csv(
        tmp_path / "btcusdt_perp_1h.csv", index=False
    )
    days = pd.bdate_range("2024-01-01", "2024-03-28")
    for name in ("btc_usd.csv", "sp500.csv", "mine.csv"):
        pd.DataFrame({"date": days, "value": range(100, 100 + len(days))}).to_csv(tmp_path / name, index=False)
    return tmp_path


def test_an_hourly_file_in_the_folder_is_read_beside_the_daily_one(folder):
    study = load_study({**PLAIN, "data": {"directory": str(folder)}})
    dataset = load_dataset(study.data, study.instruments)
    beside = load_beside(study, dataset)
    assert list(beside.hourly.observations) == ["BTC"]
    assert len(beside.hourly.observations["BTC"].levels) > 2000
    assert len(dataset.observations["BTC"].levels) < 100
    (folder / "btcusdt_perp_1h.csv").unlink()
    assert load_beside(study, dataset).hourly is None


def test_the_first_name_that_can_be_had_serves_a_part(folder):
    define = {"OWN": {"kind": "price", "unit": "JPY", "sources": [{"file": "mine.csv", "clock": "ECB"}]}}
    study = load_study({**PLAIN, "define": define, "data": {"directory": str(folder)}})
    section = DetectorSection(
        parts={
            "yen": {"instruments": ("USDJPY", "OWN"), "side": "falls"},
            "shares": SHARES,
            "volatility": VOLATILITY,
        }
    )
    beside = load_detector(study, section)
    assert beside.parts == {"yen": "OWN", "shares": "SPX"}
    assert list(beside.missing) == ["VIX"]
    assert "vix_cboe.csv" in beside.missing["VIX"]


def test_nothing_struck_after_the_period_is_read(folder):
    study = load_study({**PLAIN, "data": {"directory": str(folder)}, "period": {"end": "2024-02-15"}})
    found = load_detector(study, DetectorSection(parts={"shares": SHARES}))
    assert found.detector.observations["SPX"].levels.index[-1] < pd.Timestamp("2024-02-16", tz="UTC")


def test_a_simulated_study_reads_the_same_market():
    parts = {"yen": {"instruments": "USDJPY", "side": "falls"}, "shares": SHARES, "volatility": VOLATILITY}
    study = load_study({**PLAIN, "data": {"source": "simulated"}, "events": {"detector": {"parts": parts}}, "seed": 5})
    dataset = load_dataset(study.data, study.instruments, seed=5)
    beside = load_beside(study, dataset)
    assert beside.hourly is None
    assert beside.parts == {"yen": "USDJPY", "shares": "SPX", "volatility": "VIX"}
    assert beside.detector.observations["SPX"] is dataset.observations["SPX"]
