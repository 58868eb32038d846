"""Excel workbooks: one sheet is read by the laws of a CSV; what is not told, too large or broken is refused."""

from __future__ import annotations

import builtins
import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from coupling.data.loading.dataset import load_dataset
from coupling.data.observations import Observations
from coupling.data.section import DataSection
from coupling.errors import DataError
from tests.data.shapes.workbook import Formula, workbook

pytest.importorskip("python_calamine")
DAYS = [dt.date(2025, 6, 2), dt.date(2025, 6, 3), dt.date(2025, 6, 4)]
RIGHT = [5900.5, 5911.25, 5880.75]
HEAD = ("date", "value")
ROWS = list(zip(DAYS, RIGHT, strict=True))


def load(folder: Path, raw: bytes, name: str = "x.xlsx", **options: str) -> Observations:
    (folder / name).write_bytes(raw)
    section = DataSection.model_validate({"files": {"SPX": {"file": name, "clock": "XNYS", **options}}})
    return load_dataset(section, ["SPX"], base=folder).observations["SPX"]


READ = {
    "plain": workbook({"S": [HEAD, *ROWS]}),
    "titles above": workbook({"S": [("A report",), (), ("of", "2025"), HEAD, *ROWS]}),
    "a first column left empty": workbook({"S": [(None, *HEAD), *((None, *row) for row in ROWS)]}),
    "a footer": workbook({"S": [HEAD, *ROWS, (), ("Source: somewhere",)]}),
    "moments of midnight": workbook({"S": [HEAD, *((dt.datetime(d.year, d.month, d.day), v) for d, v in ROWS)]}),
    "dates as texts": workbook({"S": [HEAD, *((f"{d:%Y-%m-%d}", v) for d, v in ROWS)]}),
    "dates as whole numbers": workbook({"S": [HEAD, *((int(f"{d:%Y%m%d}"), v) for d, v in ROWS)]}),
    "numbers as texts": workbook({"S": [HEAD, *((d, f"{v:,.2f}") for d, v in ROWS)]}),
    "some numbers as texts": workbook({"S": [HEAD, ROWS[0], (DAYS[1], "5911.25"), ROWS[2]]}),
    "a missing value": workbook({"S": [HEAD, (dt.date(2025, 5, 30), "#N/A"), *ROWS]}),
    "an empty sheet beside": workbook({"S": [HEAD, *ROWS], "T": []}),
    "a hidden sheet beside": workbook({"S": [HEAD, *ROWS], "T": [HEAD, (DAYS[0], 1)]}, hidden=["T"]),
}


@pytest.mark.parametrize("name", READ)
def test_a_workbook_is_read(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, READ[name]).levels.tolist() == RIGHT


def test_three_decimals_are_no_thousands(tmp_path: Path) -> None:
    raw = workbook({"S": [HEAD, *zip(DAYS, [38.123, 38.25, 38.127], strict=True)]})
    assert load(tmp_path, raw).levels.tolist() == [38.123, 38.25, 38.127]


def test_of_several_sheets_the_one_stated_is_read(tmp_path: Path) -> None:
    raw = workbook({"Prices": [HEAD, *ROWS], "Other": [HEAD, *((d, v + 1) for d, v in ROWS)]})
    assert load(tmp_path, raw, sheet="Prices").levels.tolist() == RIGHT
    with pytest.raises(DataError, match=r"several sheets or none \('Prices', 'Other'\); say which with 'sheet:'"):
        load(tmp_path, raw)
    with pytest.raises(DataError, match="no sheet 'Price'; did you mean 'Prices'"):
        load(tmp_path, raw, sheet="Price")


