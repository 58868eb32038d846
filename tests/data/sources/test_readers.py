"""Every known format is read from bytes as its publisher writes them; everything else is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coupling.data.export import to_csv
from coupling.data.sources.readers import read_rows, read_table
from coupling.errors import DataError

MOF_ENGLISH = (
    "Interest Rate (September 2026),,,,(Unit : %)\r\nDate,1Y,10Y,20Y,40Y\r\n1974/9/24,10.327,-,-,-\r\n"
    '2026/9/11,1.555,2.987,3.799,4.027\r\n,,,,\r\n"  ※If you cannot download the latest csv data",,,,\r\n'
)
MOF_JAPANESE = (
    "国債金利情報,,,(単位 : %)\r\n基準日,1年,10年,40年\r\n"
    "S49.9.24,10.327,-,-\r\nH1.1.9,4.4,4.8,-\r\nR8.6.30,1.165,2.69,3.792\r\n"
)
HOURLY = (
    "time_utc,open,high,low,close,volume\n2024-08-05T06:00:00Z,1,2,0.5,1.5,9\n2024-08-05T07:00:00Z,1.5,2,1,1.75,9\n"
)
FORMATS = {
    "plain": ("date,value\n2024-08-05,5186.33\n2024-08-06,5240.03\n", None, ["2024-08-05", "2024-08-06"], 5240.03),
    "fred": ("observation_date,DEXJPUS\n2024-08-05,143.95\n2024-09-02,\n2024-09-03,145.5\n", None, None, 145.5),
    "fred dot": ("DATE,DGS10\n2024-08-05,3.78\n2024-09-02,.\n2024-09-03,3.84\n", None, None, 3.84),
    "yahoo": ("Date,Open,High,Low,Close,Adj Close,Volume\n2024-08-05,1,2,0.5,1.5,1.5,9\n", None, ["2024-08-05"], 1.5),
    "wide": ("date,1Y,10Y\n2024-08-05,0.1,0.781\n", "10Y", ["2024-08-05"], 0.781),
    "semantic blanks": ("date,value\n2024-08-05,NaN\n2024-08-06,-\n2024-08-07,-0.25\n", None, None, -0.25),
}


def write(folder: Path, text: str, name: str = "x.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_known_format_is_read(tmp_path: Path, name: str) -> None:
    text, column, dates, last = FORMATS[name]
    rows = read_rows(write(tmp_path, text), column)
    assert rows.value.iloc[-1] == last
    assert not rows.instants
    if dates:
        assert rows.when.dt.strftime("%Y-%m-%d").tolist() == dates


def test_the_english_file_of_the_ministry_is_read(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, MOF_ENGLISH, encoding="cp932"), "10Y")
    assert rows.when.tolist() == [pd.Timestamp("1974-09-24"), pd.Timestamp("2026-09-11")]
    assert rows.value.isna().tolist() == [True, False]
    assert rows.line.tolist() == [3, 4]


def test_the_japanese_file_of_the_ministry_is_read(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, MOF_JAPANESE, encoding="cp932"), "10Y")
    assert rows.when.dt.strftime("%Y-%m-%d").tolist() == ["1974-09-24", "1989-01-09", "2026-06-30"]
    assert rows.value.tolist()[1:] == [4.8, 2.69]


def test_hourly_bars_carry_their_own_instants(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, HOURLY), clock="hourly")
    assert rows.instants
    assert rows.when.iloc[0] == pd.Timestamp("2024-08-05 07:00", tz="UTC")
    assert rows.value.tolist() == [1.5, 1.75]


@pytest.mark.parametrize("index", [True, False])
def test_a_parquet_file_reads_as_the_same_rows(tmp_path: Path, index: bool) -> None:
    frame = pd.DataFrame({"date": pd.to_datetime(["2024-08-05", "2024-08-06"]), "value": [1.25, float("nan")]})
    path = tmp_path / "x.parquet"
    (frame.set_index("date") if index else frame).to_parquet(path)
    rows = read_rows(path)
    assert rows.when.tolist() == frame["date"].tolist()
    assert rows.value.iloc[0] == 1.25
    assert rows.value.isna().tolist() == [False, True]


REFUSED = {
    "empty": ("", "is empty"),
    "blank": ("  \n \n", "is empty"),
    "header only": ("date,value\n", "no rows"),
    "web page": ("<!DOCTYPE html><html><body>Too many requests, try later</body></html>", "HTML page"),
    "no date column": ("when,value\n2024-08-05,1\n", "no header with a date column"),
    "text in a number": ("date,value\n2024-08-05,1\n2024-08-06,one\n", "line 3: 'one' in column 'value' is no number"),
    "grouped digits": ('date,value\n2024-08-05,"1,500"\n', "line 2: '1,500'"),
    "infinite": ("date,value\n2024-08-05,inf\n", "'inf'"),
    "no date": ("date,value\n2024-08-05,1\n05.08.2024,2\n", "line 3: '05.08.2024' is no date"),
    "impossible date": ("date,value\n2024-02-30,1\n", "'2024-02-30' is no date"),
    "several columns": ("date,a,b\n2024-08-05,1,2\n", "say which with 'column:'"),
    "junk between rows": ("date,value\n2024-08-05,1\njunk,\n2024-08-06,2\n", "line 3: 'junk' is no date"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(DataError) as caught:
        read_rows(write(tmp_path, text))
    assert message in str(caught.value)
    assert "x.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_column_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="did you mean '10Y'"):
        read_rows(write(tmp_path, "date,1Y,10Y\n2024-08-05,1,2\n"), "10YR")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00\x81\xff date,values")
    with pytest.raises(DataError, match="is no text in UTF-8"):
        read_rows(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv cannot be read"):
        read_rows(tmp_path / "gone.csv")


def test_a_parquet_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no readable Parquet"):
        read_rows(write(tmp_path, "date,value\n", "x.parquet"))


def test_both_files_of_the_ministry_agree(shared: Path) -> None:
    english = read_rows(shared / "market/series/jgb_yields.csv", "10Y")
    japanese = read_rows(shared / "market/wire/mof_jgbcm_all_japanese_cp932.csv", "10Y")
    assert english.when.equals(japanese.when)
    pd.testing.assert_series_equal(english.value, japanese.value)


def test_the_current_month_of_the_ministry_is_read(shared: Path) -> None:
    rows = read_rows(shared / "market/wire/mof_jgbcme_current_month_2026-09.csv", "40Y")
    assert (len(rows.value), rows.value.iloc[-1]) == (9, 4.027)


@pytest.mark.thorough
@pytest.mark.parametrize("mark", ["-", "/"])
def test_every_day_of_either_shape_is_that_day(mark: str) -> None:
    days = pd.date_range("1967-12-25", "2028-03-05", freq="D")
    for form in ("{0.year}{1}{0.month}{1}{0.day}", "{0:%Y}{1}{0:%m}{1}{0:%d}"):
        lines = "\n".join(f"{form.format(day, mark)},1" for day in days)
        assert read_table("days", f"date,value\n{lines}\n".encode()).stamps.labels.tolist() == days.tolist()


@pytest.mark.parametrize("text", ["2024/8", "2024/13/1", "2024/2/30", "2024/8/5x", "5/8/2024", "24/8/5", "2024//8/5"])
def test_what_is_no_date_with_slashes_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="is no date"):
        read_table("days", f"date,value\n2024/8/1,1\n{text},2\n".encode())


HALF_PAST = pd.date_range("2025-06-02 13:30", periods=3, freq="h")


def test_a_parquet_file_keeps_its_times_of_day(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame({"date": HALF_PAST.tz_localize("UTC").tz_convert("Asia/Tokyo"), "value": [1.0, 2.0, 3.0]})
    frame.to_parquet(path)
    rows = read_rows(path, clock="XNYS")
    assert rows.instants
    assert rows.when.tolist() == list(HALF_PAST.tz_localize("UTC") + pd.Timedelta(hours=1))


def test_what_a_csv_refuses_a_parquet_file_refuses(tmp_path: Path) -> None:
    frame = pd.DataFrame({"date": HALF_PAST, "value": [1.0, 2.0, 3.0]})
    frame.to_parquet(tmp_path / "x.parquet")
    frame.to_csv(tmp_path / "x.csv", index=False)
    for name in ("x.parquet", "x.csv"):
        with pytest.raises(DataError, match="has a time of day and no time zone"):
            read_rows(tmp_path / name, clock="XNYS")


def test_instants_come_back_from_an_export_as_they_were(tmp_path: Path) -> None:
    starts = [f"{start:%Y-%m-%dT%H:%M:%SZ}" for start in pd.date_range("2025-07-03 13:30", periods=4, freq="h")]
    text = "time_utc,close\n" + "".join(f"{start},{k}\n" for k, start in enumerate(starts, 1))
    rows = read_rows(write(tmp_path, text), clock="XNYS")
    again = read_rows(write(tmp_path, to_csv(rows), "again.csv"), clock="XNYS", means="session")
    assert again.when.tolist() == rows.when.tolist()
    assert again.when.iloc[-1] == pd.Timestamp("2025-07-03 17:00", tz="UTC")
    assert again.dates.tolist() == rows.dates.tolist()
    assert again.value.tolist() == rows.value.tolist()
