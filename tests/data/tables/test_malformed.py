"""Odd and malformed files in one table of (input, outcome): the right numbers or one sentence, no other number."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest

from coupling.data.loading.dataset import load_dataset
from coupling.data.section import DataSection
from coupling.errors import CouplingError, DataError

RIGHT = [5900.5, 5911.25, 5880.75]
HEAD = "date,value\n"
ROWS = "2025-06-02,5900.5\n2025-06-03,5911.25\n2025-06-04,5880.75\n"
TWO = "2025-06-02,5900.5\n2025-06-03,5911.25\n"
WIDE = ",".join(f"c{k}" for k in range(5_000)) + ",date\n" + "1," * 5_000 + "2025-06-02\n"
Outcome = list[float] | str
Case = tuple[str | bytes, dict[str, str], Outcome]


def de(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


CASES: dict[str, Case] = {
    # read
    "blank lines": (HEAD + "\n" + ROWS.replace("\n", "\n\n") + "\n , \n", {}, RIGHT),
    "comments": ("# made by hand\n" + HEAD + "# more, with a comma\n" + ROWS, {}, RIGHT),
    "comment at the end": (HEAD + ROWS + "# end\n", {}, RIGHT),
    "byte order mark": ("\ufeff" + HEAD + ROWS, {}, RIGHT),
    "byte order mark in the middle": (HEAD + TWO + "\ufeff2025-06-04,5880.75\n", {}, RIGHT),
    "heading twice": (HEAD + TWO + HEAD + "2025-06-04,5880.75\n", {}, RIGHT),
    "carriage returns": ((HEAD + ROWS).replace("\n", "\r"), {}, RIGHT),
    "windows line ends": ((HEAD + ROWS).replace("\n", "\r\n"), {}, RIGHT),
    "mixed line ends": (HEAD.replace("\n", "\r\n") + ROWS, {}, RIGHT),
    "no line end at the end": ((HEAD + ROWS).rstrip("\n"), {}, RIGHT),
    "blanks around cells": (" date , value \n" + ROWS.replace(",", " , "), {}, RIGHT),
    "blank before a quote": ('"date", "value"\n' + ROWS.replace(",", ', "').replace("\n", '"\n'), {}, RIGHT),
    "every cell quoted": ('"' + (HEAD + ROWS).strip().replace(",", '","').replace("\n", '"\n"') + '"\n', {}, RIGHT),
    "capitals in the heading": ("DATE,VALUE\n" + ROWS, {}, RIGHT),
    "empty column at the end": ("date,value,\n" + ROWS.replace("\n", ",\n"), {}, RIGHT),
    "a footnote": (HEAD + ROWS + "Source: somewhere, 2025\n", {}, RIGHT),
    "a title in brackets": ("[SPX]\n" + HEAD + ROWS, {}, RIGHT),
    "times of day with a zone": (
        "date,time,close\n" + ROWS.replace(",", ",16:00,"),
        {"zone": "America/New_York", "means": "bar_end"},
        RIGHT,
    ),
    "newest first": (HEAD + "".join(reversed(ROWS.splitlines(keepends=True))), {}, RIGHT),
    "an exact repeat": (HEAD + ROWS + "2025-06-04,5880.75\n", {}, RIGHT),
    "a missing value": (HEAD + "2025-05-30,#N/A\n" + ROWS, {}, RIGHT),
    "a broken formula": (HEAD + "2025-05-30,#REF!\n" + ROWS, {}, RIGHT),
    "missing in many words": (HEAD + "2025-05-28,null\n2025-05-29,N/A\n2025-05-30,.\n" + ROWS, {}, RIGHT),
    "a row too short": (HEAD + "2025-05-30\n" + ROWS, {}, RIGHT),
    "an unfinished last line": (HEAD + ROWS + "2025-06-05,", {}, RIGHT),
    "semicolons": (de(HEAD + ROWS), {}, RIGHT),
    "semicolons and points": ((HEAD + ROWS).replace(",", ";"), {}, RIGHT),
    "a comma in a name": ("date;value, closing\n" + ROWS.replace(",", ";"), {}, RIGHT),
    "a title with commas": ("SPX, daily, USD\n" + de(HEAD + ROWS), {}, RIGHT),
    "tabs": ((HEAD + ROWS).replace(",", "\t"), {}, RIGHT),
    "bars": ((HEAD + ROWS).replace(",", "|"), {}, RIGHT),
    "another delimiter, stated": ((HEAD + ROWS).replace(",", "^"), {"delimiter": "^"}, RIGHT),
    "thousands": (HEAD + '2025-06-02,"5,900.50"\n2025-06-03,"5,911.25"\n2025-06-04,"5,880.75"\n', {}, RIGHT),
    "thousands with blanks": (HEAD + ROWS.replace(",5", ",5\u202f"), {}, RIGHT),
    "thousands with apostrophes": (HEAD + ROWS.replace(",5", ",5’"), {}, RIGHT),
    "dollars": (HEAD + ROWS.replace(",5", ",$5"), {}, RIGHT),
    "a currency's code": (HEAD + ROWS.replace("\n", " USD\n"), {}, RIGHT),
    "exponents": (HEAD + "2025-06-02,5.9005e3\n2025-06-03,5.91125e3\n2025-06-04,5.88075E+3\n", {}, RIGHT),
    "utf-16": ((HEAD + ROWS).encode("utf-16"), {}, RIGHT),
    "utf-16, big end first, no mark": ((HEAD + ROWS).encode("utf-16-be"), {}, RIGHT),
    "utf-32": ((HEAD + ROWS).encode("utf-32"), {}, RIGHT),
    "an encoding, stated": (("£ a share\n" + HEAD + ROWS).encode("cp1252"), {"encoding": "cp1252"}, RIGHT),
    "latin letters": (("Schlußkurse für März\n" + HEAD + ROWS).encode("cp1252"), {}, RIGHT),
    "days first": (HEAD + "30/05/2025,N/A\n02/06/2025,5900.5\n03/06/2025,5911.25\n04/06/2025,5880.75\n", {}, RIGHT),
    "days first, stated": (
        HEAD + "02/06/2025,5900.5\n03/06/2025,5911.25\n04/06/2025,5880.75\n",
        {"dates": "dmy"},
        RIGHT,
    ),
    "a column of dates, stated": ("when,value\n" + ROWS, {"date_column": "when"}, RIGHT),
    "a column of values, stated": ("date,a,b\n" + ROWS.replace(",", ",1,"), {"column": "b"}, RIGHT),
    "times of day in figures": (
        "date,time,close\n" + ROWS.replace(",", ",160000,"),
        {"zone": "America/New_York", "means": "bar_end"},
        RIGHT,
    ),
    "dates and times of midnight": ("date,time,close\n" + ROWS.replace(",", ",00:00,"), {}, RIGHT),
    "tickers left blank": ("date,ticker,close\n" + ROWS.replace(",", ",,"), {}, RIGHT),
    "one ticker of two": (
        "date,ticker,close\n" + ROWS.replace(",", ",AAA,") + ROWS.replace(",", ",BBB,1"),
        {"ticker": "AAA"},
        RIGHT,
    ),
    "a decimal mark, stated": (
        'date,value\n2025-06-02,"5900,500"\n2025-06-03,"5911,250"\n2025-06-04,"5880,750"\n',
        {"decimal": ","},
        RIGHT,
    ),
    # refused
    "a mean at the end": (HEAD + ROWS + "Mean,5897.5\n", {}, "line 5: 'Mean'"),
    "a date in words that are none": (HEAD + ROWS + "円の値,5897.5\n", {}, "line 5: '円の値'"),
    "empty": ("", {}, "is empty"),
    "blank": (" \n \n", {}, "is empty"),
    "heading alone": (HEAD, {}, "has a header but no rows"),
    "a web page": ("<!DOCTYPE html><html><body>Too many requests</body></html>", {}, "HTML page"),
    "a web page's table": ("<table><tr><td>date</td><td>value</td></tr></table>", {}, "HTML page"),
    "an XML workbook": ('<?xml version="1.0"?><Workbook><Worksheet/></Workbook>', {}, "this is an XML document"),
    "a page of XHTML": ('<?xml version="1.0"?>\n<html><body>date</body></html>', {}, "HTML page"),
    "rich text": ("{\\rtf1\\ansi {date,value}}", {}, "this is an RTF document"),
    "a web archive": ("MIME-Version: 1.0\nX-Document-Type: Workbook\n", {}, "this is a web archive"),
    "json": ('[{"date": "2025-06-02", "value": 1}]', {}, "this is JSON"),
    "json as an object": ('{"chart": {"result": [1, 2]}}', {}, "this is JSON"),
    "gzip": (gzip.compress((HEAD + ROWS).encode()), {}, "compressed with gzip"),
    "an archive": (b"PK\x03\x04 and so on", {}, "Excel workbook or a ZIP archive"),
    "parquet": (b"PAR1 and so on", {}, "Parquet file, whatever its name says"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, "save it as .xlsx without"),
    "a document": (b"%PDF-1.7 date,value", {}, "PDF"),
    "noise": (bytes(range(128, 256)) * 8, {}, "x.csv"),
    "a zero byte": (HEAD + "2025-06-02,59\x0000.5\n" + ROWS, {}, "line 2: the text holds a zero byte"),
    "half a character": ((HEAD + ROWS).encode("utf-16")[:-1], {}, "is no text in UTF-8"),
    "the wrong encoding": ("année,é\n".encode("cp1252"), {"encoding": "utf-8"}, "no text in utf-8"),
    "no heading": (ROWS, {}, "its columns have no names, put 'date,value' above them"),
    "another heading": ("when,value\n" + ROWS, {}, "name its columns in data.files ('date_column:', 'column:')"),
    "dates in two columns": (
        "date,timestamp,value\n" + ROWS.replace(",", ",2025-06-02,"),
        {},
        "columns of dates",
    ),
    "several values": ("date,a,b\n" + ROWS.replace("\n", ",1\n"), {}, "say which with 'column:'"),
    "value and close": ("date,value,close\n" + ROWS.replace("\n", ",1\n"), {}, "say which with 'column:'"),
    "a sheet of a text": (HEAD + ROWS, {"sheet": "Prices"}, "is no workbook; leave 'sheet:' out"),
    "no such column": (HEAD + ROWS, {"column": "valeu"}, "x.csv, line 1 has no column 'valeu'; did you mean 'value'"),
    "a name twice": ("date,Close,Close\n" + ROWS.replace("\n", ",1\n"), {}, "2 columns of the name 'Close'"),
    "a name twice, in capitals": (
        "date,close,CLOSE\n" + ROWS.replace("\n", ",1\n"),
        {},
        "of the name 'close'",
    ),
    "dates twice": ("date,date,close\n" + ROWS.replace(",", ",2025-06-02,"), {}, "several columns of dates"),
    "a filled cell beyond": (HEAD + "2025-06-02,5900,5\n", {}, "line 2: '5' stands beyond the 2 columns"),
    "a filled cell below no name": ("date,value,\n2025-06-02,5900,5\n", {}, "line 2: '5' stands beyond the 2 columns"),
    "a decimal comma in one line": (HEAD + TWO + "2025-06-04,5880,75\n", {}, "line 4: '75' stands beyond"),
    "a quoted decimal comma in one line": (HEAD + TWO + '2025-06-04,"5880,75"\n', {}, "another decimal mark"),
    "a separator before three digits": (
        HEAD + '2025-06-02,"157,123"\n2025-06-03,"157,250"\n',
        {},
        "state 'decimal: \".\"'",
    ),
    "a point before three digits": (
        "date;value\n2025-06-02;38.123\n2025-06-03;38.250\n",
        {},
        "read as 38.123 and as 38123",
    ),
    "a german point before three digits": (
        'Datum,Zuletzt,Eröffn.,Hoch,Tief\n"20.06.2025","38.123","","",""\n',
        {},
        "read as 38.123 and as 38123",
    ),
    "two currencies": (HEAD + "2025-06-02,$5900.5\n2025-06-03,€5911.25\n", {}, "carries '€', and line 2 '$'"),
    "a currency in one line": (
        HEAD + TWO + "2025-06-04,$5880.75\n",
        {},
        "line 4: '$5880.75' in column 'value' carries",
    ),
    "a name that pandas counted": (
        "date,close,close.1\n" + ROWS.replace("\n", ",1\n"),
        {},
        "2 columns of the name 'close', which of them?",
    ),
    "a word": (HEAD + TWO + "2025-06-04,suspended\n", {}, "line 4: 'suspended' in column 'value' is no number"),
    "a sum still asked for": (HEAD + TWO + "2025-06-04,#N/A Requesting Data...\n", {}, "line 4"),
    "parts of 32": (
        HEAD + "2025-06-02,110'165\n2025-06-03,110'170\n",
        {},
        "line 2: \"110'165\" in column 'value' can be",
    ),
    "another delimiter than the one stated": (HEAD + ROWS, {"delimiter": ";"}, "parted by ';' as stated"),
    "millions in a word": (
        HEAD + ROWS.replace("\n", " MIO\n"),
        {},
        "line 2: '5900.5 MIO' in column 'value' is counted",
    ),
    "basis points in a word": (HEAD + ROWS.replace("\n", " BPS\n"), {}, "is counted in BPS"),
    "points that part thousands beside a decimal comma": (
        'date,value,share\n2025-06-02,"5.900","0,11"\n2025-06-03,"5.911","0,12"\n',
        {"column": "value"},
        "read as 5.900 and as 5900",
    ),
    "hours without minutes": ("date,time,close\n" + ROWS.replace(",", ",16,"), {}, "line 2: '16' is no time of day"),
    "hours in a column of their own": ("date,hour,close\n" + ROWS.replace(",", ",16,"), {}, "'16' is no time of day"),
    "a time with its zone in the heading": (
        "date,Time (EST),close\n" + ROWS.replace(",", ",15:30,"),
        {},
        "15:30:00 has a time of day and no time zone",
    ),
    "a time beside a column of dates, stated": (
        "day,time,close\n" + ROWS.replace(",", ",15:30,"),
        {"date_column": "day"},
        "no time zone",
    ),
    "a time in a vendor's file": ("Date,PX_LAST,Time\n" + ROWS.replace("\n", ",15:30\n"), {}, "no time zone"),
    "another delimiter above a date": (
        ";A.B;FLAGS\n;Rate;\nas of;21.11.2025;\n" + de(ROWS).replace("\n", ";\n"),
        {},
        "no header with a date column",
    ),
    "a time that never comes": (
        HEAD + "2025-03-09 01:00,1\n2025-03-09 02:00,2\n2025-03-09 03:00,3\n",
        {"zone": "America/New_York"},
        "line 3: 2025-03-09 02:00:00 never comes in America/New_York",
    ),
    "a time that comes twice": (
        HEAD + "2025-11-02 00:00,1\n2025-11-02 01:00,2\n2025-11-02 02:00,3\n",
        {"zone": "America/New_York"},
        "line 3: 2025-11-02 01:00:00 comes twice",
    ),
    "thousands as letters": (HEAD + "2025-06-02,5.9K\n", {}, "'5.9K'"),
    "two points": (HEAD + TWO + "2025-06-04,5880.7.5\n", {}, "line 4"),
    "an underscore": (HEAD + TWO + "2025-06-04,5_880.75\n", {}, "line 4"),
    "infinite": (HEAD + TWO + "2025-06-04,inf\n", {}, "line 4: 'inf' in column 'value' is no finite number"),
    "overflowing": (HEAD + TWO + "2025-06-04,1e999\n", {}, "line 4: '1e999'"),
    "zero": (HEAD + TWO + "2025-06-04,0\n", {}, "must be above 0"),
    "negative": (HEAD + TWO + "2025-06-04,-5880.75\n", {}, "must be above 0"),
    "negative in brackets": (HEAD + TWO + "2025-06-04,(5880.75)\n", {}, "must be above 0"),
    "a date that is none": (HEAD + TWO + "2025-06-31,5880.75\n", {}, "line 4: '2025-06-31'"),
    "a date cut short": (HEAD + TWO + "2025-06,5880.75\n", {}, "line 4: '2025-06'"),
    "a date of another kind": (HEAD + TWO + "04.06.2025,5880.75\n", {}, "line 4: '04.06.2025'"),
    "no date": (HEAD + "2025-06-02,5900.5\n,5911.25\n2025-06-04,5880.75\n", {}, "line 3"),
    "junk between rows": (HEAD + "2025-06-02,5900.5\nbreak,\n2025-06-04,5880.75\n", {}, "line 3: 'break'"),
    "a date of year 1": (HEAD + "0001-01-01,5900.5\n" + ROWS, {}, "line 2: '0001-01-01'"),
    "a date of year 9999": (HEAD + ROWS + "9999-12-31,5900.5\n", {}, "line 5: '9999-12-31'"),
    "a time of day": (HEAD + "2025-06-02 15:30,5900.5\n2025-06-03 15:30,5911.25\n", {}, "no time zone"),
    "a time of day in its own column": ("date,time,close\n" + ROWS.replace(",", ",15:30,"), {}, "no time zone"),
    "two values of a date": (HEAD + ROWS + "2025-06-04,5881\n", {}, "lines 4, 5: 2025-06-04 has values"),
    "an open quote": (HEAD + '2025-06-02,"5900.5\n2025-06-03,5911.25\n2025-06-04,5880.75\n', {}, "line 2"),
    "a quote that swallows a line": (
        "date,close,note\n" + '2025-06-02,5900.5,"a\n2025-06-03,5911.25,b\n2025-06-04,5880.75,c"\n',
        {},
        "line 2: a quoted cell runs over several lines",
    ),
    "a quote within a cell": (HEAD + TWO + '2025-06-04,58"80.75\n', {}, "line 4"),
    "an endless cell": (HEAD + TWO + "2025-06-04,5880.75" + "0" * 140_000 + "\n", {}, "line 4"),
    "two delimiters": ("date,value;time\n2025-06-02,1;2025-06-03\n", {}, "with the delimiter comma and semicolon"),
    "no such ticker": (HEAD + ROWS, {"ticker": "SPX"}, "no column of tickers"),
    "several tickers": (
        "date,ticker,close\n" + ROWS.replace(",", ",A,") + ROWS.replace(",", ",B,"),
        {},
        "several tickers (A, B)",
    ),
    "percent for a price": (HEAD + ROWS.replace("\n", "%\n"), {}, "no price stands in %"),
    "very many columns": (WIDE, {}, "has several columns"),
    "very many columns, none of them": (WIDE, {"column": "value"}, "has no column 'value'"),
    "footnotes without end": (HEAD + ROWS + "note\n" * 30, {}, "'note' is no date"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_gives_the_right_numbers_or_one_sentence(tmp_path: Path, name: str) -> None:
    content, options, outcome = CASES[name]
    (tmp_path / "x.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    section = DataSection.model_validate({"files": {"SPX": {"file": "x.csv", "clock": "XNYS", **options}}})
    if isinstance(outcome, list):
        assert load_dataset(section, ["SPX"], base=tmp_path).observations["SPX"].levels.tolist() == outcome
        return
    with pytest.raises(DataError) as caught:
        load_dataset(section, ["SPX"], base=tmp_path)
    assert outcome in str(caught.value)
    assert "x.csv" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700 + len(str(tmp_path))


def test_the_table_holds_sixty_files_and_more() -> None:
    assert len(CASES) >= 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dates": "ydm"}, "dmy"),
        ({"decimal": ";"}, "decimal"),
        ({"zone": "Mars/Olympus"}, "time zone 'Mars/Olympus' is unknown"),
        ({"means": "noon"}, "means"),
        ({"length": "long"}, "no positive duration"),
        ({"columm": "x"}, "columm"),
        ({"decimal": ""}, "decimal"),
        ({"delimiter": ""}, "delimiter '' is none"),
        ({"delimiter": "abc"}, "delimiter 'abc' is none"),
        ({"delimiter": "\u200f"}, "is none"),
        ({"delimiter": "comma and so on"}, "delimiter 'comma and so on' is none"),
        ({"encoding": "klingon"}, "encoding 'klingon' is unknown"),
        ({"encoding": ""}, "encoding '' is unknown"),
        ({"encoding": "rot13"}, "encoding 'rot13' is unknown"),
        ({"encoding": "idna"}, "encoding 'idna' is unknown"),
        *(
            ({name: text}, "is an empty text")
            for text in ("", " \t")
            for name in ("file", "column", "date_column", "ticker", "then", "sheet")
            if (name, text) != ("file", "")
        ),
    ],
)
def test_what_is_stated_wrongly_is_refused_before_a_file_is_read(options: dict[str, str], message: str) -> None:
    with pytest.raises((CouplingError, ValueError), match=message):
        DataSection.model_validate({"files": {"SPX": {"file": "x.csv", "clock": "XNYS", **options}}})


def test_what_is_stated_of_a_file_is_refused_of_a_live_source() -> None:
    with pytest.raises(ValueError, match="can be stated of a file only"):
        DataSection.model_validate({"files": {"SPX": {"yahoo": "^GSPC", "clock": "XNYS", "decimal": ","}}})


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    there = os.open(path.parent, os.O_RDONLY)
    before = Path.cwd()
    try:
        os.fchdir(there)  # a socket's own path is short
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(before)
        os.close(there)


def _closed(path: Path) -> None:
    path.symlink_to(path.parent / "gone")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_pipe, "is a pipe, not a file"),
        (_folder, "holds no file of values"),
        (_loop, "cannot be read"),
        (_device, "is a device, not a file"),
        (_socket, "is a socket, not a file"),
        (_closed, "cannot be read"),
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.parquet", "x.xlsx"])
def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path, make, message: str, name: str) -> None:  # type: ignore[no-untyped-def]
    make(tmp_path / name)
    section = DataSection.model_validate({"files": {"SPX": {"file": name, "clock": "XNYS"}}})
    with pytest.raises(DataError, match=message):
        load_dataset(section, ["SPX"], base=tmp_path)


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    section = DataSection.model_validate({"files": {"SPX": {"file": "x.csv", "clock": "XNYS"}}})
    with pytest.raises(DataError, match="65 MiB, above the limit of 64 MiB"):
        load_dataset(section, ["SPX"], base=tmp_path)


def test_a_text_of_too_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupling.data.tables.table.CELL_LIMIT", 5)
    monkeypatch.setattr("coupling.data.tables.delimited.CELL_LIMIT", 5)
    (tmp_path / "x.csv").write_text(HEAD + ROWS)
    section = DataSection.model_validate({"files": {"SPX": {"file": "x.csv", "clock": "XNYS"}}})
    with pytest.raises(DataError, match=r"holds more than 5 cells \(6\)"):
        load_dataset(section, ["SPX"], base=tmp_path)
