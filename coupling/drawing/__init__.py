"""How results draw: axes, lines with bands, intervals, heat maps, event marks and direct labels.

Imported inside the `plot` methods only, because it brings matplotlib.

A plot method reads::

    from coupling import drawing

    ax = drawing.axes(ax)
    drawing.path(ax, estimate, lower, upper, look=drawing.look("SPX"), label="SPX")
    drawing.end_labels(ax)
    drawing.time_axis(ax)
    ax.set_ylabel("correlation")
    return ax
"""

from coupling.machine.surroundings import settle_matplotlib

settle_matplotlib()  # before matplotlib looks for a folder of its own

from coupling.drawing.figure import (  # noqa: E402
    axes,
    axis_label,
    end_labels,
    figure_of,
    logarithmic,
    panels,
    sketch_of,
    stack,
    time_axis,
    watermark,
    written_out,
)
from coupling.drawing.house_style import style  # noqa: E402
from coupling.drawing.images import drawn, picture  # noqa: E402
from coupling.drawing.layout import cells_of  # noqa: E402
from coupling.drawing.lettering import shortened  # noqa: E402
from coupling.drawing.looks import GRID, INK, MUTED, PAPER, look, pair_look  # noqa: E402
from coupling.drawing.marks import (  # noqa: E402
    band,
    clip_to,
    heat_map,
    holds_zero,
    intervals,
    mark_cut,
    mark_events,
    path,
    segments,
    zero_line,
)
from coupling.drawing.readings import readable_line, readable_rows  # noqa: E402

__all__ = [
    "GRID",
    "INK",
    "MUTED",
    "PAPER",
    "axes",
    "axis_label",
    "band",
    "cells_of",
    "clip_to",
    "drawn",
    "end_labels",
    "figure_of",
    "heat_map",
    "holds_zero",
    "intervals",
    "logarithmic",
    "look",
    "mark_cut",
    "mark_events",
    "pair_look",
    "panels",
    "path",
    "picture",
    "readable_line",
    "readable_rows",
    "segments",
    "shortened",
    "sketch_of",
    "stack",
    "style",
    "time_axis",
    "watermark",
    "written_out",
    "zero_line",
]
