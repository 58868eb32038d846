"""A repair is a named rule of the configuration: it mends the values that it names, counts them, and does no more."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from coupling.data.loading.dataset import DataSection, Dataset, load_dataset
from coupling.data.section import Repair
from coupling.errors import ConfigurationError, DataError
from coupling.study import load_study

DAYS = ["2024-08-01", "2024-08-02", "2024-08-03", "2024-08-04"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two sources of bitcoin with one clock, and a third with another."""
    bars = [f"{day},{value},{value + 5},{value - 5},{value}" for day, value in zip(DAYS, (10, 20, 30, 40), strict=True)]
    (tmp_path / "btc_usd_ohlcv.csv").write_text("date,open,high,low,close\n" + "\n".join(bars))
    rows = [f"{day},{value}" for day, value in zip(DAYS[1:], (21, 31, 41), strict=True)]
    (tmp_path / "btcusdt_binance.csv").write_text("date,value\n" + "\n".join(rows))
    (tmp_path / "btcusdt_perp_1h.csv").write_text("time_utc,open,high,low,close\n2024-08-01T00:00:00Z,1,1,1,1\n")
    return tmp_path


def load(folder: Path, *rules: dict[str, object]) -> Dataset:
    section = DataSection(directory=str(folder), repairs={"BTC": tuple(Repair.model_validate(rule) for rule in rules)})
    return load_dataset(section, ["BTC"])


def test_without_a_rule_nothing_is_corrected(folder: Path) -> None:
    item = load(folder).observations["BTC"]
    assert item.levels.tolist() == [10, 20, 30, 40]
    assert item.origin is not None
    assert item.origin.rules == ()


def test_drop_leaves_out_the_named_rows_with_their_bars(folder: Path) -> None:
    item = load(folder, {"rule": "drop", "dates": [DAYS[0], DAYS[2]]}).observations["BTC"]
    assert item.levels.tolist() == [20, 40]
    assert item.bars is not None
    assert item.bars["high"].tolist() == [25, 45]
    assert item.dates.dt.strftime("%Y-%m-%d").tolist() == [DAYS[1], DAYS[3]]
    assert item.known_at.index.equals(item.levels.index)
    assert item.origin is not None
    assert item.origin.rules == ("drop: 2 (2024-08-01, 2024-08-03)",)
    assert (item.origin.rows, item.origin.first) == (2, item.levels.index[0])


def test_second_source_takes_the_value_of_the_next_file_of_the_same_clock(folder: Path) -> None:
    item = load(folder, {"rule": "second_source", "dates": [DAYS[3], DAYS[1]]}).observations["BTC"]
    assert item.levels.tolist() == [10, 21, 30, 41]
    assert item.origin is not None
    assert item.origin.rules == (
        "second_source: 2 from btcusdt_binance.csv (2024-08-04: 40 by 41; 2024-08-02: 20 by 21)",
    )


def test_a_replaced_value_is_known_no_earlier_than_its_second_source_knew_it(tmp_path: Path) -> None:
    (tmp_path / "etf_flow.csv").write_text("date,value\n2024-08-01,1\n2024-08-02,2\n")
    late = "date,release_date,Total\n2024-08-01,2024-08-09,5\n2024-08-02,2024-08-12,6\n"
    (tmp_path / "btc_etf_flows_usd_m.csv").write_text(late)
    files = {"ETF_FLOW": {"file": "etf_flow.csv", "clock": "FARSIDE"}}
    rule = {"rule": "second_source", "dates": ["2024-08-02"], "source": "btc_etf_flows_usd_m.csv"}
    section = DataSection.model_validate({"directory": str(tmp_path), "files": files, "repairs": {"ETF_FLOW": [rule]}})
    item = load_dataset(section, ["ETF_FLOW"]).observations["ETF_FLOW"]
    assert item.levels.tolist() == [1, 6]
    assert item.known_at.iloc[0] == pd.Timestamp("2024-08-02 08:00", tz="America/New_York")
    assert item.known_at.iloc[1] == pd.Timestamp("2024-08-12 15:30", tz="America/New_York")


