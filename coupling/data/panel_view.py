"""How a panel shows in a notebook: what it holds, its levels with the newest first read, and what was dropped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from coupling.limits.budget import count
from coupling.text.notebook import frame_html

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["panel_html"]

_LAST = 5
_PANELS = 6


class ShownPanel(Protocol):
    """What is shown of a panel."""

    @property
    def levels(self) -> pd.DataFrame: ...

    @property
    def table(self) -> pd.DataFrame: ...

    @property
    def flags(self) -> tuple[str, ...]: ...

    @property
    def alignment(self) -> Any: ...

    @property
    def provenance(self) -> Any: ...

    @property
    def instruments(self) -> Any: ...

    @property
    def sessions(self) -> Any: ...


def panel_html(panel: ShownPanel) -> str:
    """Return the levels of a panel as figure and table, with the rows that its rule kept and dropped."""
    ticks = panel.levels.index
    first, last = map(panel.sessions.of, (ticks[0], ticks[-1]))
    rule = str(panel.alignment.rule).replace("_", " ")
    span = f"{count(len(ticks), 'observation time')} from {first} to {last}, rule: {rule}."
    simulated = "<p><strong>SIMULATED market</strong></p>" if panel.provenance.simulated else ""
    flags = "".join(f"<li>{escape(flag)}</li>" for flag in panel.flags)
    return (
        f"{simulated}<h4>Panel: {escape(', '.join(map(str, panel.levels.columns)))}</h4><p>{escape(span)}</p>"
        f"{f'<ul>{flags}</ul>' if flags else ''}{_figure(panel)}"
        f"<p>Levels</p>{frame_html(_levels(panel))}<p>Observations kept and dropped</p>{frame_html(panel.table)}"
    )


def _levels(panel: ShownPanel) -> pd.DataFrame:
    """Return the last levels, by instrument and unit, the newest session last."""
    rows = panel.levels.iloc[-_LAST:]
    sessions = [str(panel.sessions.of(tick)) for tick in rows.index]
    table = rows.T.set_axis(sessions, axis=1)
    table.insert(0, "unit", [panel.instruments[str(name)].unit for name in table.index])
    return table.rename_axis("instrument")


def _figure(panel: ShownPanel) -> str:
    from coupling import drawing

    names = list(panel.levels.columns[:_PANELS])

    def draw(ax: Axes) -> None:
        places = drawing.panels(ax, [str(name) for name in names])
        for place, name in zip(places, names, strict=True):
            drawing.path(place, panel.levels[name], look=drawing.look(str(name)))
            place.set_ylabel(panel.instruments[str(name)].unit)
        drawing.time_axis(places[-1], "observation time (UTC)")

    return drawing.picture(drawing.drawn(draw, rows=len(names)), "Levels")
