"""Matplotlib's SVG made fit to stand inside a page: small, themed by CSS variables, with a text alternative."""

from __future__ import annotations

import re
from html import escape
from math import ceil
from typing import Any

import numpy as np

from coupling.drawing.looks import THEME
from coupling.report.compact import compact_svg

__all__ = ["CLASSES", "UNITS", "inline"]

UNITS = 5
"""Units of a drawing per point of 1/72 inch: its coordinates are whole numbers, which are short."""

_TOLERANCE = 0.2  # points of 1/72 inch: a quarter of a pixel
_PASSES = 5
_SHORT, _LONG = 8, 200  # vertices
_LINE, _BAND = 1.5, 3.2  # points: the width of a column

Vertices = Any  # array of shape (n, 2), points

CLASSES = {
    "fill:none;stroke:var(--grid);stroke-width:3;stroke-linecap:square": "gl",
    "fill:var(--muted);stroke:var(--muted);stroke-width:3": "tk",
    "fill:none;stroke:var(--muted);stroke-width:3;stroke-linejoin:miter;stroke-linecap:square": "sp",
    "font-size:42.5px;text-anchor:end;fill:var(--ink)": "te",
    "font-size:42.5px;text-anchor:middle;fill:var(--ink)": "tm",
}
"""Styles that every figure repeats, and the classes that stand for them."""

_REFERENCED = re.compile(r'(?:url\(#|href="#)([^")]+)')
_GROUP_ID = re.compile(r' id="([^"]+)"')
_GROUP, _CELL_ID = re.compile(r"</?g\b[^>]*>"), re.compile(r'<g id="(cell-\d+)"')
_DATA = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r' (x|y|width|height)="(-?[\d.]+)"')
_TRANSFORM = re.compile(r' transform="([^"]*)"')
_STYLE = re.compile(r' style="([^"]*)"')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MOVE = re.compile(r"(translate\(|rotate\(-?[\d.]+)([^)]*)")
_LENGTHS = re.compile(r"(?:font-size|stroke-width|stroke-dasharray|stroke-dashoffset):[^;]+")
_POLYLINE = re.compile(r"[MLz\d\s.\-]*")


def inline(text: str, *, name: str, title: str, description: str, cells: int = 1, attributes: str = "") -> str:
    """Return an SVG element for a page from the text of an SVG file.

    A figure of several cells is drawn with one below the other, fit for a phone; the style sheet
    (`coupling.report.theme`) moves them side by side where there is room.

    Parameters
    ----------
    text : str
        What matplotlib wrote with ``svg.fonttype: none`` and a hash salt that no other figure of the page has; the
        group of each cell has the id ``cell-`` and its number.
    name : str
        Prefix of the ids of the title and of the description.
    title, description : str
        Text alternative; escaped here.
    cells : int
        Panels, all of one size, from the top.
    attributes : str
        Further attributes, escaped, with a space before each.
    """
    box = re.search(r'viewBox="([^"]+)"', text)
    if box is None:
        raise ValueError("the text given is no SVG that matplotlib wrote: it has no viewBox.")
    body = text[text.index("</metadata>") + 11 if "</metadata>" in text else text.index(">", box.end()) + 1 :]
    body = _renamed(body.replace("xlink:href", "href").removesuffix("\n").removesuffix("</svg>"))
    label = f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    said = f'role="img" aria-labelledby="{name}-t" aria-describedby="{name}-d"{attributes}'
    sides = _units(box[1])
    if cells < 2:
        return f'<svg class="fig" viewBox="{sides}" {said}>{label}{_compacted(body)}</svg>'
    pieces, rest = _cut_out(body, cells)
    wide, tall = (float(side) for side in sides.split()[2:])
    drawn = "".join(_group(piece, place, wide, tall / cells) for place, piece in enumerate(pieces))
    shape = f'viewBox="{sides}" preserveAspectRatio="xMinYMin slice" style="{_shape(cells, wide * cells / tall)}"'
    return f'<svg class="fig cells" {shape} {said}>{label}{_compacted(rest)}{drawn}</svg>'


def _compacted(body: str) -> str:
    return compact_svg(_themed(_rounded(_CELL_ID.sub("<g", body))))


def _group(piece: str, place: int, wide: float, tall: float) -> str:
    """Return a cell with its moves to its places among two and among three columns."""
    moves = [f"{wide * (place % n):g}px,{tall * (place // n - place):g}px" for n in (2, 3)]
    return f'<g class="cell" style="--a:{moves[0]};--b:{moves[1]}">{_compacted(piece)}</g>'


def _shape(n: int, ratio: float) -> str:
    """Return width by height of a figure in one, two and three columns as CSS variables."""
    columns = {"p": 1, "q": 2, "r": 3}
    return ";".join(f"--{name}:{count * ratio / ceil(n / count):.4f}" for name, count in columns.items())


