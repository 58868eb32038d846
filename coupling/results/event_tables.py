"""Tables of the room `coupling.events`: categories, single events, tests, influence, splits and the mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.results.base import Result
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "CategoriesResult",
    "EventSplitResult",
    "InfluenceResult",
    "MappingResult",
    "PlaceboResult",
    "SelectionResult",
    "SeverityResult",
    "SinglesResult",
]

LEVEL = 0.05
NOTHING_BEYOND = "Nothing moved beyond what the choosing instrument explains, as far as these episodes can tell."
NO_UNLIKE = "No instrument differs significantly from placebo dates of the same selection."


def _interval(row: Any) -> str:
    digits = 1 if row.unit == "bp" else 2
    numbers = f"{row.estimate:+.{digits}f} [{row.lower:+.{digits}f}, {row.upper:+.{digits}f}]"
    return f"{numbers} {row.unit}".strip()


@dataclass(frozen=True, kw_only=True)
class CategoriesResult(Result):
    """Mean responses by announced category and instrument, % and bp side by side."""

    focus: str

    @property
    def sentence(self) -> str:
        """Name what differs from 0, and how many categories cannot tell."""
        sure = self.frame[self.frame["verdict"] == "differs from 0"]
        few = self.frame.loc[self.frame["verdict"].str.startswith("cannot reject"), "category"].nunique()
        found = tuple(f"{row.category}: {row.instrument} {_interval(row)}" for row in sure.itertuples())
        none = "No category has a statistically significant response."
        told = Sentence("Statistically significant responses:", found) if found else none
        return Passage(told, f"{few} categories have too few episodes to reject anything." if few else "")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the response of each instrument by category, each instrument in its own unit."""
        from coupling import drawing

        rows = self.frame[self.frame["lower"].notna()]
        names = list(dict.fromkeys(rows["instrument"]))
        ax = drawing.axes(ax, rows=len(names))
        places = drawing.panels(ax, names, share=False) if len(names) > 1 else [ax]
        for place, name in zip(places, names, strict=True):
            part = rows[rows["instrument"] == name].set_index("category")
            drawing.intervals(place, part, names=[name] * len(part))
            drawing.zero_line(place, vertical=True)
            place.set_xlabel(drawing.axis_label("mean cumulative response", part["unit"].iloc[0]))
        return ax

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return int(self.frame["instrument"].nunique())

    @property
    def has_figure(self) -> bool:
        """Whether any category has an interval to draw."""
        return bool(self.frame["lower"].notna().any())


@dataclass(frozen=True, kw_only=True)
class SelectionResult(Result):
    """Responses to events that an instrument's own move chose, given that move."""

    @property
    def sentence(self) -> str:
        """Name what moved beyond what the choosing instrument explains."""
        sure = self.frame[self.frame["verdict"] == "differs from 0"]
        apart = self.frame[self.frame["placebo_p"] <= LEVEL]
        told = [
            f"{row.instrument} {_interval(row)} in {row.category} given {row.chosen_by}" for row in sure.itertuples()
        ]
        unlike = [f"{row.instrument} in {row.category} (p = {row.placebo_p:.3f})" for row in apart.itertuples()]
        beyond = Sentence("Beyond what the choosing instrument explains:", tuple(told)) if told else NOTHING_BEYOND
        other = Sentence("Different from placebo dates of the same selection:", tuple(unlike)) if unlike else NO_UNLIKE
        return Passage(beyond, other)


@dataclass(frozen=True, kw_only=True)
class SinglesResult(Result):
    """Every event singly; instruments in the order in which they are drawn."""

    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say how many single responses lie outside their interval."""
        known = self.frame.dropna(subset=["lower"])
        beyond = known[(known["lower"] > 0) | (known["upper"] < 0)]
        return (
            f"{len(beyond)} of {len(known)} single responses lie outside what their estimation window allows; "
            "one event proves nothing about the next."
        )

    def summary(self) -> pd.DataFrame:
        """One row per event, one column per instrument: response with interval, its unit, and the joint p of day 0."""
        told = self.frame.dropna(subset=["estimate"])
        cells = pd.DataFrame(
            {
                "event": told["event"],
                "instrument": told["instrument"],
                "cell": [_interval(row) for row in told.itertuples()],
            }
        )
        wide = cells.pivot_table(index="event", columns="instrument", values="cell", aggfunc="first", sort=False)
        wide = wide.reindex(columns=list(dict.fromkeys(told["instrument"])))
        wide.columns.name = None
        first = told.drop_duplicates("event").set_index("event")
        wide.insert(0, "category", first["category"])
        if "observed" in first:
            wide.insert(1, "observed", first["observed"])
        return wide.assign(joint_p=first["joint_p_day_0"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a forest of the events: one column per instrument, each in its unit."""
        from coupling.results import event_figures

        return event_figures.draw_forest(self.frame, list(self.names), ax)

    @property
    def figure_rows(self) -> int:
        """Room for so many panels, that the names of the events can be read."""
        return max(2, round(0.11 * self.frame["event"].nunique()))

    @property
    def has_figure(self) -> bool:
        """Whether any response has an interval to draw."""
        return bool(self.frame["lower"].notna().any())


