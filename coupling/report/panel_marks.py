"""The marks of a panel as SVG: its grid and frame, lines, surfaces, dots and arrows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from coupling.drawing.looks import THEME
from coupling.drawing.primitives import DATA, SHARE, Area, Arrow, Dots, Frame, SketchMark, Stroke, Words
from coupling.drawing.sketch import Sketch
from coupling.report.polyline import UNITS, Vertices, path_of

__all__ = ["DrawnPanel", "colour_of", "path", "units"]

Ticks = tuple[list[float], list[str]]

_FAR = 3.0  # heights and widths of a panel: what lies further out is drawn there, behind the clip
_HALF = {
    "s": ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)),
    "D": ((0.0, -0.64), (0.64, 0.0), (0.0, 0.64), (-0.64, 0.0)),
    "^": ((0.0, -0.5), (0.5, 0.5), (-0.5, 0.5)),
    "v": ((0.0, 0.5), (0.5, -0.5), (-0.5, -0.5)),
    ">": ((0.5, 0.0), (-0.5, 0.5), (-0.5, -0.5)),
    "<": ((-0.5, 0.0), (0.5, 0.5), (0.5, -0.5)),
    "|": ((0.0, -0.5), (0.0, 0.5)),
    "x": ((-0.5, -0.5), (0.5, 0.5), (np.nan, np.nan), (0.5, -0.5), (-0.5, 0.5)),
}
_OPEN = "|x"
_SHAPES = {shape: np.array(half) for shape, half in _HALF.items()}
_HEAD = 6.0, 2.6  # points: length and half the width of the head of an arrow


def units(*points: float) -> str:
    """Return lengths in points as whole units.

    Examples
    --------
    >>> units(-0.04, 12.0)
    '0 60'
    """
    return " ".join(f"{round(each * UNITS)}" for each in points)


def colour_of(colour: str) -> str:
    """Return a colour as the variable of the page that stands for it."""
    known = THEME.get(colour)
    return f"var(--{known[0]})" if known else colour


def path(data: str, look: str, clip: str = "") -> str:
    """Return a path element; nothing where there is nothing to draw."""
    inside = f' clip-path="url(#{clip})"' if clip else ""
    return f'<path d="{data}"{inside} style="{look}"/>' if data else ""


@dataclass
class DrawnPanel:
    """A sketch with where it stands on its figure, in points from the upper left corner.

    Parameters
    ----------
    sketch : Sketch
    name : str
        Id of its clip.
    left, top, wide, tall : float
    """

    sketch: Sketch
    name: str
    left: float
    top: float
    wide: float
    tall: float
    is_clipping: bool = field(default=False, init=False)

    @classmethod
    def of(cls, sketch: Sketch, name: str) -> DrawnPanel:
        """Return the panel of a sketch that is laid out."""
        (wide, tall), box = (72 * side for side in sketch.figure.size), sketch.get_position()
        return cls(sketch, name, box.x0 * wide, (1 - box.y1) * tall, box.width * wide, box.height * tall)

    @property
    def right(self) -> float:
        """Its right side."""
        return self.left + self.wide

    @property
    def foot(self) -> float:
        """Its foot."""
        return self.top + self.tall

    @cached_property
    def x_ticks(self) -> Ticks:
        """The ticks of the horizontal axis, in points from the left, and their words."""
        values, names = self.sketch.xaxis.ticks()
        return self.across(np.array(values, dtype=float)).tolist(), names

    @cached_property
    def y_ticks(self) -> Ticks:
        """The ticks of the vertical axis, in points from the top, and their words."""
        values, names = self.sketch.yaxis.ticks()
        return self.down(np.array(values, dtype=float)).tolist(), names

    def placed(self, points: Vertices, frame: Frame = (DATA, DATA)) -> Vertices:
        """Return coordinates in points of the figure."""
        return np.column_stack([self.across(points[:, 0], frame[0]), self.down(points[:, 1], frame[1])])

    def across(self, x: np.ndarray, kind: str = DATA) -> np.ndarray:
        """Return horizontal coordinates in points from the left."""
        share = x if kind == SHARE else _share(x, self._ends[0], log=False)
        return self.left + _near(share) * self.wide

    def down(self, y: np.ndarray, kind: str = DATA) -> np.ndarray:
        """Return vertical coordinates in points from the top."""
        share = y if kind == SHARE else _share(y, self._ends[1], log=self.sketch.yaxis.is_log)
        return self.foot - _near(share) * self.tall

    @cached_property
    def _ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return self.sketch.get_xlim(), self.sketch.get_ylim()

    def drawn(self) -> str:
        """Return grid, frame and marks, the upper ones last."""
        marks = [self._mark(each) for each in sorted(self.sketch.marks, key=lambda mark: mark.layer)]
        body = self._grid() + "".join(marks)
        corner, size = units(self.left, self.top).split(), units(self.wide, self.tall).split()
        box = f'x="{corner[0]}" y="{corner[1]}" width="{size[0]}" height="{size[1]}"'
        return (f'<clipPath id="{self.name}"><rect {box}/></clipPath>' if self.is_clipping else "") + body

    def _grid(self) -> str:
        sketch = self.sketch
        if not sketch.axison:
            return ""
        upright = self.x_ticks[0] if sketch.xaxis.is_gridded else []
        level = self.y_ticks[0] if sketch.yaxis.is_gridded else []
        lines = "".join(_straight((x, self.foot), (x, self.foot - self.tall)) for x in upright)
        lines += "".join(_straight((self.left, y), (self.right, y)) for y in level)
        frame = path_of(np.array([(self.left, self.top), (self.left, self.foot), (self.right, self.foot)]))
        look = f"fill:none;stroke-width:{units(0.6)};stroke:"
        return path(lines, f"{look}var(--grid)") + path(frame * sketch.is_framed, f"{look}var(--muted)")

    def _mark(self, mark: SketchMark) -> str:
        if isinstance(mark, Words):
            return ""
        if isinstance(mark, Arrow):
            return self._arrow(mark)
        places = self.placed(mark.points, mark.frame)
        if isinstance(mark, Dots):
            return self._dots(mark, places)
        clip = self._clip(places)
        if isinstance(mark, Area):
            edge = f";stroke:{colour_of(mark.edge)};stroke-opacity:{mark.edge_alpha:g}" if mark.edge else ""
            width = f";stroke-width:{units(mark.width)}" if mark.edge else ""
            look = f"fill:{colour_of(mark.colour)};fill-opacity:{mark.alpha:.3g}{edge}{width}"
            return path(path_of(places, closed=True, exact=mark.exact), look, clip)
        return path(path_of(places), _stroke(mark), clip) if isinstance(mark, Stroke) else ""

    def _clip(self, places: Vertices) -> str:
        """Return the id of the clip where something stands outside the panel, else nothing."""
        x, y = places[np.isfinite(places).all(axis=1)].T
        ends = (x < self.left - 0.1, x > self.right + 0.1, y < self.top - 0.1, y > self.foot + 0.1)
        outside = any(bool(each.any()) for each in ends)
        self.is_clipping |= outside
        return self.name if outside else ""

    def _dots(self, mark: Dots, places: Vertices) -> str:
        """Return dots as one path; those outside the panel are left out."""
        inside = np.isfinite(places).all(axis=1)
        inside &= (places[:, 0] >= self.left - 1) & (places[:, 0] <= self.right + 1)
        inside &= (places[:, 1] >= self.top - 1) & (places[:, 1] <= self.foot + 1)
        data = "".join(dot(mark.shape, mark.size, x, y) for x, y in places[inside].tolist())
        return path(data, dot_look(mark))

    def _arrow(self, mark: Arrow) -> str:
        (tip, start), half = self.placed(mark.points), 0.5
        along = tip - start
        middle = (tip + start) * half + mark.bend * np.array([-along[1], along[0]])
        t = np.linspace(0, 1, 60)[:, None]
        curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * tip
        away = np.minimum(np.hypot(*(curve - start).T), np.hypot(*(curve - tip).T))
        curve = curve[away >= mark.short]
        if len(curve) < 2:
            return ""
        colour, head = colour_of(mark.colour), _head(curve, mark.width)
        line = path(path_of(curve[:-1]), f"fill:none;stroke:{colour};stroke-width:{units(mark.width)}")
        return line + path(path_of(head, closed=True), f"fill:{colour}")


def _straight(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the data of a path from one point to another."""
    a, b, c, d = (round(each * UNITS) for each in (*start, *end))
    return f"M{a} {b}l{c - a}{d - b: }"


