"""Make a page smaller without changing how it looks: one path for many lines, one class for a style."""

from __future__ import annotations

import re
from itertools import groupby

__all__ = ["compact_page", "compact_svg"]

_GRID = re.compile(r'<path d="([^"]*)" class="gl"/>')
_PATH = re.compile(r'<path d="([^"]*)"([^>]*)/>')
_PIECE = re.compile(r"<[^>]*>[^<]*")
_UNUSED = re.compile(r'<defs><path id="([^"]+)"[^>]*/></defs>')
_STYLED = re.compile(r'<([a-z]\w*)((?: (?!style=)[\w:-]+="[^"]*")*) style="([^"]*)"((?: [\w:-]+="[^"]*")*)')
_CLASSED = re.compile(r' class="([^"]*)"')
_MADE_ID = re.compile(r'((?: id="|href="#|url\(#))([a-z][0-9a-f]{10})(?=[")])')
_IDLE_END = re.compile(r"</t[dh]>(?=\s*(?:<t[dh]|</tr>))|</tr>(?=\s*(?:<tr|</tbody>))")
_CELL, _QUOTED = re.compile(r"<t[drh][^>]*>"), re.compile(r'="([\w-]+)"(?=[ >])')
_HEAD_END = "</style>"


def compact_svg(text: str) -> str:
    """Return an SVG element with its grid in one path, equal lines that follow each other in one, and no idle mark.

    Lines of one path do not darken where they cross, which only helps faint ones.

    Examples
    --------
    >>> line = '<path d="M{} 0h1" style="fill:none"/>'
    >>> compact_svg("<svg>" + line.format(1) + line.format(2) + "</svg>")
    '<svg><path d="M1 0h1M2 0h1" style="fill:none"/></svg>'
    """
    text = _one_grid(text)
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    text = _UNUSED.sub(lambda found: found[0] if found[1] in used else "", text)
    return "".join(
        _joined(list(pieces)) if key else "".join(pieces) for key, pieces in groupby(_PIECE.findall(text), _line_style)
    )


def compact_page(text: str) -> str:
    """Return a page whose drawings name every style by a class, and their own marks by short names.

    No style attribute is left: the page's policy allows its one style sheet alone.

    Cells and rows of tables go without the end tags and the quotes that HTML lets one omit.

    Parameters
    ----------
    text : str
        A page with one style sheet in its head.
    """
    names: dict[str, str] = {}
    text = _CELL.sub(lambda found: _QUOTED.sub(r"=\1", found[0]), _IDLE_END.sub("", text))
    text = _MADE_ID.sub(lambda found: found[1] + names.setdefault(found[2], f"i{len(names):x}"), text)
    styles = sorted({found[3] for found in _STYLED.finditer(text)})
    if not styles:
        return text
    classes = {style: f"s{place:x}" for place, style in enumerate(styles)}
    text = _STYLED.sub(lambda found: _classed(found, classes[found[3]]), text)
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    return text.replace(_HEAD_END, rules + _HEAD_END, 1)


def _classed(found: re.Match[str], name: str) -> str:
    """Return the start of a tag with a class in the place of its style, beside those that it has."""
    others = found[2] + found[4]
    had = _CLASSED.search(others)
    if had is None:
        return f'<{found[1]}{others} class="{name}"'
    return f'<{found[1]}{others[: had.start()]} class="{had[1]} {name}"{others[had.end() :]}'


def _one_grid(text: str) -> str:
    """Put every grid line where the first of them stands: they lie below all else, and panels do not overlap."""
    lines = _GRID.findall(text)
    if len(lines) < 2:
        return text
    first = text.index('class="gl"')
    start = text.rindex("<path", 0, first)
    whole = f'<path d="{"".join(lines)}" class="gl"/>'
    return text[:start] + whole + _GRID.sub("", text[start:])


def _line_style(piece: str) -> str:
    """Return what two lines must share to be one path; empty for anything else."""
    found = _PATH.fullmatch(piece)
    if found is None or not found[1].startswith("M"):
        return ""
    return found[2] if "fill:none" in found[2] or 'class="sp"' in found[2] else ""


def _joined(pieces: list[str]) -> str:
    found = [_PATH.fullmatch(piece) for piece in pieces]
    data = "".join(each[1] for each in found if each is not None)
    return f'<path d="{data}"{found[0][2] if found[0] else ""}/>'
