"""Figures of results: axes and panels, time axes, labels, and the mark of a simulated market."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from coupling.drawing.house_style import style
from coupling.drawing.layout import BELOW, CELL, cells_of, settle
from coupling.drawing.looks import MUTED
from coupling.drawing.sketch import SketchFigure, as_sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "DrawnFigure",
    "axes",
    "axis_label",
    "end_labels",
    "figure_of",
    "logarithmic",
    "panels",
    "sketch_of",
    "stack",
    "time_axis",
    "watermark",
    "written_out",
]


_TALL, _ALONE = 1.66, 2.5  # inches: a panel among others, and one that stands alone


class DrawnFigure(Protocol):
    """What has a figure: a result."""

    @property
    def figure_rows(self) -> int:
        """How many panels it stacks."""

    @property
    def simulated(self) -> bool:
        """Whether its numbers come from the simulated market."""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw it."""


def axes(ax: Axes | None = None, *, rows: int = 1) -> Axes:
    """Return the axes given, or new ones through pyplot, which a notebook shows.

    Parameters
    ----------
    ax : Axes, optional
        Where to draw.
    rows : int
        How many panels will be stacked in it; new axes are made as much taller.
    """
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    with style():
        figure = plt.figure(figsize=(8, 1.6 + 2.0 * rows), layout="constrained", facecolor="white")
        return figure.add_subplot()


def figure_of(result: DrawnFigure, *, columns: int = 1) -> Figure:
    """Return the figure of a result, without pyplot; a simulated market is marked across every panel.

    Its panels are cells of one size (`coupling.drawing.layout`), below each other by default, so that one drawing
    serves every width: a page puts as many side by side as it has room for.

    Parameters
    ----------
    result : Result
        One that has a figure.
    columns : int
        Panels side by side.
    """
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(CELL, _TALL * max(1, result.figure_rows)))
        result.plot(ax=figure.add_subplot())
        _fix_dates(figure)
        _laid_out(figure, result, columns)
    return figure


def sketch_of(result: DrawnFigure) -> SketchFigure:
    """Return the figure of a result as a page writes it, without matplotlib; its panels stand below each other.

    Parameters
    ----------
    result : Result
        One that has a figure.
    """
    figure = SketchFigure((CELL, _TALL * max(1, result.figure_rows)))
    result.plot(ax=cast("Axes", figure.add_subplot()))
    _laid_out(cast("Figure", figure), result, 1)
    return figure


def _laid_out(figure: Figure, result: DrawnFigure, columns: int) -> None:
    rows, panels = max(1, result.figure_rows), len(cells_of(figure))
    settle(figure, height=(_ALONE - _TALL if panels == 1 else 0.0) + _TALL * rows / panels, columns=columns)
    if result.simulated:
        watermark(figure)


def panels(ax: Axes, titles: Sequence[str], *, share: bool = True) -> list[Axes]:
    """Divide axes into panels above each other, each with a short title.

    The axes given stay, invisible, as the place of the panels. A result that stacks panels says so by its property
    `figure_rows`, so that its figure is tall enough.

    Parameters
    ----------
    ax : Axes
        From a subplot.
    titles : sequence of str
        One per panel, from the top.
    share : bool
        Whether the panels share the horizontal axis, labelled at the lowest; not for panels in different units.
    """
    figure, place = ax.figure, ax.get_subplotspec()
    if place is None:
        raise TypeError("axes that are to be divided into panels must come from a subplot; pass plt.subplots()[1].")
    ax.set_axis_off()
    ax.set_visible(False)
    grid = place.subgridspec(len(titles), 1)
    made: list[Axes] = []
    for row, title in enumerate(titles):
        panel = figure.add_subplot(grid[row], sharex=made[0] if made and share else None)
        panel.set_title(title)
        made.append(panel)
    return made


def stack(ax: Axes, heights: Sequence[float]) -> list[Axes]:
    """Divide axes into others above each other that share the horizontal axis and stay together at every width.

    Parameters
    ----------
    ax : Axes
        From a subplot.
    heights : sequence of float
        Of the axes against each other, from the top.
    """
    place = ax.get_subplotspec()
    if place is None:
        raise TypeError("axes that are to be divided must come from a subplot; pass plt.subplots()[1].")
    ax.set_axis_off()
    ax.set_visible(False)
    grid = place.subgridspec(len(heights), 1, height_ratios=list(heights), hspace=0)
    made: list[Axes] = []
    for row in range(len(heights)):
        label = BELOW if made else ""
        made.append(ax.figure.add_subplot(grid[row], sharex=made[0] if made else None, label=label))
        made[-1].tick_params(labelbottom=row == len(heights) - 1)
    return made


