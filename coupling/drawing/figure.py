"""Figures of results: axes and panels, time axes, labels, and the mark of a simulated market."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING, Any, Protocol

import matplotlib.dates as mdates
import numpy as np
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, NullFormatter

from coupling.drawing.house_style import style
from coupling.drawing.looks import MUTED

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
    "time_axis",
    "watermark",
    "written_out",
]


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


def figure_of(result: DrawnFigure, *, width: float = 7.6) -> Figure:
    """Return the figure of a result, without pyplot; a simulated market is marked across it.

    Parameters
    ----------
    result : Result
        One that has a figure.
    width : float
        Inches; below 5 it is meant for a phone.
    """
    from matplotlib.figure import Figure

    height = (1.2 + 1.6 * result.figure_rows) if result.figure_rows > 1 else max(2.6, 0.47 * width)
    with style():
        figure = Figure(figsize=(width, height), layout="constrained")
        result.plot(ax=figure.add_subplot())
        _wrap(figure)
        _fix_dates(figure)
        if result.simulated:
            watermark(figure)
    return figure


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
    grid = place.subgridspec(len(titles), 1)
    made: list[Axes] = []
    for row, title in enumerate(titles):
        panel = figure.add_subplot(grid[row], sharex=made[0] if made and share else None)
        panel.set_title(title)
        panel.tick_params(labelbottom=not share or row == len(titles) - 1)
        made.append(panel)
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
    most = 5 if _figure(ax).get_figwidth() < 5 else 9
    locator = mdates.AutoDateLocator(minticks=3, maxticks=most)  # type: ignore[no-untyped-call]
    for frequency, whole in ((mdates.MONTHLY, 12), (mdates.HOURLY, 24), (mdates.MINUTELY, 60)):
        locator.intervald[frequency].append(whole)
    formatter = mdates.AutoDateFormatter(locator)  # type: ignore[no-untyped-call]
    formatter.scaled = {365.0: "%Y", 30.0: "%Y-%m", 1.0: "%m-%d", 1 / 24: "%m-%d %H:%M", 1 / 1440: "%H:%M"}
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(formatter)
    ax.set_xlabel(label)


def logarithmic(ax: Axes) -> None:
    """Make the vertical axis logarithmic."""
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    ax.yaxis.set_minor_formatter(NullFormatter())


def written_out(ax: Axes) -> None:
    """Write the numbers of the vertical axis out, with commas between thousands."""
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
    places = _spread([(value - low) / (high - low) for value, _, _ in ends], gap=_line_height(ax))
    for place, (_, name, colour) in zip(places, ends, strict=True):
        at: Any = {"xycoords": "axes fraction", "xytext": (4, 0), "textcoords": "offset points"}
        ax.annotate(name, (1, place), va="center", color=colour, **at)


def watermark(figure: Figure, text: str = "SIMULATED") -> None:
    """Write a word across a figure, so that it cannot be taken for a picture of the real market."""
    look_of_word: Any = {"fontsize": 11.0 * figure.get_figwidth(), "color": MUTED, "alpha": 0.2, "weight": "bold"}
    word = figure.text(0.5, 0.5, text, rotation=20, ha="center", va="center", zorder=0, **look_of_word)
    word.set_in_layout(False)


def _fix_dates(figure: Figure) -> None:
    """Compute the ticks of time axes once; matplotlib would do it a dozen times while it lays a figure out."""
    for ax in figure.axes:
        axis = ax.xaxis
        if isinstance(axis.get_major_locator(), mdates.AutoDateLocator):
            places = axis.get_majorticklocs().tolist()
            labels = axis.get_major_formatter().format_ticks(places)
            axis.set_major_locator(FixedLocator(places))
            axis.set_major_formatter(FixedFormatter(labels))


def _wrap(figure: Figure) -> None:
    """Break axis labels and titles that are longer than their side of the figure."""
    for ax in figure.axes:
        ax.set_xlabel(fill(ax.get_xlabel(), int(7 * figure.get_figwidth())))
        ax.set_title(fill(ax.get_title(loc="left"), int(8.5 * figure.get_figwidth())))
        tall = figure.get_figheight() / max(1, sum(each.axison for each in figure.axes))
        ax.set_ylabel(fill(ax.get_ylabel(), max(12, int(10 * tall))))


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
