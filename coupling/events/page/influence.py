"""What the estimates are without one episode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from coupling.events.studies.result import EventStudyResult
from coupling.results.base import Result
from coupling.text.wording import listed

__all__ = ["InfluenceResult", "make"]


@dataclass(frozen=True, kw_only=True)
class InfluenceResult(Result):
    """What the estimates are without one episode.

    Parameters
    ----------
    focus : str
    highlighted : dict of str to tuple of str
        Episodes that are told of whatever their influence, each with its highlighted events.
    """

    focus: str
    highlighted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Name the episode on which the focus hangs most, and say what the estimate is without the highlighted ones."""
        rows = self.frame[self.frame["instrument"] == self.focus]
        if rows.empty:
            return f"{self.focus} has no episode."
        row = rows.iloc[0]
        unit = str(row["unit"])
        first = (
            f"{self.focus} hangs most on {row['left_out']}: {row['estimate']:+.2f} {unit} with it, "
            f"{row['estimate_without']:+.2f} {unit} without (p = {row['p_value_without']:.3f})."
        )
        others = rows.iloc[1:]
        told = [
            f"{self._named(str(row.left_out))} {row.estimate_without:+.2f} {unit} (p = {row.p_value_without:.3f})"
            for row in others[others["left_out"].isin(self.highlighted)].itertuples()
        ]
        return f"{first} Without a highlighted episode alone: {', '.join(told)}." if told else first

    def _named(self, episode: str) -> str:
        """Return an episode's name, and the highlighted events that it holds beside the one it is named after."""
        others = [name for name in self.highlighted[episode] if name != episode]
        return f"{episode} (with {listed(others)})" if others else episode

    def summary(self) -> pd.DataFrame:
        """The three most influential episodes of each instrument, and the highlighted ones."""
        top = self.frame.groupby("instrument", sort=False).cumcount() < 3
        return self.frame[top | self.frame["left_out"].isin(self.highlighted)].reset_index(drop=True)


def make(study: EventStudyResult, focus: str, highlighted: tuple[str, ...]) -> InfluenceResult:
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
        method="Mean response over all episodes and without one in turn; the p-value is that of the date-mean t.",
        frame=frame.assign(left_out_holds=[holds.get(name, name) for name in frame["left_out"]]),
        provenance=study.provenance,
        focus=focus,
        highlighted={episode: names for episode, names in told.items() if names},
    )
