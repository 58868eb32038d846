"""The ``watch`` section of a configuration: by which rules ``coupling watch`` alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from coupling.configuration.section import Filled, Section
from coupling.errors import ConfigurationError, nearest
from coupling.machine.names import Name
from coupling.results.verdicts import VERDICTS

__all__ = [
    "DEFAULT_RULES",
    "DataRevised",
    "DataStale",
    "EventDetected",
    "MeaningChanged",
    "MonitorLeft",
    "PredictionResolved",
    "SourceFailed",
    "VerdictChanged",
    "WatchRule",
    "WatchSection",
    "require_known",
]


class WatchRule(Section):
    """What every rule has in common."""

    rule: str


class _OfInstruments(WatchRule):
    """A rule that may be held to some of the study's instruments; none named: all."""

    instruments: tuple[Name, ...] = ()

    def concerns(self, names: Sequence[str]) -> bool:
        """Tell whether any of some instruments is one that the rule is held to."""
        return not self.instruments or not set(self.instruments).isdisjoint(names)


class MonitorLeft(_OfInstruments):
    """A correlation has left the baseline that the monitor of the section ``change`` keeps."""

    rule: Literal["monitor_left"] = "monitor_left"


class VerdictChanged(WatchRule):
    """A finding has another verdict than in the last run.

    Parameters
    ----------
    questions : tuple of str
        Which questions; none named: all but ``monitor``, which has a rule of its own.
    subjects : tuple of str
        Findings about any of these instruments, claims or kinds of event; none named: all.
    primary : bool, optional
        Whether only findings count on which the headline may rest. Where it is not said: yes if neither questions nor
        subjects are named, else no.
    """

    rule: Literal["verdict_changed"] = "verdict_changed"
    questions: tuple[Literal[*VERDICTS], ...] = ()  # type: ignore[valid-type]
    subjects: tuple[Filled, ...] = ()
    primary: bool | None = None

    def concerns(self, question: str, subject: Sequence[str], *, primary: bool) -> bool:
        """Tell whether a finding is one that the rule is held to."""
        asked = question in self.questions if self.questions else question != "monitor"
        about = not self.subjects or not set(self.subjects).isdisjoint(subject)
        leading = self.primary if self.primary is not None else not (self.questions or self.subjects)
        return asked and about and (primary or not leading)


class PredictionResolved(WatchRule):
    """A prediction among the claims came true or failed; `claims` are ids, none named: all."""

    rule: Literal["prediction_resolved"] = "prediction_resolved"
    claims: tuple[Filled, ...] = ()


class DataStale(_OfInstruments):
    """A series lacks values that should be known by now.

    Parameters
    ----------
    sessions : int
        How many values of its own clock are missing at its end, at least; a session counts once its value should be
        known.
    days : int, optional
        Instead of it: how many calendar days lie after its last session, at least.
    """

    rule: Literal["data_stale"] = "data_stale"
    sessions: int = Field(default=3, ge=1)
    days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_measure(self) -> DataStale:
        if self.days is not None and "sessions" in self.model_fields_set:
            raise ConfigurationError("data_stale takes sessions or days, not both; leave one out", path="days")
        return self


class DataRevised(_OfInstruments):
    """Values of the past are other ones than in the last run.

    Parameters
    ----------
    percent : float
        The largest revision must be at least so large, in percent of the value before. Where its size is not known, as
        of files, or values were taken away or put in, any revision counts.
    """

    rule: Literal["data_revised"] = "data_revised"
    percent: float = Field(default=1.0, ge=0, le=1e6)


class MeaningChanged(_OfInstruments):
    """The checks find that values of a series may mean something else than those around them."""

    rule: Literal["meaning_changed"] = "meaning_changed"


class SourceFailed(_OfInstruments):
    """An instrument could not be had, is served by an old store, or by another source than in the last run."""

    rule: Literal["source_failed"] = "source_failed"


class EventDetected(WatchRule):
    """The detector of the section ``events`` gave a signal."""

    rule: Literal["event_detected"] = "event_detected"


AnyRule = Annotated[
    MonitorLeft
    | VerdictChanged
    | PredictionResolved
    | DataStale
    | DataRevised
    | MeaningChanged
    | SourceFailed
    | EventDetected,
    Field(discriminator="rule"),
]

DEFAULT_RULES: tuple[AnyRule, ...] = (
    MonitorLeft(),
    VerdictChanged(),
    PredictionResolved(),
    DataStale(),
    DataRevised(),
    MeaningChanged(),
    SourceFailed(),
    EventDetected(),
)
"""The rules of a study that names none."""


class WatchSection(Section):
    """When ``coupling watch`` alerts; it changes no number of a study.

    Parameters
    ----------
    rules : list
        Each a word, or a mapping with ``rule`` and its options, as ``{rule: data_stale, sessions: 5}``. Without the
        key: every rule with its defaults.
    """

    rules: tuple[AnyRule, ...] = DEFAULT_RULES

    @field_validator("rules", mode="before")
    @classmethod
    def _words_are_rules(cls, rules: Any) -> Any:
        if not isinstance(rules, list | tuple):
            return rules
        return tuple({"rule": each} if isinstance(each, str) else _unnested(each) for each in rules)


def _unnested(rule: Any) -> Any:
    """Return ``data_stale: {sessions: 5}`` as ``{rule: data_stale, sessions: 5}``."""
    if not isinstance(rule, Mapping) or len(rule) != 1 or "rule" in rule:
        return rule
    (name, options), *_ = rule.items()
    return {"rule": name, **options} if isinstance(options, Mapping) else rule


def require_known(section: WatchSection | None, instruments: Sequence[str]) -> None:
    """Raise `ConfigurationError` if a rule names an instrument that is none of the study's."""
    for place, rule in enumerate(() if section is None else section.rules):
        for at, name in enumerate(getattr(rule, "instruments", ())):
            if name not in instruments:
                message = f"{name!r} is not among the instruments; {nearest(name, instruments)}"
                raise ConfigurationError(message, path=f"watch.rules.{place}.instruments.{at}")
