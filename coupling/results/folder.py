"""Write a result into a folder: the frame as CSV, the figure as PNG and SVG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coupling.results.base import Result

__all__ = ["write_result"]


def write_result(result: Result, folder: Path) -> list[Path]:
    """Write ``<name>.csv`` and, where the result has a figure, ``<name>.png`` and ``<name>.svg``; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / f"{result.name}.csv"
    result.frame.to_csv(table, lineterminator="\n")
    return [table, *_write_figure(result, folder)]


def _write_figure(result: Result, folder: Path) -> list[Path]:
    from coupling.results.base import Result as Base

    if type(result).plot is Base.plot:
        return []
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    paths = [folder / f"{result.name}.{kind}" for kind in ("png", "svg")]
    with rc_context({"svg.hashsalt": result.name, "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        result.plot(ax=figure.add_subplot())
        for path in paths:
            figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})
    return paths
