"""Write a result into a folder: the frame as CSV, the figure as PNG and SVG."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from coupling.machine.names import file_in
from coupling.machine.privacy import public
from coupling.machine.writing import write_text_whole, write_whole
from coupling.text.sheet import csv_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["WrittenFile", "write_result", "write_table"]


class WrittenFile(Protocol):
    """What is written into a folder: a result."""

    @property
    def name(self) -> str:
        """Stem of the files."""

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers."""

    @property
    def has_figure(self) -> bool:
        """Whether it draws something."""

    @property
    def figure_rows(self) -> int:
        """How many panels it stacks."""

    @property
    def simulated(self) -> bool:
        """Whether its numbers come from the simulated market."""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw it."""


def write_result(result: WrittenFile, folder: Path) -> list[Path]:
    """Write ``<name>.csv`` and, where the result has a figure, ``<name>.png`` and ``<name>.svg``; return the paths."""
    shown = public(result)
    return [write_table(shown.frame, folder, result.name), *_write_figure(shown, folder)]


def write_table(frame: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a frame as CSV, fit for a spreadsheet; return the path."""
    return write_text_whole(file_in(folder, name, ".csv"), csv_text(frame))


def _write_figure(result: WrittenFile, folder: Path) -> list[Path]:
    if not result.has_figure:
        return []
    from matplotlib import rc_context

    from coupling.drawing import figure_of, style

    figure = figure_of(result, columns=2)
    paths = [file_in(folder, result.name, f".{kind}") for kind in ("png", "svg")]
    with style(), rc_context({"svg.hashsalt": result.name, "svg.fonttype": "none"}):
        for path in paths:
            metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
            drawn = BytesIO()
            figure.savefig(drawn, format=path.suffix[1:], metadata=metadata, facecolor="white", dpi=150)
            write_whole(path, drawn.getvalue())
    return paths
