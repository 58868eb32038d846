"""The plainest text: every line below the heading begins with a figure and has a cell for each column, none is quoted.

Such a text is parted at one stroke, by its columns; what a reader of rows would make of it is the same, cell by cell.
"""

from __future__ import annotations

import csv

import numpy as np

from coupling.data.tables.table import require_cells

__all__ = ["plain_columns"]

LINE_END, ZERO, NINE = ord("\n"), ord("0"), ord("9")


def plain_columns(place: str, text: str, mark: str, width: int, first: int) -> list[list[str]] | None:
    r"""Return the cells below the heading by column; None where the text is to be read row by row.

    Parameters
    ----------
    place : str
        File, for messages.
    text : str
        The whole text.
    mark : str
        The delimiter.
    width : int
        Number of columns.
    first : int
        Number of lines above.

    Raises
    ------
    DataError
        If there are more cells than fit in bounded memory.

    Examples
    --------
    >>> plain_columns("x.csv", "date,value\n2024-08-05,1.5\n2024-08-06,\n", ",", 2, 1)
    [['2024-08-05', '2024-08-06'], ['1.5', '']]
    >>> plain_columns("x.csv", 'date,value\n2024-08-05,"1,5"\n', ",", 2, 1)
    """
    body = _below(text, first)
    if width < 2 or body is None or '"' in text or mark == " " or not mark.isascii() or f"{mark} " in body:
        return None
    raw = np.frombuffer(f"{body}\n".encode("utf-8", "surrogatepass"), np.uint8)
    ends = np.flatnonzero((raw == ord(mark)) | (raw == LINE_END))
    if len(ends) % width or np.diff(ends, prepend=-1).max() > csv.field_size_limit():
        return None
    closes = (raw[ends] == LINE_END).reshape(-1, width)
    begins = raw[np.append(0, ends[width - 1 :: width][:-1] + 1)]
    if closes[:, :-1].any() or not closes[:, -1].all() or ((begins < ZERO) | (begins > NINE)).any():
        return None
    require_cells(place, len(ends))
    cells = body.replace("\n", mark).split(mark)
    return [cells[column::width] for column in range(width)]


def _below(text: str, first: int) -> str | None:
    """Return what stands below some lines, its ends of lines alike; None where there is nothing, or none is plain."""
    text = text.replace("\r\n", "\n")
    start = 0
    for _ in range(first):
        start = text.find("\n", start) + 1
        if not start:
            return None
    body = text[start:].rstrip("\n")
    return None if not body or "\r" in text else body
