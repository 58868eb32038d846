"""Write a small Excel workbook by hand: sheets of numbers, texts, dates and formulas."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

__all__ = ["Error", "Formula", "workbook"]

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SPACE = "http://schemas.openxmlformats.org"
FIRST = dt.datetime(1899, 12, 30)


class Formula(str):
    """A formula without the value that a spreadsheet would have kept."""


class Error(str):
    """A formula whose value is an error, such as #DIV/0!."""


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """Return the bytes of a workbook; a cell of None is left out."""
    names = list(sheets)
    states = {name: ' state="hidden"' if name in hidden else "" for name in names}
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{k}" r:id="rId{k}"{states[name]}/>' for k, name in enumerate(names, 1)
    )
    kind = f"{SPACE}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{SPACE}/package/2006/content-types"/>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{SPACE}/spreadsheetml/2006/main" xmlns:r="{kind}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{k}.xml") for k in range(1, len(names) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{SPACE}/spreadsheetml/2006/main"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    parts |= {f"xl/worksheets/sheet{k}.xml": _sheet(sheets[name]) for k, name in enumerate(names, 1)}
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in parts.items():
            folder.writestr(name, HEAD + text)
    return raw.getvalue()


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    kind = f"{SPACE}/officeDocument/2006/relationships"
    items = "".join(
        f'<Relationship Id="rId{k}" Type="{kind}/{what}" Target="{target}"/>'
        for k, (what, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{SPACE}/package/2006/relationships">{items}</Relationships>'


def _sheet(rows: Sequence[Sequence[object]]) -> str:
    body = "".join(f'<row r="{r}">{_cells(r, row)}</row>' for r, row in enumerate(rows, 1))
    return f'<worksheet xmlns="{SPACE}/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'


def _cells(row: int, values: Sequence[object]) -> str:
    return "".join(_cell(f"{_letters(k)}{row}", value) for k, value in enumerate(values) if value is not None)


def _letters(column: int) -> str:
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def _cell(name: str, value: object) -> str:
    if isinstance(value, Formula):
        return f'<c r="{name}"><f>{escape(value)}</f></c>'
    if isinstance(value, Error):
        return f'<c r="{name}" t="e"><f>B1/0</f><v>{escape(value)}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.datetime | dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
        days = (moment - FIRST) / dt.timedelta(days=1)
        style = 2 if isinstance(value, dt.datetime) else 1
        return f'<c r="{name}" s="{style}"><v>{days!r}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{name}"><v>{value!r}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
