"""How each instrument looks: one colour, one dash and one marker on every figure of a page.

Colours have a light and a dark form. Figures are drawn in the light form; the page replaces every such colour by a CSS
variable, so one figure serves both. Each colour has a contrast of at least 4.5:1 against its background, because
the direct labels are written in it; dash and marker tell series apart in grey.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zlib import crc32

from coupling.configuration.shipped import shipped_table

__all__ = ["AMBER", "BLUE", "GRID", "INK", "MUTED", "PAPER", "THEME", "Look", "known_looks", "look", "pair_look"]

INK, MUTED, GRID, PAPER = "#1c2128", "#57606b", "#d9dde3", "#fefefe"

_HUES = {
    "amber": ("#b35000", "#ffa657"),
    "green": ("#00765a", "#35c79b"),
    "plum": ("#a0327d", "#f08ac6"),
    "blue": ("#005fa8", "#79bdff"),
    "slate": ("#3c4651", "#f3f5f7"),
    "violet": ("#6748c8", "#bfadff"),
    "gold": ("#7c6200", "#e8c547"),
    "red": ("#b4232c", "#ff938a"),
    "teal": ("#006d7d", "#5ad2e2"),
    "brown": ("#77513f", "#dcae98"),
}

AMBER, BLUE = _HUES["amber"][0], _HUES["blue"][0]

THEME: dict[str, tuple[str, str]] = {
    INK: ("ink", "#e8ebef"),
    MUTED: ("muted", "#a5afba"),
    GRID: ("grid", "#343b44"),
    PAPER: ("paper", "#14181d"),
    **{light: (hue, dark) for hue, (light, dark) in _HUES.items()},
}
"""Light colour → name of its CSS variable and its dark form."""

_DASHES: tuple[tuple[float, ...], ...] = ((), (7, 2), (2, 1.5), (7, 2, 1.5, 2), (10, 2, 4, 2))
_MARKERS = ("o", "s", "^", "D", "v")


@dataclass(frozen=True)
class Look:
    """Colour, dash and marker of one series."""

    colour: str
    dash: tuple[float, ...]
    marker: str

    @property
    def line_style(self) -> str | tuple[float, tuple[float, ...]]:
        """The dash as matplotlib takes it."""
        return (0, self.dash) if self.dash else "-"


def look(name: str) -> Look:
    """Return the look of an instrument; one that the package does not know gets a fixed look made from its name.

    Examples
    --------
    >>> look("BTC")
    Look(colour='#b35000', dash=(), marker='o')
    >>> look("my own") == look("my own")
    True
    """
    hue, form = known_looks().get(name) or _from_name(name)
    return Look(_HUES[hue][0], _DASHES[form], _MARKERS[form])


def pair_look(left: str, right: str, *, focus: str | None = None) -> Look:
    """Return the look of a pair: that of the instrument which is not the focus.

    Examples
    --------
    >>> pair_look("BTC", "SPX", focus="SPX") == look("BTC")
    True
    >>> pair_look("BTC", "SPX", focus="BTC") == look("SPX")
    True
    """
    return look(left if right == focus else right)


@cache
def known_looks() -> dict[str, tuple[str, int]]:
    """Return hue and form of the catalogue's instruments, declared in ``looks.yaml``."""
    table = shipped_table("coupling.drawing", "looks.yaml")
    return {name: (str(hue), int(form)) for name, (hue, form) in table.items()}


def _from_name(name: str) -> tuple[str, int]:
    code = crc32(name.encode())
    return sorted(_HUES)[code % len(_HUES)], code // len(_HUES) % len(_DASHES)
