"""Every panel has a cell of one size whose margins hold its words; the figure is drawn once for every width."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coupling import drawing
from coupling.drawing.layout import CELL, settle
from coupling.drawing.lettering import elided, lines_of, width_of

LONG = "An index of the sixty letters that somebody chose as a title"


def figure_of_panels(n: int = 5, title: str = "BTC – SPX") -> Figure:
    with drawing.style():
        figure = Figure(figsize=(CELL, 3), dpi=288)
        for panel in drawing.panels(figure.add_subplot(), [f"{title} {place}" for place in range(n)]):
            drawing.path(panel, pd.Series([0.0, 12345.0], index=[1, 2]), look=drawing.look("SPX"))
            panel.set_ylabel("correlation of the changes")
            panel.set_xlabel(LONG)
        settle(figure, height=1.9)
    return figure


def outside(figure: Figure) -> list[str]:
    """Return the words that matplotlib draws outside the cell of their panel."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    cells = drawing.cells_of(figure)
    tall = figure.bbox.height / len(cells)
    cut = []
    for place, ax in enumerate(cells):
        box = ax.get_tightbbox(canvas.get_renderer())
        assert box is not None
        low, high = figure.bbox.height - (place + 1) * tall, figure.bbox.height - place * tall
        if box.x0 < -1 or box.x1 > figure.bbox.width + 1 or box.y0 < low - 1 or box.y1 > high + 1:
            cut.append(f"{ax.get_title(loc='left')}: {box}, cell {low:.0f} to {high:.0f}")
    return cut


@pytest.mark.parametrize("title", ["BTC", LONG, LONG.replace(" ", "")])
def test_no_word_stands_outside_its_cell(title: str) -> None:
    assert outside(figure_of_panels(title=title)) == []


def test_cells_are_equal_whatever_their_words() -> None:
    boxes = [ax.get_position().bounds[2:] for ax in drawing.cells_of(figure_of_panels())]
    assert all(box == pytest.approx(boxes[0]) for box in boxes)


def test_columns_keep_the_size_of_the_cells() -> None:
    one, two = figure_of_panels(), figure_of_panels()
    settle(two, height=1.9, columns=2)
    wide, tall = one.get_size_inches()
    assert two.get_size_inches().tolist() == pytest.approx([2 * wide, tall * 3 / 5])


def test_rows_with_long_names_make_the_figure_taller_and_stay_apart() -> None:
    frame = pd.DataFrame({"estimate": 0.1, "lower": 0.0, "upper": 0.2}, index=[f"{LONG} {n}" for n in range(20)])
    with drawing.style():
        figure = Figure(figsize=(CELL, 3), dpi=288)
        ax: Axes = figure.add_subplot()
        drawing.intervals(ax, frame)
        settle(figure, height=2.5)
    assert outside(figure) == []
    renderer: Any = FigureCanvasAgg(figure).get_renderer()
    labels = [label.get_window_extent(renderer) for label in ax.get_yticklabels()]
    assert all(above.y0 >= below.y1 - 1 for above, below in pairwise(labels))
    assert len({label.get_text() for label in ax.get_yticklabels()}) == 20


@pytest.mark.parametrize("size", [8.5, 24.0])
def test_widths_are_those_of_matplotlib(size: float) -> None:
    figure = Figure(dpi=720)
    text = figure.text(0, 0, LONG, fontsize=size, family="DejaVu Sans")
    drawn = text.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width
    assert width_of(LONG, size) == pytest.approx(drawn / 10, rel=0.03)


def test_words_are_broken_and_nothing_is_lost_unless_said() -> None:
    assert "".join(lines_of(LONG.replace(" ", ""), 60.0, 9.0)) == LONG.replace(" ", "")
    assert " ".join(lines_of(LONG, 60.0, 9.0)) == LONG
    short = elided(LONG, 100.0, 9.0)
    assert len(short) == 2
    assert short[1].startswith("…")
    assert all(width_of(line, 9.0) <= 100.0 for line in short)
