"""Figures of event studies: mean paths with single events, a forest of events, and placebo studies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_distribution", "draw_events", "draw_forest", "draw_paths", "draw_placebos"]

NARROW = 5.0  # inches: a phone has room for one column
LIMIT = 8.0


def draw_paths(
    band: pd.DataFrame, pointwise: pd.DataFrame, singles: pd.DataFrame, names: list[str], ax: Axes | None
) -> Axes:
    """Draw the mean cumulative path of each instrument in its own unit with its sup-t band, and every single event.

    Where there is no band the pointwise interval is shaded.
    """
    from coupling import drawing

    ax = drawing.axes(ax, rows=len(names))
    places = drawing.panels(ax, names) if len(names) > 1 else [ax]
    for place, name in zip(places, names, strict=True):
        rows = band[band["instrument"] == name].set_index("day")
        has_band = rows["lower"].notna().any()
        shade = rows if has_band else pointwise[pointwise["instrument"] == name].set_index("day")
        each = singles[singles["instrument"] == name].pivot_table(index="day", columns="event", values="estimate")
        place.plot(each.index, each.to_numpy(), color=drawing.MUTED, alpha=0.45, linewidth=0.6, zorder=1)
        drawing.path(place, rows["estimate"], shade["lower"], shade["upper"], look=drawing.look(name))
        drawing.zero_line(place)
        place.axvline(0, color=drawing.MUTED, linewidth=0.8, linestyle=":")
        place.set_ylabel(drawing.axis_label("cumulated", rows["unit"].iloc[0]))
    places[-1].set_xlabel("session of the event clock (0 = first affected)")
    return ax


def draw_events(by_event: pd.DataFrame, name: str, ax: Axes | None) -> Axes:
    """Draw the response of one instrument to every event with its interval, in time order."""
    from coupling import drawing

    rows = by_event[(by_event["instrument"] == name) & by_event["estimate"].notna()].set_index("event")
    if rows.empty:
        raise InputError(f"{name} has no event to draw.")
    ax = drawing.axes(ax, rows=max(1, len(rows) // 6))
    drawing.intervals(ax, rows, names=[name] * len(rows))
    drawing.zero_line(ax, vertical=True)
    ax.set_xlabel(drawing.axis_label(f"{name}, cumulated", rows["unit"].iloc[0]))
    return ax


def draw_placebos(placebos: pd.DataFrame, tests: pd.DataFrame, name: str, ax: Axes | None) -> Axes:
    """Draw the date-mean t of the placebo studies and that of the events."""
    from coupling import drawing

    drawn = placebos[name].to_numpy(float)
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        raise InputError(f"{name} has no placebo study; the data hold too few dates without an event.")
    observed = tests[(tests["instrument"] == name) & (tests["test"] == "date_mean_t")]["statistic"].iloc[0]
    ax = drawing.axes(ax)
    draw_distribution(ax, drawn, float(observed), name)
    ax.set_xlabel(f"{name}: t of the mean over dates, placebo studies (grey) and events (line)")
    return ax


def draw_distribution(ax: Axes, drawn: npt.NDArray[np.float64], observed: float, name: str) -> None:
    """Draw a histogram of placebo values with the observed one across it; both are cut at ±8."""
    from coupling import drawing

    known = drawn[np.isfinite(drawn)]
    counts, edges = np.histogram(np.clip(known, -LIMIT, LIMIT), bins=48, range=(-LIMIT, LIMIT))
    ax.stairs(counts, edges, fill=True, color=drawing.MUTED, alpha=0.6)
    if np.isfinite(observed):
        ax.axvline(float(np.clip(observed, -LIMIT, LIMIT)), color=drawing.look(name).colour, linewidth=2)
    ax.set_ylabel("studies")


def draw_forest(frame: pd.DataFrame, names: list[str], ax: Axes | None) -> Axes:
    """Draw the response to every event with its interval, one column per instrument; on a phone the first alone."""
    from coupling import drawing

    events = list(dict.fromkeys(frame["event"]))
    ax = drawing.axes(ax, rows=max(1, len(events) // 6))
    figure: Any = ax.figure
    shown = names[:1] if figure.get_figwidth() < NARROW else names
    places = _columns(ax, shown)
    for place, name in zip(places, shown, strict=True):
        rows = frame[frame["instrument"] == name].set_index("event").reindex(events)
        drawing.intervals(place, rows, names=[name] * len(rows))
        drawing.zero_line(place, vertical=True)
        place.set_title(name)
        place.set_xlabel(str(rows["unit"].dropna().iloc[0]) if rows["unit"].notna().any() else "")
        place.tick_params(labelleft=place is places[0])
        place.tick_params(axis="y", labelsize=7.5)
        place.locator_params(axis="x", nbins=4)
    return ax


def _columns(ax: Axes, names: list[str]) -> list[Axes]:
    """Divide axes into columns beside each other."""
    place = ax.get_subplotspec()
    if len(names) == 1 or place is None:
        return [ax]
    figure: Any = ax.figure
    ax.set_axis_off()
    grid = place.subgridspec(1, len(names))
    return [figure.add_subplot(grid[column]) for column in range(len(names))]