@dataclass(frozen=True, kw_only=True)
class PlaceboResult(Result):
    """The leading tests, with the placebo studies among them.

    Parameters
    ----------
    drawn : DataFrame
        The date-mean t of every placebo study, one column per instrument.
    """

    drawn: pd.DataFrame = field(repr=False)

    @property
    def sentence(self) -> str:
        """Name the instruments that differ from placebo dates."""
        rows = self.frame[self.frame["test"] == "placebo_randomisation"]
        sure = rows[rows["p_value"] <= LEVEL]
        if sure.empty:
            return "No instrument moved differently on the events than on placebo dates."
        names = ", ".join(f"{row.instrument} (p = {row.p_value:.4f})" for row in sure.itertuples())
        return f"Moved differently than on placebo dates: {names}."

    @property
    def _tested(self) -> list[str]:
        return [str(name) for name in self.drawn if self.drawn[name].notna().any()]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the placebo studies of each instrument with the observed value, and the share that is as extreme."""
        from coupling import drawing
        from coupling.results import event_figures

        names = self._tested
        tests: Any = self.frame.set_index(["instrument", "test"])
        ax = drawing.axes(ax, rows=len(names))
        places = drawing.panels(ax, names) if len(names) > 1 else [ax]
        for place, name in zip(places, names, strict=True):
            observed = float(tests.loc[(name, "date_mean_t"), "statistic"])
            p_value = float(tests.loc[(name, "placebo_randomisation"), "p_value"])
            event_figures.draw_distribution(place, self.drawn[name].to_numpy(float), observed, name)
            told = f"{name}: p = {p_value:.3f}" if p_value == p_value else f"{name}: no p-value (it chose events)"
            place.set_title(told)
        places[-1].set_xlabel("t of the mean over dates: placebo studies (grey) and the events (line)")
        return ax

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return len(self._tested)

    @property
    def has_figure(self) -> bool:
        """Whether any placebo study could be drawn."""
        return bool(self._tested)


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


@dataclass(frozen=True, kw_only=True)
class EventSplitResult(Result):
    """Responses before a date against responses from it on."""

    focus: str
    date: str

    @property
    def sentence(self) -> str:
        """Say whether the response of the focus changed, or that too few episodes can tell."""
        rows = self.frame[self.frame["instrument"] == self.focus]
        if rows.empty or rows["lower"].isna().all():
            return f"Too few episodes to tell whether the response of {self.focus} changed at {self.date}."
        row: Any = next(rows.itertuples())
        told = "differs significantly" if row.verdict == Changed.CHANGED else "shows no significant difference"
        return (
            f"The response of {self.focus} from {self.date} on ({int(row.n_after)} episodes) {told} from that before "
            f"({int(row.n_before)}): difference {_interval(row)}, permutation p = {row.permutation_p:.3f}."
        )


@dataclass(frozen=True, kw_only=True)
class MappingResult(Result):
    """Which observations every response is read from."""

    @property
    def sentence(self) -> str:
        """Count what is used and what is not."""
        used, dated = int(self.frame["used"].sum()), self.frame.loc[self.frame["date_only"], "event"].nunique()
        return f"{used} of {len(self.frame)} responses are used; {dated} events are known by date only."

    def summary(self) -> pd.DataFrame:
        """One row per event: session 0, and per instrument the hours from the baseline to the value of day 0."""
        rows = self.frame[self.frame["instrument"] != ""]
        if "hours_to_day_0" not in rows:
            return self.frame
        first = rows.drop_duplicates("event").set_index("event")[["instant", "date_only", "session", "episode"]]
        hours = rows.pivot_table(index="event", columns="instrument", values="hours_to_day_0", sort=False)
        hours = hours.reindex(index=first.index, columns=list(dict.fromkeys(rows["instrument"])))
        hours.columns = pd.Index([f"{name} (h)" for name in hours.columns])
        return first.join(hours)


@dataclass(frozen=True, kw_only=True)
class SeverityResult(Result):
    """How severe the detector found every event that it was to find."""

    @property
    def sentence(self) -> str:
        """Name the most severe, and count those that a signal met."""
        if self.frame.empty:
            return "No event of the catalogue lies inside the index."
        top: Any = next(self.frame.nlargest(1, "peak_severity").itertuples())
        met = int(self.frame["sessions_to_signal"].notna().sum())
        return (
            f"Most severe: {top.event} with {top.peak_severity:+.2f} standard deviations (index {top.peak_index:.2f}) "
            f"on {top.peak_session:%Y-%m-%d}; {met} of {len(self.frame)} were met by a signal."
        )