def _near(share: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(share, -_FAR, 1 + _FAR))


def _share(values: np.ndarray, ends: tuple[float, float], *, log: bool) -> np.ndarray:
    low, high = np.log(ends) if log else ends
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = np.log(values) if log else values
    return np.asarray((shown - low) / ((high - low) or 1.0))


def _stroke(mark: Stroke) -> str:
    dash = f";stroke-dasharray:{','.join(units(*mark.dash).split())}" if mark.dash else ""
    faint = f";stroke-opacity:{mark.alpha:g}" if mark.alpha < 1 else ""
    return f"fill:none;stroke:{colour_of(mark.colour)};stroke-width:{mark.width * UNITS:.3g}{dash}{faint}"


def dot(shape: str, size: float, x: float, y: float) -> str:
    """Return the data of a path that draws one dot."""
    if shape not in _SHAPES:
        r, d = round(size * UNITS / 2), 2 * round(size * UNITS / 2)
        return f"M{units(x - size / 2, y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0"
    return path_of(_SHAPES[shape] * size + (x, y), closed=shape not in _OPEN)


def dot_look(mark: Dots) -> str:
    """Return the style of dots."""
    face = colour_of(mark.face) if mark.face and mark.shape not in _OPEN else "none"
    return f"fill:{face};stroke:{colour_of(mark.colour)};stroke-width:{mark.width * UNITS:.3g}"


def _head(curve: Vertices, width: float) -> Vertices:
    """Return the head of an arrow at the end of a curve."""
    length, half = _HEAD[0] + width, _HEAD[1] + width / 2
    tip = curve[-1]
    back = curve[int(np.argmin(np.abs(np.hypot(*(curve - tip).T) - length)))]
    unit = (tip - back) / (float(np.hypot(*(tip - back))) or 1.0)
    foot, across = tip - length * unit, np.array([-unit[1], unit[0]])
    return np.array([tip, foot + half * across, foot - half * across])
