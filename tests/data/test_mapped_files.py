"""Files that a configuration maps need no folder; other instruments come from where `source` says, or are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import coupling as cp
from coupling.data.instrument import Instrument, resolve
from coupling.data.loading.dataset import load_dataset
from coupling.data.section import DataSection
from coupling.data.sources.readers import read_table
from coupling.data.stores.store import Store
from coupling.errors import ConfigurationError, DataError
from coupling.study.auditing import audit_studies
from coupling.study.exporting import export_studies

ROWS = "2025-06-02,5900.5\n2025-06-03,5911.25\n2025-06-04,5880.75\n"
RIGHT = [5900.5, 5911.25, 5880.75]


def section(file: str = "x.csv", **fields: object) -> DataSection:
    return DataSection.model_validate({"files": {"SPX": {"file": file, "clock": "XNYS"}}, **fields})


def store_with_bitcoin(folder: Path) -> Path:
    rows = read_table("BTC-USD", b"date,value\n2025-06-02,105000\n2025-06-03,105500\n").rows()
    at = pd.Timestamp("2025-06-05", tz="UTC")
    Store(folder).save("BTC", resolve("BTC").sources[0], replace(rows, retrieved_at=at))
    return folder


@pytest.mark.parametrize("file", ["x.csv", "below/x.csv", "below/../below/x.csv"])
def test_a_file_lies_beside_the_configuration_or_below(tmp_path: Path, file: str) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / file).write_text("date,value\n" + ROWS)
    assert load_dataset(section(file), ["SPX"], base=tmp_path).observations["SPX"].levels.tolist() == RIGHT


def test_a_file_lies_where_its_path_says(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("date,value\n" + ROWS)
    had = load_dataset(section(str(tmp_path / "x.txt")), ["SPX"], base=tmp_path / "elsewhere")
    assert had.observations["SPX"].levels.tolist() == RIGHT


def test_with_a_directory_a_file_may_lie_below_it(tmp_path: Path) -> None:
    (tmp_path / "d" / "below").mkdir(parents=True)
    (tmp_path / "d" / "below" / "x.txt").write_text("date,value\n" + ROWS)
    (tmp_path / "d" / "btc_usd.csv").write_text("date,value\n2025-06-02,105000\n2025-06-03,105500\n2025-06-04,1e5\n")
    had = load_dataset(section("below/x.txt", directory="d"), ["SPX", "BTC"], base=tmp_path)
    assert had.observations["SPX"].levels.tolist() == RIGHT
    assert had.observations["BTC"].levels.tolist() == [105000.0, 105500.0, 100000.0]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"SPX: .*gone\.csv does not exist; check the path"):
        load_dataset(section("gone.csv"), ["SPX"], base=tmp_path)


def test_a_path_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="File name too long"):
        load_dataset(section("x" * 300 + ".csv"), ["SPX"], base=tmp_path)
    with pytest.raises(ConfigurationError, match="'~nobody-here/x.csv' begins in a home that is not known"):
        load_dataset(section("~nobody-here/x.csv"), ["SPX"], base=tmp_path)
    (tmp_path / "x.csv").write_text("date,value\n" + ROWS)
    with pytest.raises(DataError, match=r"data folder .*x\.csv is a file; map it with data\.files"):
        load_dataset(section(directory="x.csv"), ["SPX"], base=tmp_path)


def test_a_mapping_that_serves_nobody_is_refused() -> None:
    two = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"]}
    with pytest.raises(ConfigurationError, match=r"data\.files\.SPXX: .* did you mean 'SPX'"):
        cp.load_study({**two, "data": {"files": {"SPXX": {"file": "x.csv", "clock": "XNYS"}}}})
    with pytest.raises(ConfigurationError, match=r"'x\.csv' is no source; write it as {file: mine\.csv, clock: XNYS}"):
        cp.load_study({**two, "data": {"files": {"SPX": "x.csv"}}})


def test_what_is_not_mapped_comes_from_the_store_or_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date,value\n" + ROWS)
    store_with_bitcoin(tmp_path / "kept")
    had = load_dataset(section(source="store", store="kept"), ["SPX", "BTC", "ETH"], base=tmp_path)
    assert had.observations["SPX"].levels.tolist() == RIGHT
    assert had.observations["BTC"].levels.tolist() == [105000.0, 105500.0]
    assert "the store holds nothing of it" in had.missing["ETH"]


def test_a_mapping_to_a_live_source_is_refused(tmp_path: Path) -> None:
    mapped = DataSection.model_validate({"files": {"SPX": {"yahoo": "^GSPC", "clock": "XNYS"}}})
    with pytest.raises(DataError, match="data.files maps it to yahoo"):
        load_dataset(mapped, ["SPX"], base=tmp_path)


def study(folder: Path) -> Path:
    days = pd.bdate_range("2024-01-02", periods=200)
    for name, first in (("a", 100.0), ("b", 200.0)):
        values = [first + (k * 7919 % 101) / 10 for k in range(len(days))]
        lines = "".join(f"{day:%Y-%m-%d},{value}\n" for day, value in zip(days, values, strict=True))
        (folder / f"{name}.csv").write_text("date,value\n" + lines)
    path = folder / "study.yaml"
    path.write_text(
        "title: T\nfocus: BTC\ninstruments: [BTC, SPX]\n"
        "data:\n  source: store\n  store: kept\n  files:\n"
        "    BTC: {file: a.csv, clock: UTC}\n    SPX: {file: b.csv, clock: XNYS}\n"
    )
    return path


def test_an_export_of_mapped_files_gives_the_same_panel(tmp_path: Path) -> None:
    path = study(tmp_path)
    out, _ = export_studies([path], tmp_path / "out")
    direct = cp.load_panel(path)
    again = cp.load_panel(cp.load_study(path).with_data(out))
    pd.testing.assert_frame_equal(direct.levels, again.levels)


def test_mapped_files_are_audited(tmp_path: Path) -> None:
    store_with_bitcoin(tmp_path / "kept")
    table = audit_studies([study(tmp_path)])
    assert isinstance(table, pd.DataFrame)


def yields_of(values: list[float], unit: str, folder: Path, sign: str = "") -> list[float]:
    rows = "".join(f"2025-06-0{k},{value!r}{sign}\n" for k, value in enumerate(values, 2))
    (folder / "y.csv").write_text("date,value\n" + rows)
    own = {"name": "GILT", "kind": "yield", "sources": [{"file": "y.csv", "clock": "XLON"}]} | (
        {"unit": unit} if unit else {}
    )
    define = {"GILT": Instrument.model_validate(own)}
    mapped = DataSection.model_validate({"files": {"GILT": {"file": "y.csv", "clock": "XLON"}}})
    levels: list[float] = (
        load_dataset(mapped, ["GILT"], define=define, base=folder).observations["GILT"].levels.tolist()
    )
    return levels


def test_small_yields_of_one_s_own_are_asked_for_their_unit(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"GILT: the yields of y\.csv all lie within ±0\.2 \(the last is 0\.0455\)"):
        yields_of([0.045, 0.0455], "", tmp_path)
    assert yields_of([0.045, 0.0455], "%", tmp_path) == [0.045, 0.0455]
    assert yields_of([0.045, 0.0455], "decimal", tmp_path) == [4.5, 4.55]
    assert yields_of([450.0, 455.0], "bp", tmp_path) == [4.5, 4.55]
    assert yields_of([4.5, 4.55], "", tmp_path) == [4.5, 4.55]
    assert yields_of([0.045, 0.0455], "", tmp_path, sign="%") == [0.045, 0.0455]
    with pytest.raises(DataError, match="is defined in decimal, and the values of y.csv stand in %"):
        yields_of([4.5, 4.55], "decimal", tmp_path, sign="%")


def test_small_yields_of_the_catalogue_are_in_percent(tmp_path: Path) -> None:
    (tmp_path / "y.csv").write_text("date,value\n2020-06-02,0.01\n2020-06-03,-0.005\n")
    mapped = DataSection.model_validate({"files": {"JGB10Y": {"file": "y.csv", "clock": "MOF"}}})
    assert load_dataset(mapped, ["JGB10Y"], base=tmp_path).observations["JGB10Y"].levels.tolist() == [0.01, -0.005]


def test_yields_of_the_catalogue_in_bp_or_decimals_are_asked_for_their_unit(tmp_path: Path) -> None:
    def levels(values: list[str], **stated: str) -> list[float]:
        days = ["2025-06-02", "2025-06-03"]
        rows = "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=True))
        (tmp_path / "y.csv").write_text("date,value\n" + rows)
        mapped = DataSection.model_validate({"files": {"JGB10Y": {"file": "y.csv", "clock": "MOF", **stated}}})
        read: list[float] = load_dataset(mapped, ["JGB10Y"], base=tmp_path).observations["JGB10Y"].levels.tolist()
        return read

    with pytest.raises(DataError, match=r"lie around 156\.5 .* 'unit: \"%\"' or 'unit: bp' in data\.files"):
        levels(["156", "157"])
    with pytest.raises(DataError, match=r"may be decimals or %; state which, .* 'unit: decimal'"):
        levels(["0.0156", "0.0157"])
    assert levels(["156", "157"], unit="bp") == [1.56, 1.57]
    assert levels(["0.0156", "0.0157"], unit="decimal") == pytest.approx([1.56, 1.57], rel=1e-15)
    assert levels(["0.0156", "0.0157"], unit="%") == [0.0156, 0.0157]
    with pytest.raises(DataError, match=r"y\.csv, line 3: JGB10Y is -999 % on 2025-06-03, which is no yield"):
        levels(["1.56", "-999"], unit="%")
    (tmp_path / "x.csv").write_text("date,value\n2025-06-02,5900\n")
    other = DataSection.model_validate({"files": {"SPX": {"file": "x.csv", "clock": "XNYS", "unit": "bp"}}})
    with pytest.raises(DataError, match="SPX is of kind index, no yield; leave 'unit:' out"):
        load_dataset(other, ["SPX"], base=tmp_path)


def close_and_adjusted(folder: Path, adjusted: list[float]) -> str:
    days = ["2025-06-02", "2025-06-03", "2025-06-04"]
    rows = "".join(f"{day},{close},{other}\n" for day, close, other in zip(days, RIGHT, adjusted, strict=True))
    (folder / "x.csv").write_text("Date,Close,Adj Close\n" + rows)
    item = load_dataset(section(), ["SPX"], base=folder).observations["SPX"]
    assert item.levels.tolist() == RIGHT
    assert item.origin is not None
    return "; ".join(item.origin.repairs)


def test_close_serves_and_the_page_says_where_the_adjusted_one_differs(tmp_path: Path) -> None:
    assert "both change alike" in close_and_adjusted(tmp_path, [value / 2 for value in RIGHT])
    told = close_and_adjusted(tmp_path, [RIGHT[0] / 2, RIGHT[1], RIGHT[2]])
    assert "'column: Adj Close' for the other" in told
    assert "the two change differently on 1 row, first on line 3" in told
    own = DataSection.model_validate({"files": {"SPX": {"file": "x.csv", "clock": "XNYS", "column": "Adj Close"}}})
    item = load_dataset(own, ["SPX"], base=tmp_path).observations["SPX"]
    assert item.levels.tolist() == [RIGHT[0] / 2, *RIGHT[1:]]
