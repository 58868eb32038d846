"""The words of a panel as SVG: names of ticks, labels of axes, title, legend, and what is written in the drawing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from coupling.drawing.lettering import LINE, width_of
from coupling.drawing.looks import INK
from coupling.drawing.primitives import DATA, Dots, SketchMark, Words
from coupling.report.panel_marks import DrawnPanel, colour_of, dot, dot_look, path, units

__all__ = ["words_of"]

_CAPITAL, _DESCENT = 0.73, 0.22  # shares of the size of letters
_BASE = {"baseline": 0.0, "center": _CAPITAL / 2, "top": _CAPITAL, "bottom": -_DESCENT}
_ABOVE = {"center": 0.5, "bottom": 1.0}  # share of the lines after the first that stand above the point
_ANCHOR = {"left": "", "center": ";text-anchor:middle", "right": ";text-anchor:end"}
_LABEL, _TITLE, _LEGEND = 9.0, 9.5, 8.5  # points
_GAP = 6.0  # points between an axis and its words
_SAMPLE, _BETWEEN = 10.0, 10.0  # points: the mark before a name of the legend, and between names


def words_of(panel: DrawnPanel) -> str:
    """Return every word of a panel."""
    sketch = panel.sketch
    parts = [*_title(panel), *_legend(panel)]
    if sketch.axison:
        parts += [*_along(panel), *_below(panel), *_labels(panel)]
    return "".join([*parts, *(_written(panel, mark) for mark in sketch.texts)])


def _text(text: str, x: float, y: float, size: float, *, across: str = "left", bold: bool = False, colour: str = INK,
          turned: float = 0.0, faint: float = 1.0) -> str:  # fmt: skip
    if not text:
        return ""
    look = f"font-size:{size * 5:g}px{_ANCHOR[across]};fill:{colour_of(colour)}"
    look += (";font-weight:700" if bold else "") + (f";fill-opacity:{faint:g}" if faint < 1 else "")
    place = units(x, y).split()
    turn = f' transform="rotate({-turned:g} {place[0]} {place[1]})"' if turned else ""
    return f'<text x="{place[0]}" y="{place[1]}"{turn} style="{look}">{escape(text, quote=False)}</text>'


def _title(panel: DrawnPanel) -> Iterable[str]:
    lines = panel.sketch.title.split("\n")
    height = _GAP + (3 + LINE * _legend_rows(panel) if panel.sketch.told else 0.0)
    for place, line in enumerate(reversed(lines)):
        yield _text(line, panel.left, panel.top - height - 1.1 * LINE * place, _TITLE, bold=True)


def _legend_rows(panel: DrawnPanel) -> int:
    return -(-len(panel.sketch.told) // max(1, panel.sketch.legend_columns))


def _legend(panel: DrawnPanel) -> Iterable[str]:
    """Say what the labelled marks are, in rows that end at the right side above the drawing."""
    told, columns = panel.sketch.told, max(1, panel.sketch.legend_columns)
    rows = [told[start : start + columns] for start in range(0, len(told), columns)]
    for place, row in enumerate(rows):
        y = panel.top - _GAP - LINE * (len(rows) - 1 - place)
        widths = [_SAMPLE + 4 + width_of(mark.label, _LEGEND) for mark in row]
        x = panel.right - sum(widths) - _BETWEEN * (len(row) - 1)
        for mark, width in zip(row, widths, strict=True):
            yield _sample(mark, x, y - _CAPITAL * _LEGEND / 2) + _text(mark.label, x + _SAMPLE + 4, y, _LEGEND)
            x += width + _BETWEEN


def _sample(mark: SketchMark, x: float, y: float) -> str:
    if isinstance(mark, Dots):
        return path(dot(mark.shape, mark.size, x + _SAMPLE / 2, y), dot_look(mark))
    line = f"M{units(x, y)}h{units(_SAMPLE)}"
    return path(line, f"fill:none;stroke:{colour_of(mark.colour)};stroke-width:{units(1.6)}")


def _along(panel: DrawnPanel) -> Iterable[str]:
    """Write the ticks of the vertical axis."""
    axis = panel.sketch.yaxis
    colours = {each.text: each.colour for each in axis.names}
    for y, name in zip(*panel.y_ticks, strict=True):
        lines = name.split("\n")
        first = y + _CAPITAL * axis.size / 2 - LINE * (len(lines) - 1) / 2
        colour = colours.get(name, INK)
        for number, line in enumerate(lines):
            yield _text(line, panel.left - _GAP, first + LINE * number, axis.size, across="right", colour=colour)


def _below(panel: DrawnPanel) -> Iterable[str]:
    """Write the ticks of the horizontal axis."""
    axis = panel.sketch.xaxis
    if not panel.sketch.is_labelled_below:
        return
    for x, name in zip(*panel.x_ticks, strict=True):
        for number, line in enumerate(name.split("\n")):
            yield _text(line, x, panel.foot + 5 + 6.5 + LINE * number, axis.size, across="center")


def _labels(panel: DrawnPanel) -> Iterable[str]:
    """Write what runs across and what runs up."""
    sketch = panel.sketch
    names = panel.x_ticks[1] if sketch.is_labelled_below else []
    below = max((name.count("\n") + 1 for name in names), default=0)
    for number, line in enumerate(sketch.xlabel.split("\n")):
        y = panel.foot + 5 + LINE * (below + number) + 8
        yield _text(line, (panel.left + panel.right) / 2, y, _LABEL, across="center")
    along = [line for name in panel.y_ticks[1] for line in name.split("\n")]
    widest = max((width_of(line, sketch.yaxis.size) for line in along), default=0.0)
    lines = sketch.ylabel.split("\n")
    for number, line in enumerate(lines):
        x = panel.left - _GAP - widest - 7 - LINE * (len(lines) - 1 - number)
        yield _text(line, x, (panel.top + panel.foot) / 2, _LABEL, across="center", turned=90)


def _written(panel: DrawnPanel, mark: Words) -> str:
    """Write words at their place, on a box of their own where they have one."""
    frame = mark.frame
    ((x, y),) = panel.placed(mark.points, frame)
    if frame == (DATA, DATA) and not (panel.left - 1 <= x <= panel.right + 1 and panel.top - 1 <= y <= panel.foot + 1):
        return ""
    x, y = x + mark.shift[0], y - mark.shift[1]
    lines = mark.text.split("\n")
    base = (
        y + _BASE[mark.along] * mark.size - LINE * (len(lines) - 1) * {"center": 0.5, "bottom": 1.0}.get(mark.along, 0)
    )
    if mark.turned == 90:
        x, base, across = x + _CAPITAL * mark.size, y, {"top": "right", "bottom": "left"}.get(mark.along, "center")
    else:
        across = mark.across
    drawn = (
        _text(line, x, base + LINE * number, mark.size, across=across, bold=mark.bold, colour=mark.colour,
              turned=mark.turned, faint=mark.alpha)
        for number, line in enumerate(lines)
    )  # fmt: skip
    return (_box(mark, x, y) if mark.edge else "") + "".join(drawn)


def _box(mark: Words, x: float, y: float) -> str:
    """Draw a box with round corners around words that stand in their middle."""
    pad = 0.35 * mark.size
    wide = width_of(mark.text, mark.size, bold=mark.bold) + 2 * pad
    tall = mark.size + 2 * pad
    corner, size = units(x - wide / 2, y - tall / 2).split(), units(wide, tall).split()
    look = f"fill:{colour_of(mark.paper)};stroke:{colour_of(mark.edge)};stroke-width:5"
    box = f'x="{corner[0]}" y="{corner[1]}" width="{size[0]}" height="{size[1]}" rx="{units(pad)}"'
    return f'<rect {box} style="{look}"/>'
