"""How a fitted estimator shows in a notebook: its numbers with their intervals, and a figure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.errors import CouplingError
from coupling.text.notebook import frame_html

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SHOWN", "Estimated"]

SHOWN = 12
"""Pairs that a notebook shows of a fit."""

_PANELS = 4
_FEW = 2  # points: fewer are no path


class Estimated:
    """What a notebook shows of an estimator: scikit-learn's diagram has no number in it.

    A subclass says what it has learned by `_paths` or `_numbers`, and by `_dots` or `_matrix` what is drawn where
    there is neither a path nor an interval.
    """

    def _paths(self) -> dict[str, pd.DataFrame]:
        """Return frames with ``estimate`` and, where there are any, ``lower`` and ``upper``, by what they are of."""
        return {}

    def _numbers(self) -> pd.DataFrame:
        """Return the table: the last estimate of each path, or ``table_``."""
        paths = self._paths()
        if hasattr(self, "table_") or not paths:
            return _by_pair(getattr(self, "table_", pd.DataFrame()))
        rows = {name: path.dropna(subset="estimate").iloc[-1:] for name, path in paths.items()}
        known = {name: row.rename_axis("at").reset_index() for name, row in rows.items() if len(row)}
        if not known:
            return pd.DataFrame()
        return pd.concat(known).droplevel(1).rename_axis("of")

    def _intervals(self) -> pd.DataFrame:
        """Return ``estimate, lower, upper`` by what they are of, where they are drawn."""
        rows = self._numbers().rename(columns={"difference": "estimate"})
        return rows if {"estimate", "lower", "upper"} <= set(rows.columns) else pd.DataFrame()

    def _dots(self) -> pd.DataFrame:
        """Return values by what they are of, one column for each mark."""
        return pd.DataFrame()

    def _matrix(self) -> pd.DataFrame:
        """Return a table that is drawn as a heat map."""
        return pd.DataFrame()

    def _repr_html_(self) -> str:
        heading = f"<h4>{escape(type(self).__name__)}</h4><p><code>{escape(repr(self))}</code></p>"
        if not any(name.endswith("_") and not name.startswith("__") for name in vars(self)):
            return heading + "<p>Not fitted yet: call <code>fit</code>.</p>"
        caution = str(getattr(self, "caution_", ""))
        told = f"<p>{escape(caution)}</p>" if caution else ""
        try:
            return heading + told + _figure(self) + frame_html(self._numbers()) + _left_out(self)
        except CouplingError as error:
            return f"{heading}{told}<p>{escape(str(error))}</p>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _left_out(estimator: Estimated) -> str:
    pairs = len(getattr(getattr(estimator, "correlation_", None), "columns", ()))
    return f"<p><small>The first {SHOWN} of {pairs:,} pairs.</small></p>" if pairs > SHOWN else ""


def _by_pair(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a row per pair under the names of its pairs."""
    for ends, joint in ((["left", "right"], " – "), (["source", "target"], " → ")):
        if set(ends) <= set(table.columns):
            names = [joint.join(map(str, pair)) for pair in table[ends].to_numpy()]
            return table.drop(columns=ends).set_axis(pd.Index(names, name="pair"), axis=0)
    return table


def _figure(estimator: Estimated) -> str:
    from coupling.drawing import picture

    paths = {name: path for name, path in estimator._paths().items() if len(path) > _FEW}
    first = dict(list(paths.items())[:_PANELS])
    rows, dots, matrix = estimator._intervals(), estimator._dots(), estimator._matrix()
    title = type(estimator).__name__
    if first:
        return picture(_of_paths(first), title)
    if len(matrix):
        return picture(_of_matrix(matrix), title)
    if len(rows):
        return picture(_of_rows(rows.head(SHOWN)), title)
    return picture(_of_dots(dots.head(SHOWN)), title) if len(dots) else ""


def _of_paths(paths: dict[str, pd.DataFrame]) -> Any:
    from coupling import drawing

    def draw(ax: Axes) -> None:
        panels = drawing.panels(ax, list(paths))
        for panel, (name, path) in zip(panels, paths.items(), strict=True):
            band = (path["lower"], path["upper"]) if {"lower", "upper"} <= set(path.columns) else (None, None)
            drawing.zero_line(panel)
            drawing.path(panel, path["estimate"], *band, look=drawing.look(name.split(" – ")[-1]))
        index = next(iter(paths.values())).index
        if isinstance(index, pd.DatetimeIndex):
            drawing.time_axis(panels[-1], str(index.name or ""))
        else:
            panels[-1].set_xlabel(str(index.name or ""))

    return drawing.drawn(draw, rows=len(paths))


def _of_rows(rows: pd.DataFrame) -> Any:
    from coupling import drawing

    def draw(ax: Axes) -> None:
        drawing.intervals(ax, rows.astype(dict.fromkeys(("estimate", "lower", "upper"), float)))
        drawing.zero_line(ax, vertical=True)

    return drawing.drawn(draw, rows=max(1, len(rows) // 4))


def _of_matrix(matrix: pd.DataFrame) -> Any:
    from coupling import drawing

    return drawing.drawn(
        lambda ax: drawing.heat_map(ax, matrix, decimals=1, diverging=False), rows=max(1, len(matrix) // 3)
    )


def _of_dots(dots: pd.DataFrame) -> Any:
    from coupling import drawing

    def draw(ax: Axes) -> None:
        for place, name in enumerate(dots.columns):
            each = drawing.look(str(name))
            values = dots[name].to_numpy(float)
            fill = each.colour if place == len(dots.columns) - 1 else "none"
            ax.plot(values, range(len(dots)), each.marker, color=each.colour, markerfacecolor=fill, label=str(name))
        ax.set_yticks(range(len(dots)), [str(name) for name in dots.index])
        ax.set_ylim(len(dots) - 0.5, -0.5)
        drawing.zero_line(ax, vertical=True)
        ax.legend(loc="best", frameon=False)

    return drawing.drawn(draw, rows=max(1, len(dots) // 4))
