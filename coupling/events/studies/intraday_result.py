"""Paths by hours around events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coupling.events import judge
from coupling.events.responses import spanned
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.results.verdicts import Responds
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["IntradayResult"]

MOST_PANELS = 8


@dataclass(frozen=True, kw_only=True)
class IntradayResult(Result):
    """One row per event, instrument and hour, with the interval that ordinary moves of that length allow.

    ``counted_from`` says what the hours are counted from: the instant, or the start of the local day where only the day
    is known.

    Parameters
    ----------
    titles : dict of str to str
        What prose calls an event.
    """

    titles: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Say how many paths left what is ordinary, and how far the first instrument went at most."""
        ends = zip(self.frame["lower"], self.frame["upper"], strict=True)
        outside = [judge.unusual(*each) is Responds.RESPONDS for each in ends]
        after = self.frame.assign(outside=(self.frame["hour"] > 0) & np.array(outside))
        after = after[after["counted_from"] == "instant"] if (after["counted_from"] == "instant").any() else after
        beyond = after.groupby(["event", "instrument"], sort=False)["outside"].any()
        furthest = self._furthest().reset_index()
        first = furthest[furthest["instrument"] == furthest["instrument"].iloc[0]]
        told = tuple(
            f"{self.titles.get(row.event, row.event)} {spanned(row.estimate, math.nan, math.nan, row.unit)} after "
            f"{count(row.hour, 'hour')}"
            for row in first.itertuples()
        )
        counted = (
            f"{int(beyond.sum())} of {count(len(beyond), 'path')} from a known instant leave, at some hour after it, "
            "the usual range of moves of that length (pointwise, not for all hours at once)."
        )
        name = first["instrument"].iloc[0]
        return Passage(counted, Sentence(f"Largest move of {name}, by the last value of each hour:", told))

    def _furthest(self) -> pd.DataFrame:
        rows = self.frame[self.frame["hour"] > 0]
        places = rows["estimate"].abs().groupby([rows["event"], rows["instrument"]], sort=False).idxmax()
        names = ["counted_from", "unit", "hour", "estimate", "lower", "upper"]
        return rows.loc[places].set_index(["event", "instrument"])[names]

    def summary(self) -> pd.DataFrame:
        """The hours 1, 3, 6, 12 and 24 of every path, and the hour of its extreme."""
        rows = self.frame[self.frame["hour"] > 0]
        wide = rows[rows["hour"].isin([1, 3, 6, 12, 24])].pivot_table(
            index=["event", "instrument"], columns="hour", values="estimate", sort=False
        )
        wide.columns = [f"after {hour} h" for hour in wide.columns]
        return self._furthest().rename(columns={"hour": "furthest_hour"}).join(wide)

    @property
    def _drawn(self) -> list[tuple[str, str]]:
        pairs = self.frame[["event", "instrument"]].drop_duplicates().itertuples(index=False, name=None)
        return list(pairs)[:MOST_PANELS]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the first paths with their intervals, one panel per event and instrument."""
        from coupling import drawing

        pairs = self._drawn
        ax = drawing.axes(ax, rows=len(pairs))
        titles = [f"{event}, {name}" for event, name in pairs]
        places = drawing.panels(ax, titles) if len(pairs) > 1 else [ax]
        for place, (event, name) in zip(places, pairs, strict=True):
            rows = self.frame[(self.frame["event"] == event) & (self.frame["instrument"] == name)].set_index("hour")
            drawing.path(place, rows["estimate"], rows["lower"], rows["upper"], look=drawing.look(name))
            drawing.zero_line(place)
            place.axvline(0, color=drawing.MUTED, linewidth=0.8, linestyle=":")
            place.set_ylabel(drawing.axis_label("response", str(rows["unit"].iloc[0])))
        places[-1].set_xlabel("hours after the instant (or after the start of the day)")
        return ax

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return len(self._drawn)
