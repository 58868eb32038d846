"""A light stand-in for matplotlib's axes, which keeps what is drawn so that a page can write it as SVG at once.

It takes the calls that the `plot` methods and the marks of `coupling.drawing` make, and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from coupling.drawing.primitives import SketchMark, Words
from coupling.drawing.sketch_axis import SketchAxis
from coupling.drawing.sketch_marks import SketchMarks
from coupling.drawing.sketch_places import Box, SketchGrid, SketchPlace

__all__ = ["Sketch", "SketchFigure", "as_sketch"]


@dataclass
class SketchFigure:
    """Sketches on one sheet; `size` is its width and height in inches."""

    size: tuple[float, float]
    axes: list[Sketch] = field(default_factory=list)

    def add_subplot(self, place: SketchPlace | None = None, *, sharex: Sketch | None = None, label: str = "") -> Sketch:
        """Return a new sketch at a place, on the horizontal axis of another where that is shared."""
        made = Sketch(self, place or SketchGrid(1, (1.0,))[0], label, sharex)
        self.axes.append(made)
        return made

    def set_size_inches(self, wide: float, tall: float) -> None:
        """Set the size."""
        self.size = (wide, tall)

    def get_figwidth(self) -> float:
        """Return the width in inches."""
        return self.size[0]

    def get_figheight(self) -> float:
        """Return the height in inches."""
        return self.size[1]


class Sketch(SketchMarks):
    """Axes that keep their marks.

    Parameters
    ----------
    figure : SketchFigure
    place : SketchPlace
    label : str
    sharex : Sketch, optional
    """

    def __init__(self, figure: SketchFigure, place: SketchPlace, label: str = "", sharex: Sketch | None = None) -> None:
        own = SketchAxis(margin=0.01, upright=False)
        super().__init__(sharex.xaxis if sharex is not None else own, SketchAxis(margin=0.05, upright=True))
        self.figure, self._place, self._label = figure, place, label
        self.axison = self.is_visible = self.is_framed = True
        self.title = self.xlabel = self.ylabel = ""
        self.legend_columns = 0
        self.is_labelled_below = True
        self.cell: str = ""
        self._box = Box(0.0, 0.0, 1.0, 1.0)

    def legend(self, *, ncols: int = 1, **_: Any) -> None:
        """Say what the labelled marks are, above the drawing."""
        self.legend_columns = ncols

    @property
    def told(self) -> list[SketchMark]:
        """The marks that a legend names."""
        return [mark for mark in self.marks if mark.label and not mark.label.startswith("_")] * bool(
            self.legend_columns
        )

    def set_title(self, text: str, *, loc: str = "left") -> None:  # noqa: ARG002
        """Write a title above; it stands at the left of every panel."""
        self.title = text

    def get_title(self, *, loc: str = "left") -> str:  # noqa: ARG002
        """Return the title."""
        return self.title

    def set_xlabel(self, text: str) -> None:
        """Say what runs across."""
        self.xlabel = text

    def get_xlabel(self) -> str:
        """Return what runs across."""
        return self.xlabel

    def set_ylabel(self, text: str) -> None:
        """Say what runs up."""
        self.ylabel = text

    def get_ylabel(self) -> str:
        """Return what runs up."""
        return self.ylabel

    def set_xlim(self, first: Any, last: Any = None) -> None:
        """Set the ends of the horizontal axis."""
        self.xaxis.limit(*((first, last) if last is not None else first))

    def set_ylim(self, first: Any, last: Any = None) -> None:
        """Set the ends of the vertical axis."""
        self.yaxis.limit(*((first, last) if last is not None else first))

    def get_xlim(self) -> tuple[float, float]:
        """Return the ends of the horizontal axis."""
        return self.xaxis.span

    def get_ylim(self) -> tuple[float, float]:
        """Return the ends of the vertical axis."""
        return self.yaxis.span

    def set_yscale(self, scale: str) -> None:
        """Make the vertical axis linear or logarithmic."""
        self.yaxis.is_log = scale == "log"

    def get_yscale(self) -> str:
        """Return whether the vertical axis is linear or logarithmic."""
        return "log" if self.yaxis.is_log else "linear"

    def set_xticks(self, places: Any, labels: Sequence[str] = (), *, fontsize: float | None = None) -> None:
        """Set the ticks of the horizontal axis and their names."""
        self.xaxis.name(places, labels, fontsize)

    def set_yticks(self, places: Any, labels: Sequence[str] = (), *, fontsize: float | None = None) -> None:
        """Set the ticks of the vertical axis and their names."""
        self.yaxis.name(places, labels, fontsize)

    def get_yticks(self) -> list[float]:
        """Return the ticks of the vertical axis."""
        return self.yaxis.places if self.yaxis.places is not None else self.yaxis.ticks()[0]

    def get_yticklabels(self) -> list[Words]:
        """Return the names along the vertical axis."""
        return self.yaxis.names

    def tick_params(self, *, axis: str = "both", labelsize: float | None = None, labelbottom: bool = True) -> None:
        """Set the size of the words along an axis, or leave out those below."""
        for each in (self.xaxis, self.yaxis) if axis == "both" else (getattr(self, f"{axis}axis"),):
            each.size = labelsize or each.size
        self.is_labelled_below = self.is_labelled_below and labelbottom

    def grid(self, *, visible: bool, axis: str = "both") -> None:
        """Set whether an axis has grid lines."""
        for each in (self.xaxis, self.yaxis) if axis == "both" else (getattr(self, f"{axis}axis"),):
            each.is_gridded = visible

    def margins(self, *, x: float) -> None:
        """Set the share of the data's span that is left free at both sides."""
        self.xaxis.margin = x

    def autoscale_view(self) -> None:
        """Do nothing: the ends follow the marks."""

    def minorticks_off(self) -> None:
        """Do nothing: there are none."""

    def set_axis_off(self) -> None:
        """Draw no axis."""
        self.axison = False

    def set_visible(self, visible: bool) -> None:
        """Set whether it is drawn at all."""
        self.is_visible = visible

    def get_visible(self) -> bool:
        """Return whether it is drawn at all."""
        return self.is_visible

    def get_label(self) -> str:
        """Return its label, which says what it belongs to."""
        return self._label

    def get_subplotspec(self) -> SketchPlace:
        """Return its place."""
        return self._place

    def set_position(self, sides: tuple[float, float, float, float]) -> None:
        """Stand at left, foot, width and height, as shares of the figure."""
        self._box = Box(*sides)

    def get_position(self) -> Box:
        """Return where it stands."""
        return self._box

    def set_gid(self, name: str) -> None:
        """Take the name of its cell."""
        self.cell = name


def as_sketch(ax: object) -> Sketch | None:
    """Return axes if they are a sketch, for what matplotlib's own are told otherwise."""
    return ax if isinstance(ax, Sketch) else None
