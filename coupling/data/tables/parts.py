"""The parts of a workbook (.xlsx) as text: what its reader does not tell of a cell stands there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import unescape

__all__ = ["attribute", "error_cells", "part", "place_of_cell", "sheet_part", "tags"]

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TAG = r"<(?:\w+:)?{}\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>"
VALUE = re.compile(r"<(?:\w+:)?v\b[^>]*>([^<]*)<")
ENTITIES = {"&quot;": '"', "&apos;": "'"}
ERROR = re.compile(r"\st=[\"']e[\"']")
Place = tuple[int, str]


def part(folder: zipfile.ZipFile, name: str) -> str:
    """Return a part as text; empty where the workbook has none of that name."""
    return folder.read(name).decode("utf-8", "replace") if name in folder.namelist() else ""


def sheet_part(folder: zipfile.ZipFile, sheet: str) -> str:
    """Return the part of a sheet of some name as text."""
    ids = {attribute(tag[0], "name"): attribute(tag[0], r"\w+:id") for tag in tags(part(folder, BOOK), "sheet")}
    relations = tags(part(folder, RELATIONS), "Relationship")
    targets = {attribute(tag[0], "Id"): attribute(tag[0], "Target") for tag in relations}
    target = targets.get(ids.get(sheet, ""), "")
    return part(folder, target.lstrip("/") if target.startswith("/") else f"xl/{target}")


def tags(text: str, name: str) -> Iterator[re.Match[str]]:
    """Return the opening tags of some name."""
    return re.finditer(TAG.format(name), text)


def attribute(tag: str, name: str) -> str:
    """Return an attribute of a tag; empty where it has none of that name."""
    found = re.search(rf"\s{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return "" if found is None else unescape(found[1] or found[2] or "", ENTITIES)


def place_of_cell(tag: str) -> Place | None:
    """Return row and column letters of a cell."""
    place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attribute(tag, "r"))
    return None if place is None else (int(place[2]), place[1])


def error_cells(raw: bytes, sheet: str) -> dict[Place, str]:
    """Return the cells of a sheet that hold an error, such as ``#DIV/0!``: their reader shows them as empty.

    Parameters
    ----------
    raw : bytes
        A workbook (.xlsx) whose unpacked size has been looked at.
    sheet : str
        Name of the sheet.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as folder:
        text = sheet_part(folder, sheet)
    if ERROR.search(text) is None:
        return {}
    found: dict[Place, str] = {}
    for tag in tags(text, "c"):
        place = place_of_cell(tag[0]) if ERROR.search(tag[0]) and not tag[0].endswith("/>") else None
        value = None if place is None else VALUE.search(text, tag.end())
        if place is not None and value is not None:
            found[place] = unescape(value[1], ENTITIES)
    return found
