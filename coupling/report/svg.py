"""A sketch as an SVG element for a page: small, themed by CSS variables, with a text alternative."""

from __future__ import annotations

from html import escape
from math import ceil

from coupling.drawing.layout import BELOW, cells_of
from coupling.drawing.sketch import Sketch, SketchFigure
from coupling.report.panel_marks import DrawnPanel
from coupling.report.panel_words import words_of
from coupling.report.polyline import UNITS

__all__ = ["inline"]


def inline(figure: SketchFigure, *, name: str, title: str, description: str, attributes: str = "") -> str:
    """Return a figure as one SVG element.

    A figure of several cells is drawn with one below the other, fit for a phone; the style sheet
    (`coupling.report.theme`) moves them side by side where there is room.

    Parameters
    ----------
    figure : SketchFigure
        Laid out.
    name : str
        Prefix of every id in it.
    title, description : str
        Text alternative; escaped here.
    attributes : str
        Further attributes, escaped, with a space before each.
    """
    wide, tall = (round(72 * side * UNITS) for side in figure.size)
    label = f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    said = f'role="img" aria-labelledby="{name}-t" aria-describedby="{name}-d"{attributes}'
    cells = _cells(figure)
    drawn = [_cell(cell, f"{name}-{place}") for place, cell in enumerate(cells)]
    if len(cells) < 2:
        return f'<svg class="fig" viewBox="0 0 {wide} {tall}" {said}>{label}{"".join(drawn)}</svg>'
    tops = [cell[0].get_position().y1 for cell in cells[:2]]
    pitch = (tops[0] - tops[1]) * tall
    groups = (_group(each, place, wide, pitch) for place, each in enumerate(drawn))
    shape = f'preserveAspectRatio="xMinYMin slice" style="{_shape(len(cells), wide, tall, pitch)}"'
    return f'<svg class="fig cells" viewBox="0 0 {wide} {tall}" {shape} {said}>{label}{"".join(groups)}</svg>'


def _cells(figure: SketchFigure) -> list[list[Sketch]]:
    """Return the sketches that are drawn, those of one cell together."""
    uppermost = cells_of(figure)
    cells: list[list[Sketch]] = []
    for each in figure.axes:
        if each in uppermost:
            cells.append([each])
        elif each.get_label() == BELOW:
            cells[-1].append(each)
    return cells


def _cell(sketches: list[Sketch], name: str) -> str:
    panels = [DrawnPanel.of(each, f"{name}{'abcdefgh'[place % 8]}") for place, each in enumerate(sketches)]
    return "".join(panel.drawn() + words_of(panel) for panel in panels)


def _group(cell: str, place: int, wide: float, tall: float) -> str:
    """Return a cell with its moves to its places among two and among three columns."""
    moves = [f"{wide * (place % n):g}px,{tall * (place // n - place):.6g}px" for n in (2, 3)]
    return f'<g class="cell" style="--a:{moves[0]};--b:{moves[1]}">{cell}</g>'


def _shape(n: int, wide: float, tall: float, pitch: float) -> str:
    """Return width by height of a figure in one, two and three columns as CSS variables."""
    columns, rest = {"p": 1, "q": 2, "r": 3}, tall - n * pitch
    heights = {name: ceil(n / count) * pitch + rest for name, count in columns.items()}
    return ";".join(f"--{name}:{columns[name] * wide / height:.4f}" for name, height in heights.items())
