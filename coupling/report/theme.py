"""The colours of the figures as CSS variables, light and dark, and the styles that all figures share."""

from __future__ import annotations

from coupling.drawing.looks import THEME
from coupling.report.svg import CLASSES, UNITS

__all__ = ["variables"]


def variables() -> str:
    """Return the CSS that gives every colour of the figures its light or its dark form; paper is always light.

    Examples
    --------
    >>> "--amber:#b35000" in variables()
    True
    """
    light = "".join(f"--{name}:{colour};" for colour, (name, _) in THEME.items())
    dark = "".join(f"--{name}:{colour};" for name, colour in THEME.values())
    classes = f"svg{{stroke-width:{UNITS}}}" + "".join(f".{name}{{{rules}}}" for rules, name in CLASSES.items())
    hues = "".join(f".h-{name}{{color:var(--{name})}}" for name, _ in THEME.values())
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{classes}{hues}\n"
