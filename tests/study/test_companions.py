"""What the room of events reads beside the panel."""

from __future__ import annotations

import pandas as pd
import pytest

from coupling.data.loading.dataset import load_dataset
from coupling.errors import DataError
from coupling.events.detection.section import DetectorSection
from coupling.study import load_study
from coupling.study.companions import load_beside, load_detector
from coupling.study.preparing import load_beyond

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


def test_what_no_page_shows_is_not_looked_at_and_the_numbers_are_the_same(folder):
    """Beyond the study no second source is read; what a series may mean is found there too."""
    levels = pd.read_csv(folder / "sp500.csv")
    levels["value"] = (levels["value"] + levels.index % 3) * (1 + 99 * (levels.index >= 30))
    levels.to_csv(folder / "sp500.csv", index=False)
    study = load_study({**PLAIN, "data": {"directory": str(folder)}})
    shown, beyond = load_dataset(study.data, ["SPX"]), load_beyond(study, ["SPX"])
    pd.testing.assert_series_equal(shown.observations["SPX"].levels, beyond.observations["SPX"].levels)
    assert beyond.observations["SPX"].origin == shown.observations["SPX"].origin
    assert beyond.observations["SPX"].origin.cautions
    assert beyond.findings is None
    (folder / "sp500_fred.csv").write_text("date,value\n2024-01-02,x\n")
    assert load_beyond(study, ["SPX"]).observations["SPX"].levels.equals(beyond.observations["SPX"].levels)
    with pytest.raises(DataError, match="sp500_fred.csv"):
        load_dataset(study.data, ["SPX"])