def test_rules_are_applied_in_their_order(folder: Path) -> None:
    rules = ({"rule": "second_source", "dates": [DAYS[1]]}, {"rule": "drop", "dates": [DAYS[1]]})
    item = load(folder, *rules).observations["BTC"]
    assert item.levels.tolist() == [10, 30, 40]
    assert item.origin is not None
    assert len(item.origin.rules) == 2


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"rule": "drop", "dates": ["2024-08-09"]}, "data.repairs names 2024-08-09, of which btc_usd_ohlcv.csv has no"),
        ({"rule": "drop", "dates": DAYS}, "rule drop leaves no value"),
        ({"rule": "second_source", "dates": [DAYS[0]]}, "names 2024-08-01, of which btcusdt_binance.csv has no value"),
        (
            {"rule": "second_source", "dates": [DAYS[1]], "source": "btcusdt_perp_1h.csv"},
            "second source 'btcusdt_perp_1h.csv' with the clock UTC, which is not available",
        ),
        ({"rule": "second_source", "dates": [DAYS[1]], "source": "binance.csv"}, "did you mean 'btcusdt_binance.csv'?"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(folder: Path, rule: dict[str, object], reason: str) -> None:
    with pytest.raises(DataError) as caught:
        load(folder, rule)
    assert reason in str(caught.value)
    assert "BTC" in str(caught.value)


def test_without_any_second_source_the_way_to_one_is_named(folder: Path) -> None:
    (folder / "btcusdt_binance.csv").unlink()
    with pytest.raises(DataError, match=r"a second source with the clock UTC.*--every-source"):
        load(folder, {"rule": "second_source", "dates": [DAYS[1]]})


@pytest.mark.parametrize(
    ("repairs", "reason"),
    [
        ("{BTC: [{rule: mend, dates: [2024-08-01]}]}", "data.repairs.BTC.0.rule"),
        ("{BTC: [{rule: drop, dates: []}]}", "data.repairs.BTC.0.dates"),
        ("{BTC: [{rule: drop, dates: [2024-08-01], source: x.csv}]}", "rule drop takes no source"),
        ("{BTCC: [{rule: drop, dates: [2024-08-01]}]}", "instrument 'BTCC' is unknown; did you mean 'BTC'?"),
        ("{CARRY: [{rule: drop, dates: [2024-08-01]}]}", "CARRY is a formula, without values of its own"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(tmp_path: Path, repairs: str, reason: str) -> None:
    path = tmp_path / "study.yaml"
    define = "define: {CARRY: {kind: yield, formula: UST10Y - JGB10Y}}\n"
    path.write_text(f"title: T\nfocus: BTC\ninstruments: [BTC, SPX]\n{define}data: {{repairs: {repairs}}}\n")
    with pytest.raises((ConfigurationError, ValidationError)) as caught:
        load_study(path)
    assert reason in str(caught.value)


def test_the_bad_closes_of_the_real_file_are_found_and_repaired(series: Path) -> None:
    """Yahoo's closes of three days break with Binance's and with the next open (PROVENANCE, known defects)."""
    dates = ["2021-11-24", "2021-11-25", "2021-12-14"]
    plain = load(series)
    rule = {"rule": "second_source", "dates": dates, "source": "btcusdt_binance.csv"}
    repaired = load(series, rule)
    for dataset, found in ((plain, set(dates)), (repaired, set())):
        assert dataset.findings is not None
        broken = dataset.findings[dataset.findings["check"] == "close-to-open discrepancy"]
        served = broken[broken["source"] == "btc_usd_ohlcv.csv"]
        assert set(served["date"].dt.strftime("%Y-%m-%d")) & set(dates) == found
    origin = repaired.observations["BTC"].origin
    assert origin is not None
    assert "2021-11-24: 56280.42578 by 57138.29" in origin.rules[0]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("data: {files: {BTC: {file: a.csv, clock: UTX}}}", "data.files.BTC.clock"),
        ("define: {MINE: {kind: price, sources: [{file: a.csv, clock: UTX}]}}", "define.MINE.sources.0.clock"),
    ],
)
def test_a_clock_that_nobody_knows_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(f"title: T\nfocus: BTC\ninstruments: [BTC, SPX]\n{text}\n")
    with pytest.raises(ConfigurationError, match=rf"study.yaml:4: {place}: clock 'UTX' is unknown"):
        load_study(path)
