"""Lines and surfaces as the data of SVG paths: gaps, fewer vertices, whole numbers that go from one to the next."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["UNITS", "path_of", "runs_of", "simplified"]

UNITS = 5
"""Units of a drawing per point of 1/72 inch: its coordinates are whole numbers, which are short."""

_TOLERANCE = 0.2  # points of 1/72 inch: a quarter of a pixel
_PASSES = 5
_SHORT, _LONG = 8, 200  # vertices
_LINE, _BAND = 1.5, 3.2  # points: the width of a column

Vertices = Any  # array of shape (n, 2), points


def path_of(vertices: Vertices, *, closed: bool = False, exact: bool = False) -> str:
    """Return the data of a path through vertices in points; a row of missing values begins a new part.

    Vertices nearer than the tolerance to their neighbours' line are left out, unless all are to stay (`exact`).

    Examples
    --------
    >>> path_of(np.array([[0.0, 1.0], [2.0, 1.0], [np.nan, np.nan], [4.0, 4.0]]))
    'M0 5l10 0M20 20h0'
    """
    return "".join(_part(run if exact else simplified(run), closed=closed) for run in runs_of(vertices))


def runs_of(vertices: Vertices) -> list[Vertices]:
    """Return the stretches of known vertices.

    Examples
    --------
    >>> [len(run) for run in runs_of(np.array([[0.0, 1.0], [np.nan, 1.0], [2.0, 1.0], [3.0, 1.0]]))]
    [1, 2]
    """
    known = np.flatnonzero(np.isfinite(vertices[:, 0]) & np.isfinite(vertices[:, 1]))
    if known.size == len(vertices):
        return [vertices] if len(vertices) else []
    return [vertices[run] for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)] if known.size else []


def _part(vertices: Vertices, *, closed: bool) -> str:
    points = np.rint(vertices * UNITS).astype(int)
    steps = [length for step in (points[1:] - points[:-1]).tolist() if step[0] or step[1] for length in step]
    moves = "% d" * len(steps) % tuple(steps)
    return f"M{points[0, 0]} {points[0, 1]}" + (f"l{moves.lstrip()}" if moves else "h0") + "z" * closed


def simplified(vertices: Vertices) -> Vertices:
    """Return a long line by its extremes in every column, and any line without the vertices that lie on it."""
    if len(vertices) > _LONG:
        vertices = _thinned(vertices)
    for _ in range(_PASSES):
        idle = _idle(vertices)
        if not idle.any():
            break
        vertices = vertices[~idle]
    return vertices


def _thinned(vertices: Vertices) -> Vertices:
    """Thin a line, or a band that runs out and back; what turns more often stays as it is."""
    turn = int(np.argmax(vertices[:, 0]))
    out, back = np.diff(vertices[: turn + 1, 0]), np.diff(vertices[turn:, 0])
    if (out < 0).any() or (back > 0).any():
        return vertices
    return _extremes(vertices, _LINE) if turn > len(vertices) - 3 else _outline(vertices, turn)


def _extremes(vertices: Vertices, width: float) -> Vertices:
    """Keep the first and last vertex, and the lowest and highest of every column."""
    column = np.floor(vertices[:, 0] / width)
    order = np.lexsort((vertices[:, 1], column))
    first = np.flatnonzero(np.diff(column[order], prepend=-np.inf))
    last = np.append(first[1:], len(order)) - 1
    kept = np.unique(np.concatenate([[0, len(vertices) - 1], order[first], order[last]]))
    return vertices[kept]


def _outline(vertices: Vertices, turn: int) -> Vertices:
    """Keep the outer edge of a band, which runs out to the vertex `turn` and back, in every column."""
    there, back = vertices[: turn + 1], vertices[turn + 1 :]
    sign = 1 if there[:, 1].mean() < back[:, 1].mean() else -1
    return np.vstack([_edge(there, sign), _edge(back, -sign)])


def _edge(vertices: Vertices, sign: int) -> Vertices:
    column = np.floor(vertices[:, 0] / _BAND)
    order = np.lexsort((sign * vertices[:, 1], column))
    first = order[np.flatnonzero(np.diff(column[order], prepend=-np.inf))]
    return vertices[np.unique(np.concatenate([[0, len(vertices) - 1], first]))]


def _idle(vertices: Vertices) -> np.ndarray:
    """Mark vertices that lie on the line between their neighbours, never two neighbours at once."""
    idle = np.zeros(len(vertices), dtype=bool)
    if len(vertices) < _SHORT:
        return idle
    before, here, after = vertices[:-2], vertices[1:-1], vertices[2:]
    along, out = after - before, here - before
    length = np.hypot(*along.T)
    across = np.abs(along[:, 0] * out[:, 1] - along[:, 1] * out[:, 0])
    share = (out * along).sum(axis=1)
    flat = (across <= _TOLERANCE * length) & (share >= 0) & (share <= length**2)
    idle[1:-1:2] = flat[::2]
    idle[2:-1:2] = flat[1::2] & ~idle[1:-2:2][: len(flat[1::2])] & ~idle[3::2][: len(flat[1::2])]
    return idle
