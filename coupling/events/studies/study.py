"""The event study: events and data in, responses with inference over episodes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.gate.changes import Changes
from coupling.data.gate.table import is_table
from coupling.errors import InputError, nearest
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.resolve import Events, resolve_events
from coupling.events.studies.abnormal import regress
from coupling.events.studies.expected import check_windows, covered_by, expectation, form_windows
from coupling.events.studies.placebo import PlaceboDates
from coupling.events.studies.result import EventStudyResult
from coupling.events.studies.rows import changes_of_frame, frame_timeline, lost_events, place_in_frame
from coupling.events.studies.shown import StudyNumbers
from coupling.events.studies.timeline import Timeline, panel_timeline
from coupling.limits.asked import require_level
from coupling.limits.budget import count, require_memory, require_seconds
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.results.base import Provenance
from coupling.text.wording import percent

__all__ = ["EventStudy"]

OUTSIDE = "needs data from the estimation window to the end of the event window"


@plain_keywords
class EventStudy:
    """Measure how instruments move around events.

    Parameters
    ----------
    event_window, estimation_window : (int, int)
        First and last session, counted from session 0, the first session of the event clock that closes after the
        event.
    model : {"constant_mean", "market", "market_adjusted", "multi_factor", "garch"}
        What is expected without the event: the mean; α + β market; the market itself; a regression on `factors`; the
        mean, with the variance of each event day forecast by a GARCH(1,1).
    market : str, optional
        Instrument that stands for the market.
    factors : sequence of str
        Instruments of the multi-factor model.
    days : str
        Calendar whose sessions are counted: an exchange's code, ``weekdays`` or ``every``.
    at : str
        When a session counts as over (``24:00 UTC``, so that daily bars of the same date belong to it, or ``close``).
    purge : bool
        Keep sessions of any event's window out of all estimation windows.
    forecast_error : bool
        Count the error of the coefficients in the variance of abnormal changes.
    min_rows : int
        Estimation rows without which an instrument has no answer for an event.
    selected_by : sequence of str
        Instruments by whose moves the events were chosen: they get no p-value. A catalogue that says after whose moves
        its events are named adds those of more than a fifth of them.
    replications : int
        Number of placebo studies.
    level : float
        Of intervals and bands.
    random_state : int
        Seed of placebo draws and, beyond 12 episodes, of sign patterns.
    allow_levels : bool
        Whether columns that look like levels pass; the result is then marked.

    Notes
    -----
    Events whose windows share a session form one episode, anchored at its first event; inference counts episodes.
    With a panel, the response at session k is the last own observation struck by the end of session k minus the last
    one struck at or before the instant. The rows of a plain frame are the sessions.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> days = pd.date_range("2023-01-02", periods=400, freq="B")
    >>> changes = pd.DataFrame(rng.normal(size=(400, 2)), index=days, columns=["A", "B"])
    >>> events = days[[150, 200, 250, 300, 350]]
    >>> changes.loc[events, "A"] -= 5
    >>> result = EventStudy(event_window=(0, 1), estimation_window=(-100, -6)).fit(changes, events)
    >>> result.summary()["verdict"].tolist()
    ['cannot reject with 5 episodes: undecided', 'cannot reject with 5 episodes: undecided']
    """

    def __init__(
        self,
        *,
        event_window: tuple[int, int] = (-5, 10),
        estimation_window: tuple[int, int] = (-250, -21),
        model: str = "constant_mean",
        market: str | None = None,
        factors: Sequence[str] = (),
        days: str = "XNYS",
        at: str = "24:00 UTC",
        purge: bool = True,
        forecast_error: bool = True,
        min_rows: int = 10,
        selected_by: Sequence[str] = (),
        replications: int = 9999,
        level: float = 0.95,
        random_state: int = 0,
        allow_levels: bool = False,
    ) -> None:
        self.event_window = event_window
        self.estimation_window = estimation_window
        self.model = model
        self.market = market
        self.factors = factors
        self.days = days
        self.at = at
        self.purge = purge
        self.forecast_error = forecast_error
        self.min_rows = min_rows
        self.selected_by = selected_by
        self.replications = replications
        self.level = level
        self.random_state = random_state
        self.allow_levels = allow_levels

    def fit(self, data: Any, events: Events, *, placebo_dates: Events | None = None) -> EventStudyResult:
        """Estimate the responses.

        Parameters
        ----------
        data : Panel or DataFrame
            A panel (its unaligned observations are used), or a plain frame of changes (of pandas, polars or pyarrow),
            rows = time.
        events : Catalogue, DatetimeIndex, list or series
            Events, aware instants, or naive dates. Labels of the frame's own rows fall on those rows; else the result's
            `method` says by which rule an event falls on a row.
        placebo_dates : like events, optional
            Dates that pass the same selection as the events; by default all sessions away from them.

        Returns
        -------
        EventStudyResult

        Raises
        ------
        InputError
            If a parameter is impossible, nothing is known of an instrument, or no event lies inside the data.
        """
        self._check()
        changes = changes_of_frame(data, allow_levels=self.allow_levels) if is_table(data) else None
        timeline = self._timeline(data, changes, events)
        placebos = self._placebo_positions(timeline, changes, placebo_dates)
        numbers = self.numbers_of(timeline, selected_by=self._selected_by(timeline, events), placebo_dates=placebos)
        return EventStudyResult(
            name="event-study",
            title="Responses to events",
            method=self._method() + (f" Of the frame: {timeline.rule}." if timeline.rule else ""),
            frame=numbers.path_frame(),
            numbers=numbers,
            provenance=getattr(data, "provenance", None) or Provenance(seed=self.random_state),
            warnings=(*(changes.cautions if changes else ()), *_warnings(timeline, numbers)),
        )

    def _check(self) -> None:
        check_windows(self.event_window, self.estimation_window)
        require_limits(self)
        require_level(self.level)
        if self.min_rows < 3:
            raise InputError(f"min_rows={self.min_rows} is too small; an estimation window needs at least 3 rows.")
        calendars.require_days(self.days)

    def _weigh(self, events: int, instruments: int) -> None:
        """Refuse, before it begins, what would not fit or take too long; the price was measured on one core."""
        (a, b), (c, d) = self.event_window, self.estimation_window
        what = f"{count(events, 'event')} of {count(instruments, 'instrument')}"
        require_memory(32.0 * events * instruments * (b - a + d - c + 2), what, "take fewer, or shorter windows")
        price = 6e-3 if self.model == "garch" else 1.2e-4
        require_seconds(events * instruments * price, what, "take fewer")

    def _timeline(self, data: Any, changes: Changes | None, events: Events) -> Timeline:
        if changes is not None:
            timeline = frame_timeline(changes, events, days=self.days, window=self.event_window)
        else:
            observations = getattr(data, "observations", None)
            if not isinstance(observations, Mapping) or not observations:
                raise InputError("An event study needs a panel with observations, or a frame of changes.")
            market = self.days if calendars.is_exchange(self.days) else "UTC"
            resolved = resolve_events(events, market)
            timeline = panel_timeline(observations, resolved, days=self.days, at=self.at, window=self.event_window)
            timeline = replace(timeline, units={name: data.instruments[name].change_unit for name in timeline.names})
        if not timeline.events:
            raise InputError(f"None of the {timeline.found} events lies inside the data; each {OUTSIDE}.")
        return timeline

    def _placebo_positions(
        self, timeline: Timeline, changes: Changes | None, dates: Events | None
    ) -> npt.NDArray[np.intp] | None:
        if dates is None:
            return None
        if changes is not None:
            placed = place_in_frame(changes, dates, days=self.days)
            places = placed.positions[placed.inside]
        else:
            days = pd.DatetimeIndex([event.at for event in resolve_events(dates, "UTC")]).tz_localize(None)
            places = timeline.labels.searchsorted(days.as_unit("ns").normalize(), side="left").astype(np.intp)
        return places[places < len(timeline.labels)]

    def _selected_by(self, timeline: Timeline, events: Events) -> tuple[str, ...]:
        """Return the instruments without a p-value: those named, and those after which a catalogue names its events."""
        for name in self.selected_by:
            if name not in timeline.names:
                raise InputError(
                    f"selected_by names {name!r}, which is not in the data; {nearest(name, timeline.names)}."
                )
        often = events.selected_by(timeline.names) if isinstance(events, Catalogue) else ()
        return tuple(dict.fromkeys([*self.selected_by, *often]))

    def numbers_of(
        self,
        timeline: Timeline,
        *,
        selected_by: tuple[str, ...] = (),
        placebo_dates: npt.NDArray[np.intp] | None = None,
    ) -> StudyNumbers:
        """Return the numbers of a study of events that are laid out already; the other parameters were checked."""
        plan = expectation(
            self.model,
            timeline.names,
            market=self.market,
            factors=tuple(self.factors),
            event_window=self.event_window,
            estimation_window=self.estimation_window,
        )
        self._weigh(len(timeline.events), len(timeline.names))
        names = tuple(timeline.names[k] for k in plan.responses)
        covered = covered_by(timeline.positions, self.event_window, len(timeline.labels)) if self.purge else None
        windows = form_windows(timeline, plan, timeline.positions, timeline.event_changes, covered)
        abnormal = regress(windows, first=plan.first, forecast_error=self.forecast_error, min_rows=self.min_rows)
        if self.model == "garch":
            from coupling.events.studies.garch import with_garch_variance

            abnormal = with_garch_variance(abnormal, plan)
        mean = plan if self.model != "garch" else replace(plan, model="constant_mean")
        return StudyNumbers(
            names=names,
            units=tuple(timeline.units.get(name, "") for name in names),
            logs=np.array([name in timeline.logs for name in names]),
            events=timeline.events,
            positions=timeline.positions,
            abnormal=abnormal,
            event_window=self.event_window,
            placebo_dates=PlaceboDates(timeline, mean, self.min_rows, placebo_dates),
            selected_by=selected_by,
            replications=self.replications,
            random_state=self.random_state,
            level=self.level,
        )

    def _method(self) -> str:
        a, b = self.event_window
        c, d = self.estimation_window
        purged = "without" if self.purge else "with"
        model = self.model.replace("_", " ")
        return (
            f"Model: {model}; event window {a} to {b}, estimation window {c} to {d} sessions of {self.days}, each "
            f"ending at {self.at}; estimation {purged} the sessions of other events' windows. Inference counts "
            f"episodes: t over episodes at {percent(self.level)}, sign flips, placebo dates (seed {self.random_state})."
        )


def _warnings(timeline: Timeline, numbers: StudyNumbers) -> tuple[str, ...]:
    notes = []
    outside = timeline.found - len(timeline.events)
    if outside:
        lie = "lies outside the data and is" if outside == 1 else "lie outside the data and are"
        notes.append(f"{count(outside, 'event')} {lie} left out (see the mapping).")
    merged = len(numbers.events) - len(numbers.anchors)
    if merged:
        share = f"{count(merged, 'event')} {'shares' if merged == 1 else 'share'} a window with an earlier one"
        notes.append(f"{share}: inference counts {count(len(numbers.anchors), 'episode')}.")
    dated = sum(event.date_only for event in timeline.events)
    if dated and timeline.spans:
        have = "has a date-only timestamp: its" if dated == 1 else "have date-only timestamps: their"
        notes.append(f"{count(dated, 'event')} {have} day 0 spans the whole local day.")
    for name, lost in lost_events(timeline, numbers.event_window).items():
        shown = ", ".join(lost[:12]) + (f" and {len(lost) - 12} more" if len(lost) > 12 else "")
        are = "is lost, since a change in its" if len(lost) == 1 else "are lost, since a change in their"
        notes.append(f"{count(len(lost), 'event')} of {name} {are} window is missing: {shown}.")
    return tuple(notes)
