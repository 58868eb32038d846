"""The numbers of an event study: responses by episode, their means, placebo studies and the summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from coupling._typing import Floats, Places
from coupling.events import judge
from coupling.events.listing.event import Event
from coupling.events.studies import dates
from coupling.events.studies.abnormal import Abnormal
from coupling.events.studies.episodes import effective_number, episodes_of
from coupling.events.studies.placebo import PlaceboDates, draw_dates, placebo_t
from coupling.inference.randomisation import randomisation_p_value
from coupling.limits.asked import require_word
from coupling.results.verdicts import Responds

__all__ = ["SELECTED", "EpisodeNumbers"]

SELECTED = "selected on this instrument's own move: p-value not valid"
"""What is said in the place of a verdict where an instrument chose the events."""


@dataclass(frozen=True, kw_only=True)
class EpisodeNumbers:
    """Abnormal changes with what inference over episodes needs.

    Parameters
    ----------
    names, units : tuple of str
        Instruments explained, and the unit of their changes.
    logs : ndarray of bool
        Whether changes are 100 × log differences, shown as simple % when cumulated.
    events : tuple of Event
    positions : ndarray of int, shape (E,)
        Session 0 of each event.
    abnormal : Abnormal
    event_window : (int, int)
    placebo_dates : PlaceboDates
        Shared by the studies of all categories.
    selected_by : tuple of str
        Instruments by which the events were chosen; they get no p-value.
    replications, random_state : int
    level : float
    category : str, optional
        Of a part of a study.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    logs: npt.NDArray[np.bool_]
    events: tuple[Event, ...]
    positions: Places
    abnormal: Abnormal
    event_window: tuple[int, int]
    placebo_dates: PlaceboDates
    selected_by: tuple[str, ...]
    replications: int
    random_state: int
    level: float
    category: str | None = None

    def of(self, category: str, selected_by: tuple[str, ...] | None = None) -> Self:
        """Return the numbers of one announced category; estimation windows stay free of all events."""
        known = sorted({event.category for event in self.events})
        require_word("category", category, known)
        part = self.rows([k for k, event in enumerate(self.events) if event.category == category])
        return replace(part, category=category, selected_by=self.selected_by if selected_by is None else selected_by)

    def rows(self, rows: list[int]) -> Self:
        """Return the numbers of some events."""
        return replace(
            self,
            events=tuple(self.events[k] for k in rows),
            positions=self.positions[rows],
            abnormal=self.abnormal.rows(rows),
        )

    @cached_property
    def episode(self) -> Places:
        """Episode of each event."""
        return episodes_of(self.positions, self.event_window)

    @cached_property
    def anchors(self) -> Places:
        """Row of the first event of each episode."""
        return np.unique(self.episode, return_index=True)[1]

    @cached_property
    def paths(self) -> Floats:
        """Cumulative abnormal change by episode, instrument and day."""
        return self.abnormal.cumulated[self.anchors]

    @cached_property
    def responses(self) -> Floats:
        """Cumulative abnormal change since the instant by episode and instrument: what every test is about."""
        return self.abnormal.response[self.anchors]

    @cached_property
    def run_ups(self) -> Floats:
        """Cumulative abnormal change before the instant by episode and instrument."""
        return self.abnormal.run_up[self.anchors]

    @cached_property
    def totals(self) -> Floats:
        """Cumulative abnormal change over the window by episode and instrument."""
        return self.paths[..., -1]

    @cached_property
    def mean_response(self) -> tuple[Floats, Floats, Floats]:
        """Mean response by instrument, its standard error, and the number of episodes."""
        return dates.date_mean(self.responses)

    @cached_property
    def signs(self) -> dates.SignTests:
        """Sign-flip tests of the mean response."""
        return dates.sign_tests(self.responses, random_state=self.random_state)

    @cached_property
    def days(self) -> Places:
        """The days of the event window."""
        return np.arange(self.event_window[0], self.event_window[1] + 1, dtype=np.intp)

    @property
    def labels(self) -> list[str]:
        """Names of the events."""
        return [event.id for event in self.events]

    @property
    def shown_events(self) -> list[str]:
        """Names of the events of the mapping, those outside the data included."""
        mapping = self.placebo_dates.timeline.mapping
        return list(
            mapping["event"] if self.category is None else mapping.loc[mapping["category"] == self.category, "event"]
        )

    @property
    def zero(self) -> int | None:
        """Place of day 0 in the event window, if it is there."""
        return -int(self.days[0]) if self.days[0] <= 0 <= self.days[-1] else None

    def shown(self, values: Floats) -> Floats:
        """Turn cumulated changes, instruments along the last axis, into the unit shown."""
        if not self.logs.any():
            return values
        return np.asarray(np.where(self.logs, 100 * np.expm1(np.where(self.logs, values, 0.0) / 100), values))

    def withheld(self, values: Floats) -> Floats:
        """Blank the p-values of the instruments by which the events were chosen."""
        return np.where([name in self.selected_by for name in self.names], np.nan, values)

    def path_frame(self) -> pd.DataFrame:
        """Mean cumulative response by instrument and day with its pointwise date-level t interval."""
        mean, error, n = dates.date_mean(self.paths)
        more = {"day_alone": dates.date_mean(self.abnormal.change[self.anchors])[0]}
        if self.zero:
            more["since_instant"] = dates.date_mean(self.paths - self.paths[..., self.zero - 1 : self.zero])[0]
        return self._path_frame(mean, error * _t_quantile(self.level, n), n, more)

    def band(self) -> pd.DataFrame:
        """Mean path with its sup-t band: simultaneous over the days of one instrument."""
        mean, error, n = dates.date_mean(self.paths)
        width = dates.band_width(self.paths, level=self.level, random_state=self.random_state)[:, None]
        return self._path_frame(mean, width * error, n).assign(critical_value=np.repeat(width[:, 0], len(self.days)))

    def _path_frame(
        self, mean: Floats, reach: Floats, n: Floats, more: Mapping[str, Floats] | None = None
    ) -> pd.DataFrame:
        columns = {"estimate": mean, "lower": mean - reach, "upper": mean + reach} | dict(more or {})
        return pd.DataFrame(
            {
                "instrument": pd.Index(self.names).repeat(len(self.days)),
                "unit": pd.Index(self.units).repeat(len(self.days)),
                "day": np.tile(self.days, len(self.names)),
                **{key: self.shown(value.T).T.ravel() for key, value in columns.items()},
                "n_episodes": n.astype(int).ravel(),
            }
        )

    def summary(self) -> pd.DataFrame:
        """One row per instrument: mean response since the instant with the leading date-level test, and the run-up."""
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        mean, error, n = self.mean_response
        reach = error * _t_quantile(self.level, n)
        zero = self.zero
        day_zero = (
            np.full_like(mean, np.nan)
            if zero is None
            else dates.date_mean(self.abnormal.change[self.anchors, :, zero])[0]
        )
        columns = {
            "unit": self.units,
            "estimate": self.shown(mean),
            "lower": self.shown(mean - reach),
            "upper": self.shown(mean + reach),
            "p_value": self.withheld(dates.t_p_value(mean, error, n)),
            "n_events": np.isfinite(self.abnormal.response).sum(axis=0),
            "n_episodes": n.astype(int),
            "actual": self.shown(dates.date_mean(self.abnormal.moved[self.anchors])[0]),
            "day_0": self.shown(day_zero),
            **self._before(),
            "total": self.shown(dates.date_mean(self.totals)[0]),
            "sign_p": self.withheld(self.signs.p),
            "smallest_sign_p": self.signs.smallest,
            "joint_p": self.withheld(self.signs.joint),
            "effective_episodes": [effective_number(column) for column in self.responses.T],
        }
        frame = pd.DataFrame(columns, index=pd.Index(self.names, name="instrument"))
        asked = frame[["n_episodes", "smallest_sign_p", "lower", "upper", "joint_p"]].itertuples()
        return frame.assign(verdict=[self._verdict(*row) for row in asked])

    def _before(self) -> dict[str, Floats]:
        """Return the mean run-up with its date-level interval and p-value: anticipation, or how events were chosen."""
        mean, error, n = dates.date_mean(self.run_ups)
        reach = error * _t_quantile(self.level, n)
        return {
            "run_up": self.shown(mean),
            "run_up_lower": self.shown(mean - reach),
            "run_up_upper": self.shown(mean + reach),
            "run_up_p": self.withheld(dates.t_p_value(mean, error, n)),
            "run_up_joint_p": self.withheld(dates.sign_tests(self.run_ups, random_state=self.random_state).joint),
        }

    def _verdict(self, name: str, n: int, smallest: float, lower: float, upper: float, joint_p: float) -> str:
        if name in self.selected_by:
            return SELECTED
        if not n:
            return "no episode"
        if not (able := smallest <= 1 - self.level):
            return f"cannot reject with {n} episode{'s' if n > 1 else ''}: undecided"
        told = judge.responds(lower, upper, able=able, p_adjusted=joint_p)
        return "differs from 0" if told is Responds.RESPONDS else "not distinguishable from 0"

    @cached_property
    def placebo_t(self) -> list[Floats]:
        """The date-mean t of the placebo studies of each instrument, with as many dates as it has episodes."""
        gap = len(self.days) if self.placebo_dates.chosen is None else 1
        options = {"gap": gap, "replications": self.replications, "random_state": self.random_state}
        sets = cache(lambda available, count: draw_dates(available, count, **options))
        columns = [column[np.isfinite(column)] for column in self.placebo_dates.responses.T]
        counts = self.mean_response[2].astype(int).tolist()
        return [placebo_t(usable, sets(len(usable), n)) for usable, n in zip(columns, counts, strict=True)]

    @cached_property
    def placebo_p(self) -> Floats:
        """The p-value of the date-mean t of each instrument among those of its placebo studies."""
        t = dates.ratio(*self.mean_response[:2]).tolist()
        return np.array([randomisation_p_value(own, drawn) for own, drawn in zip(t, self.placebo_t, strict=True)])

    def placebos_frame(self) -> pd.DataFrame:
        """The date-mean t of the placebo studies, one column per instrument."""
        return pd.DataFrame({name: pd.Series(t) for name, t in zip(self.names, self.placebo_t, strict=True)})


def _t_quantile(level: float, n: Floats) -> Floats:
    """Return the t quantile with n - 1 degrees of freedom, from a table of the few counts that there are."""
    counts = np.arange(int(n.max(initial=0)) + 1)
    return np.asarray(special.stdtrit(np.where(counts > 1, counts - 1, np.nan), 0.5 + level / 2)[n.astype(np.intp)])
