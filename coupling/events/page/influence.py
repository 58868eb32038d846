"""What the estimates are without one episode."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coupling.events.responses import spanned
from coupling.events.studies.result import EventStudyResult
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import listed, p_value

__all__ = ["InfluenceResult", "make"]


@dataclass(frozen=True, kw_only=True)
class InfluenceResult(Result):
    """What the estimates are without one episode.

    Parameters
    ----------
    focus : str
    highlighted : dict of str to tuple of str
        Episodes that are told of whatever their influence, each with its highlighted events.
    titles : dict of str to str
        What prose calls an event.
    """

    focus: str
    highlighted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sentence(self) -> str:
        """Name the most influential episode, and say what the estimate is without the highlighted ones."""
        rows = self.frame[self.frame["instrument"] == self.focus]
        if rows.empty:
            return f"{self.focus} has no episode."
        row: Any = rows.iloc[0]
        unit = str(row["unit"])
        first = (
            f"The mean response of {self.focus} depends most on {self._title(str(row['left_out']))}: "
            f"{_move(row['estimate'], unit)} with it, {_move(row['estimate_without'], unit)} without "
            f"({p_value(row['p_value_without'])})."
        )
        named = rows.iloc[1:][rows.iloc[1:]["left_out"].isin(self.highlighted)]
        told = tuple(self._without(each, unit) for each in named.to_dict("records"))
        return Passage(first, Sentence("Without the episode of", told) if told else "")

    def _without(self, row: Mapping[Hashable, Any], unit: str) -> str:
        """Say what the estimate is without the episode of some highlighted events."""
        named = listed([self._title(name) for name in self.highlighted[str(row["left_out"])]])
        return f"{named} {_move(row['estimate_without'], unit)} ({p_value(row['p_value_without'])})"

    def _title(self, event: str) -> str:
        return self.titles.get(event, event)

    def summary(self) -> pd.DataFrame:
        """The three most influential episodes of each instrument, and the highlighted ones."""
        top = self.frame.groupby("instrument", sort=False).cumcount() < 3
        return self.frame[top | self.frame["left_out"].isin(self.highlighted)].reset_index(drop=True)


def _move(value: float, unit: str) -> str:
    return spanned(value, math.nan, math.nan, unit)


def make(
    study: EventStudyResult, focus: str, highlighted: tuple[str, ...], titles: Mapping[str, str]
) -> InfluenceResult:
    """Return what the estimates are without each episode; those that hold a highlighted event are always told."""
    frame = study.influence()
    units = study.summary()["unit"]
    members = study.mapping.dropna(subset=["episode"]).groupby("episode")["event"].unique()
    holds = {events[0]: ", ".join(events) for events in members}
    told = {events[0]: tuple(name for name in events if name in highlighted) for events in members}
    frame.insert(1, "unit", units.reindex(frame["instrument"]).to_numpy())
    return InfluenceResult(
        name="events-influence",
        title="Leave-one-out sensitivity",
        method="Mean response over all episodes and without each in turn; p is that of the t-test on episode means.",
        frame=frame.assign(left_out_holds=[holds.get(name, name) for name in frame["left_out"]]),
        provenance=study.provenance,
        focus=focus,
        highlighted={episode: names for episode, names in told.items() if names},
        titles=titles,
    )
