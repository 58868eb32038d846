"""What can be drawn on a sketch, by the calls of matplotlib's axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from coupling.drawing.looks import INK
from coupling.drawing.primitives import DATA, SHARE, Area, Arrow, Dots, Frame, SketchMark, Stroke, Words, dash_of, words
from coupling.drawing.sketch_axis import SketchAxis, as_numbers

__all__ = ["SketchMarks"]

_SHARED = {"transAxes": (SHARE, SHARE)}


class SketchMarks:
    """Axes that keep what is drawn on them.

    Parameters
    ----------
    xaxis, yaxis : SketchAxis
    """

    transAxes = "transAxes"  # noqa: N815, as matplotlib calls it

    def __init__(self, xaxis: SketchAxis, yaxis: SketchAxis) -> None:
        self.xaxis, self.yaxis = xaxis, yaxis
        self.marks: list[SketchMark] = []

    def plot(self, x: Any, y: Any, form: str = "", **look: Any) -> None:
        """Draw a line, marks at its points, or both."""
        points = np.column_stack([self.xaxis.hold(x), self.yaxis.hold(y)])
        style = look.get("linestyle", "none" if form else "-")
        colour, label, layer = look["color"], look.get("label", ""), look.get("zorder", 2.0)
        if style != "none":
            width = look.get("linewidth", 1.3)
            self._add(Stroke(points=points, colour=colour, label=label, layer=layer, width=width,
                             dash=dash_of(style, width)))  # fmt: skip
        shape = look.get("marker") or form
        if shape:
            face = look.get("markerfacecolor", "none" if look.get("fillstyle") == "none" else colour)
            named = label if style == "none" else ""
            self._add(Dots(points=points[:: look.get("markevery", 1)], colour=colour, label=named, layer=layer,
                           shape=shape, size=look.get("markersize", 6.0), face="" if face == "none" else face,
                           width=look.get("markeredgewidth", 1.0)))  # fmt: skip

    def scatter(self, x: Any, y: Any, *, s: float, marker: str = "o", zorder: float = 1.0, linewidths: float = 1.3,
                color: str = "", facecolors: str = "", edgecolors: str = "") -> None:  # fmt: skip
        """Draw marks at points; `s` is their area."""
        points = np.column_stack([self.xaxis.hold(x), self.yaxis.hold(y)])
        face = "" if facecolors == "none" else facecolors or color
        self._add(Dots(points=points, colour=edgecolors or color, layer=zorder, shape=marker, size=s**0.5, face=face,
                       width=linewidths))  # fmt: skip

    def segments(self, lines: Iterable[Any], colours: str | Sequence[str], widths: float | Sequence[float]) -> None:
        """Draw straight lines; those of one colour and width are one mark."""
        held = [np.asarray(line, dtype=float) for line in lines]
        groups: dict[tuple[str, float], list[np.ndarray]] = {}
        for place, line in enumerate(held):
            colour = colours if isinstance(colours, str) else colours[place]
            width = widths if isinstance(widths, int | float) else widths[place]
            groups.setdefault((colour, float(width)), []).append(line)
        for (colour, width), parts in groups.items():
            self._add(Stroke(points=self._held(_apart(parts)), colour=colour, width=width))

    def vlines(self, x: Any, low: Any, high: Any, *, color: str, linewidth: float = 1.3, alpha: float = 1.0) -> None:
        """Draw upright lines."""
        parts = [np.array([[a, b], [a, c]], dtype=float) for a, b, c in zip(x, low, high, strict=True)]
        self._add(Stroke(points=self._held(_apart(parts)), colour=color, width=linewidth, alpha=alpha))

    def axhline(self, y: float = 0.0, **look: Any) -> None:
        """Draw a line from side to side."""
        height = float(self.yaxis.hold([y])[0])
        self._across(np.array([[0.0, height], [1.0, height]]), (SHARE, DATA), look)

    def axvline(self, x: Any = 0.0, **look: Any) -> None:
        """Draw a line from foot to top."""
        place = float(self.xaxis.hold([x])[0])
        self._across(np.array([[place, 0.0], [place, 1.0]]), (DATA, SHARE), look)

    def _across(self, points: np.ndarray, frame: Frame, look: dict[str, Any]) -> None:
        width = look.get("linewidth", 1.3)
        dash = dash_of(look.get("linestyle", "-"), width)
        self._add(Stroke(points=points, frame=frame, colour=look["color"], width=width, dash=dash,
                         layer=look.get("zorder", 1.5)))  # fmt: skip

    def axvspan(self, low: float, high: float, *, color: str, alpha: float, linewidth: float = 0) -> None:  # noqa: ARG002
        """Shade from foot to top."""
        left, right = self.xaxis.hold([low, high])
        corners = np.array([[left, 0.0], [right, 0.0], [right, 1.0], [left, 1.0]])
        self._add(Area(points=corners, frame=(DATA, SHARE), colour=color, alpha=alpha))

    def fill_between(self, x: Any, low: Any, high: Any, *, step: str = "", color: str = "", alpha: float = 1.0,
                     facecolor: Any = None, edgecolor: Any = None, linewidth: float = 0.0) -> None:  # fmt: skip
        """Shade between two lines; where one of them is missing there is a gap."""
        across = self.xaxis.hold(x)
        foot, top = (np.broadcast_to(self.yaxis.hold(each), across.shape) for each in (low, high))
        if step == "post":
            across, foot, top = np.repeat(across, 2)[1:], np.repeat(foot, 2)[:-1], np.repeat(top, 2)[:-1]
        face, strength = facecolor or (color, alpha)
        edge, edge_strength = edgecolor or ("", 1.0)
        self._add(Area(points=_surfaces(across, foot, top), colour=face, alpha=strength, edge=edge,
                       edge_alpha=edge_strength, width=linewidth, exact=bool(step)))  # fmt: skip

    def tint(self, cells: np.ndarray, colour: str, alpha: float) -> None:
        """Tint cells of a table, each given by its row and column, which are counted from 0."""
        corners = cells[:, None, ::-1] + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
        self._add(Area(points=_apart(list(corners.astype(float))), colour=colour, alpha=alpha))

    def stairs(self, values: Any, edges: Any, *, baseline: float, fill: bool, color: str, alpha: float) -> None:  # noqa: ARG002
        """Shade a histogram above a line."""
        across, top = np.repeat(np.asarray(edges, dtype=float), 2)[1:-1], np.repeat(np.asarray(values, dtype=float), 2)
        self.fill_between(across, baseline, top, color=color, alpha=alpha)

    # ---- words

    def text(self, x: float, y: float, text: str, **look: Any) -> Words:
        """Write words at a point."""
        frame = _SHARED.get(look.pop("transform", ""), (DATA, DATA))
        return self._said(text, (x, y), frame, look)

    def annotate(self, text: str, xy: Any, start: Any = None, **look: Any) -> Words | Arrow:
        """Write words beside a point, or draw an arrow to it."""
        if "arrowprops" in look:
            return self._arrow(xy, start, look["arrowprops"])
        coordinates = look.pop("xycoords", DATA)
        frame = (coordinates, coordinates) if isinstance(coordinates, str) else coordinates
        look.pop("textcoords", None)
        shift = look.pop("xytext", start) or (0.0, 0.0)
        return self._said(text, xy, frame, {**look, "shift": shift})

    def _said(self, text: str, at: Any, frame: Frame, look: dict[str, Any]) -> Words:
        x, y = (float(as_numbers(each)[0][0]) for each in at)
        box = look.get("bbox", {})
        made = words(text, x, y, look.get("color", INK), frame=frame, size=look.get("fontsize", 9.0),
                     across=look.get("ha", "left"), along=look.get("va", "baseline"),
                     bold=look.get("weight", "") == "bold", turned=look.get("rotation", 0.0),
                     shift=look.get("shift", (0.0, 0.0)), paper=box.get("facecolor", ""), edge=box.get("edgecolor", ""),
                     alpha=look.get("alpha", 1.0))  # fmt: skip
        made.layer = look.get("zorder", 3.0)
        self._add(made)
        return made

    def _arrow(self, tip: Any, start: Any, look: dict[str, Any]) -> Arrow:
        bend = float(str(look.get("connectionstyle", "rad=0")).rsplit("rad=", 1)[-1])
        made = Arrow(points=np.array([tip, start], dtype=float), colour=look["color"], width=look["linewidth"],
                     bend=bend, short=look.get("shrinkA", 2.0))  # fmt: skip
        self._add(made)
        return made

    def get_lines(self) -> list[Stroke]:
        """Return the lines in data coordinates."""
        return [mark for mark in self.marks if isinstance(mark, Stroke) and mark.frame == (DATA, DATA)]

    @property
    def texts(self) -> list[Words]:
        """The words."""
        return [mark for mark in self.marks if isinstance(mark, Words)]

    def _add(self, mark: SketchMark) -> None:
        self.marks.append(mark)

    def _held(self, points: np.ndarray) -> np.ndarray:
        return np.column_stack([self.xaxis.hold(points[:, 0]), self.yaxis.hold(points[:, 1])])


def _apart(parts: list[np.ndarray]) -> np.ndarray:
    """Return lines as one, with a row of missing values behind each."""
    gap = np.full((1, 2), np.nan)
    return np.vstack([row for part in parts for row in (part, gap)]) if parts else gap


def _surfaces(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the outline of each stretch in which both lines are known."""
    known = np.flatnonzero(np.isfinite(low + high))
    runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if known.size else []
    parts = [
        np.vstack([np.column_stack([x[run], high[run]]), np.column_stack([x[run], low[run]])[::-1]]) for run in runs
    ]
    return _apart(parts)
