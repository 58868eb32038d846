"""Where sketches stand: places below each other, which can be divided again, and boxes on a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "SketchGrid", "SketchPlace"]


@dataclass(frozen=True)
class Box:
    """Where axes stand, as shares of the figure from its lower left corner."""

    x0: float
    y0: float
    width: float
    height: float

    @property
    def x1(self) -> float:
        """The right side."""
        return self.x0 + self.width

    @property
    def y1(self) -> float:
        """The top."""
        return self.y0 + self.height


@dataclass(frozen=True)
class SketchGrid:
    """Places below each other."""

    nrows: int
    heights: tuple[float, ...]

    def get_height_ratios(self) -> tuple[float, ...]:
        """Return the heights of the places against each other."""
        return self.heights

    def __getitem__(self, row: int) -> SketchPlace:
        return SketchPlace(self, range(row, row + 1))


@dataclass(frozen=True)
class SketchPlace:
    """One place of a grid, which can be divided again."""

    grid: SketchGrid
    rowspan: range

    def get_gridspec(self) -> SketchGrid:
        """Return the grid that it stands in."""
        return self.grid

    def subgridspec(
        self,
        rows: int,
        _columns: int,
        *,
        height_ratios: Sequence[float] = (),
        hspace: float = 0,  # noqa: ARG002, places of a sketch touch
    ) -> SketchGrid:
        """Return the grid that divides it."""
        return SketchGrid(rows, tuple(height_ratios) or (1.0,) * rows)
