"""Figures of event studies: mean paths with single events, a forest of events, and placebo studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coupling.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coupling.results.events import EventStudyResult

__all__ = ["draw_events", "draw_paths", "draw_placebos"]


def draw_paths(result: EventStudyResult, names: list[str], ax: Axes | None) -> Axes:
    """Draw the mean cumulative path of each instrument in its own unit, with its sup-t band."""
    from coupling.results import drawing

    ax = drawing.axes(ax, rows=len(names))
    places = drawing.panels(ax, names) if len(names) > 1 else [ax]
    band = result.band()
    for place, name in zip(places, names, strict=True):
        rows = band[band["instrument"] == name].set_index("day")
        shade = (
            rows if rows["lower"].notna().any() else result.frame[result.frame["instrument"] == name].set_index("day")
        )
        drawing.path(place, rows["estimate"], shade["lower"], shade["upper"], look=drawing.look(name))
        drawing.zero_line(place)
        place.axvline(0, color=drawing.MUTED, linewidth=0.8, linestyle=":")
        place.set_ylabel(drawing.axis_label("cumulated", rows["unit"].iloc[0]))
    places[-1].set_xlabel("session of the event clock (0 = first affected)")
    return ax


def draw_events(result: EventStudyResult, name: str, ax: Axes | None) -> Axes:
    """Draw the response of one instrument to every event with its interval, in time order."""
    from coupling.results import drawing

    rows = result.by_event()
    rows = rows[(rows["instrument"] == name) & rows["estimate"].notna()].set_index("event")
    if rows.empty:
        raise InputError(f"{name} has no event to draw.")
    ax = drawing.axes(ax, rows=max(1, len(rows) // 6))
    drawing.intervals(ax, rows, names=[name] * len(rows))
    drawing.zero_line(ax, vertical=True)
    ax.set_xlabel(drawing.axis_label(f"{name}, cumulated", rows["unit"].iloc[0]))
    return ax


def draw_placebos(result: EventStudyResult, name: str, ax: Axes | None) -> Axes:
    """Draw the date-mean t of the placebo studies and that of the events."""
    from coupling.results import drawing

    drawn = result.placebos()[name].to_numpy(float)
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        raise InputError(f"{name} has no placebo study; the data hold too few dates without an event.")
    tests = result.tests()
    observed = tests[(tests["instrument"] == name) & (tests["test"] == "date_mean_t")]["statistic"].iloc[0]
    ax = drawing.axes(ax)
    ax.hist(np.clip(drawn, -8, 8), bins=60, color=drawing.MUTED, alpha=0.6)
    ax.axvline(float(np.clip(observed, -8, 8)), color=drawing.look(name).colour, linewidth=2)
    ax.set_xlabel(f"{name}: t of the mean over dates, placebo studies (grey) and events (line)")
    ax.set_ylabel("studies")
    return ax
