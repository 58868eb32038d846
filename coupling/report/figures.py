"""The figure of a result as one inline SVG that serves desk, phone and paper, and the points it draws as CSV."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG

from coupling.drawing import cells_of, figure_of, is_timed, style
from coupling.report.svg import Cell, inline
from coupling.results.base import Result
from coupling.text.sheet import csv_text
from coupling.text.tables import thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Drawing", "draw"]

_INSTANT = "%Y-%m-%dT%H:%MZ"
_CELLS, _WHOLE = 600, 2500  # numbers of a thinned figure; as many of another are kept whole
_WORDY = 30  # letters: a column of sentences is no point of a figure


@dataclass(frozen=True)
class Drawing:
    """What the page needs of a figure: an SVG element, a data URI with the points and what it leaves out."""

    svg: str
    csv: str
    note: str


def draw(result: Result) -> Drawing:
    """Return the figure of a result; the same result gives the same text."""
    simulated = "Simulated market, not real data. " if result.provenance.simulated else ""
    figure = figure_of(result)
    svg = inline(
        _svg(figure, result.name),
        name=result.name,
        title=result.title,
        description=simulated + result.sentence,
        cells=[_cell(ax) for ax in cells_of(figure)],
    )
    frame = _drawn(result.frame)
    whole = frame.size <= _WHOLE
    points, note = thin(frame, len(frame) if whole else max(20, _CELLS // frame.shape[1]))
    text = csv_text(_dated(points), float_format="%.6g")
    return Drawing(svg=svg, csv="data:text/csv;charset=utf-8," + quote(text, safe=",:;/()"), note=note)


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns of sentences, which the table of the page holds."""
    words = [name for name in frame.columns if frame[name].dtype == object or str(frame[name].dtype).startswith("str")]
    wordy = [name for name in words if frame[name].astype(str).str.len().max() > _WORDY]
    return frame.drop(columns=wordy) if len(wordy) < frame.shape[1] else frame


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Write instants as such, in UTC; dates of sessions stay dates."""
    shown = frame.copy(deep=False)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            shown.isetitem(place, column.dt.strftime(_INSTANT))
    if isinstance(shown.index, pd.DatetimeIndex) and shown.index.tz is not None:
        shown.index = shown.index.strftime(_INSTANT).set_names(frame.index.names)
    return shown


def _svg(figure: Figure, salt: str) -> str:
    written = io.StringIO()
    with style(), rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
        FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return written.getvalue()


def _cell(ax: Axes) -> Cell:
    """Return where a panel stands in its figure, and what its ends mean."""
    figure: Any = ax.figure
    wide, tall = (72 * side for side in figure.get_size_inches())
    place, count = int(str(ax.get_gid()).removeprefix("cell-")), len(cells_of(figure))
    inner = ax.get_position()
    plot = (inner.x0 * wide, (1 - inner.y1) * tall, inner.width * wide, inner.height * tall)
    return Cell(
        box=(0.0, place * tall / count, wide, tall / count),
        plot=plot,
        x=ax.get_xlim(),
        y=ax.get_ylim(),
        timed=is_timed(ax),
    )
