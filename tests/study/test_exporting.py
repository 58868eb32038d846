"""An export gives a colleague the same page to the last byte, whatever served the study that it was made from."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner, Result

from coupling.cli import app
from coupling.data.instrument import SourceEntry, resolve
from coupling.data.sources.readers import read_rows
from coupling.data.sources.rows import RawRows
from coupling.data.stores.store import Store
from coupling.study import load_panel

NOW = pd.Timestamp("2026-01-20 12:00", tz="UTC")
CLAIMS = """\
claims:
  - {id: a, source: S, says: the VIX, test: dated_level, instrument: VIX, date: 2025-10-01, of: low, value: 20}
  - {id: b, source: S, says: a flow, test: dated_level, instrument: ETF_FLOW, date: 2025-10-01, value: 1}
"""
STUDY = """\
title: Exported
focus: BTC
instruments: [BTC, SPX, CARRY]
define:
  CARRY: {kind: yield, formula: UST10Y - JGB10Y}
period: {start: 2025-06-01}
claims: [claims.yaml]
correlation: {rolling: {window: 30, interval: fisher}, hayashi_yoshida: null}
"""


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    return path


def walk(seed: int, days: pd.DatetimeIndex) -> np.ndarray:
    """Return a path whose values use every bit of a float."""
    return 100.0 * np.exp(np.random.default_rng(seed).normal(size=len(days)).cumsum() / 100)


def raw(seed: int, at: pd.Timestamp, *, freq: str, bars: bool = False, place: str = "x") -> RawRows:
    days = pd.date_range("2025-03-03", at.tz_localize(None).normalize(), freq=freq, unit="ns")
    value = pd.Series(walk(seed, days))
    value[5] = np.nan
    ohl = pd.DataFrame({"open": value.shift(1), "high": value * 1.01, "low": value / 1.01}) if bars else None
    line = pd.Series(range(1, len(days) + 1))
    repairs = ("the current month is left out: it is shut",) if seed == 3 else ()
    return RawRows(
        place=place,
        when=pd.Series(days),
        value=value,
        line=line,
        bars=ohl,
        sha256=f"{seed:064d}",
        retrieved_at=at,
        repairs=repairs,
    )


def fill(folder: Path) -> Store:
    """Keep six series: bars with an unfinished one, two vintages of BTC with a revision, and a second source."""
    store = Store(folder)
    order = [("BTC", 0, "D", True), ("SPX", 0, "B", True), ("UST10Y", 0, "B", False), ("JGB10Y", 0, "B", False)]
    order += [("BTC", 1, "D", False), ("VIX", 0, "B", True)]
    for seed, (name, source, freq, bars) in enumerate(order):
        entry = resolve(name).sources[source]
        store.save(name, entry, raw(seed, NOW, freq=freq, bars=bars, place=f"{entry.symbol} here"))
    entry, again = resolve("BTC").sources[0], raw(0, NOW + pd.Timedelta(hours=3), freq="D", bars=True, place="BTC-USD")
    again.value[20] += 1.0
    store.save("BTC", entry, again)
    return store


def page(study: Path, name: str, *options: str | Path, code: int = 0) -> bytes:
    result = invoke("report", study, "--out", study.parent / name, *options)
    assert result.exit_code == code, result.stderr
    return (study.parent / name / "study.html").read_bytes()


@pytest.mark.thorough
def test_an_export_of_the_store_gives_the_same_bytes(study: Path, tmp_path: Path) -> None:
    fill(tmp_path / "store")
    made = page(study, "one", "--store", tmp_path / "store", "--offline")
    result = invoke("data", "export", study, "--store", tmp_path / "store", "--out", tmp_path / "folder")
    assert (result.exit_code, result.stdout) == (1, f"{tmp_path / 'folder'}\n")
    assert result.stderr.startswith("ETF_FLOW is not in it: the store holds nothing of it")
    assert page(study, "two", "--data", tmp_path / "folder") == made
    text = made.decode()
    assert "fred CBBTCUSD" in text
    assert "Values revised after they were first retrieved: BTC 1." in text
    assert "2026-01-20T15:00Z" in text


@pytest.mark.thorough
def test_the_files_of_an_export_are_plain_tables_that_serve_without_its_list(study: Path, tmp_path: Path) -> None:
    fill(tmp_path / "store")
    invoke("data", "export", study, "--store", tmp_path / "store", "--out", tmp_path / "folder")
    names = sorted(path.name for path in (tmp_path / "folder").iterdir())
    assert names == ["BTC.2.csv", "BTC.csv", "JGB10Y.csv", "SPX.csv", "UST10Y.csv", "VIX.csv", "export.json"]
    head, *lines = (tmp_path / "folder" / "BTC.csv").read_text().splitlines()
    assert head == "date,open,high,low,close"
    cells = [[float(cell or "nan") for cell in line.split(",")[1:]] for line in lines]
    wanted = raw(0, NOW, freq="D", bars=True)
    assert wanted.bars is not None
    np.testing.assert_array_equal(np.delete([row[3] for row in cells], 20), np.delete(wanted.value, 20))
    np.testing.assert_array_equal([row[2] for row in cells], wanted.bars["low"])
    rows = read_rows(tmp_path / "folder" / "BTC.csv")
    np.testing.assert_array_equal(rows.value, [row[3] for row in cells])
    (tmp_path / "folder" / "export.json").unlink()
    study.write_text(
        "title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ncorrelation: {rolling: {window: 30}, hayashi_yoshida: null}\n"
    )
    assert invoke("report", study, "--data", tmp_path / "folder", "--out", tmp_path / "plain").exit_code == 0


def write(path: Path, seed: int, *, freq: str = "B", columns: Sequence[str] = ("value",), scale: float = 1.0) -> None:
    days = pd.date_range("2025-03-03", "2026-01-19", freq=freq)
    pd.DataFrame(dict.fromkeys(columns, scale * walk(seed, days)), index=days.rename("date")).to_csv(path)


def fill_folder(folder: Path) -> None:
    folder.mkdir()
    write(folder / "btc_usd_ohlcv.csv", 1, freq="D", columns=("open", "high", "low", "close"))
    write(folder / "btcusdt_binance.csv", 2, freq="D")
    write(folder / "sp500.csv", 3)
    write(folder / "us10y_fred.csv", 4, scale=0.04)
    write(folder / "vix_cboe.csv", 5)
    write(folder / "mine.csv", 6, columns=("10Y", "20Y"), scale=0.01)
    write(folder / "nobody.csv", 7)
    hours = pd.date_range("2025-11-03", periods=400, freq="h", tz="UTC")
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), walk(8, pd.DatetimeIndex(hours))), index=hours)
    bars.rename_axis("time_utc").to_csv(folder / "btcusdt_perp_1h.csv", date_format="%Y-%m-%dT%H:%M:%SZ")
    flows = pd.DataFrame({"date": ["2025-09-30", "2025-10-01"], "release_date": ["2025-10-02", "2025-10-03"]})
    flows.assign(value=[2.5, 0.1 + 0.2]).to_csv(folder / "etf_flow.csv", index=False)


MAPPED = STUDY + "data: {directory: folder, files: {JGB10Y: {file: mine.csv, clock: MOF, column: 20Y}}}\n"


@pytest.mark.thorough
def test_an_export_of_a_folder_gives_the_same_bytes(study: Path, tmp_path: Path) -> None:
    fill_folder(tmp_path / "folder")
    study.write_text(MAPPED)
    made = page(study, "one")
    result = invoke("data", "export", study, "--out", tmp_path / "exported")
    assert (result.exit_code, result.stderr) == (0, "")
    assert page(study, "two", "--data", tmp_path / "exported") == made
    text = made.decode()
    assert "left alone: nobody.csv" in text
    assert "btcusdt_binance.csv, btcusdt_perp_1h.csv" in text


@pytest.mark.thorough
def test_what_a_folder_lacks_for_a_claim_is_lacking_in_the_same_words(study: Path, tmp_path: Path) -> None:
    fill_folder(tmp_path / "folder")
    (tmp_path / "folder" / "etf_flow.csv").unlink()
    study.write_text(MAPPED)
    made = page(study, "one")
    assert invoke("data", "export", study, "--out", tmp_path / "exported").exit_code == 1
    assert page(study, "two", "--data", tmp_path / "exported") == made
    assert b"none of its files (btc_etf_flows_usd_m.csv, etf_flow.csv)" in made


def test_a_wanted_instrument_that_a_folder_lacks_stops_the_export(study: Path, tmp_path: Path) -> None:
    fill_folder(tmp_path / "folder")
    (tmp_path / "folder" / "sp500.csv").unlink()
    study.write_text(MAPPED)
    result = invoke("data", "export", study, "--out", tmp_path / "exported")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "SPX: none of its files" in result.stderr
    assert not (tmp_path / "exported").exists()


def test_the_whole_catalogue_is_exported_from_a_store_and_from_a_folder(tmp_path: Path) -> None:
    fill(tmp_path / "store")
    fill_folder(tmp_path / "folder")
    store = invoke("data", "export", "--store", tmp_path / "store", "--out", tmp_path / "a")
    folder = invoke("data", "export", "--data", tmp_path / "folder", "--out", tmp_path / "b")
    assert (store.exit_code, folder.exit_code) == (0, 0)
    assert sorted(path.stem for path in (tmp_path / "a").glob("*.csv")) == [
        "BTC",
        "BTC.2",
        "JGB10Y",
        "SPX",
        "UST10Y",
        "VIX",
    ]
    assert {"BTC.csv", "BTC.3.csv", "ETF_FLOW.csv"} <= {path.name for path in (tmp_path / "b").iterdir()}
    released = pd.read_csv(tmp_path / "b" / "ETF_FLOW.csv")
    assert released["release_date"].tolist() == ["2025-10-02", "2025-10-03"]


@pytest.fixture
def exported(study: Path, tmp_path: Path) -> Path:
    fill(tmp_path / "store")
    invoke("data", "export", study, "--store", tmp_path / "store", "--out", tmp_path / "exported")
    return tmp_path / "exported"


def test_an_export_is_never_written_over_something(exported: Path, study: Path) -> None:
    before = {path.name: path.read_bytes() for path in exported.iterdir()}
    result = invoke("data", "export", study, "--store", study.parent / "store", "--out", exported)
    assert result.exit_code == 2
    assert "is not an empty folder; give --out another one" in result.stderr
    assert {path.name: path.read_bytes() for path in exported.iterdir()} == before
    assert [path for path in exported.parent.iterdir() if path.name.startswith(".")] == []
    again = invoke("data", "export", study, "--data", exported, "--out", study.parent / "again")
    assert (again.exit_code, "is an export already" in again.stderr) == (2, True)


def test_nothing_to_export_is_an_error_with_a_line_for_each(study: Path, tmp_path: Path) -> None:
    result = invoke("data", "export", study, "--store", tmp_path / "empty", "--out", tmp_path / "folder")
    assert result.exit_code == 3
    assert [line.partition(":")[0] for line in result.stderr.splitlines()][1:3] == ["BTC", "SPX"]
    assert not (tmp_path / "folder").exists()
    study.write_text("title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\n")
    simulated = invoke("data", "export", study, "--out", tmp_path / "folder")
    assert (simulated.exit_code, "needs no export" in simulated.stderr) == (2, True)


def test_two_studies_are_exported_together_unless_they_read_different_series(study: Path, tmp_path: Path) -> None:
    fill(tmp_path / "store")
    other = tmp_path / "other.yaml"
    other.write_text("title: Other\nfocus: BTC\ninstruments: [BTC, VIX]\n")
    together = invoke("data", "export", study, other, "--store", tmp_path / "store", "--out", tmp_path / "both")
    assert together.exit_code == 1
    fill_folder(tmp_path / "folder")
    other.write_text("title: Other\nfocus: BTC\ninstruments: [BTC, VIX]\ndata: {directory: folder}\n")
    result = invoke("data", "export", study, other, "--store", tmp_path / "store", "--out", tmp_path / "mixed")
    assert result.exit_code == 2
    assert "two configurations read BTC from different places" in result.stderr


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("flip", "BTC.csv is not what was exported"),
        ("remove", "BTC.csv cannot be read"),
        ("list", "export.json is no JSON"),
        ("newer", "export.json has format 2, and this version of coupling knows 1 at most; update coupling."),
        ("fields", "export.json is no list of an export (2 fields are wrong)"),
        ("long list", "export.json is 100 MiB, above the limit of 64 MiB"),
        ("long table", "BTC.csv is 100 MiB, above the limit of 64 MiB"),
    ],
)
def test_a_damaged_export_is_refused_in_one_sentence(exported: Path, study: Path, harm: str, reason: str) -> None:
    table, listed = exported / "BTC.csv", exported / "export.json"
    if harm == "flip":
        table.write_bytes(table.read_bytes().replace(b"2025-03-10", b"2025-03-09", 1))
    elif harm == "remove":
        table.unlink()
    elif harm.startswith("long"):
        os.truncate(listed if harm == "long list" else table, 100 * 2**20)
    else:
        content = {"list": "{", "newer": json.dumps({"format": 2}), "fields": json.dumps({"format": 1})}
        listed.write_text(content[harm])
    result = invoke("report", study, "--data", exported, "--out", study.parent / "out")
    assert result.exit_code == 3
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (study.parent / "out").exists()


def test_an_export_of_another_configuration_says_what_it_lacks(exported: Path, study: Path) -> None:
    study.write_text("title: T\nfocus: BTC\ninstruments: [BTC, NKY]\n")
    result = invoke("report", study, "--data", exported, "--out", study.parent / "out")
    assert result.exit_code == 3
    assert "BTC alone could be had, and there is nothing to compare it with.\nNKY: the export" in result.stderr
    assert "does not hold it; export it again with this configuration" in result.stderr
    study.write_text(
        "title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {files: {BTC: {file: mine.csv, clock: UTC}}}\n"
    )
    mapped = invoke("report", study, "--data", exported, "--out", study.parent / "out2")
    assert mapped.exit_code == 3
    assert "BTC: data.files maps it to mine.csv, and the export" in mapped.stderr


def test_the_entry_of_a_source_comes_back_as_it_was(exported: Path) -> None:
    listed = json.loads((exported / "export.json").read_text())
    entries = [SourceEntry.model_validate(one["entry"]) for one in listed["series"]]
    assert entries[0] == resolve("BTC").sources[0]


def test_an_export_of_files_elsewhere_names_no_folder_and_serves_again(tmp_path: Path) -> None:
    elsewhere = tmp_path / "my folder" / "ann"
    elsewhere.parent.mkdir()
    fill_folder(elsewhere)
    names = {"BTC": "btcusdt_binance", "SPX": "sp500"}
    files = {name: {"file": str(elsewhere / f"{stem}.csv"), "clock": "UTC"} for name, stem in names.items()}
    study = tmp_path / "elsewhere.yaml"
    settings = {"title": "Elsewhere", "focus": "BTC", "instruments": list(names), "data": {"files": files}}
    study.write_text(yaml.safe_dump({**settings, "correlation": {"rolling": {"window": 60}}}))
    out = tmp_path / "exported"
    assert invoke("data", "export", study, "--out", out).exit_code == 0
    assert "my folder" not in (out / "export.json").read_text()
    assert set(load_panel(study, data=out).changes) == set(names)
