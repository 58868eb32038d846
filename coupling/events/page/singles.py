"""Every event singly, and the highlighted ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from coupling.events import judge
from coupling.events.listing.catalogue import Catalogue
from coupling.events.responses import response_of
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.types import observed_types
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.results.verdicts import Responds
from coupling.text.wording import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SinglesResult", "make", "make_highlights"]


@dataclass(frozen=True, kw_only=True)
class SinglesResult(Result):
    """Every event singly; instruments in the order in which they are drawn.

    Parameters
    ----------
    names : tuple of str
        Instruments.
    highlighted : tuple of str
        Events that stand first in the table, and whose names stand out in the figure.
    titles, category_titles : dict of str to str
        What prose and tables call an event, and a category.
    """

    names: tuple[str, ...]
    highlighted: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    category_titles: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Say how many single responses lie outside their interval."""
        known = self.frame.dropna(subset=["lower"])
        found = [judge.unusual(*ends) is Responds.RESPONDS for ends in zip(known["lower"], known["upper"], strict=True)]
        told = (
            f"{sum(found)} of {count(len(known), 'single response')} lie outside the interval of their own estimation "
            "window; a single event supports no general conclusion."
        )
        if not self.highlighted:
            return told
        own = known["event"].isin(self.highlighted)
        named = listed([self.titles.get(event, event) for event in self.highlighted])
        return f"{told} Highlighted: {named}, {int(own[found].sum())} of whose {count(int(own.sum()), 'response')} do."

    def summary(self) -> pd.DataFrame:
        """One row per event, one column per instrument: response with interval, its unit, and the joint p of day 0."""
        told = self.frame.dropna(subset=["estimate"])
        cells = pd.DataFrame(
            {
                "event": told["event"],
                "instrument": told["instrument"],
                "cell": [response_of(row) for row in told.itertuples()],
            }
        )
        wide = cells.pivot_table(index="event", columns="instrument", values="cell", aggfunc="first", sort=False)
        wide = wide.reindex(columns=list(dict.fromkeys(told["instrument"])))
        wide.columns.name = None
        wide = wide.loc[sorted(wide.index, key=lambda event: event not in self.highlighted)]
        first = told.drop_duplicates("event").set_index("event")
        wide.insert(0, "category", first["category"].replace(dict(self.category_titles)))
        if "observed" in first:
            wide.insert(1, "observed", first["observed"])
        return wide.assign(joint_p=first["joint_p_day_0"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a forest of the events: one lane per instrument on a scale of its own; hollow: its interval holds 0."""
        from coupling.events.studies import figures

        drawn = figures.draw_forest(self.frame, list(self.names), ax, rows=self.figure_rows)
        figures.mute(drawn, self.highlighted)
        return drawn

    @property
    def figure_rows(self) -> int:
        """Room for so many panels that the names of the events can be read."""
        return max(1, self.frame["event"].nunique() // 9)

    @property
    def has_figure(self) -> bool:
        """Whether any response has an interval to draw."""
        return bool(self.frame["lower"].notna().any())


def make_highlights(
    study: EventStudyResult, catalogue: Catalogue, focus: str, highlighted: tuple[str, ...]
) -> SinglesResult:
    """Return the highlighted events, one by one."""
    frame = study.by_event()
    chosen = frame[frame["event"].isin(highlighted)].reset_index(drop=True)
    return _single_table(study, chosen, catalogue, focus, "events-highlights", "Event by event: highlights")


def make(study: EventStudyResult, catalogue: Catalogue, focus: str, highlighted: tuple[str, ...] = ()) -> SinglesResult:
    """Return every event singly, the highlighted ones marked."""
    made = _single_table(study, study.by_event(), catalogue, focus, "events-single", "Event by event")
    return replace(made, highlighted=highlighted)


def _single_table(
    study: EventStudyResult, frame: pd.DataFrame, catalogue: Catalogue, focus: str, name: str, title: str
) -> SinglesResult:
    observed = ""
    if catalogue.types:
        types = observed_types(frame, catalogue.types)
        frame = frame.assign(observed=types.reindex(frame["event"]).to_numpy())
        observed = "observed: its type by the signs of day 0 (descriptive; the announced category leads); "
    return SinglesResult(
        name=name,
        title=title,
        method="Cumulative abnormal change over the event window with the t interval of its own estimation window; "
        f"{observed}joint p: rank of the Mahalanobis distance of day 0 among the days of the estimation window, all "
        "instruments together.",
        frame=frame,
        provenance=study.provenance,
        names=tuple(sorted(dict.fromkeys(frame["instrument"]), key=lambda name: name != focus)),
        titles=catalogue.event_titles,
        category_titles=catalogue.category_titles,
    )