def _with(name: str, content: bytes) -> bytes:
    """The plain workbook with a part replaced."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(READ["plain"])) as old, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return raw.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = (
    b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
REFUSED = {
    "no heading": (workbook({"S": ROWS}), "no header with a date column"),
    "nothing": (workbook({"S": []}), "several sheets or none"),
    "formulas without values": (workbook({"S": [HEAD, *((d, Formula("B1+1")) for d in DAYS)]}), "no usable row"),
    "times of day": (workbook({"S": [HEAD, *((dt.datetime(2025, 6, k, 12), 1.5) for k in (2, 3))]}), "no time zone"),
    "days as numbers": (workbook({"S": [HEAD, (45810, 5900.5), (45811, 5911.25)]}), "day number of a spreadsheet"),
    "grouped digits as texts": (workbook({"S": [HEAD, *((d, "38.123") for d in DAYS)]}), "read as 38.123 and as 38123"),
    "truths": (workbook({"S": [HEAD, *((d, True) for d in DAYS)]}), "'True' in column 'value' is no number"),
    "a filled cell beyond": (workbook({"S": [HEAD, (*ROWS[0], "note"), *ROWS[1:]]}), "x.xlsx"),
    "no archive": (b"PK\x03\x04" + bytes(100), "no readable Excel workbook"),
    "a text": (b"date,value\n2025-06-02,1\n", "no readable Excel workbook"),
    "an archive of other things": (_with("xl/workbook.xml", b""), "no readable Excel workbook"),
    "a broken sheet": (_with(SHEET, b"<worksheet><sheetData><row"), "x.xlsx"),
    "cells at both ends": (_with(SHEET, FAR), "more than 10,000,000 cells"),
    "cut": (READ["plain"][:-100], "no readable Excel workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx without"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_says_too_little_is_refused(tmp_path: Path, name: str) -> None:
    raw, message = REFUSED[name]
    with pytest.raises(DataError) as caught:
        load(tmp_path, raw)
    assert message in str(caught.value)
    assert "x.xlsx" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_unfolds_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupling.data.tables.excel.UNPACKED_LIMIT", 5 * 1024 * 1024)
    raw = _with("xl/styles.xml", b" " * 6 * 1024 * 1024)
    assert len(raw) < 20_000
    with pytest.raises(DataError, match="unfolds to more than 5 MiB"):
        load(tmp_path, raw)


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    raw = bytearray(_with("xl/styles.xml", b" " * 1024 * 1024))
    size = (1024 * 1024).to_bytes(4, "little")
    for at in [k for k in range(len(raw) - 4) if raw[k : k + 4] == size]:
        raw[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(DataError, match="no readable Excel workbook"):
        load(tmp_path, bytes(raw))


def test_without_the_extra_the_sentence_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "python_calamine":
            raise ImportError(name)
        return really(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DataError, match="need the extra 'excel'"):
        load(tmp_path, READ["plain"])


@pytest.mark.parametrize(
    ("code", "levels"),
    [("0.00%", [4.5, 4.55, 4.6]), ("0.0\\%", [0.045, 0.0455, 0.046]), ('0.0"%"', [0.045, 0.0455, 0.046])],
)
def test_what_a_sheet_shows_in_percent_is_percent(tmp_path: Path, code: str, levels: list[float]) -> None:
    raw = _shown_as(code, workbook({"S": [HEAD, *zip(DAYS, [0.045, 0.0455, 0.046], strict=True)]}))
    (tmp_path / "x.xlsx").write_bytes(raw)
    section = DataSection.model_validate({"files": {"UST10Y": {"file": "x.xlsx", "clock": "H15", "unit": "%"}}})
    assert load_dataset(section, ["UST10Y"], base=tmp_path).observations["UST10Y"].levels.tolist() == levels


def test_no_price_is_shown_in_percent(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no price stands in %"):
        load(tmp_path, _shown_as("0%", READ["plain"]))


def _shown_as(code: str, raw: bytes) -> bytes:
    """The workbook with its plain numbers shown by a format."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            text = old.read(member).decode()
            if member == "xl/styles.xml":
                quoted = escape(code, {'"': "&quot;"})
                own = f'<numFmts count="1"><numFmt numFmtId="164" formatCode="{quoted}"/></numFmts>'
                text = text.replace("<cellXfs", f"{own}<cellXfs").replace('"3"', '"4"')
                text = text.replace("</cellXfs>", '<xf numFmtId="164"/></cellXfs>')
            new.writestr(member, re.sub(r'(<c r="B\d+")><v>', r'\1 s="3"><v>', text))
    return out.getvalue()
