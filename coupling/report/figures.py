"""The figure of a result as one inline SVG that serves desk, phone and paper, and the numbers that it draws."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd

from coupling.drawing import sketch_of
from coupling.report.figure_text import Drawing
from coupling.report.reading import figure_attributes, svg_attribute
from coupling.report.svg import inline
from coupling.results.base import Result
from coupling.text.sheet import csv_text
from coupling.text.tables import thin
from coupling.text.typesetting import typeset

__all__ = ["draw", "numbers_link"]

_INSTANT = "%Y-%m-%dT%H:%MZ"
_CELLS, _WHOLE = 600, 2500  # numbers of a thinned figure; as many of another are kept whole
_WORDY = 30  # letters: a column of sentences is no point of a figure


def draw(result: Result) -> Drawing:
    """Return the figure of a result; the same result gives the same text."""
    simulated = "Simulated market, not real data. " if result.provenance.simulated else ""
    figure = sketch_of(result)
    svg = inline(
        figure,
        name=result.name,
        title=result.title,
        description=simulated + typeset(result.sentence),
        attributes=svg_attribute(figure),
    )
    frame = _drawn(result.frame)
    whole = frame.size <= _WHOLE
    link, note = _link(frame)
    return Drawing(svg, link, note, figure_attributes(figure, frame, whole=whole))


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns of sentences, which the table of the page holds."""
    wordy = [place for place, dtype in enumerate(frame.dtypes) if _is_text(dtype) and _is_wordy(frame.iloc[:, place])]
    kept = [place for place in range(frame.shape[1]) if place not in wordy]
    return frame.iloc[:, kept] if wordy and kept else frame


def _is_text(dtype: Any) -> bool:
    return pd.api.types.is_object_dtype(dtype) or str(dtype).startswith("str")


def _is_wordy(column: pd.Series) -> bool:
    return any(
        len(str(value)) > _WORDY for value in (column if pd.api.types.is_object_dtype(column) else column.unique())
    )


def numbers_link(frame: pd.DataFrame) -> tuple[str, str]:
    """Return the data URI with the points of a frame, for a page without script, and what it leaves out."""
    return _link(_drawn(frame))


def _link(drawn: pd.DataFrame) -> tuple[str, str]:
    points, note = thin(drawn, len(drawn) if drawn.size <= _WHOLE else max(20, _CELLS // drawn.shape[1]))
    text = csv_text(_dated(points), float_format="%.6g")
    return "data:text/csv;charset=utf-8," + quote(text, safe=",:;/()"), note


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Write instants as such, in UTC; dates of sessions stay dates."""
    shown = frame.copy(deep=False)
    for place in (place for place, dtype in enumerate(frame.dtypes) if isinstance(dtype, pd.DatetimeTZDtype)):
        shown.isetitem(place, frame.iloc[:, place].dt.strftime(_INSTANT))
    if isinstance(shown.index, pd.DatetimeIndex) and shown.index.tz is not None:
        shown.index = shown.index.strftime(_INSTANT).set_names(frame.index.names)
    return shown
