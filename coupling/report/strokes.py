"""Figures of our own as SVG that needs no layout: paths with a band, and marks with their interval.

Places are percentages, so that one drawing serves every width; colours come from classes of the page's style.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from coupling.drawing.looks import THEME, look
from coupling.text.typesetting import typeset

__all__ = ["Axis", "Mark", "hue_of", "marks", "path_panel", "time_axis"]

WIDE, TALL = 700, 200  # the inner box of a path
_STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)
_BAND, _STEP = 3, 2  # how many columns of the box one edge of a band takes
_CLOSE, _EDGE = 4, 8  # ticks: of more the outer two have no number; % of the height at an edge
_APART, _AWAY = 15, 22  # % of the width from one date to the next, and to one that ends at the right side


def hue_of(name: str) -> str:
    """Return the class that gives a drawing the colour of an instrument.

    Examples
    --------
    >>> hue_of("BTC")
    'h-amber'
    """
    return f"h-{THEME[look(name).colour][0]}"


@dataclass(frozen=True)
class Axis:
    """A range of numbers, or of times as numbers, laid out from 0 to 100 %.

    Examples
    --------
    >>> axis = Axis.around([-0.2, 0.6])
    >>> axis.low, axis.high, axis.ticks
    (-0.2, 0.6, (-0.2, 0.0, 0.2, 0.4, 0.6))
    """

    low: float
    high: float
    ticks: tuple[float, ...] = ()

    @classmethod
    def around(cls, values: Iterable[float], *, most: int = 6) -> Axis:
        """Return an axis that holds the values and zero, between two of its ticks."""
        finite = [value for value in values if value is not None and np.isfinite(value)]
        low, high = min([0.0, *finite]), max([0.0, *finite])
        reach = (high - low) or 1.0
        power = float(10.0 ** np.floor(np.log10(reach)))
        step = next(s * p for p in (power / 10, power, power * 10) for s in _STEPS if reach / (s * p) <= most - 1)
        first, last = int(np.floor(low / step + 1e-9)), int(np.ceil(high / step - 1e-9))
        ticks = tuple(round(step * place, 10) + 0.0 for place in range(first, last + 1))
        return cls(ticks[0], ticks[-1] if len(ticks) > 1 else ticks[0] + step, ticks)

    def at(self, value: float) -> float:
        """Return the place of a value in %."""
        return round(100 * (value - self.low) / ((self.high - self.low) or 1.0), 2)


@dataclass(frozen=True)
class Mark:
    """An estimate with its interval; hollow where it is not significant, small where it is what was before."""

    estimate: float
    lower: float | None = None
    upper: float | None = None
    full: bool = True
    before: bool = False


def marks(rows: Sequence[Mark], axis: Axis, *, label: str, hue: str, height: int = 28, grid: bool = True) -> Markup:
    """Return estimates with their intervals below each other on one axis."""
    parts = [_rule(axis.at(tick), zero=tick == 0) for tick in (axis.ticks if grid else (0.0,))]
    gap = height / (len(rows) + 1)
    for place, row in enumerate(rows, start=1):
        parts.append(_mark(row, axis, round(gap * place, 1)))
    return Markup(_svg("".join(parts), label, f"own marks {hue}", height))


def _rule(place: float, *, zero: bool) -> str:
    return f'<line class="{"zero" if zero else "tick"}" x1="{place}%" x2="{place}%" y1="0" y2="100%"/>'


def _mark(row: Mark, axis: Axis, y: float) -> str:
    if not np.isfinite(row.estimate):
        return ""
    kind = "before" if row.before else "full" if row.full else "open"
    bar = ""
    if row.lower is not None and row.upper is not None and np.isfinite(row.lower + row.upper):
        ends = f'x1="{axis.at(row.lower)}%" x2="{axis.at(row.upper)}%"'
        bar = f'<line class="bar {kind}" {ends} y1="{y}" y2="{y}"/>'
    return f'{bar}<circle class="{kind}" cx="{axis.at(row.estimate)}%" cy="{y}" r="{4 if row.before else 5}"/>'


def path_panel(
    path: pd.DataFrame,
    span: tuple[pd.Timestamp, pd.Timestamp],
    axis: Axis,
    *,
    label: str,
    hue: str,
    height: int,
    since: pd.Timestamp | None = None,
    second: pd.DataFrame | None = None,
    steps: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
    numbered: bool = False,
    simulated: bool = False,
) -> Markup:
    """Return a path with its band, and what else is known of it, on one time axis.

    Parameters
    ----------
    path, second : DataFrame
        ``estimate, lower, upper`` by session; the second without its band.
    span : tuple of Timestamp
        First and last session of the axis.
    axis : Axis
    label : str
        Text alternative.
    hue : str
        See `hue_of`.
    height : int
        Pixels.
    since : Timestamp, optional
        From when on the ground is shaded.
    steps, breaks : DataFrame, optional
        ``first, last, estimate`` of regimes; ``first, last`` of what holds a break.
    numbered : bool
        Whether the ticks of the axis are written.
    simulated : bool
        Whether the market is, which is then written across.
    """
    times = Axis(_number(span[0]), _number(span[1]))
    ground = [] if since is None else [_block(times.at(_number(since)), 100.0, "since")]
    ends = [(times.at(_number(row["first"])), times.at(_number(row["last"]))) for row in _rows(breaks)]
    ground += [_block(first, last, "break") for first, last in ends]
    inner = [f'<path class="band" d="{_band(path, times, axis)}"/>']
    inner += [f'<path class="line" d="{_line(path["estimate"], times, axis)}"/>']
    inner += [] if second is None else [f'<path class="second" d="{_line(second["estimate"], times, axis)}"/>']
    inner += [f'<path class="step" d="{_steps(steps, times, axis)}"/>'] if _rows(steps) else []
    box = (
        f'<svg viewBox="0 0 {WIDE} {TALL}" preserveAspectRatio="none" width="100%" height="100%">{"".join(inner)}</svg>'
    )
    levels = [_level(tick, 100 - axis.at(tick)) for tick in (axis.ticks if numbered else (0.0,))]
    told = axis.ticks[1:-1] if len(axis.ticks) > _CLOSE else axis.ticks
    said = [_said(tick, 100 - axis.at(tick)) for tick in told] if numbered else []
    mark = '<text class="simulated-mark" x="50%" y="70%">SIMULATED</text>' if simulated else ""
    return Markup(_svg("".join([*ground, mark, *levels, box, *said]), label, f"own plot {hue}", height))


def time_axis(span: tuple[pd.Timestamp, pd.Timestamp]) -> Markup:
    """Return the dates below a path, as a drawing that a screen reader passes over."""
    times = Axis(_number(span[0]), _number(span[1]))
    texts, last = [], -100.0
    for at, text in _dates(span):
        place = times.at(_number(at))
        if place - last < (_APART if last < 0 or place <= 88 else _AWAY) or place > 100:
            continue
        last, side = place, ' class="to"' if place > 88 else ""
        line = f'<line class="tick" x1="{place}%" x2="{place}%" y2="4"/>'
        texts.append(f'<text x="{place}%" y="12"{side}>{text}</text>{line}')
    return Markup(f'<svg class="own axis" height="16" aria-hidden="true">{"".join(texts)}</svg>')


def _dates(span: tuple[pd.Timestamp, pd.Timestamp]) -> list[tuple[pd.Timestamp, str]]:
    """Return at most seven dates with their labels: years where there are three, else months, else days."""
    days = (span[1] - span[0]).days
    frequency, form = ("YS", "%Y") if days > 900 else ("MS", "%Y-%m") if days > 70 else ("D", "%m-%d")
    every = pd.date_range(span[0], span[1], freq=frequency)
    return [(at, f"{at:{form}}") for at in every[:: max(1, -(-len(every) // 7))]]


def _svg(body: str, label: str, classes: str, height: int) -> str:
    return f'<svg class="{classes}" height="{height}" role="img" aria-label="{escape(typeset(label))}">{body}</svg>'


def _level(value: float, place: float) -> str:
    return f'<line class="{"zero" if value == 0 else "tick"}" x1="0" x2="100%" y1="{place:g}%" y2="{place:g}%"/>'


def _said(value: float, place: float) -> str:
    """Write what a level is worth: on its line, and inside the panel at its edges."""
    shift = 11 if place < _EDGE else -3 if place > 100 - _EDGE else 4
    return f'<text class="level" x="2" y="{place:g}%" dy="{shift}">{f"{value:g}".replace("-", "−")}</text>'


def _block(first: float, last: float, kind: str) -> str:
    first, last = max(first, 0.0), min(last, 100.0)
    if first >= 100 or last <= 0:
        return ""
    return f'<rect class="{kind}" x="{first}%" y="0" width="{max(last - first, 0.2):.2f}%" height="100%"/>'


def _rows(frame: pd.DataFrame | None) -> list[dict[Any, Any]]:
    return [] if frame is None else frame.to_dict("records")


def _number(at: Any) -> float:
    stamp = pd.Timestamp(at)
    return (stamp.tz_convert("UTC").tz_localize(None) if stamp.tz is not None else stamp).timestamp()


def _places(index: pd.Index, times: Axis) -> np.ndarray:
    instants = pd.DatetimeIndex(index)
    plain = instants.tz_convert("UTC").tz_localize(None) if instants.tz is not None else instants
    seconds = plain.to_numpy().astype("datetime64[ns]").astype("int64") / 1e9
    return WIDE * (seconds - times.low) / ((times.high - times.low) or 1.0)


def _heights(values: np.ndarray, axis: Axis) -> np.ndarray:
    return TALL * (axis.high - values) / ((axis.high - axis.low) or 1.0)


def _line(series: pd.Series, times: Axis, axis: Axis) -> str:
    """Draw a line by its lowest and highest value in every column of the box; what is missing stays a gap."""
    x, y = _places(series.index, times), _heights(series.to_numpy(float), axis)
    parts = []
    for piece in _pieces(y):
        kept = _extremes(x[piece], y[piece])
        points = _points(x[piece][kept], y[piece][kept])
        parts.append(f"M{points}{'h0' if ' ' not in points else ''}")
    return "".join(parts)


def _pieces(values: np.ndarray) -> list[np.ndarray]:
    """Return the places of each run of known values."""
    known = np.flatnonzero(np.isfinite(values))
    return np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(known) else []


def _extremes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if len(x) <= WIDE // _STEP:
        return np.arange(len(x))
    column = np.floor(x / _STEP)
    order = np.lexsort((y, column))
    first = np.flatnonzero(np.diff(column[order], prepend=-np.inf))
    last = np.append(first[1:], len(order)) - 1
    return np.unique(np.concatenate([[0, len(x) - 1], order[first], order[last]]))


def _band(path: pd.DataFrame, times: Axis, axis: Axis) -> str:
    """Draw a band by its widest extent in every few columns of the box."""
    x = _places(path.index, times)
    low, high = (_heights(path[end].to_numpy(float), axis) for end in ("lower", "upper"))
    parts = []
    for piece in _pieces(low + high):
        top, bottom = _edge(x[piece], high[piece], np.minimum), _edge(x[piece], low[piece], np.maximum)
        points = _points(*(np.concatenate([there, back[::-1]]) for there, back in zip(top, bottom, strict=True)))
        parts.append(f"M{points}z")
    return "".join(parts)


def _points(x: np.ndarray, y: np.ndarray) -> str:
    return " ".join([f"{a:.0f},{b:.0f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)])


def _edge(x: np.ndarray, y: np.ndarray, outermost: np.ufunc) -> tuple[np.ndarray, np.ndarray]:
    if len(x) <= WIDE // _BAND:
        return x, y
    columns = np.floor(x / _BAND)
    starts = np.flatnonzero(np.diff(columns, prepend=-np.inf))
    places = np.clip((columns[starts] + 0.5) * _BAND, x[0], x[-1])
    places[0], places[-1] = x[0], x[-1]
    return places, outermost.reduceat(y, starts)


def _steps(steps: pd.DataFrame | None, times: Axis, axis: Axis) -> str:
    parts = []
    for row in _rows(steps):
        ends = _places(pd.DatetimeIndex([row["first"], row["last"]]), times)
        height = float(_heights(np.array([row["estimate"]], dtype=float), axis)[0])
        parts.append(f"M{ends[0]:.0f},{height:.0f}H{ends[1]:.0f}" if np.isfinite(height) else "")
    return "".join(parts)
