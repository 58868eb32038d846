"""What the page's script needs to read values off a figure: its panels, its lines and the frame behind them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, cast

import numpy as np
import pandas as pd

from coupling.drawing.layout import cells_of
from coupling.drawing.readings import Reading, readings_of
from coupling.drawing.sketch import Sketch, SketchFigure
from coupling.report.columns import Column, numbered, packed
from coupling.text.sheet import defused
from coupling.text.tables import decimals_of

__all__ = ["figure_attributes", "lines_attributes", "panels_attribute", "svg_attribute"]

_UNIT = re.compile(r"\(([^()]+)\)\s*$")
_STEPS = 200  # readable steps of a vertical axis whose unit says nothing
_USUAL = 2


def svg_attribute(figure: SketchFigure) -> str:
    """Return the attribute that says where the panels of a drawn figure stand and what their axes span.

    Per panel: left, top, right and bottom as shares of the figure, the ends of its horizontal axis (times in days since
    1970), those of its vertical one, whether that is logarithmic, and the number of its cell, which the style sheet
    moves, where the figure has several. Empty where nothing can be read off.
    """
    cells = cells_of(figure)
    places = {panel: place for place, panel in enumerate(cells)} if len(cells) > 1 else {}
    drawn = [each for each in figure.axes if readings_of(each)]
    return panels_attribute([[*_place(each), *([places[each]] if each in places else [])] for each in drawn])


def panels_attribute(panels: Sequence[Sequence[float]]) -> str:
    """Return the attribute of panels as `svg_attribute` describes them."""
    return f' data-panels="{json.dumps(panels, separators=(",", ":"))}"' if panels else ""


def figure_attributes(figure: SketchFigure, frame: pd.DataFrame, *, whole: bool) -> str:
    """Return the attributes with the lines of a figure and the columns that they are drawn from, packed.

    Parameters
    ----------
    figure : SketchFigure
        A drawn one; its panels are told by `svg_attribute`.
    frame : DataFrame
        What the figure draws; the file behind its link holds every row of it.
    whole : bool
        Whether the link of a page without script has every row already.

    Returns
    -------
    str
        Empty where nothing can be read off and the link has every row.
    """
    panels = [panel for panel in figure.axes if readings_of(panel)]
    if whole and not panels:
        return ""
    readings = [
        (place, reading, _decimals(panel, reading))
        for place, panel in enumerate(panels)
        for reading in readings_of(panel)
    ]
    titles = [_words(panel.get_title(loc="left")) for panel in panels]
    return lines_attributes(frame, readings, titles, along=_words(panels[-1].get_xlabel()) if panels else "")


def lines_attributes(
    frame: pd.DataFrame, readings: Iterable[tuple[int, Reading, int]], titles: Sequence[str], *, along: str
) -> str:
    """Return the attributes of lines, each with the place of its panel and its decimals; see `figure_attributes`.

    Parameters
    ----------
    frame : DataFrame
    readings : iterable of tuple
        Panel, line, decimals.
    titles : sequence of str
        Of the panels.
    along : str
        What the horizontal axis shows.
    """
    book = _Book.of(frame)
    lines = [book.line(panel, reading, decimals) for panel, reading, decimals in readings]
    head, text = packed(book.columns())
    told = {"columns": head, "of": len(book.own), "lines": lines, "titles": list(titles), "along": along}
    said = escape(json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    return f' data-lines="{said}" data-packed="{text}"'


@dataclass(frozen=True)
class _Values:
    """A column, and its values as an array in which numbers (n) or times (t) are compared; words (w) are not."""

    column: pd.Series
    kind: str
    array: np.ndarray
    missing: np.ndarray

    @classmethod
    def of(cls, values: Any) -> _Values:
        """Return the values of a column or an index."""
        column = pd.Series(values)
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            instants = pd.DatetimeIndex(column)
            array = (instants if instants.tz is None else instants.tz_convert("UTC").tz_localize(None)).to_numpy()
            return cls(column, "t", array, np.isnat(array))
        if pd.api.types.is_numeric_dtype(column.dtype):
            array = column.to_numpy()
            return cls(column, "n", array, np.asarray(pd.isna(array)))
        nothing = np.zeros(len(column), dtype=bool)
        return cls(column, "w", nothing, nothing)

    def __len__(self) -> int:
        return len(self.missing)

    def is_like(self, other: _Values) -> bool:
        """Whether both are numbers, or both times."""
        return self.kind == other.kind != "w"

    def holds(self, part: _Values, rows: slice) -> bool:
        """Whether some rows are those of another column."""
        if not self.is_like(part) or len(self.missing[rows]) != len(part):
            return False
        same = (self.array[rows] == part.array) | (self.missing[rows] & part.missing)
        return bool(same.all())


@dataclass
class _Book:
    """The columns of a frame, and those of lines that the frame does not hold."""

    own: list[tuple[str, _Values]]
    more: list[_Values] = field(default_factory=list)
    shown: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Book:
        """Open the book of a frame; an index without a name that only counts rows is no column."""
        index = frame.index
        counts = isinstance(index, pd.RangeIndex) and index.name is None
        levels = [] if counts else [index.get_level_values(place) for place in range(index.nlevels)]
        names = ["" if name is None else str(name) for name in index.names]
        own = [*zip(names, levels, strict=False), *((_flat(name), frame.iloc[:, k]) for k, name in enumerate(frame))]
        return cls([(str(defused(name)), _Values.of(values)) for name, values in own])

    def line(self, panel: int, reading: Reading, decimals: int) -> list[Any]:
        """Return a line: panel, label, first row, step, rows, columns of x, value and its ends, decimals, height.

        The names of rows stand in a column of their own, from its first row on; they have a height, a line has none.
        """
        x = _Values.of(reading.estimate.index)
        parts = (reading.estimate, reading.lower, reading.upper)
        known = [None if part is None else _Values.of(part) for part in parts]
        whole = self._found([*known, x]) if reading.height is None else None
        if whole is not None:
            rows, (*values, names) = whole
        else:
            names = self._place_of(x)
            rows, values = (self._found(known) if reading.height is not None else None) or self._added(known)
        height = [] if reading.height is None else [reading.height]
        self.shown |= {place: max(decimals, self.shown.get(place, 0)) for place in values if place >= 0}
        return [panel, _words(reading.label), *rows, names, *values, decimals, *height]

    def columns(self) -> list[Column]:
        """Return every column as whole numbers."""
        each = enumerate([*self.own, *(("", values) for values in self.more)])
        return [numbered(values.column, name, shown=self.shown.get(place)) for place, (name, values) in each]

    def _found(self, parts: list[_Values | None]) -> tuple[list[int], list[int]] | None:
        """Find the rows and columns of the frame that a line was drawn from; its first part is the estimate."""
        estimate, tried = cast("_Values", parts[0]), set[tuple[int, int]]()
        for start, step in (each for _, values in self.own for each in _rows(values, estimate)):
            if (start, step) in tried:
                continue
            tried.add((start, step))
            columns = self._columns(parts, slice(start, start + step * (len(estimate) - 1) + 1, step))
            if columns is not None:
                return [start, step, len(estimate)], columns
        return None

    def _columns(self, parts: list[_Values | None], rows: slice) -> list[int] | None:
        """Return the columns that hold the parts in some rows, -1 for no part; None where one is in none."""
        places: list[int] = []
        for part in parts:
            place = -1 if part is None else self._column(part, rows)
            if place is None:
                return None
            places.append(place)
        return places

    def _column(self, part: _Values, rows: slice) -> int | None:
        return next((place for place, (_, values) in enumerate(self.own) if values.holds(part, rows)), None)

    def _added(self, parts: list[_Values | None]) -> tuple[list[int], list[int]]:
        columns = [-1 if part is None else self._place_of(part) for part in parts]
        return [0, 1, len(cast("_Values", parts[0]))], columns

    def _place_of(self, part: _Values) -> int:
        """Return the place of a further column, which is added where there is none like it."""
        for place, values in enumerate(self.more):
            if values.column.dtype == part.column.dtype and values.column.array.equals(part.column.array):
                return len(self.own) + place
        self.more.append(part)
        return len(self.own) + len(self.more) - 1


def _rows(values: _Values, part: _Values) -> Iterator[tuple[int, int]]:
    """Find where a part may begin in a column, and in which step it may run through it."""
    known = np.flatnonzero(~part.missing)[:2]
    if not known.size or not values.is_like(part):
        return
    starts = np.flatnonzero(values.array == part.array[known[0]])
    if known.size == 1:
        yield from ((start, 1) for start in (starts - known[0]).tolist() if start >= 0)
        return
    first, apart = int(known[0]), int(known[1] - known[0])
    nexts = np.flatnonzero(values.array == part.array[known[1]])
    for start in starts.tolist():
        gaps = nexts[nexts > start] - start
        for step in (gaps[gaps % apart == 0] // apart)[:2].tolist():
            if start >= step * first and start + step * (len(part) - 1 - first) < len(values):
                yield start - step * first, step


def _decimals(panel: Sketch, reading: Reading) -> int:
    """Return the decimals of what is read off: stated, or those of the unit, or as many as the axis resolves."""
    if reading.decimals is not None:
        return reading.decimals
    label = _words(panel.get_ylabel() if reading.height is None else panel.get_xlabel())
    unit = _UNIT.search(label)
    known = decimals_of("", unit[1] if unit else "correlation" if "correlation" in label else label)
    if known is not None:
        return known
    low, high = panel.get_ylim() if reading.height is None else panel.get_xlim()
    return max(_USUAL, min(6, math.ceil(-math.log10(abs(high - low) / _STEPS)))) if high != low else _USUAL


def _place(panel: Sketch) -> list[Any]:
    box = panel.get_position()
    sides = [round(share, 5) for share in (box.x0, 1 - box.y1, box.x1, 1 - box.y0)]
    ends = [float(f"{end:.9g}") for end in (*panel.get_xlim(), *panel.get_ylim())]
    return [*sides, *ends, int(panel.yaxis.is_log)]


def _flat(name: Any) -> str:
    return " – ".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else str(name)


def _words(text: Any) -> str:
    return " ".join(str(text).split())
