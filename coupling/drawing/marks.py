"""The marks that results draw: lines with bands, intervals, bars, heat maps and event marks.

Reached through `coupling.drawing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.drawing.looks import INK, MUTED, Look, look
from coupling.drawing.readings import readable_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bars", "heat_map", "intervals", "mark_events", "path", "zero_line"]


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
        ax.fill_between(
            x,
            lower.to_numpy(),
            upper.to_numpy(),
            facecolor=(look.colour, 0.16),
            edgecolor=(look.colour, 0.7),
            linewidth=0.4,
        )


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
        Which marks are drawn hollow: those that are not significant after adjustment.
    """
    labels = [" – ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in frame.index]
    for row, name in enumerate(names or labels):
        each, (estimate, lower, upper) = look(name), frame[["estimate", "lower", "upper"]].to_numpy(float)[row]
        ax.plot([lower, upper], [row, row], color=each.colour, linewidth=2.2, solid_capstyle="butt")
        filled: dict[str, Any] = {} if hollow is None or not hollow[row] else {"markerfacecolor": "none"}
        ax.plot([estimate], [row], color=each.colour, marker=each.marker, markersize=6, linestyle="none", **filled)
    shown = [label.replace("_", " ") for label in labels] if names else labels
    ax.set_yticks(range(len(labels)), shown)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")


def bars(ax: Axes, values: pd.Series, *, unit: str = "", decimals: int = 1) -> None:
    """Draw horizontal bars from the top, each with its value written at its end."""
    labels = [str(key) for key in values.index]
    numbers = values.to_numpy(float)
    drawn = ax.barh(range(len(labels)), numbers, color=[look(name).colour for name in labels], height=0.62)
    ax.bar_label(drawn, [f"{number:.{decimals}f}{unit}" for number in numbers], padding=3, color=INK, fontsize=8.5)
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.margins(x=0.14)
    ax.grid(visible=False, axis="y")


def heat_map(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    unit: str = "",
    decimals: int = 2,
    limit: float | None = None,
    diverging: bool = True,
) -> None:
    """Draw a table as coloured cells with the numbers written in them (seaborn).

    Parameters
    ----------
    ax : Axes
    frame : DataFrame
        Numbers; the index runs down, the columns across.
    unit : str
        Said below the map, since cells have no room for it.
    decimals : int
    limit : float, optional
        Value at which the colour is full; the largest absolute value by default.
    diverging : bool
        Two colours around zero, or one colour from zero up.
    """
    import seaborn as sns

    values = frame.to_numpy(float)
    full = limit if limit is not None else float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    palette, low = ("vlag", -full) if diverging else ("Blues", 0.0)
    sns.heatmap(
        frame,
        ax=ax,
        annot=True,
        fmt=f".{decimals}f",
        cmap=palette,
        vmin=low,
        vmax=full,
        cbar=False,
        square=False,
        linewidths=0,
        annot_kws={"fontsize": 8.5 if values.shape[1] < 8 else 6.5},
    )
    cells = np.asarray(ax.collections[0].get_facecolor())
    for text, colour in zip(ax.texts, cells[np.isfinite(values).ravel()], strict=True):
        text.set_color(_readable_on(colour))
    ax.tick_params(length=0, rotation=0)
    ax.set_ylabel("")
    ax.set_xlabel(f"cells in {unit}" if unit else "")
    ax.grid(visible=False)


def _readable_on(colour: Any) -> str:
    """Return black or white, whichever has more contrast (WCAG) on a colour; it is at least 4.5:1."""
    rgb = np.asarray(colour, dtype=float)[:3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "#000000" if float(linear @ [0.2126, 0.7152, 0.0722]) > 0.179 else "#ffffff"


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
