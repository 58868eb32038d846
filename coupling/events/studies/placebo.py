"""Placebo dates: what the same study says about dates on which nothing is said to have happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from coupling._typing import Floats, Places
from coupling.events.studies.abnormal import regress
from coupling.events.studies.dates import ratio
from coupling.events.studies.expected import Expectation, covered_by, form_windows
from coupling.events.studies.timeline import Timeline

__all__ = ["PlaceboDates", "draw_dates", "placebo_t"]

CHUNK = 64
"""Dates at a time: what is computed of so many stays near the processor."""


@dataclass(frozen=True)
class PlaceboDates:
    """Sessions that could have been events and were not, with the responses of all instruments.

    Parameters
    ----------
    timeline : Timeline
        With all events, so that none of their windows is near.
    plan : Expectation
    min_rows : int
        Estimation rows without which there is no response.
    chosen : ndarray of int, optional
        Sessions that pass the same selection as the events; by default every session between the first estimation
        window and the last event window.
    whole : PlaceboDates, optional
        Those among which the sessions were chosen; their responses are known.
    """

    timeline: Timeline
    plan: Expectation
    min_rows: int
    chosen: Places | None = None
    whole: PlaceboDates | None = None

    def only(self, chosen: Places) -> PlaceboDates:
        """Return some of the dates."""
        return replace(self, chosen=chosen, whole=self)

    @cached_property
    def positions(self) -> Places:
        """The sessions whose event window is whole and shares no session with the window of an event."""
        n, (first, last) = len(self.timeline.labels), self.plan.event_window
        start, end = self.plan.estimation_window
        every = np.arange(n, dtype=np.intp) if self.chosen is None else np.unique(self.chosen)
        near = covered_by(self.timeline.positions, (first - last, last - first), n)
        low = max(-first, -start, int(self.timeline.positions[0]) + start)
        high = min(n - max(last, end), int(self.timeline.positions[-1]) + 1)
        return every[(every >= low) & (every < high) & ~near[every]]

    @cached_property
    def responses(self) -> Floats:
        """Response since the instant of every instrument at every placebo date, shape (dates, instruments)."""
        if self.whole is not None:
            return self.whole.responses[np.isin(self.whole.positions, self.positions)]
        covered = covered_by(self.timeline.positions, self.plan.event_window, len(self.timeline.labels))
        parts = [np.empty((0, len(self.plan.responses)))]
        for k in range(0, len(self.positions), CHUNK):
            windows = form_windows(self.timeline, self.plan, self.positions[k : k + CHUNK], None, covered)
            parts.append(regress(windows, first=self.plan.first, min_rows=self.min_rows).response)
        return np.concatenate(parts)


def draw_dates(available: int, count: int, *, gap: int, replications: int, random_state: int) -> Places:
    """Draw sets of dates without overlap of their windows, as places among the available ones.

    All sets (the shape is replications × count) whose members are at least `gap` places apart are about equally
    likely: sorted draws from a line shortened by the gaps, spread out again. Fewer than two dates asked for, or too
    few available, give no draw.
    """
    free = available - (count - 1) * (gap - 1)
    if count < 2 or free < 4 * count:
        return np.empty((0, count), dtype=np.intp)
    rng = np.random.default_rng(random_state)
    sets = np.sort(rng.integers(0, free, size=(replications, count)), axis=1)
    repeated = np.arange(replications)
    while len(repeated := repeated[(np.diff(sets[repeated], axis=1) == 0).any(axis=1)]):
        sets[repeated] = np.sort(rng.integers(0, free, size=(len(repeated), count)), axis=1)
    return np.asarray(sets + np.arange(count) * (gap - 1), dtype=np.intp)


def placebo_t(responses: Floats, sets: Places) -> Floats:
    """Return the date-mean t of every placebo study, shape (replications,), from the responses by placebo date."""
    values, n = responses[sets], sets.shape[1]
    mean = values.sum(axis=1) / n
    values -= mean[:, None]
    return ratio(mean, np.sqrt(np.einsum("ij,ij->i", values, values) / (n - 1) / n))
