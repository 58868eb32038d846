"""Where the panels of a figure stand: equal cells with fixed margins, made from the words that stand around each."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any, overload

from coupling.drawing.lettering import LINE, elided, lines_of, width_of
from coupling.drawing.sketch import Sketch, SketchFigure, as_sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["CELL", "cells_of", "settle"]

CELL = 3.8
"""Inches: the width of a cell, which is that of a phone."""

BELOW = "_below"
"""Label of axes that stand below the ones before them, in the same cell."""

_WIDE = 72 * CELL
_PAD = 5.0  # points between words and what they stand beside
_TICK, _LABEL, _TITLE = 8.5, 9.0, 9.5  # points: sizes of the house style
_SHARE, _WIDER, _MANY = (
    0.42,
    0.5,
    24,
)  # of a cell that names may take, more where rows are many
_ROW = 4.0  # points between the names of two rows


@overload
def cells_of(figure: Figure) -> list[Axes]: ...


@overload
def cells_of(figure: SketchFigure) -> list[Sketch]: ...


def cells_of(figure: Any) -> list[Any]:
    """Return the axes that have a cell each, in their order; of those that share one cell the uppermost."""
    return [ax for ax in figure.axes if ax.get_visible() and ax.get_label() != BELOW]


def settle(figure: Figure, *, height: float, columns: int = 1) -> None:
    """Give each panel of a figure a cell of its own, all of one size, with margins that hold its words.

    Parameters
    ----------
    figure : Figure
        Drawn and without a layout of its own.
    height : float
        Inches of one cell; it grows where the names of rows need more.
    columns : int
        Cells side by side.
    """
    drawn, cells = [ax for ax in figure.axes if ax.get_visible()], cells_of(figure)
    for ax in drawn:
        _fit_names(ax)
    left, right = max(map(_left, drawn)), max(map(_right, drawn))
    for ax in drawn:
        _fit_headings(ax, left, right)
    top, (bottom, extra) = max(map(_top, cells)), _bottoms(drawn, cells[-1])
    tall = max([72 * height, *(_rows(ax) / _part(ax)[1] + top + bottom for ax in drawn)])
    columns = min(columns, len(cells))
    rows = ceil(len(cells) / columns)
    height = tall * rows + extra
    figure.set_size_inches(CELL * columns, height / 72)
    wide, inner = (_WIDE - left - right) / (_WIDE * columns), max(tall - top - bottom, 20.0)
    place = -1
    for ax in drawn:
        if ax in cells:
            place += 1
            ax.set_gid(f"cell-{place}")
        above, own = _part(ax)
        x, y = left + place % columns * _WIDE, extra + bottom + (rows - 1 - place // columns) * tall
        y += inner * (1 - above - own)
        ax.set_position((x / (_WIDE * columns), y / height, wide, inner * own / height))


def _part(ax: Axes) -> tuple[float, float]:
    """Return the share of a cell's height that stands above axes which share it, and their own."""
    place = ax.get_subplotspec()
    shared = any(each.get_label() == BELOW for each in ax.figure.axes)
    if place is None or not shared:
        return 0.0, 1.0
    heights: Any = place.get_gridspec().get_height_ratios()
    ratios = [float(each) for each in heights]
    return sum(ratios[: place.rowspan.start]) / sum(ratios), ratios[place.rowspan.start] / sum(ratios)


def _fit_names(ax: Axes) -> None:
    """Break or shorten the names of rows and the label of the vertical axis."""
    names = _names(ax)
    if names:
        room = _WIDE * (_WIDER if len(names) > _MANY else _SHARE)
        ax.set_yticks(ax.get_yticks(), ["\n".join(elided(name, room, _TICK)) for name in names])
    ax.set_ylabel("\n".join(lines_of(ax.get_ylabel(), 110.0, _LABEL)))


def _fit_headings(ax: Axes, left: float, right: float) -> None:
    """Break the title and the label of the horizontal axis to the width of the cell."""
    middle = (left + _WIDE - right) / 2
    title = lines_of(ax.get_title(loc="left"), _WIDE - left - _PAD, _TITLE, bold=True)
    ax.set_title("\n".join(title), loc="left")
    ax.set_xlabel("\n".join(lines_of(ax.get_xlabel(), 2 * min(middle, _WIDE - middle) - _PAD, _LABEL)))