def axis_label(quantity: str, unit: str = "") -> str:
    """Return an axis label that ends in its unit.

    Examples
    --------
    >>> axis_label("cumulative change", "bp")
    'cumulative change (bp)'
    """
    return f"{quantity} ({unit})" if unit else quantity


def time_axis(ax: Axes, label: str = "date (UTC)") -> None:
    """Label a time axis with few, unambiguous dates."""
    ax.set_xlabel(label)
    if as_sketch(ax) is not None:
        return
    import matplotlib.dates as mdates

    locator = mdates.AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call]
    for frequency, whole in ((mdates.MONTHLY, 12), (mdates.HOURLY, 24), (mdates.MINUTELY, 60)):
        locator.intervald[frequency].append(whole)
    formatter = mdates.AutoDateFormatter(locator)  # type: ignore[no-untyped-call]
    formatter.scaled = {365.0: "%Y", 30.0: "%Y-%m", 1.0: "%m-%d", 1 / 24: "%m-%d %H:%M", 1 / 1440: "%H:%M"}
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(formatter)


def logarithmic(ax: Axes) -> None:
    """Make the vertical axis logarithmic."""
    sketch = as_sketch(ax)
    if sketch is not None:
        sketch.yaxis.is_log = True
        return
    from matplotlib.ticker import LogLocator, NullFormatter

    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    ax.yaxis.set_minor_formatter(NullFormatter())


def written_out(ax: Axes) -> None:
    """Write the numbers of the vertical axis out, with commas between thousands."""
    sketch = as_sketch(ax)
    if sketch is not None:
        sketch.yaxis.is_written_out = True
        return
    from matplotlib.ticker import FuncFormatter

    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "\N{MINUS SIGN}")))


def end_labels(ax: Axes) -> None:
    """Write the label of each line at its right end, moved apart where they would meet; call it after all is drawn."""
    ends = []
    for line in ax.get_lines():
        values = np.asarray(line.get_ydata(), dtype=float)
        finite = np.flatnonzero(np.isfinite(values))
        if finite.size and not str(line.get_label()).startswith("_"):
            ends.append((float(values[finite[-1]]), str(line.get_label()), line.get_color()))
    low, high = ax.get_ylim()
    places = _spread([min(max((value - low) / (high - low), 0.0), 1.0) for value, _, _ in ends], gap=_line_height(ax))
    for place, (_, name, colour) in zip(places, ends, strict=True):
        at: Any = {"xycoords": "axes fraction", "xytext": (4, 0), "textcoords": "offset points"}
        ax.annotate(name, (1, place), va="center", color=colour, **at)


def watermark(figure: Figure, text: str = "SIMULATED") -> None:
    """Write a word across every panel, so that it cannot be taken for a picture of the real market."""
    look_of_word: Any = {"color": MUTED, "alpha": 0.2, "weight": "bold", "ha": "center", "va": "center"}
    for ax in cells_of(figure):
        size = 7.0 * figure.get_figwidth() * ax.get_position().width
        middle: Any = {"transform": ax.transAxes, "rotation": 15, "zorder": 0, "fontsize": max(size, 12.0)}
        word = ax.text(0.5, 0.5, text, **middle, **look_of_word)
        word.set_in_layout(False)


def _fix_dates(figure: Figure) -> None:
    """Compute the ticks of time axes once; matplotlib would do it a dozen times while it lays a figure out."""
    from matplotlib.dates import AutoDateLocator
    from matplotlib.ticker import FixedFormatter, FixedLocator

    for ax in figure.axes:
        axis = ax.xaxis
        if isinstance(axis.get_major_locator(), AutoDateLocator):
            places = axis.get_majorticklocs().tolist()
            labels = axis.get_major_formatter().format_ticks(places)
            axis.set_major_locator(FixedLocator(places))
            axis.set_major_formatter(FixedFormatter(labels))


def _figure(ax: Axes) -> Figure:
    figure = ax.figure
    while not hasattr(figure, "get_figwidth"):
        figure = figure.figure
    return figure  # type: ignore[return-value]


def _line_height(ax: Axes) -> float:
    """Return the height of a line of text as a share of the height of the axes."""
    place = ax.get_subplotspec()
    rows = place.get_gridspec().nrows if place is not None else 1
    return 12.0 * rows / (72 * _figure(ax).get_figheight() * 0.78)


def _spread(places: Sequence[float], *, gap: float) -> list[float]:
    """Return places moved apart to at least `gap`, in the same order and about the same middle."""
    order = np.argsort(places, kind="stable")
    moved = np.asarray(places, dtype=float)
    for _ in range(60):
        for below, above in pairwise(order):
            short = gap - (moved[above] - moved[below])
            if short > 0:
                moved[below] -= short / 2
                moved[above] += short / 2
    return [float(place) for place in moved]
