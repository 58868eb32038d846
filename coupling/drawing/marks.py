"""The marks that results draw: lines with bands, intervals, bars, heat maps and event marks.

Reached through `coupling.drawing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.drawing.looks import AMBER, BLUE, INK, MUTED, PAPER, Look, look
from coupling.drawing.readings import readable_line, readable_rows
from coupling.drawing.sketch import Sketch, as_sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "band",
    "clip_to",
    "heat_map",
    "holds_zero",
    "intervals",
    "mark_cut",
    "mark_events",
    "path",
    "segments",
    "zero_line",
]

_FEW, _SOME = 8, 12  # columns of a map: fewer have names and full letters, more have no numbers in their cells
_LETTERS = 9  # of a name that fits below a column
_SHADES = 63  # of one hue
_THICKEST = 0.5  # opacity of a full tint: what is written on it keeps a contrast of 4.5 in light and dark


def path(
    ax: Axes,
    estimate: pd.Series,
    lower: pd.Series | None = None,
    upper: pd.Series | None = None,
    *,
    look: Look,
    label: str = "",
    decimals: int | None = None,
) -> None:
    """Draw an estimate as a line and its interval as a band; gaps in the data stay gaps.

    The page lets every value be read off, with as many `decimals` as the unit of the vertical axis has by default.

    A line with a label stands among others, so it carries a few markers of its own, which tell it apart in grey;
    short lines carry their dash as well.
    """
    readable_line(ax, estimate, lower, upper, label=label, decimals=decimals)
    x = _instants(estimate.index)
    apart: dict[str, Any] = {}
    if label:
        apart = {"marker": look.marker, "markersize": 3.6, "markevery": max(1, len(x) // 9)}
        apart["linestyle"] = look.line_style if len(x) <= 120 else "-"
    ax.plot(x, estimate.to_numpy(), color=look.colour, label=label or "_estimate", **apart)
    if lower is not None and upper is not None:
        band(ax, lower, upper, look=look)


def band(ax: Axes, lower: pd.Series, upper: pd.Series, *, look: Look, strength: float = 0.16) -> None:
    """Shade between two lines, with thin edges; gaps in the data stay gaps."""
    edges: Any = {"edgecolor": (look.colour, 0.7), "linewidth": 0.4}
    low, high = lower.to_numpy(float), upper.to_numpy(float)
    ax.fill_between(_instants(lower.index), low, high, facecolor=(look.colour, strength), **edges)


def clip_to(ax: Axes, *values: pd.Series) -> None:
    """Limit the vertical axis to what values span, and no band wider than twice the span of the first of them.

    Where a band is cut the axes say so by an arrow at its edge.
    """
    spans = [each.to_numpy(float)[np.isfinite(each.to_numpy(float))] for each in values]
    if not spans[0].size:
        return
    low, high = float(spans[0].min()), float(spans[0].max())
    room = max(high - low, 1e-12)
    ends = np.concatenate(spans)
    bottom, top = max(float(ends.min()), low - room), min(float(ends.max()), high + room)
    ax.set_ylim(bottom - 0.05 * room, top + 0.05 * room)
    mark_cut(ax, "band", above=bool(ends.max() > top), below=bool(ends.min() < bottom))


def mark_cut(ax: Axes, what: str, *, above: bool, below: bool) -> None:
    """Say by an arrow at the edge of axes that something goes on beyond them."""
    for cut, edge, sign in ((above, 1, "\N{BLACK UP-POINTING SMALL TRIANGLE}"),
                            (below, 0, "\N{BLACK DOWN-POINTING SMALL TRIANGLE}")):  # fmt: skip
        if cut:
            place: Any = {"xycoords": "axes fraction", "ha": "right", "va": "top" if edge else "bottom"}
            ax.annotate(f"{sign} {what} cut", (0.995, edge), color=MUTED, fontsize=8.5, **place)


def holds_zero(frame: pd.DataFrame) -> list[bool]:
    """Return by row whether an interval, ``lower`` to ``upper``, does not leave out 0."""
    return (~((frame["lower"] > 0) | (frame["upper"] < 0))).tolist()


def intervals(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    names: Sequence[str] | None = None,
    hollow: Sequence[bool] | np.ndarray | None = None,
) -> None:
    """Draw one estimate per row of a frame as a dot with its interval, labels on the vertical axis.

    Parameters
    ----------
    ax : Axes
    frame : DataFrame
        Columns ``estimate, lower, upper``; the index gives the labels, drawn from the top.
    names : sequence of str, optional
        Instrument whose look each row takes; the labels themselves by default.
    hollow : sequence of bool, optional
        Which marks are drawn hollow, with a thin line: those that are not significant after adjustment.
    """
    labels = [" – ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in frame.index]
    looks = [look(name) for name in names or labels]
    sure = [True] * len(looks) if hollow is None else [not each for each in hollow]
    numbers = frame[["estimate", "lower", "upper"]].to_numpy(float)
    lines = [((low, row), (high, row)) for row, (_, low, high) in enumerate(numbers)]
    widths = [2.2 if each else 1.2 for each in sure]
    segments(ax, lines, [each.colour for each in looks], widths)
    groups: dict[tuple[Look, bool], list[int]] = {}
    for row, key in enumerate(zip(looks, sure, strict=True)):
        groups.setdefault(key, []).append(row)
    for (each, filled), rows in groups.items():
        mark: Any = {"marker": each.marker, "markersize": 6, "linestyle": "none", "color": each.colour}
        ax.plot(numbers[rows, 0], rows, markerfacecolor=each.colour if filled else PAPER, **mark)
    ax.autoscale_view()
    shown = [label.replace("_", " ") for label in labels] if names else labels
    readable_rows(ax, frame, shown)
    ax.set_yticks(range(len(labels)), shown)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")


def segments(ax: Axes, lines: Sequence[Any], colours: str | Sequence[str], widths: float | Sequence[float]) -> None:
    """Draw many straight lines, each from one point to another, as one collection."""
    sketch = as_sketch(ax)
    if sketch is not None:
        sketch.segments(lines, colours, widths)
        return
    from matplotlib.collections import LineCollection

    ax.add_collection(LineCollection(lines, colors=colours, linewidths=widths))


def heat_map(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    unit: str = "",
    decimals: int = 2,
    limit: float | None = None,
    diverging: bool = True,
    triangle: bool = False,
) -> None:
    """Draw a table as tinted cells with the numbers written in them (seaborn); it is right on light and dark paper.

    Parameters
    ----------
    ax : Axes
    frame : DataFrame
        Numbers; the index runs down, the columns across. Where names are many or long both sides are numbered, and the
        names stand on the left alone.
    unit : str
        Said below the map, since cells have no room for it.
    decimals : int
    limit : float, optional
        Value at which the colour is full; the largest absolute value by default.
    diverging : bool
        Blue above zero and amber below, or one colour from zero up.
    triangle : bool
        Draw a symmetric table by what lies below its diagonal alone.
    """
    shown = frame.iloc[1:, :-1] if triangle else frame
    hidden = np.triu(np.ones(shown.shape, dtype=bool), 1) if triangle else np.zeros(shown.shape, dtype=bool)
    values = np.where(hidden, np.nan, shown.to_numpy(float))
    full = limit if limit is not None else float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    small = shown.shape[1] > _FEW
    sketch = as_sketch(ax)
    draw = partial(_with_seaborn, ax) if sketch is None else partial(_tinted, sketch)
    draw(values, full, fmt=f".{decimals}f" if shown.shape[1] <= _SOME else "", diverging=diverging, small=small)
    for text in ax.texts:
        text.set_text(text.get_text().replace("-", "\N{MINUS SIGN}"))
    _name_cells(ax, frame, triangle=triangle)
    ax.set_xlabel(f"cells in {unit}" if unit else "")
    ax.set_ylabel("")
    ax.grid(visible=False)


def _with_seaborn(ax: Axes, values: Any, full: float, *, fmt: str, diverging: bool, small: bool) -> None:
    import seaborn as sns

    sns.heatmap(
        pd.DataFrame(values),
        ax=ax,
        annot=bool(fmt),
        fmt=fmt,
        cmap=_tints(diverging=diverging),
        vmin=-full if diverging else 0.0,
        vmax=full,
        cbar=False,
        linewidths=0,
        annot_kws={"fontsize": 7.0 if small else 8.5, "color": INK},
    )
    ax.tick_params(length=0, rotation=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _tinted(ax: Sketch, values: Any, full: float, *, fmt: str, diverging: bool, small: bool) -> None:
    """Draw what seaborn draws on axes of matplotlib; cells of one tint are one mark."""
    ax.is_framed = False
    ax.set_xlim(0, values.shape[1])
    ax.set_ylim(values.shape[0], 0)
    known = np.isfinite(values)
    shares = np.clip(np.where(known, values, 0.0) / full, -1.0 if diverging else 0.0, 1.0)
    steps = np.rint(_SHADES * shares).astype(int)
    for step in np.unique(steps[known]).tolist():
        colour = AMBER if step < 0 else BLUE
        ax.tint(np.argwhere(known & (steps == step)), colour, _THICKEST * abs(step) / _SHADES)
    for row, column in np.argwhere(known).tolist() if fmt else ():
        words: Any = {"fontsize": 7.0 if small else 8.5, "ha": "center", "va": "center"}
        ax.text(column + 0.5, row + 0.5, f"{values[row, column]:{fmt}}", **words)


def _name_cells(ax: Axes, frame: pd.DataFrame, *, triangle: bool) -> None:
    """Write the names of rows and columns, by their numbers where they are many or long."""
    rows, columns = [str(name) for name in frame.index], [str(name) for name in frame.columns]
    if len(columns) > _FEW - 1 or max(map(len, columns)) > _LETTERS:
        numbers = {name: place + 1 for place, name in enumerate(dict.fromkeys([*rows, *columns]))}
        rows, columns = [f"{numbers[name]} {name}" for name in rows], [str(numbers[name]) for name in columns]
    rows, columns = (rows[1:], columns[:-1]) if triangle else (rows, columns)
    step = 1 if len(columns) <= _SOME else 2  # more numbers than that would touch
    ax.set_xticks(np.arange(0, len(columns), step) + 0.5, columns[::step])
    ax.set_yticks(np.arange(len(rows)) + 0.5, rows)


@cache
def _tints(*, diverging: bool) -> Any:
    """Return a scale of one hue laid ever thicker over the paper, and of another for what lies below zero."""
    from matplotlib.colors import ListedColormap, to_rgba

    steps = np.linspace(0.0, _THICKEST, _SHADES + 1)
    above = [to_rgba(BLUE, float(step)) for step in steps]
    below = [to_rgba(AMBER, float(step)) for step in steps[::-1]] if diverging else []
    return ListedColormap([*below, *above])


def mark_events(ax: Axes, instants: Iterable[pd.Timestamp], labels: Sequence[str] | None = None) -> None:
    """Mark dated events by thin dotted verticals, with short labels at the top where given."""
    for position, instant in enumerate(instants):
        x = _instants(pd.DatetimeIndex([instant]))[0]
        ax.axvline(x, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        if labels is not None:
            ax.annotate(
                labels[position],
                (x, 1),
                xycoords=("data", "axes fraction"),
                xytext=(2, -2),
                textcoords="offset points",
                rotation=90,
                va="top",
                fontsize=7.5,
                color=MUTED,
            )


def zero_line(ax: Axes, value: float = 0.0, *, vertical: bool = False) -> None:
    """Draw the line of no effect."""
    draw = ax.axvline if vertical else ax.axhline
    draw(value, color=MUTED, linewidth=0.9, zorder=1)


def _instants(index: pd.Index) -> Any:
    if isinstance(index, pd.DatetimeIndex):
        return index.tz_convert("UTC").tz_localize(None).to_numpy() if index.tz is not None else index.to_numpy()
    return index.to_numpy()
