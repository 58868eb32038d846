"""Paths by hours around events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["IntradayResult"]


@dataclass(frozen=True, kw_only=True)
class IntradayResult(Result):
    """One row per event, instrument and hour, with the interval that ordinary moves of that length allow."""

    @property
    def sentence(self) -> str:
        """Say how many paths left what is ordinary, and which went furthest."""
        outside = (self.frame["lower"] > 0) | (self.frame["upper"] < 0)
        after = self.frame.assign(outside=outside & (self.frame["hour"] > 0))
        beyond = after.groupby(["event", "instrument"], sort=False)["outside"].any()
        return (
            f"{int(beyond.sum())} of {len(beyond)} paths are, at some hour after the instant, beyond what moves of "
            "that length usually are (hour by hour, not for all hours at once)."
        )

    def summary(self) -> pd.DataFrame:
        """The hours 1, 3, 6, 12 and 24 of every path, and the hour of its extreme."""
        rows = self.frame[self.frame["hour"] > 0]
        furthest = rows.loc[
            rows.groupby(["event", "instrument"], sort=False)["estimate"].apply(lambda v: v.abs().idxmax())
        ]
        wide = rows[rows["hour"].isin([1, 3, 6, 12, 24])].pivot_table(
            index=["event", "instrument"], columns="hour", values="estimate", sort=False
        )
        wide.columns = [f"after {hour} h" for hour in wide.columns]
        ends = furthest.set_index(["event", "instrument"])[["unit", "hour", "estimate", "lower", "upper"]]
        return ends.rename(columns={"hour": "furthest_hour"}).join(wide)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the paths, one panel per instrument."""
        from coupling.results import drawing

        names = list(dict.fromkeys(self.frame["instrument"]))
        ax = drawing.axes(ax, rows=len(names))
        places = drawing.panels(ax, names) if len(names) > 1 else [ax]
        for place, name in zip(places, names, strict=True):
            part = self.frame[self.frame["instrument"] == name]
            for event, rows in part.groupby("event", sort=False):
                path = rows.set_index("hour")["estimate"]
                drawing.path(place, path, look=drawing.look(str(event)), label=str(event))
            drawing.zero_line(place)
            place.axvline(0, color="0.6", linewidth=0.8, linestyle=":")
            place.set_ylabel(drawing.axis_label("response", str(part["unit"].iloc[0])))
            drawing.end_labels(place)
        places[-1].set_xlabel("hours after the instant")
        return ax

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return int(self.frame["instrument"].nunique())
