"""``test: prediction``: open, came true or did not, as far as the data reach, and how probable it was and is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from coupling.claims.cause import Watch, Watched
from coupling.claims.closes import Track, known_track
from coupling.claims.condition import Condition, DaysRule
from coupling.claims.condition_path import ConditionPath, known_path
from coupling.claims.evidence import Evidence
from coupling.claims.ledger_entry import Entry
from coupling.claims.leg import Leg
from coupling.claims.origins import OriginsRecord, records
from coupling.claims.prediction_words import path_words, probability_words, reading_words, unit_of, watch_words
from coupling.claims.probability import Chance, chances
from coupling.claims.reliability import printed, range_words
from coupling.claims.verdict import LegOutcome, Variant, Verdict
from coupling.errors import InputError
from coupling.keeping.keeper import kept

__all__ = ["Prediction"]

RULE = (
    "Settled by the available data, never by today's clock. Supported: it came true; contradicted: it did not; partly: "
    "the level was reached without the cause that was named; undecided while it is open, with its probability. One "
    "outcome neither confirms nor refutes a stated probability: that is what the Brier score in the ledger is for."
)
RANGE = "probability (models)"
METHOD = (
    "Probability as a range over GARCH(1,1) and a log-HAR of weekly variances (parameters drawn from the law of their "
    "estimates, standardised residuals from the past; price changes with the past drift and without any) and the base "
    "rate of past stretches of the same length; fitted to what was known on the day of the claim, and to all that is "
    "known now. Instruments are drawn independently, and holidays to come count as business days. With at least 100 "
    "past origins whose horizons do not overlap, the range is recalibrated by the intercept of a logistic regression, "
    "shrunk by n / (n + 25); with fewer it is widened to the exact binomial interval of what happened at them."
)

Forecast = tuple[list[Chance], OriginsRecord | None]
NOTHING: Forecast = ([], None)


class Prediction(Leg):
    """A prediction with a deadline and, where its author stated one, a probability.

    Parameters
    ----------
    made : date
        When it was made: what was known at the end of that date (UTC) is what a model at the claim may use.
    conditions : tuple of Condition
        All must hold; a single one may write its fields beside `made`.
    probability : float, optional
        As stated by its author, between 0 and 1.
    watch : Watch, optional
        What another instrument must have done for a level to count as reached for the reason named.
    """

    test: Literal["prediction"]
    made: date
    conditions: tuple[Condition, ...] = Field(min_length=1)
    probability: float | None = Field(default=None, ge=0, le=1)
    watch: Watch | None = None

    @model_validator(mode="before")
    @classmethod
    def _single_condition(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping) or "conditions" in settings or "of" not in settings:
            return settings
        own = {name: settings[name] for name in ("test", "made", "probability", "watch") if name in settings}
        return {**own, "conditions": [{name: value for name, value in settings.items() if name not in own}]}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for condition in self.conditions:
            if condition.first_day(self.made) > condition.deadline or condition.first_day(self.made) <= pd.Timestamp(
                self.made
            ):
                raise ValueError(f"the window of {condition.words} must begin after {self.made} and not after its end")
        if self.watch is not None and [condition.event for condition in self.conditions] != [DaysRule.ANY_DAY]:
            raise ValueError("watch goes with a single condition on any_day: it needs the day on which it was reached")
        return self

    @property
    def instruments(self) -> tuple[str, ...]:
        """Instruments of the conditions, and the one that is watched."""
        named = [name for condition in self.conditions for name in condition.instruments]
        return tuple(dict.fromkeys([*named, *([self.watch.instrument] if self.watch else [])]))

    def check(self, evidence: Evidence) -> LegOutcome:
        """Settle the prediction, or say how probable it is; other readings of it stand beside."""
        tracks = _tracks(self._drawn, evidence, None)
        paths = [known_path(condition, tracks, self.made) for condition in self.conditions]
        others = [known_path(other, tracks, self.made) for other in self._otherwise]
        watched = self.watch.at(paths[0], evidence) if self.watch else None
        reached = _all([path.outcome() for path in paths])
        waiting = [[path.condition] for path in others if path.outcome() is None]
        readings = [self.conditions, *waiting] if reached is None else waiting
        now = _forecasts(readings, tracks, self.made, evidence.seed)
        own = now.pop(0) if reached is None else NOTHING
        at_claim = self._at_claim(evidence)
        entry = Entry(
            words=" and ".join(condition.words for condition in self.conditions),
            made=self.made,
            by=max(condition.by for condition in self.conditions),
            known_to=min(track.last for track in tracks.values()),
            outcome=reached and watched.seen if reached and watched else reached,
            reached=reached,
            settled_on=_settled_on(paths, reached),
            stated=self.probability,
            at_claim=at_claim[0],
            now=own[0],
            record_at_claim=at_claim[1],
            record_now=own[1],
        )
        units = [unit_of(path.condition, evidence.instruments[path.condition.instrument]) for path in paths]
        return replace(
            _finding(entry, paths, watched, units),
            variants=_variants(others, now, units[0], of_probability=entry.outcome is None),
        )

    @property
    def _drawn(self) -> list[str]:
        return list(dict.fromkeys(name for condition in self.conditions for name in condition.instruments))

    @property
    def _otherwise(self) -> list[Condition]:
        """Other readings of a single condition: the other events, and any day since the prediction was made."""
        if len(self.conditions) > 1:
            return []
        (own,) = self.conditions
        others = [own.model_copy(update={"event": event}) for event in DaysRule if event is not own.event]
        since_then = own.model_copy(update={"event": DaysRule.ANY_DAY, "since": None})
        return others if own.since is None else [*others, since_then]

    def _at_claim(self, evidence: Evidence) -> Forecast:
        """Return the probabilities from what was known when the prediction was made; none where nothing was."""
        instant = pd.Timestamp(self.made, tz="UTC") + pd.Timedelta(days=1)
        try:
            tracks = _tracks(self._drawn, evidence, instant)
        except InputError:
            return NOTHING
        return kept(_forecasts, [self.conditions], tracks, self.made, evidence.seed)[0]


def _forecasts(
    readings: Sequence[Sequence[Condition]], tracks: Mapping[str, Track], made: date, seed: int
) -> list[Forecast]:
    """Return the chances of each reading, and what the same models would have said at past origins."""
    if not readings:
        return []
    found = chances(readings, tracks, made, seed=seed)
    return list(zip(found, records(readings, tracks, made, seed=seed), strict=True))


def _tracks(names: list[str], evidence: Evidence, known_by: pd.Timestamp | None) -> dict[str, Track]:
    items = {name: evidence.observations[name] for name in names}
    then = {name: item if known_by is None else item.known_by(known_by) for name, item in items.items()}
    return {name: known_track(item, evidence.instruments[name]) for name, item in then.items()}


def _finding(entry: Entry, paths: list[ConditionPath], watched: Watched | None, units: list[str]) -> LegOutcome:
    told = [path_words(path, unit) for path, unit in zip(paths, units, strict=True)]
    parts = [_head(entry), *told, *([watch_words(watched)] if watched else []), probability_words(entry)]
    shared = LegOutcome(
        verdict=_verdict(entry),
        sentence=" ".join(parts),
        rule=RULE,
        n=len(paths[0].values),
        sample=(paths[0].values.index[0], paths[0].values.index[-1]),
        method=METHOD,
        entry=entry,
    )
    if entry.outcome is None:
        mean, low, high = printed(entry.now, entry.record_now)
        return replace(shared, claimed=entry.stated, estimate=mean, lower=low, upper=high, unit=RANGE)
    if len(paths) > 1:
        return shared
    return replace(shared, claimed=_bound(paths[0].condition), estimate=paths[0].judged, unit=units[0])


def _all(outcomes: list[bool | None]) -> bool | None:
    if False in outcomes:
        return False
    return None if None in outcomes else True


def _settled_on(paths: list[ConditionPath], reached: bool | None) -> pd.Timestamp | None:
    if reached is None:
        return None
    days = [day for path in paths if (day := path.settled_on()) is not None and path.outcome() is reached]
    return max(days) if reached else min(days)


def _verdict(entry: Entry) -> Verdict:
    if entry.outcome is None:
        return Verdict.UNDECIDED
    if entry.outcome:
        return Verdict.SUPPORTED
    return Verdict.PARTLY if entry.reached else Verdict.CONTRADICTED


def _head(entry: Entry) -> str:
    if entry.settled_on is not None:
        word = "It came true" if entry.outcome else "It did not come true"
        return f"{word} (settled on {entry.settled_on:%Y-%m-%d})."
    return f"Open until {entry.by}; the data reach {entry.known_to:%Y-%m-%d}."


def _bound(condition: Condition) -> float | None:
    if condition.above is not None and condition.below is not None:
        return None
    return condition.below if condition.above is None else condition.above


def _variants(
    paths: list[ConditionPath], now: list[Forecast], unit: str, *, of_probability: bool
) -> tuple[Variant, ...]:
    """Return what the other readings come to: they stand beside the one that was fixed and never choose the verdict."""
    waiting = iter(now)
    return tuple(
        _open_variant(path, next(waiting), of_probability=of_probability)
        if path.outcome() is None
        else Variant(name=f"read as {path.condition.words}", note=reading_words(path, unit))
        for path in paths
    )


def _open_variant(path: ConditionPath, now: Forecast, *, of_probability: bool) -> Variant:
    variant = Variant(name=f"read as {path.condition.words}", note=f"open, probability {range_words(*now)}")
    mean, low, high = printed(*now)
    return replace(variant, estimate=mean, lower=low, upper=high) if of_probability else variant