def _left(ax: Axes) -> float:
    if not ax.axison:
        return _PAD
    widest = max((width_of(line, _TICK) for text in _ticks(ax, "y") for line in _lines(text)), default=0.0)
    label = _lines(ax.get_ylabel())
    return _PAD + 7 + widest + (7 + LINE * len(label) if label else 0.0)


def _right(ax: Axes) -> float:
    below = _ticks(ax, "x") if ax.axison else []
    last = max((width_of(line, _TICK) / 2 for line in _lines(below[-1])), default=0.0) if below else 0.0
    return _PAD + max(last, _beside(ax))


def _top(ax: Axes) -> float:
    return _PAD + 2 + 1.1 * LINE * len(_lines(ax.get_title(loc="left"))) + _legend(ax)


def _bottom(ax: Axes) -> float:
    if not ax.axison:
        return _PAD
    below = max((len(_lines(text)) for text in _ticks(ax, "x")), default=0)
    return _PAD + 4 + LINE * (below + len(_lines(ax.get_xlabel())))


def _bottoms(drawn: list[Axes], last: Axes) -> tuple[float, float]:
    """Return the height below every drawing, and how much more the words below the last one need."""
    place = drawn.index(last)
    others, own = (max(map(_bottom, some), default=0.0) for some in (drawn[:place], drawn[place:]))
    return (others or own), max(own - others, 0.0) if others else 0.0


def _rows(ax: Axes) -> float:
    """Return the height that the names of rows need, which stand at equal distances."""
    lines = [len(_lines(name)) for name in _names(ax)]
    most = max((sum(two) / 2 for two in pairwise(lines)), default=max(lines, default=0))
    return len(lines) * (LINE * most + _ROW)


def _legend(ax: Axes) -> float:
    """Return the height of a legend that stands above the drawing."""
    sketch = as_sketch(ax)
    if sketch is not None:
        return 3 + LINE * ceil(len(sketch.told) / sketch.legend_columns) if sketch.told else 0.0
    legend: Any = ax.get_legend()
    return (
        0.0 if legend is None or legend._loc not in (4, 8) else 3 + LINE * ceil(len(legend.get_texts()) / legend._ncols)
    )


def _beside(ax: Axes) -> float:
    """Return the width of the labels that stand to the right of the drawing."""
    words: list[Any] = list(ax.texts)
    texts = [word for word in words if getattr(word, "xycoords", "") == "axes fraction" and word.xy[0] == 1]
    return max((4 + width_of(text.get_text(), text.get_fontsize()) for text in texts), default=0.0)


def _names(ax: Axes) -> list[str]:
    """Return the names of rows, if the vertical axis has names; none where it has numbers."""
    sketch = as_sketch(ax)
    if sketch is not None:
        return [each.text for each in sketch.yaxis.names]
    from matplotlib.ticker import FixedLocator

    axis: Any = ax.yaxis
    if not isinstance(axis.get_major_locator(), FixedLocator) or not axis.get_tick_params().get("labelleft", True):
        return []
    return [str(name) for name in axis.get_major_formatter().format_ticks(axis.get_majorticklocs())]


def _ticks(ax: Axes, side: str) -> list[str]:
    sketch = as_sketch(ax)
    if sketch is not None:
        own = sketch.xaxis if side == "x" else sketch.yaxis
        return own.ticks()[1] if side == "y" or sketch.is_labelled_below else []
    axis: Any = getattr(ax, f"{side}axis")
    if side == "y" and _names(ax):
        return _names(ax)
    if not axis.get_tick_params().get("labelleft" if side == "y" else "labelbottom", True):
        return []
    low, high = sorted(axis.get_view_interval())
    places = [place for place in axis.get_majorticklocs() if low <= place <= high]
    return [str(text) for text in axis.get_major_formatter().format_ticks(places)]


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []
