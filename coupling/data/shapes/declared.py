"""What `shapes.yaml` declares: how a vendor's file is headed, which column is what, and what its stamps mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, Self

import pandas as pd
from pydantic import model_validator

from coupling.configuration.section import Section
from coupling.configuration.shipped import shipped_table

__all__ = [
    "Meaning",
    "Names",
    "Shape",
    "list_shapes",
    "load_names",
    "load_shapes",
    "normal",
    "recognise",
    "recognise_headless",
]

Meaning = Literal["session", "snapshot", "bar_start", "bar_end"]


class Shape(Section):
    """One shape of files; the fields are explained at the top of ``shapes.yaml``."""

    name: str
    title: str
    heading: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    begins: str = r"\d{10,19}"
    flags: str | None = None
    date: str
    time: str | None = None
    value: str | None = None
    ends: str | None = None
    session: str | None = None
    ticker: str | None = None
    means: Meaning | None = None
    zone: str | None = None
    decimal: Literal[".", ","] | None = None

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Self:
        known = self.heading or self.columns
        named = [self.date, self.time, self.value, self.ends, self.session, self.ticker]
        strange = [name for name in named if name is not None and name not in known]
        if strange or bool(self.heading) == bool(self.columns):
            raise ValueError(f"shape {self.name} needs either a heading or columns, with {strange or 'them'} in it")
        return self


class Names(Section):
    """What columns are called in files of no declared shape."""

    date: tuple[str, ...]
    time: tuple[str, ...]
    value: tuple[str, ...]
    adjusted: tuple[str, ...]
    dividends: tuple[str, ...]
    splits: tuple[str, ...]
    ticker: tuple[str, ...]
    released: tuple[str, ...]


def normal(name: str) -> str:
    """Return a column's name as it is compared: without case and surrounding or repeated blanks.

    Examples
    --------
    >>> normal("  Adj   Close ")
    'adj close'
    """
    return " ".join(name.split()).casefold()


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    content: dict[str, Any] = shipped_table("coupling.data.shapes", "shapes.yaml")
    return content


@lru_cache(maxsize=1)
def load_shapes() -> dict[str, Shape]:
    """Return the declared shapes by name."""
    return {name: Shape(name=name, **entry) for name, entry in _declared()["shapes"].items()}


@lru_cache(maxsize=1)
def load_names() -> Names:
    """Return what columns are called in files of no declared shape."""
    return Names(**_declared()["names"])


@lru_cache(maxsize=1)
def _headings() -> list[tuple[frozenset[str], Shape]]:
    """The headings of all shapes, the longest first."""
    declared = [shape for shape in load_shapes().values() if shape.heading]
    declared.sort(key=lambda shape: -len(shape.heading))
    return [(frozenset(map(normal, shape.heading)), shape) for shape in declared]


def recognise(header: Iterable[str]) -> Shape | None:
    """Return the declared shape of a heading, the one with most names where several fit.

    Examples
    --------
    >>> recognise(["Date", "Close/Last", "Volume", "Open", "High", "Low"]).title
    'nasdaq.com'
    >>> recognise(["when", "what"])
    """
    names = {normal(name) for name in header}
    found = next((shape for heading, shape in _headings() if heading <= names and not _is_half(shape, names)), None)
    return found or next((shape for _, shape in _headings() if _has_flags(shape, names)), None)


def _has_flags(shape: Shape, names: set[str]) -> bool:
    """Tell whether a column of remarks stands beside a series, and the dates have no name."""
    ending = normal(shape.flags or "")
    return bool(ending) and "" in names and any(name + ending in names for name in names if name)


def _is_half(shape: Shape, names: set[str]) -> bool:
    """Tell whether what a shape takes for its instants is a time of day here: a column of dates stands beside it."""
    known = load_names()
    dates = {normal(name) for name in known.date} - {normal(name) for name in known.time}
    return normal(shape.date) in known.time and bool(dates & names)


def recognise_headless(rows: Sequence[Sequence[str]]) -> Shape | None:
    """Return the declared shape of files without a heading that begin so: as many columns, dates and bars as it has."""
    declared = [shape for shape in load_shapes().values() if shape.columns]
    return next((shape for shape in declared if rows and all(_is_row(shape, row) for row in rows)), None)


def _is_row(shape: Shape, row: Sequence[str]) -> bool:
    """Tell whether cells are a row of a shape: its date as declared, and a bar between its low and its high."""
    if len(row) != len(shape.columns):
        return False
    cells = dict(zip(shape.columns, map(str.strip, row), strict=True))
    numbers = [name for name in cells if name not in (shape.date, shape.time)]
    if re.fullmatch(shape.begins, cells[shape.date]) is None or not all(_is_number(cells[name]) for name in numbers):
        return False
    if shape.ends is not None and not cells[shape.date] < cells[shape.ends]:
        return False
    low, high = float(cells["low"]), float(cells["high"])
    return all(low <= float(cells[name]) <= high for name in ("open", "close"))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def list_shapes() -> pd.DataFrame:
    """List the declared shapes: heading, date, value, what a stamp means, and the decimal mark.

    Examples
    --------
    >>> list_shapes().loc["coingecko", ["value", "means"]].tolist()
    ['price', 'snapshot']
    """
    rows = [
        {
            "shape": shape.name,
            "title": shape.title,
            "heading": ", ".join(shape.heading or shape.columns),
            "date": shape.date,
            "value": shape.value or "",
            "means": shape.means or "",
            "decimal": shape.decimal or "",
        }
        for shape in load_shapes().values()
    ]
    return pd.DataFrame(rows).set_index("shape")
