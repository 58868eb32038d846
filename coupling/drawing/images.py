"""A figure as a picture that a notebook shows: PNG in a data URI, on white, in dark notebooks too."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from coupling.drawing.house_style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["drawn", "picture"]

_DOTS = 110


def picture(figure: Figure, title: str) -> str:
    """Return a figure as an HTML image with its title as text alternative."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    written = BytesIO()
    with style():
        figure.savefig(written, format="png", dpi=_DOTS, facecolor="white", metadata={"Software": None})
    data = b64encode(written.getvalue()).decode()
    return f'<img alt="{escape(title)}" src="data:image/png;base64,{data}" style="max-width:100%">'


def drawn(draw: Callable[[Axes], object], *, rows: int = 1, width: float = 7.6) -> Figure:
    """Return a figure of some rows of panels that a function draws, without pyplot."""
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(width, 1.2 + 1.6 * rows), layout="constrained")
        draw(figure.add_subplot())
    return figure
