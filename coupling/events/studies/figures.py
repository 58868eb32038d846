"""Figures of event studies: mean paths with how far single events lie apart, forests of events, placebo studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling import drawing
from coupling.errors import InputError
from coupling.text.tables import decimals_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Ridge", "draw_events", "draw_forest", "draw_paths", "draw_placebos", "draw_ridges", "mute"]

DECILES = (0.1, 0.9)
LARGEST = 3  # events whose paths are drawn and named
_EDGE = 0.46  # of a lane, from its middle
LANES, ROWS, INSTRUMENTS = 4, 34, 8  # of a forest: side by side, below each other, and in all


class Studied(Protocol):
    """What is drawn as mean paths: the result of an event study."""

    @property
    def frame(self) -> pd.DataFrame:
        """The mean paths with pointwise intervals."""

    @property
    def mapping(self) -> pd.DataFrame:
        """Events and their instants."""

    def band(self) -> pd.DataFrame:
        """The mean paths with simultaneous bands."""

    def single_paths(self) -> pd.DataFrame:
        """The path of every event."""


def draw_paths(study: Studied, names: list[str], ax: Axes | None) -> Axes:
    """Draw the mean cumulative path of each instrument in its own unit with its sup-t band, among the single events.

    The single events are shown by their deciles and their median; the three that went furthest are named. Where there
    is no band the pointwise interval is shaded.
    """
    ax = drawing.axes(ax, rows=len(names))
    places = drawing.panels(ax, names) if len(names) > 1 else [ax]
    band, singles = study.band(), _wide(study.single_paths())
    instants = study.mapping.drop_duplicates("event").set_index("event")["instant"]
    for place, name in zip(places, names, strict=True):
        rows, points = (each[each["instrument"] == name].set_index("day") for each in (band, study.frame))
        shade = rows if rows["lower"].notna().any() else points
        each = singles.get(name, pd.DataFrame())
        _draw_fan(place, each, instants)
        drawing.path(place, rows["estimate"], shade["lower"], shade["upper"], look=drawing.look(name))
        drawing.zero_line(place)
        drawing.zero_line(place, vertical=True)
        place.set_ylabel(drawing.axis_label("cumulated", rows["unit"].iloc[0]))
        _limit(place, each, shade)
        drawing.end_labels(place)
    places[-1].set_xlabel("session (0 = first affected); grey: deciles of the events, dotted: their median")
    return ax


def _wide(singles: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the paths of the events side by side, for each instrument; events that it has not are left out."""
    table = singles.pivot_table(index=["instrument", "day"], columns="event", values="estimate")
    return {str(name): part.droplevel(0).dropna(axis=1, how="all") for name, part in table.groupby(level=0)}


def _draw_fan(place: Axes, each: pd.DataFrame, instants: pd.Series) -> None:
    """Shade between the deciles of the single events, and draw the largest of them with their dates."""
    if each.shape[1] < 2:
        return
    low, high = each.quantile(DECILES[0], axis=1), each.quantile(DECILES[1], axis=1)
    place.fill_between(each.index, low, high, color=drawing.MUTED, alpha=0.16, linewidth=0)
    place.plot(each.index, each.median(axis=1), color=drawing.INK, linewidth=0.9, linestyle=":", label="_median")
    ends = each.ffill().iloc[-1].abs().sort_values(ascending=False, kind="stable")
    largest = [str(event) for event in ends.index[:LARGEST]] if each.shape[1] > 2 * LARGEST else []
    for event, label in zip(largest, _dates([instants[event] for event in largest]), strict=True):
        place.plot(each.index, each[event], color=drawing.MUTED, linewidth=0.7, label=label)


def _dates(instants: Sequence[Any]) -> list[str]:
    """Return the months of events, or their days where two are of one month."""
    months = [f"{pd.Timestamp(at):%Y-%m}" for at in instants]
    return months if len(set(months)) == len(months) else [f"{pd.Timestamp(at):%Y-%m-%d}" for at in instants]