def _cut_out(body: str, n: int) -> tuple[list[str], str]:
    """Return the groups of the cells, and what is left of the body without them."""
    pieces = []
    for place in range(n):
        start = body.index(f'<g id="cell-{place}"')
        end = _end_of_group(body, start)
        pieces.append(body[start:end])
        body = body[:start] + body[end:]
    return pieces, body


def _end_of_group(text: str, start: int) -> int:
    depth = 0
    for found in _GROUP.finditer(text, start):
        depth += 0 if found[0].endswith("/>") else -1 if found[0] == "</g>" else 1
        if depth == 0:
            return found.end()
    raise ValueError("a group of the SVG has no end.")


def _renamed(text: str) -> str:
    """Drop the ids that nothing refers to, the style rule that would reach the whole page, and idle white space."""
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    used = set(_REFERENCED.findall(text)) | set(_CELL_ID.findall(text))
    text = _GROUP_ID.sub(lambda found: found[0] if found[1] in used else "", text)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    return re.sub(r">\s+<", "><", text).strip()


def _rounded(text: str) -> str:
    text = _DATA.sub(lambda found: f' d="{_path(found[1])}"', text)
    text = _PLACE.sub(lambda found: f' {found[1]}="{_units(found[2])}"', text)
    return _TRANSFORM.sub(_transform, text)


def _transform(found: re.Match[str]) -> str:
    if found[1].startswith("rotate(-0 "):
        return ""
    return f' transform="{_MOVE.sub(lambda move: move[1] + _units(move[2]), found[1])}"'


def _themed(text: str) -> str:
    """Name the colours by CSS variables and leave the font to the page.

    A path that shows nothing goes, and so do tick marks: grid lines stand where they would, and need no clipping.
    """
    text = _STYLE.sub(lambda found: f' style="{_style(found[1])}"', text)
    for rules, name in CLASSES.items():
        text = text.replace(f' style="{rules}"', f' class="{name}"')
    text = re.sub(r'<path [^>]*style="fill:none"/>|<use [^>]*class="tk"/>', "", text)
    return _flattened(re.sub(r' clip-path="[^"]*" class="gl"', ' class="gl"', text))


def _flattened(text: str) -> str:
    """Drop groups that say nothing."""
    kept: list[bool] = []

    def one(found: re.Match[str]) -> str:
        if found[0].endswith("/>"):
            return ""
        if found[0] != "</g>":
            kept.append(found[0] != "<g>")
            return found[0] if kept[-1] else ""
        return "</g>" if kept.pop() else ""

    return re.sub(r"</?g\b[^>]*>", one, text)


def _style(rules: str) -> str:
    for colour, (variable, _) in THEME.items():
        rules = rules.replace(colour, f"var(--{variable})")
    rules = rules.replace("stroke: #000000", "stroke: var(--ink)")
    rules = re.sub(r"font: ([\d.]+px) [^;]+", r"font-size: \1", re.sub(r"font-family: [^;]+(; |$)", "", rules))
    rules = rules.replace("; ", ";").replace(": ", ":")
    return _LENGTHS.sub(lambda found: _NUMBER.sub(_length, found[0]), rules)


def _length(found: re.Match[str]) -> str:
    return f"{float(found[0]) * UNITS:.3g}"


def _units(numbers: str) -> str:
    """Return numbers in points as whole units.

    >>> _units("-0.04 12.0"), _units("0.25,-3.14")
    ('0 60', '1,-16')
    """
    return _NUMBER.sub(lambda found: f"{round(float(found[0]) * UNITS)}", numbers)


def _path(data: str) -> str:
    """Return the data of a path, shorter: vertices nearer than the tolerance to their neighbours' line are left out."""
    if not _POLYLINE.fullmatch(data):
        return _units(" ".join(data.split()))
    return "".join(_polyline(part) for part in re.split(r"(?=M)", data) if part.strip())


def _polyline(part: str) -> str:
    closed = "z" in part
    vertices = np.array(re.findall(r"-?[\d.]+", part), dtype=float).reshape(-1, 2)
    points = np.rint(_simplified(vertices) * UNITS).astype(int)
    start = f"M{points[0, 0]} {points[0, 1]}"
    steps = np.diff(points, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    moves = "".join(_step(dx, dy) for dx, dy in steps.tolist())
    return start + (f"l{moves.lstrip()}" if moves else "h0") + ("z" if closed else "")


def _step(dx: int, dy: int) -> str:
    return "".join(f"{move}" if move < 0 else f" {move}" for move in (dx, dy))


def _simplified(vertices: Vertices) -> Vertices:
    """Return a long line by its extremes in every column, and any line without the vertices that lie on it."""
    turn = int(np.argmax(vertices[:, 0]))
    out, back = np.diff(vertices[: turn + 1, 0]), np.diff(vertices[turn:, 0])
    if len(vertices) > _LONG and (out >= 0).all() and (back <= 0).all():
        vertices = _extremes(vertices, _LINE) if turn > len(vertices) - 3 else _outline(vertices, turn)
    for _ in range(_PASSES):
        idle = _idle(vertices)
        if not idle.any():
            break
        vertices = vertices[~idle]
    return vertices


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
