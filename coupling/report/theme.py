"""The colours of the figures as CSS variables, light and dark, and the styles that all figures share."""

from __future__ import annotations

from coupling.drawing.looks import THEME
from coupling.report.polyline import UNITS

__all__ = ["variables"]

_SHAPES = """
figure{container-type:inline-size}
svg.fig{display:block;width:100%;height:auto;max-width:29rem}
svg.cells{aspect-ratio:var(--p)}
@container (min-width:680px){
svg.cells{max-width:64rem;aspect-ratio:var(--q)}
svg.cells .cell{transform:scale(.5) translate(var(--a))}}
@container (min-width:1020px){
svg.cells{max-width:none;aspect-ratio:var(--r)}
svg.cells .cell{transform:scale(.33333) translate(var(--b))}}
"""
"""A figure's panels in one, two or three columns, by the width of the place where it stands; each is drawn once."""


def variables() -> str:
    """Return the CSS that gives every colour of the figures its light or its dark form; paper is always light.

    Examples
    --------
    >>> "--amber:#b35000" in variables()
    True
    """
    light = "".join(f"--{name}:{colour};" for colour, (name, _) in THEME.items())
    dark = "".join(f"--{name}:{colour};" for name, colour in THEME.values())
    hues = "".join(f".h-{name}{{color:var(--{name})}}" for name, _ in THEME.values())
    shapes = "".join(_SHAPES.split("\n"))
    schemes = f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    return f"{schemes}svg{{stroke-width:{UNITS}}}{hues}{shapes}\n"
