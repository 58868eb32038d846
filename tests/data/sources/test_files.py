"""The file source serves by declaration, never by guess."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import Instrument, SourceEntry, load_instruments, resolve
from coupling.data.sources.files import Folder
from coupling.errors import DataError

NOW = pd.Timestamp("2026-11-22", tz="UTC")


def folder(path: Path, mapping: dict[str, SourceEntry] | None = None, **texts: str) -> Folder:
    for name, text in (texts or {"btc_usd": "date,value\n2024-08-04,58000\n2024-08-05,54000\n"}).items():
        (path / f"{name}.csv").write_text(text)
    return Folder(path, mapping or {}, {})


def test_the_first_declared_file_serves_and_the_others_are_second_sources(tmp_path: Path) -> None:
    text = "date,value\n2024-08-05,{}\n"
    source = folder(tmp_path, btcusdt_binance=text.format(1), btc_usd=text.format(2))
    assert [entry.symbol for entry in source.candidates(resolve("BTC"))] == ["btc_usd.csv", "btcusdt_binance.csv"]
    assert source.serve(resolve("BTC"), NOW).levels.tolist() == [2.0]


def test_a_mapping_of_the_configuration_comes_first(tmp_path: Path) -> None:
    mine = SourceEntry(provider="file", symbol="mine.csv", clock="COMEX")
    source = folder(tmp_path, {"BTC": mine}, btc_usd="date,value\n2024-08-05,1\n", mine="date,value\n2024-08-05,2\n")
    served = source.serve(resolve("BTC"), NOW)
    assert served.levels.tolist() == [2.0]
    assert served.levels.index[0] == pd.Timestamp("2024-08-05 17:30", tz="UTC")


def test_a_mapping_may_give_a_declared_file_another_clock(tmp_path: Path) -> None:
    mine = SourceEntry(provider="file", symbol="btcusdt_binance.csv", clock="COMEX")
    text = "date,value\n2024-08-05,{}\n"
    source = folder(tmp_path, {"BTC": mine}, btc_usd=text.format(1), btcusdt_binance=text.format(2))
    assert source.candidates(resolve("BTC"))[0] is mine
    assert source.serve(resolve("BTC"), NOW).levels.tolist() == [2.0]


def test_a_file_with_the_own_name_of_an_instrument_is_struck_by_its_first_clock(tmp_path: Path) -> None:
    served = folder(tmp_path, NKY="date,value\n2024-08-05,31458.42\n").serve(resolve("NKY"), NOW)
    assert served.levels.index[0] == pd.Timestamp("2024-08-05 06:00", tz="UTC")


def test_a_file_that_nobody_declares_is_listed(tmp_path: Path) -> None:
    source = folder(tmp_path, btc_usd="date,value\n2024-08-05,1\n", bitcoin_prices="date,value\n2024-08-05,1\n")
    assert source.unknown_files() == ("bitcoin_prices.csv",)


def test_one_s_own_instrument_is_served_from_its_file(tmp_path: Path) -> None:
    entry = {"name": "MSTR", "kind": "price", "sources": [{"file": "mstr.csv", "clock": "XNYS"}]}
    own = Instrument.model_validate(entry)
    (tmp_path / "mstr.csv").write_text("date,value\n2024-08-05,100\n")
    source = Folder(tmp_path, {}, {"MSTR": own})
    assert source.serve(own, NOW).levels.tolist() == [100.0]
    assert source.unknown_files() == ()


@pytest.mark.parametrize("file", ["mstr_*.csv", "parts", "parts/mstr_*.csv", ["mstr_1.csv", "mstr_2.csv"]])
def test_one_s_own_instrument_may_be_a_pattern_a_folder_or_a_list(tmp_path: Path, file: str | list[str]) -> None:
    own = Instrument.model_validate(
        {
            "name": "MSTR",
            "kind": "price",
            "sources": [{"file": file, "clock": "XNYS"}, {"file": "mstr_1.csv", "clock": "XNYS"}],
        }
    )
    (tmp_path / "parts").mkdir()
    (tmp_path / "other.csv").write_text("date,value\n2024-08-05,1\n")
    for place in (tmp_path, tmp_path / "parts"):
        (place / "mstr_1.csv").write_text("date,value\n2024-08-05,100\n")
        (place / "mstr_2.csv").write_text("date,value\n2024-08-06,101\n")
    source = Folder(tmp_path, {}, {"MSTR": own})
    assert source.serve(own, NOW).levels.tolist() == [100.0, 101.0]
    mapped = Folder(tmp_path, {"MSTR": own.sources[0]}, {"MSTR": own})
    assert len(mapped.candidates(own)) == (2 if "parts" in str(file) else 1)  # what serves is no second source
    used = () if "parts" in str(file) else ("mstr_2.csv",)
    assert set(mapped.unknown_files()) == {"other.csv", "mstr_2.csv"} - set(used)


def test_a_table_with_a_column_for_each_instrument_serves_each_by_its_name(tmp_path: Path) -> None:
    wide = [SourceEntry(provider="file", symbol="wide.csv", clock=clock) for clock in ("XNYS", "XLON")]
    text = "Date,SPX,GOLD,other\n2024-08-05,5186.33,2410.5,1\n2024-08-06,5240.03,2389.9,2\n"
    source = folder(tmp_path, {"SPX": wide[0], "GOLD": wide[1], "VIX": wide[0]}, wide=text)
    assert source.serve(resolve("SPX"), NOW).levels.tolist() == [5186.33, 5240.03]
    assert source.serve(resolve("GOLD"), NOW).levels.tolist() == [2410.5, 2389.9]
    with pytest.raises(DataError, match=r"several columns \(Date, SPX, GOLD, other\), and none is called VIX; say"):
        source.serve(resolve("VIX"), NOW)


@pytest.mark.parametrize(
    ("name", "message"),
    [("SPX", r"none of its files \(sp500.csv"), ("BTC", "line 2: 'x' in column 'value' is no number")],
)
def test_a_file_that_is_missing_or_broken_is_never_passed_over(tmp_path: Path, name: str, message: str) -> None:
    source = folder(tmp_path, btc_usd="date,value\n2024-08-05,x\n", btcusdt_binance="date,value\n2024-08-05,1\n")
    with pytest.raises(DataError, match=message):
        source.serve(resolve(name), NOW)


def test_a_mapped_file_that_is_missing_names_the_nearest(tmp_path: Path) -> None:
    mine = SourceEntry(provider="file", symbol="btc_us.csv", clock="UTC")
    with pytest.raises(DataError, match=r"did you mean 'btc_usd\.csv'"):
        folder(tmp_path, {"BTC": mine}).serve(resolve("BTC"), NOW)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no CSV or Parquet file"):
        Folder(tmp_path, {}, {})
    with pytest.raises(DataError, match="does not exist"):
        Folder(tmp_path / "gone", {}, {})


@pytest.mark.thorough
class TestRealFiles:
    """The private series are read rightly with no mapping."""

    @pytest.fixture
    def source(self, series: Path) -> Folder:
        return Folder(series, {}, {})

    def test_the_mis_dated_currency_file_serves_nobody(self, source: Folder) -> None:
        assert source.unknown_files() == ("usdjpy_yahoo_stale_dated.csv",)

    @pytest.mark.parametrize(
        ("name", "symbol", "rows"),
        [
            ("BTC", "btc_usd_ohlcv.csv", 4356),
            ("JGB10Y", "jgb10y.csv + jgb10y_tail.csv", 9887 + 64),
            ("JGB5Y", "jgb_yields.csv", 13248),
            ("USDJPY", "usdjpy_fred.csv", 13970),
            ("SPX", "sp500.csv", 24777),
            ("CFTC_JPY", "cftc_jpy_cot_weekly.csv", 1129),
        ],
    )
    def test_the_right_file_serves(self, source: Folder, name: str, symbol: str, rows: int) -> None:
        origin = source.serve(resolve(name), NOW).origin
        assert origin is not None
        mended = tuple(repair for repair in origin.repairs if not repair.startswith("rows before 1990-01-01"))
        assert (origin.symbol, origin.rows, mended) == (symbol, rows, ())

    def test_every_instrument_but_liquidations_is_served(self, source: Folder) -> None:
        missing = [name for name, item in load_instruments().items() if not source.candidates(item)]
        assert missing == ["BTC_LIQ", "BTC_LIQ_LONG"]

    def test_index_rows_on_holidays_are_dropped_and_counted(self, source: Folder) -> None:
        vix = source.serve(resolve("VIX"), NOW)
        assert vix.origin is not None
        assert vix.origin.repairs == ("rows on dates when the market was shut or before its clock is known: 33",)
        assert pd.Timestamp("2024-07-04") not in vix.dates.to_numpy()

    @pytest.mark.parametrize(
        ("name", "date", "change"),
        [
            ("SPX", "2024-08-05", -3.00),
            ("IXIC", "2024-08-05", -3.43),
            ("SPX", "2025-11-20", -1.56),
            ("IXIC", "2025-11-20", -2.15),
            ("SPX", "2025-11-21", 0.98),
            ("NKY", "2024-08-05", -12.40),
        ],
    )
    def test_simple_changes_are_those_of_the_press(self, source: Folder, name: str, date: str, change: float) -> None:
        item = source.serve(resolve(name), NOW)
        simple = 100 * item.levels.pct_change()
        assert simple[(item.dates == date).to_numpy()].round(2).tolist() == [change]

    def test_yields_are_those_of_the_ministry(self, source: Folder) -> None:
        item = source.serve(resolve("JGB10Y"), NOW)
        on = {date: float(item.changes[(item.dates == date).to_numpy()].iloc[0]) for date in ("2024-08-05",)}
        assert on["2024-08-05"] == pytest.approx(-19.3, abs=1e-9)
        assert item.levels[(item.dates == "2025-11-20").to_numpy()].tolist() == [1.824]
