"""Which cells of a workbook's sheet are shown in percent: 4.5% stands in the file as 0.045, and its reader says no more."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from xml.sax.saxutils import unescape

__all__ = ["in_percent", "percent_cells"]

BUILT_IN = frozenset({"9", "10"})
TAG = r"<(?:\w+:)?{}\b[^>]*>"
ENTITIES = {"&quot;": '"', "&apos;": "'"}


def percent_cells(raw: bytes, sheet: str) -> set[tuple[int, str]]:
    """Return row and column letters of the cells that a sheet shows in percent; none where its parts do not say.

    Parameters
    ----------
    raw : bytes
        A workbook (.xlsx) whose unpacked size has been looked at.
    sheet : str
        Name of the sheet.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as folder:
        parts = set(folder.namelist())
        styles = _percent_styles(_part(folder, parts, "xl/styles.xml"))
        if not styles:
            return set()
        target = _target(
            _part(folder, parts, "xl/workbook.xml"), _part(folder, parts, "xl/_rels/workbook.xml.rels"), sheet
        )
        cells = _tags(_part(folder, parts, target), "c")
    found = set()
    for cell in cells:
        place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", _attribute(cell, "r"))
        if place is not None and _attribute(cell, "s") in styles:
            found.add((int(place[2]), place[1]))
    return found


def in_percent(number: float) -> str:
    """Write a number as it is shown in percent, to the last digit.

    Examples
    --------
    >>> in_percent(0.0455), in_percent(-0.001)
    ('4.55%', '-0.1%')
    """
    return f"{Decimal(repr(number)).scaleb(2).normalize():f}%"


def _part(folder: zipfile.ZipFile, parts: set[str], name: str) -> str:
    return folder.read(name).decode("utf-8", "replace") if name in parts else ""


def _tags(text: str, name: str) -> list[str]:
    return re.findall(TAG.format(name), text)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\s{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return "" if found is None else unescape(found[1] or found[2] or "", ENTITIES)


def _percent_styles(text: str) -> set[str]:
    """Return the numbers of the cell formats that show percent."""
    own = {
        _attribute(tag, "numFmtId") for tag in _tags(text, "numFmt") if _shows_percent(_attribute(tag, "formatCode"))
    }
    formats = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    listed = _tags(formats[0], "xf") if formats is not None else []
    return {str(k) for k, tag in enumerate(listed) if _attribute(tag, "numFmtId") in own | BUILT_IN}


def _shows_percent(code: str) -> bool:
    """Tell whether a format multiplies by 100: a percent sign in quotes or after a backslash is only written."""
    return "%" in re.sub(r"\"[^\"]*\"|\\.", "", code)


def _target(book: str, relations: str, sheet: str) -> str:
    """Return the part in which a sheet lies."""
    ids = {_attribute(tag, "name"): _attribute(tag, r"\w+:id") for tag in _tags(book, "sheet")}
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _tags(relations, "Relationship")}
    target = targets.get(ids.get(sheet, ""), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
