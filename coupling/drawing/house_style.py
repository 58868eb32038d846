"""The style of every figure, as matplotlib takes it; nothing outside the context changes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from coupling.drawing.looks import GRID, INK, MUTED

__all__ = ["style"]

_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titley": 1.0,
    "axes.xmargin": 0.01,
    "figure.facecolor": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.3,
    "path.simplify": True,
    "path.simplify_threshold": 0.4,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "xtick.major.size": 3,
    "xtick.major.width": 0.6,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8.5,
    "ytick.major.size": 3,
    "ytick.major.width": 0.6,
}


def style() -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws in the style of the page; nothing outside it changes."""
    import matplotlib as mpl

    return mpl.rc_context(_STYLE)
