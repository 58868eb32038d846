"""Which cells of a sheet are shown in percent: 4.5% stands in the workbook as 0.045, and its reader says no more."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

from coupling.data.tables.parts import attribute, part, place_of_cell, sheet_part, tags

__all__ = ["in_percent", "percent_cells"]

STYLES = "xl/styles.xml"
BUILT_IN = ("9", "10")


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
        styles = _percent_styles(part(folder, STYLES))
        if not styles:
            return found
        for tag in tags(sheet_part(folder, sheet), "c"):
            place = place_of_cell(tag[0])
            if place is not None and attribute(tag[0], "s") in styles:
                found.add(place)
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


def _percent_styles(text: str) -> set[str]:
    """Return the numbers of the cell formats that show percent."""
    own = [
        attribute(tag[0], "numFmtId") for tag in tags(text, "numFmt") if _multiplies(attribute(tag[0], "formatCode"))
    ]
    formats = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    listed = tags("" if formats is None else formats[0], "xf")
    return {str(k) for k, tag in enumerate(listed) if attribute(tag[0], "numFmtId") in (*own, *BUILT_IN)}


def _multiplies(code: str) -> bool:
    """Tell whether a format shows percent: a sign in quotes or after a backslash is only written."""
    return "%" in re.sub(r"\"[^\"]*\"|\\.", "", code)
