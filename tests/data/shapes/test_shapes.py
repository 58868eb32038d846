"""Every file of the world gives the closes that it was made from, through a configuration, or one clear sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.loading.dataset import load_dataset
from coupling.data.observations import Observations
from coupling.data.section import DataSection
from coupling.data.shapes import list_shapes, load_shapes, recognise
from coupling.errors import DataError
from tests.data.shapes.samples import SAMPLES, closes, yields


@dataclass(frozen=True)
class Answer:
    """What a sample gives: rows of the truth and words of its notes, or words of the refusal."""

    rows: int = 122
    says: tuple[str, ...] = ()
    refused: str = ""
    clock: str = "XNYS"
    options: dict[str, str] = field(default_factory=dict)
    shape: str | None = None


TURNED = "places where the order was corrected: 121"
UTC = {"clock": "UTC"}
ANSWERS: dict[str, Answer] = {
    "exported.csv": Answer(shape="exported"),
    "plain.csv": Answer(),
    "investing_us.csv": Answer(says=(TURNED,), shape="investing_us"),
    "investing_us_words.csv": Answer(says=(TURNED,), shape="investing_us"),
    "investing_de.csv": Answer(says=("decimal comma", TURNED), shape="investing_de"),
    "investing_de_cp1252.csv": Answer(says=("text in cp1252", "decimal comma"), shape="investing_de"),
    "investing_es.csv": Answer(says=("decimal comma",), shape="investing_es"),
    "investing_fr.csv": Answer(says=("decimal comma",), shape="investing_fr"),
    "investing_it.csv": Answer(says=("decimal comma",), shape="investing_it"),
    "investing_pt.csv": Answer(says=("decimal comma",), shape="investing_pt"),
    "investing_jp.csv": Answer(says=("text in cp932",), shape="investing_jp"),
    "investing_jp_signs.csv": Answer(says=(TURNED,), shape="investing_jp"),
    "investing_nl.csv": Answer(says=("decimal comma",), shape="investing_nl"),
    "investing_nl_whole.csv": Answer(refused="in column 'Laatste' can be read as 5.", shape="investing_nl"),
    "investing_pl.csv": Answer(says=("decimal comma",), shape="investing_pl"),
    "investing_tr.csv": Answer(says=("decimal comma",), shape="investing_tr"),
    "investing_ru.csv": Answer(says=("decimal comma",), shape="investing_ru"),
    "investing_kr.csv": Answer(says=(TURNED,), shape="investing_kr"),
    "investing_cn.csv": Answer(says=(TURNED,), shape="investing_cn"),
    "nasdaq_com.csv": Answer(says=("$ beside each number",), shape="nasdaq"),
    "tradingview_unix.csv": Answer(says=("unix seconds",), shape="tradingview"),
    "stooq_txt.txt": Answer(shape="stooq_ascii"),
    "stooq_pl.csv": Answer(shape="stooq_pl"),
    "metatrader.csv": Answer(says=("cells parted by tabs",), shape="metatrader"),
    "metatrader_hours.csv": Answer(
        refused="16:00:00 has a time of day and no time zone; add the zone", shape="metatrader"
    ),
    "dukascopy.csv": Answer(shape="dukascopy"),
    "polygon.csv": Answer(shape="polygon"),
    "histdata.csv": Answer(options={"zone": "America/New_York"}, says=("at the close of XNYS",)),
    "date_and_time.csv": Answer(options={"zone": "America/New_York"}, says=("at the close of XNYS",)),
    "ecb.csv": Answer(says=("ticker EXR.D.USD.EUR.SP00.A",), shape="sdmx"),
    "weekdays.csv": Answer(),
    "coingecko.csv": Answer(clock="UTC", says=("instants (UTC)",), shape="coingecko"),
    "coinmarketcap.csv": Answer(clock="UTC", says=("cells parted by semicolons",), shape="coinmarketcap"),
    "binance_klines_no_header.csv": Answer(clock="UTC", says=("unix milliseconds",), shape="binance_headless"),
    "kraken_no_header.csv": Answer(clock="UTC", says=("unix seconds",), shape="kraken_headless"),
    "histdata_no_header.csv": Answer(  # of 3 July the last minute of a whole day, after the early close
        rows=121,
        options={"length": "1min"},
        says=("Etc/GMT+5", "1 minute after", "when the market was shut or before its clock is known: 1"),
        shape="histdata_headless",
    ),
    "metatrader_no_header.csv": Answer(shape="metatrader_headless"),
    "bundesbank.csv": Answer(
        says=("cells parted by semicolons", "decimal comma", "missing values: 1", "left out: 1 ('Kommentar"),
        shape="bundesbank",
    ),
    "bundesbank_english.csv": Answer(shape="bundesbank"),
    "binance_klines.csv": Answer(clock="UTC", says=("unix milliseconds",), shape="binance"),
    "cryptodatadownload.csv": Answer(clock="UTC", says=(TURNED,), shape="cryptodatadownload"),
    "yahoo.csv": Answer(says=("Close serves and Adj Close does not", "both change alike"), shape="yahoo"),
    "yfinance_download.csv": Answer(),
    "yfinance_two_tickers.csv": Answer(),  # SPX is ^GSPC at Yahoo
    "yfinance_two_lines.csv": Answer(options={"ticker": "^GSPC"}),
    "yfinance_history.csv": Answer(
        says=("dividends on 1 row (2025-07-30)", "splits on 1 row (2025-08-27)"), shape="yfinance_history"
    ),
    "bloomberg_style.csv": Answer(rows=118, says=("missing values: 4",), shape="bloomberg"),
    "refinitiv.csv": Answer(shape="refinitiv"),
    "ariva.csv": Answer(says=("decimal comma",), shape="ariva"),
    "boerse.csv": Answer(says=("€ beside each number",), shape="boerse"),
    "fred.csv": Answer(shape="fred"),
    "mof.csv": Answer(options={"column": "10Y"}, shape="mof"),
    "mof_japanese.csv": Answer(options={"column": "10Y"}, says=("text in cp932",), shape="mof_japanese"),
    "semicolon_decimal_comma.csv": Answer(says=("cells parted by semicolons", "decimal comma")),
    "excel_sep.csv": Answer(says=("cells parted by semicolons",)),
    "bars.csv": Answer(says=("cells parted by bars",)),
    "tab.csv": Answer(says=("cells parted by tabs",)),
    "utf16.csv": Answer(says=("text in utf-16-le",)),
    "utf16_bare.csv": Answer(says=("text in utf-16-le",)),
    "carriage_returns.csv": Answer(),
    "yyyymmdd.csv": Answer(),
    "iso_z.csv": Answer(),
    "footer_two_cells.csv": Answer(says=("lines below the last date, left out: 1 ('Downloaded')",)),
    "ragged_comment.csv": Answer(refused="line 2: 'row 0' stands beyond the 2 columns of the heading"),
    "ragged_empty.csv": Answer(),
    "r_row_names.csv": Answer(says=("row names, left out",)),
    "r_dates_as_names.csv": Answer(),
    "pandas_index.csv": Answer(),
    "pandas_counted.csv": Answer(),
    "close_twice.csv": Answer(refused="2 columns of the name 'Close', which of them?"),
    "dates_of_two_meanings_only.csv": Answer(refused="can be read as 2025-06-02 or 2025-02-06"),
    "wide.csv": Answer(options={"column": "SPX"}),
    "filtered.parquet": Answer(rows=121),
    "yfinance_download.parquet": Answer(),
    "yfinance_two_tickers.parquet": Answer(),
    "multiindex.parquet": Answer(),
    "sheet.xlsx": Answer(),
    "texts.xlsx": Answer(says=("decimal comma",), shape="investing_de"),
}


def write(folder: Path, name: str) -> Path:
    content = SAMPLES[name]()
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def load(folder: Path, name: str, clock: str, **options: str) -> Observations:
    section = DataSection.model_validate({"files": {"SPX": {"file": name, "clock": clock, **options}}})
    return load_dataset(section, ["SPX"], base=folder).observations["SPX"]


def require_truth(item: Observations, rows: int) -> None:
    """The closes of their sessions, to the last bit."""
    truth = closes().reindex(pd.DatetimeIndex(item.dates))
    assert len(item.levels) == rows
    assert item.levels.tolist() == truth.tolist()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_the_world_gives_its_closes_or_one_sentence(tmp_path: Path, name: str) -> None:
    answer = ANSWERS[name]
    write(tmp_path, name)
    if answer.refused:
        with pytest.raises(DataError, match=re.escape(answer.refused)) as caught:
            load(tmp_path, name, answer.clock, **answer.options)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)
        return
    item = load(tmp_path, name, answer.clock, **answer.options)
    require_truth(item, answer.rows)
    assert item.origin is not None
    told = "; ".join(item.origin.repairs)
    assert all(words in told for words in answer.says), told


@pytest.mark.parametrize("name", ["coingecko.csv", "cryptodatadownload.csv", "binance_klines.csv", "coinmarketcap.csv"])
def test_instants_that_are_not_those_of_the_stated_clock_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="instants in the data beat a stated clock"):
        load(write(tmp_path, name), name, "XNYS")


def test_every_declared_shape_has_a_sample_and_its_answer() -> None:
    assert {answer.shape for answer in ANSWERS.values()} - {None} == set(load_shapes())
    assert set(ANSWERS) == set(SAMPLES)


def test_no_heading_is_taken_for_that_of_another_shape() -> None:
    for shape in load_shapes().values():
        if shape.heading:
            assert recognise([*shape.heading, "another"]) == shape


def test_the_docs_hold_the_table_of_shapes() -> None:
    text = (Path(__file__).parents[3] / "docs" / "data.md").read_text(encoding="utf-8")
    table = list_shapes()
    rows = [
        f"| {shape.title} | `{shape.date}` | {f'`{shape.value}`' if shape.value else 'the only one, or `column:`'} | "
        f"{shape.means.replace('_', ' ') or 'its day'} |"
        for shape in table.itertuples()
    ]
    assert [row for row in rows if row not in text] == []


def test_several_tickers_are_named_and_the_one_asked_for_is_taken(tmp_path: Path) -> None:
    for name in ("yfinance_two_tickers.csv", "yfinance_two_tickers.parquet"):
        write(tmp_path, name)
        apple = load(tmp_path, name, "XNYS", ticker="AAPL")
        assert apple.levels.tolist() == (closes() / 30).tolist()
        assert load(tmp_path, name, "XNYS", column="AAPL").levels.tolist() == apple.levels.tolist()
        with pytest.raises(DataError, match=r"no ticker 'MSFT'; known: AAPL, \^GSPC"):
            load(tmp_path, name, "XNYS", ticker="MSFT")
        section = DataSection.model_validate({"files": {"BTC": {"file": name, "clock": "XNYS"}}})
        with pytest.raises(DataError, match=r"several tickers \(\^GSPC, AAPL\); say which with 'ticker:'"):
            load_dataset(section, ["BTC"], base=tmp_path)


def test_one_file_serves_three_instruments(tmp_path: Path) -> None:
    write(tmp_path, "wide.csv")
    clocks = {"BTC": "UTC", "SPX": "XNYS", "JGB10Y": "MOF"}
    files = {name: {"file": "wide.csv", "clock": clock, "column": name} for name, clock in clocks.items()}
    had = load_dataset(DataSection.model_validate({"files": files}), list(files), base=tmp_path).observations
    assert had["BTC"].levels.tolist() == (closes() * 15).round(2).tolist()
    assert had["JGB10Y"].levels.tolist() == yields().tolist()


def test_the_given_files_are_read_as_those_made_here(shared: Path) -> None:
    for path in sorted((shared / "cases" / "files").iterdir()):
        answer = ANSWERS[path.name]
        if not answer.refused and path.name != "yfinance_history.csv":
            require_truth(load(path.parent, path.name, answer.clock, **answer.options), answer.rows)
