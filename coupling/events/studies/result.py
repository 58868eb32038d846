"""The result of an event study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

import pandas as pd

from coupling.events.responses import response_of
from coupling.limits.asked import require_instrument, require_instruments, require_word
from coupling.results.base import Result
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EventNumbers", "EventStudyResult"]


class EventNumbers(Protocol):
    """What computes the tables of an event study when they are asked for."""

    @property
    def mapping(self) -> pd.DataFrame: ...  # noqa: D102

    def summary(self) -> pd.DataFrame: ...  # noqa: D102
    def leading(self) -> pd.DataFrame: ...  # noqa: D102
    def classical(self, only: Sequence[str] | None = None) -> pd.DataFrame: ...  # noqa: D102
    def band(self) -> pd.DataFrame: ...  # noqa: D102
    def by_event(self) -> pd.DataFrame: ...  # noqa: D102
    def single_paths(self) -> pd.DataFrame: ...  # noqa: D102
    def joint(self) -> pd.DataFrame: ...  # noqa: D102
    def influence(self) -> pd.DataFrame: ...  # noqa: D102
    def placebos_frame(self) -> pd.DataFrame: ...  # noqa: D102
    def path_frame(self) -> pd.DataFrame: ...  # noqa: D102
    def of(self, category: str, selected_by: tuple[str, ...] | None = None) -> EventNumbers: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class EventStudyResult(Result):
    """Responses to events, with inference over episodes.

    ``frame`` holds the mean cumulative abnormal change by instrument and day (``estimate, lower, upper``: pointwise
    t interval over episodes; ``day_alone``: the mean abnormal change of that day; ``since_instant``: the same path
    counted from the instant) in the unit of the change, log changes shown as simple %.

    Parameters
    ----------
    numbers : EventNumbers
        Computes the other tables.
    truth : dict of str to float, optional
        Mean true response to the events studied, by instrument, which only a simulated market knows.
    """

    numbers: EventNumbers = field(repr=False)
    truth: Mapping[str, float] | None = field(default=None, repr=False)

    @property
    def sentence(self) -> str:
        """The instrument that differs most from 0, or that none does."""
        table = self.summary()
        sure = table[table["verdict"] == "differs from 0"]
        episodes = int(table["n_episodes"].max()) if len(table) else 0
        if sure.empty:
            return f"Over {episodes} episodes no response is statistically significant."
        lines = tuple(f"{name} {response_of(row)}" for name, row in sure.iterrows())
        return Passage(Sentence(f"Over {episodes} episodes these responses are statistically significant:", lines))

    @property
    def mapping(self) -> pd.DataFrame:
        """One row per event and instrument: session 0, what was struck when, the episode, and whether it is used."""
        return self.numbers.mapping

    def summary(self) -> pd.DataFrame:
        """One row per instrument.

        ``estimate`` is the mean cumulative abnormal change since the instant, from session 0 to the end of the event
        window (over all of it where that does not span session 0); ``lower, upper, p_value`` come from the date-mean t
        over episodes. ``actual`` is the same before the expected change is subtracted, ``run_up`` with its interval and
        p-value the abnormal change before the instant, which speaks of anticipation or of how the events were chosen,
        and ``total`` that of the whole window. ``n_events`` counts events, ``n_episodes`` the episodes that inference
        counts, ``effective_episodes`` how many equally large ones they amount to. ``day_0`` is the mean of day 0 alone.
        ``sign_p`` is the sign-flip p-value, beside the smallest that it can reach; ``joint_p`` is adjusted over the
        instruments (Westfall–Young). ``verdict`` says what follows. On a simulated market ``truth`` stands beside
        the estimate. ``attrs["caution"]`` holds the warnings, where there are any.
        """
        table = self._marked(self.numbers.summary())
        if self.truth is not None:
            table.insert(list(table.columns).index("estimate") + 1, "truth", table.index.map(self.truth))
        return table

    def tests(
        self, kind: Literal["leading", "classical"] = "leading", *, only: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return all tests of one kind.

        Parameters
        ----------
        kind : {"leading", "classical"}
            ``leading`` counts episodes: date-mean t, sign flips, randomisation over placebo dates, Westfall–Young
            over instruments, and a warning row on skewness. ``classical`` is the table of `coupling.events`.
        only : sequence of str, optional
            Some classical tests by name.
        """
        require_word("kind", kind, ("leading", "classical"))
        return self.numbers.leading() if kind == "leading" else self.numbers.classical(only)

    def band(self) -> pd.DataFrame:
        """Mean path with its sup-t band, simultaneous over an instrument's days; missing where episodes are too few."""
        return self.numbers.band()

    def by_event(self) -> pd.DataFrame:
        """Every event singly, each response with the interval of its own estimation window."""
        return self.numbers.by_event()

    def single_paths(self) -> pd.DataFrame:
        """The cumulative abnormal change of every event by instrument and day."""
        return self.numbers.single_paths()

    def joint(self) -> pd.DataFrame:
        """Joint tests over instruments: Mahalanobis rank of each event's day 0, Hotelling over episodes."""
        return self.numbers.joint()

    def influence(self) -> pd.DataFrame:
        """The estimate without each episode in turn, the most influential first."""
        return self.numbers.influence()

    def placebos(self) -> pd.DataFrame:
        """The date-mean t of every placebo study, one column per instrument."""
        return self.numbers.placebos_frame()

    def of(self, category: str, *, selected_by: Sequence[str] | None = None) -> EventStudyResult:
        """Return the study of one announced category; estimation windows stay free of all events.

        Parameters
        ----------
        category : str
        selected_by : sequence of str, optional
            Instruments by whose moves the events of this category were chosen: they get no p-value. By default those
            of the whole study.
        """
        chosen = None if selected_by is None else require_instruments(selected_by, self.frame["instrument"])
        numbers = self.numbers.of(category, chosen)
        return replace(
            self,
            name=f"{self.name}-{category.replace('_', '-')}",
            title=f"{self.title}: {category}",
            frame=numbers.path_frame(),
            numbers=numbers,
            warnings=(),
            findings=(),
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        kind: Literal["paths", "events", "placebo"] = "paths",
        instrument: str | None = None,
    ) -> Axes:
        """Draw the study.

        Parameters
        ----------
        ax : Axes, optional
        kind : {"paths", "events", "placebo"}
            Mean path with its band among the single events; a forest plot of the events; placebo studies with the
            observed value.
        instrument : str, optional
            By default the first for ``events`` and ``placebo``, and all, stacked, for ``paths``.
        """
        from coupling.events.studies import figures

        known = list(dict.fromkeys(self.frame["instrument"]))
        require_word("kind", kind, ("paths", "events", "placebo"))
        if instrument is not None:
            require_instrument(instrument, known)
        if kind == "paths":
            names = known if instrument is None else [instrument]
            return figures.draw_paths(self, names, ax)
        name = instrument or known[0]
        if kind == "events":
            return figures.draw_events(self.by_event(), name, ax)
        return figures.draw_placebos(self.placebos(), self.tests(), name, ax)

    @property
    def figure_rows(self) -> int:
        """How many panels the figure stacks."""
        return int(self.frame["instrument"].nunique())
