"""What a watch tells, field by field: the file for programs is written by it, and every sentence is made from it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from coupling.configuration.section import UNREADABLE
from coupling.results.json_schema import DIALECT, FailureRecord, Hash, Instant, Number, RecordPart

__all__ = [
    "SCHEMA",
    "Alert",
    "Change",
    "ConfigurationHashes",
    "DeliveryRecord",
    "Morning",
    "Reason",
    "ReasonKind",
    "SeriesAge",
    "Told",
    "WatchRecord",
    "readable",
    "watch_schema",
]

SCHEMA = "coupling-watch/1"


def readable(text: Any) -> Any:
    r"""Return a text on which nothing is hidden: what cannot be read, as a server may send it, is marked.

    Examples
    --------
    >>> readable("down\x1b[2J")
    'down\ufffd[2J'
    """
    return UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text) if isinstance(text, str) else text


Told = Annotated[str, BeforeValidator(readable)]

ReasonKind = Literal["new_data", "revision", "source", "configuration", "software"]


class Alert(RecordPart):
    """Something that a rule of the configuration tells."""

    id: Told = Field(description="The same however often it is told; another day's alert has another one.")
    rule: Told = Field(description="The word of the rule.")
    subject: list[Told] = Field(description="Of what: a pair, an instrument, a claim.")
    told: Told = Field(description="The alert in a sentence.")
    at: date | None = Field(description="The session at which it happened.")
    finding: Told | None = Field(description="Id of the finding that it is about.")
    first_seen: Instant = Field(description="The run that saw it first.")


class Reason(RecordPart):
    """Why today's findings may differ from the last run's."""

    kind: ReasonKind
    subject: list[Told] = Field(description="The instrument; empty where it concerns all findings.")
    told: Told
    values: int | None = Field(description="How many values are new, or were revised; null where it is not known.")
    percent: Number = Field(description="The largest revision in percent of the value before; null where not known.")


class Change(RecordPart):
    """A finding that has another verdict, is new, or is gone."""

    what: Literal["verdict changed", "new", "gone"]
    id: Told
    question: Told
    subject: list[Told]
    specification: Told
    primary: bool
    verdict_before: Told | None
    verdict_now: Told | None
    estimate_before: Number
    lower_before: Number
    upper_before: Number
    estimate_now: Number
    lower_now: Number
    upper_now: Number
    unit: Told
    differs: list[Told] = Field(description="What else of the finding is another one, so that estimates differ by it.")
    why: list[ReasonKind] = Field(description="Which kinds of reasons concern its subject.")


class SeriesAge(RecordPart):
    """How far a series reaches."""

    instrument: Told
    source: Told
    symbol: Told
    clock: Told
    last: date | None = Field(description="Its last session.")
    retrieved_at: Instant | None
    overdue: int | None = Field(description="Values that should be known by now and are missing; null if not known.")
    failed: Told = Field(description="Why no live source served, where an old store does.")


class ConfigurationHashes(RecordPart):
    """What today's findings were made from."""

    configuration_sha256: Hash | None
    data_sha256: Hash | None
    findings_sha256: Hash | None = Field(description="Of the file of findings that the state keeps.")
    version: Told


class DeliveryRecord(RecordPart):
    """What became of the alerts that were posted."""

    posted: int
    told: int
    reason: Told = Field(description="Why the first that was not told was not; it is posted again by the next run.")


class Morning(RecordPart):
    """One configuration: its alerts, what changed and why, and how far its data reach."""

    configuration: Told = Field(description="Name of the file, without folder and suffix.")
    title: Told
    focus: Told
    simulated: bool
    as_of: Instant | None = Field(description="The instant (UTC) that stands for today.")
    first: bool = Field(description="Whether there is no earlier run to compare with.")
    previous_as_of: Instant | None
    session: date | None = Field(description="Last session that the answers reach.")
    previous_session: date | None
    sessions: int | None = Field(description="Sessions since the last run; above 1 where runs were missed.")
    headline: Told
    alerts: list[Alert]
    standing: list[Alert] = Field(description="Told earlier, and still so.")
    ended: list[Alert] = Field(description="Told earlier, and no longer so.")
    changes: list[Change]
    reasons: list[Reason]
    unchanged: int = Field(description="Findings with the same verdict.")
    moved: int = Field(description="Those of them that have another estimate.")
    data: list[SeriesAge]
    age: Told = Field(description="How old the data are, in a sentence.")
    banner: Told
    cautions: list[Told]
    failures: list[FailureRecord]
    error: Told = Field(description="Why there is no answer today; empty where there is one.")
    made_from: ConfigurationHashes | None
    delivery: DeliveryRecord | None
    exit_codes: list[int] = Field(description="All that apply, the gravest first.")


class WatchRecord(RecordPart):
    """The file of one run of ``coupling watch``."""

    model_config = ConfigDict(title="A run of coupling watch", populate_by_name=True)

    schema_: Literal["coupling-watch/1"] = Field(alias="schema", description="Name and version of this schema.")
    version: Told = Field(description="Version of coupling.")
    ran_at: Instant
    exit_code: int = Field(description="4: an alert; where several apply 2, 3, 4, 1 in that order.")
    studies: list[Morning]


def watch_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the file that ``coupling watch --json`` writes.

    Examples
    --------
    >>> watch_schema()["properties"]["schema"]["const"]
    'coupling-watch/1'
    """
    return {"$schema": DIALECT, **WatchRecord.model_json_schema(by_alias=True)}