def _limit(place: Axes, each: pd.DataFrame, shade: pd.DataFrame) -> None:
    """Limit the vertical axis to the fan and the band with room for the events that went furthest."""
    fan = each.quantile(list(DECILES), axis=1).to_numpy(float) if each.columns.size else np.empty(0)
    kept = np.concatenate([fan.ravel(), shade[["lower", "upper"]].to_numpy(float).ravel()])
    kept = kept[np.isfinite(kept)]
    if not kept.size:
        return
    low, high = float(kept.min()), float(kept.max())
    room = 0.75 * max(high - low, 1e-12)
    ends = each.to_numpy(float)
    least, most = min(low, float(np.nanmin(ends))), max(high, float(np.nanmax(ends)))
    place.set_ylim(max(low - room, least), min(high + room, most))
    drawing.mark_cut(place, "event", above=most > high + room, below=least < low - room)


def draw_events(by_event: pd.DataFrame, name: str, ax: Axes | None) -> Axes:
    """Draw the response of one instrument to every event with its interval, in time order; hollow: it holds 0."""
    rows = by_event[(by_event["instrument"] == name) & by_event["estimate"].notna()].set_index("event")
    if rows.empty:
        raise InputError(f"{name} has no event to draw.")
    ax = drawing.axes(ax, rows=max(1, len(rows) // 6))
    drawing.intervals(ax, rows, names=[name] * len(rows), hollow=drawing.holds_zero(rows))
    drawing.zero_line(ax, vertical=True)
    ax.set_xlabel(drawing.axis_label(f"{name}, cumulated", rows["unit"].iloc[0]))
    return ax


def draw_forest(frame: pd.DataFrame, names: list[str], ax: Axes | None, *, rows: int) -> Axes:
    """Draw the response to every event with its interval, in lanes: one per instrument, each on a scale of its own.

    A mark beyond the edge of its lane is an arrow there. No instrument is left out silently: of more than eight the
    last panel says how many stand in the table alone.
    """
    events = list(dict.fromkeys(frame["event"]))
    known = [name for name in names if frame.loc[frame["instrument"] == name, "estimate"].notna().any()]
    shown = known[:INSTRUMENTS]
    parts = [(some, lanes) for some in _shared_out(events, ROWS) for lanes in _shared_out(shown, LANES)]
    ax = drawing.axes(ax, rows=rows)
    places = drawing.panels(ax, [""] * len(parts), share=False) if len(parts) > 1 else [ax]
    for place, (some, lanes) in zip(places, parts, strict=True):
        _draw_lanes(place, frame[frame["event"].isin(some)], some, lanes, _reaches(frame, lanes))
    if len(known) > len(shown):
        rest = len(known) - len(shown)
        places[-1].set_xlabel(f"{rest} other{'s' if rest > 1 else ''}: in the table")
    return ax


def mute(ax: Axes, names: Sequence[str]) -> None:
    """Write the events that are not among the names in grey, so that those stand out; nothing where there are none."""
    figure: Any = ax.figure
    labels = [label for panel in figure.axes for label in panel.get_yticklabels()] if names else []
    for label in labels:
        if label.get_text() not in names:
            label.set_color(drawing.MUTED)


def _shared_out(items: list[str], most: int) -> list[list[str]]:
    """Return items in as few parts as hold them, of nearly one size."""
    count = -(-len(items) // most) or 1
    return [part.tolist() for part in np.array_split(np.array(items, dtype=object), count)]


def _reaches(frame: pd.DataFrame, lanes: list[str]) -> dict[str, float]:
    """Return for each instrument the value at the edge of its lane, which few intervals exceed."""
    ends = frame[["lower", "upper"]].abs().max(axis=1).fillna(frame["estimate"].abs())
    return {name: float(ends[frame["instrument"] == name].quantile(0.9)) or 1.0 for name in lanes}


def _draw_lanes(
    place: Axes, frame: pd.DataFrame, events: list[str], lanes: list[str], reaches: dict[str, float]
) -> None:
    heads = []
    for lane, name in enumerate(lanes):
        rows = frame[frame["instrument"] == name].set_index("event").reindex(events)
        look, reach = drawing.look(name), reaches[name]
        shares = np.clip(rows[["estimate", "lower", "upper"]].to_numpy(float) / reach, -1, 1)
        numbers = lane + _EDGE * shares
        lines = [((low, row), (high, row)) for row, (_, low, high) in enumerate(numbers)]
        drawing.segments(place, lines, look.colour, 1.4)
        sure, at = ~np.array(drawing.holds_zero(rows)), shares[:, 0]
        for where, shape in ((np.abs(at) < 1, look.marker), (at >= 1, ">"), (at <= -1, "<")):
            for told, fill in ((sure & where, look.colour), (~sure & where, drawing.PAPER)):
                mark: Any = {"marker": shape, "markersize": 4, "linestyle": "none", "markerfacecolor": fill}
                place.plot(numbers[told, 0], np.flatnonzero(told), color=look.colour, **mark)
        drawing.zero_line(place, float(lane), vertical=True)
        unit = rows["unit"].dropna()
        decimals = decimals_of("", str(unit.iloc[0]) if len(unit) else "")
        drawing.readable_rows(place, rows, events, label=name, decimals=2 if decimals is None else decimals)
        heads.append(f"{drawing.shortened(name, 42.0, 8.5)}\n±{reach:.2g} {unit.iloc[0] if len(unit) else ''}".rstrip())
    place.set_xticks(range(len(lanes)), heads)
    place.set_xlim(-0.5, len(lanes) - 0.5)
    place.set_yticks(range(len(events)), events)
    place.set_ylim(len(events) - 0.5, -0.5)
    place.grid(visible=False, axis="x")


@dataclass(frozen=True)
class Ridge:
    """The placebo studies of one instrument, the value of the events among them, and its p-value."""

    name: str
    drawn: npt.NDArray[np.float64]
    observed: float
    p_value: float


def draw_placebos(placebos: pd.DataFrame, tests: pd.DataFrame, name: str, ax: Axes | None) -> Axes:
    """Draw the date-mean t of the placebo studies of one instrument and that of the events."""
    drawn = placebos[name].to_numpy(float)
    if not np.isfinite(drawn).any():
        raise InputError(f"{name} has no placebo study; the data hold too few dates without an event.")
    rows: Any = tests.set_index(["instrument", "test"])
    observed = float(rows.loc[(name, "date_mean_t"), "statistic"])
    p_value = float(rows.loc[(name, "placebo_randomisation"), "p_value"])
    ax = drawing.axes(ax)
    draw_ridges(ax, [Ridge(name, drawn, observed, p_value)], level=0.05)
    return ax


def draw_ridges(ax: Axes, ridges: Sequence[Ridge], *, level: float) -> None:
    """Draw placebo values as ridges above each other at the range of the data, and the events' own as marks on them."""
    every = np.concatenate([each.drawn[np.isfinite(each.drawn)] for each in ridges])
    observed = [each.observed for each in ridges if np.isfinite(each.observed)]
    low, high = (float(end) for end in np.quantile(every, [0.0005, 0.9995]))
    low, high = min([low, *observed]), max([high, *observed])
    edges = np.linspace(low, high, 49) if high > low else np.array([low - 0.5, low + 0.5])
    for row, each in enumerate(ridges):
        counts, _ = np.histogram(each.drawn[np.isfinite(each.drawn)], bins=edges)
        foot = float(len(ridges) - 1 - row)
        ax.stairs(foot + 0.85 * counts / max(1, counts.max()), edges, baseline=foot, fill=True, color=drawing.MUTED,
                  alpha=0.35)  # fmt: skip
        look, told = drawing.look(each.name), each.p_value <= level
        ax.plot([each.observed] * 2, [foot, foot + 0.85], color=look.colour, linewidth=2.2 if told else 1.2)
        mark: Any = {"marker": look.marker, "markersize": 6, "markerfacecolor": look.colour if told else drawing.PAPER}
        ax.plot([each.observed], [foot + 0.12], color=look.colour, **mark)
    own = pd.DataFrame({"estimate": [each.observed for each in reversed(ridges)]})
    drawing.readable_rows(ax, own, [_told(each) for each in ridges][::-1], label="t", decimals=2, height=0.3)
    ax.set_yticks([len(ridges) - 1 - row + 0.3 for row in range(len(ridges))], [_told(each) for each in ridges])
    ax.set_ylim(-0.08, len(ridges))
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("t of the mean over dates: placebo studies (grey) and the events (mark)")


def _told(each: Ridge) -> str:
    p = "no p (chosen)" if np.isnan(each.p_value) else f"p = {each.p_value:.3f}"
    return f"{each.name} {p}"
