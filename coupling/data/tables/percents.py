"""Which cells of a sheet are shown in percent: 4.5% stands in the workbook as 0.045, and its reader says no more."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import unescape

__all__ = ["in_percent", "percent_cells"]

BOOK, RELATIONS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
BUILT_IN = ("9", "10")
TAG = r"<(?:\w+:)?{}\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>"
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
    found: set[tuple[int, str]] = set()
    with zipfile.ZipFile(io.BytesIO(raw)) as folder:
        styles = _percent_styles(_part(folder, STYLES))
        if not styles:
            return found
        target = _target(_part(folder, BOOK), _part(folder, RELATIONS), sheet)
        for cell in _tags(_part(folder, target), "c"):
            place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", _attribute(cell, "r"))
            if place is not None and _attribute(cell, "s") in styles:
                found.add((int(place[2]), place[1]))
    return found


def in_percent(number: float) -> str:
    """Write a number as it is shown in percent, to its last digit; three decimals get a fourth, to be no thousands.

    Examples
    --------
    >>> in_percent(0.0455), in_percent(-0.00125)
    ('4.55%', '-0.1250%')
    """
    text = f"{Decimal(repr(number)).scaleb(2).normalize():f}"
    return f"{text}0%" if text[-4:-3] == "." else f"{text}%"


def _part(folder: zipfile.ZipFile, name: str) -> str:
    return folder.read(name).decode("utf-8", "replace") if name in folder.namelist() else ""


def _tags(text: str, name: str) -> Iterator[str]:
    return (found[0] for found in re.finditer(TAG.format(name), text))


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\s{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return "" if found is None else unescape(found[1] or found[2] or "", ENTITIES)


def _percent_styles(text: str) -> set[str]:
    """Return the numbers of the cell formats that show percent."""
    own = [_attribute(tag, "numFmtId") for tag in _tags(text, "numFmt") if _multiplies(_attribute(tag, "formatCode"))]
    formats = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    listed = _tags("" if formats is None else formats[0], "xf")
    return {str(k) for k, tag in enumerate(listed) if _attribute(tag, "numFmtId") in (*own, *BUILT_IN)}


def _multiplies(code: str) -> bool:
    """Tell whether a format shows percent: a sign in quotes or after a backslash is only written."""
    return "%" in re.sub(r"\"[^\"]*\"|\\.", "", code)


def _target(book: str, relations: str, sheet: str) -> str:
    """Return the part in which a sheet lies."""
    ids = {_attribute(tag, "name"): _attribute(tag, r"\w+:id") for tag in _tags(book, "sheet")}
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _tags(relations, "Relationship")}
    target = targets.get(ids.get(sheet, ""), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
