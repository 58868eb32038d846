"""What a page needs of a figure, as text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Drawing"]


@dataclass(frozen=True)
class Drawing:
    """What the page needs of a figure.

    Parameters
    ----------
    svg : str
        One SVG element.
    csv : str
        Data URI with the points, for a page without script.
    note : str
        What those leave out.
    attributes : str
        Every point, for the page's script; see `coupling.report.reading`.
    """

    svg: str
    csv: str
    note: str
    attributes: str
