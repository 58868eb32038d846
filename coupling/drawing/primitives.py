"""What a sketch is made of: lines, areas, dots, words and arrows, each in the coordinates of its axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coupling.drawing.looks import INK

__all__ = ["DATA", "SHARE", "Area", "Arrow", "Dots", "Frame", "SketchMark", "Stroke", "Words"]

DATA, SHARE = "data", "axes fraction"

Frame = tuple[str, str]
"""What the horizontal and the vertical coordinate are: data, or shares of the axes."""


@dataclass(kw_only=True)
class SketchMark:
    """One mark; those with a higher `layer` stand above.

    Parameters
    ----------
    points : array of shape (n, 2)
    colour : str
        Of the line or of the surface.
    frame : tuple of str
    layer : float
    label : str
        Its words in a legend or at its end; none where it begins with an underscore or is empty.
    """

    points: Any
    colour: str
    frame: Frame = (DATA, DATA)
    layer: float = 1.0
    label: str = ""


@dataclass(kw_only=True)
class Stroke(SketchMark):
    """A line; a row of missing values is a gap."""

    width: float = 1.3
    dash: tuple[float, ...] = ()
    alpha: float = 1.0

    def get_ydata(self) -> np.ndarray:
        """Return the vertical coordinates."""
        return np.asarray(self.points[:, 1], dtype=float)

    def get_label(self) -> str:
        """Return its words."""
        return self.label

    def get_color(self) -> str:
        """Return its colour."""
        return self.colour

    def set_linestyle(self, style: str) -> None:
        """Set the dash."""
        self.dash = dash_of(style, self.width)


@dataclass(kw_only=True)
class Area(SketchMark):
    """Closed surfaces, one behind each row of missing values; `exact` where no vertex may be left out."""

    alpha: float = 1.0
    edge: str = ""
    edge_alpha: float = 1.0
    width: float = 0.0
    exact: bool = False


@dataclass(kw_only=True)
class Dots(SketchMark):
    """Marks of one shape at points; `face` is empty where they are not filled."""

    shape: str = "o"
    size: float = 6.0
    face: str = ""
    width: float = 1.0


@dataclass(kw_only=True)
class Words(SketchMark):
    """Words at one point, with their shift in points of 1/72 inch."""

    text: str
    size: float = 9.0
    across: str = "left"
    along: str = "baseline"
    bold: bool = False
    turned: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    paper: str = ""
    edge: str = ""
    alpha: float = 1.0

    @property
    def xycoords(self) -> str | Frame:
        """What the coordinates are, as matplotlib says it."""
        return self.frame[0] if self.frame[0] == self.frame[1] else self.frame

    @property
    def xy(self) -> tuple[float, float]:
        """Where they stand."""
        return float(self.points[0, 0]), float(self.points[0, 1])

    def get_text(self) -> str:
        """Return the words."""
        return self.text

    def set_text(self, text: str) -> None:
        """Say something else."""
        self.text = text

    def get_fontsize(self) -> float:
        """Return the size of the letters in points."""
        return self.size

    def set_fontweight(self, weight: str) -> None:
        """Write them bold or not."""
        self.bold = weight == "bold"

    def set_color(self, colour: str) -> None:
        """Set the colour."""
        self.colour = colour

    def set_in_layout(self, counts: bool) -> None:
        """Take whether they count for margins, as matplotlib does; words inside the axes never do."""


@dataclass(kw_only=True)
class Arrow(SketchMark):
    """An arrow from the second point to the first, bent by a share of its length, ending short of both."""

    width: float = 1.0
    bend: float = 0.0
    short: float = 0.0


def dash_of(style: Any, width: float) -> tuple[float, ...]:
    """Return the dash of a matplotlib line style in points.

    Examples
    --------
    >>> dash_of("-", 2.0), dash_of(":", 2.0), dash_of((0, (7, 2)), 1.0)
    ((), (2.0, 3.3), (7.0, 2.0))
    """
    if isinstance(style, tuple):
        return tuple(float(each) * width for each in style[1] or ())
    named: dict[str, tuple[float, ...]] = {":": (1.0, 1.65), "--": (3.7, 1.6)}
    return tuple(round(each * width, 6) for each in named.get(style, ()))


def words(text: str, x: float, y: float, colour: str = INK, **more: Any) -> Words:
    """Return words at a point."""
    return Words(points=np.array([[x, y]], dtype=float), colour=colour, text=text, layer=3.0, **more)
