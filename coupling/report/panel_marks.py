"""The marks of a panel as SVG: its grid and frame, lines, surfaces, dots and arrows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coupling.drawing.looks import THEME
from coupling.drawing.primitives import DATA, SHARE, Area, Arrow, Dots, Frame, SketchMark, Stroke, Words
from coupling.drawing.sketch import Sketch
from coupling.report.polyline import UNITS, Vertices, path_of

__all__ = ["DrawnPanel", "colour_of", "path", "units"]

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

    def placed(self, points: Vertices, frame: Frame = (DATA, DATA)) -> Vertices:
        """Return coordinates in points of the figure."""
        x, y = np.asarray(points, dtype=float).T
        across = x if frame[0] == SHARE else _share(x, self.sketch.get_xlim(), log=False)
        up = y if frame[1] == SHARE else _share(y, self.sketch.get_ylim(), log=self.sketch.yaxis.is_log)
        across, up = np.clip(across, -_FAR, 1 + _FAR), np.clip(up, -_FAR, 1 + _FAR)
        return np.column_stack([self.left + across * self.wide, self.foot - up * self.tall])

    def drawn(self) -> str:
        """Return grid, frame and marks, the upper ones last."""
        marks = [self._mark(each) for each in sorted(self.sketch.marks, key=lambda mark: mark.layer)]
        body = self._grid() + "".join(marks)
        corner, size = units(self.left, self.top).split(), units(self.wide, self.tall).split()
        box = f'x="{corner[0]}" y="{corner[1]}" width="{size[0]}" height="{size[1]}"'
        return (f'<clipPath id="{self.name}"><rect {box}/></clipPath>' if self.is_clipping else "") + body

    def _grid(self) -> str:
        sketch, parts = self.sketch, []
        if not sketch.axison:
            return ""
        if sketch.xaxis.is_gridded:
            parts += [((place, 0.0), (place, 1.0), (DATA, SHARE)) for place in sketch.xaxis.ticks()[0]]
        if sketch.yaxis.is_gridded:
            parts += [((0.0, place), (1.0, place), (SHARE, DATA)) for place in sketch.yaxis.ticks()[0]]
        lines = "".join(path_of(self.placed(np.array(ends), frame)) for *ends, frame in parts)
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
        known = places[np.isfinite(places).all(axis=1)]
        low, high = (self.left - 0.1, self.top - 0.1), (self.right + 0.1, self.foot + 0.1)
        outside = bool(((known < low) | (known > high)).any())
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
    if shape not in _HALF:
        r, d = round(size * UNITS / 2), 2 * round(size * UNITS / 2)
        return f"M{units(x - size / 2, y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0"
    return path_of(np.array(_HALF[shape]) * size + (x, y), closed=shape not in _OPEN)


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
