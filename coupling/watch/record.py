"""What a watch tells, field by field: the file for programs is written by it, and every sentence is made from it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from coupling.results.json_schema import DIALECT, FailureRecord, Hash, Instant, Line, Number, RecordPart

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
    "WatchRecord",
    "watch_schema",
]

SCHEMA = "coupling-watch/1"

ReasonKind = Literal["new_data", "revision", "source", "configuration", "software"]


class Alert(RecordPart):
    """Something that a rule of the configuration tells."""

    id: Line = Field(description="The same however often it is told; another day's alert has another one.")
    rule: Line = Field(description="The word of the rule.")
    subject: list[Line] = Field(description="Of what: a pair, an instrument, a claim.")
    told: Line = Field(description="The alert in a sentence.")
    at: date | None = Field(description="The session at which it happened.")
    finding: Line | None = Field(description="Id of the finding that it is about.")
    first_seen: Instant = Field(description="The run that saw it first.")


class Reason(RecordPart):
    """Why today's findings may differ from the last run's."""

    kind: ReasonKind
    subject: list[Line] = Field(description="The instrument; empty where it concerns all findings.")
    told: Line
    values: int | None = Field(description="How many values are new, or were revised; null where it is not known.")
    percent: Number = Field(description="The largest revision in percent of the value before; null where not known.")


class Change(RecordPart):
    """A finding that has another verdict, is new, or is gone."""

    what: Literal["verdict changed", "new", "gone"]
    id: Line
    question: Line
    subject: list[Line]
    specification: Line
    primary: bool
    verdict_before: Line | None
    verdict_now: Line | None
    estimate_before: Number
    lower_before: Number
    upper_before: Number
    estimate_now: Number
    lower_now: Number
    upper_now: Number
    unit: Line
    differs: list[Line] = Field(description="What else of the finding is another one, so that estimates differ by it.")
    why: list[ReasonKind] = Field(description="Which kinds of reasons concern its subject.")


class SeriesAge(RecordPart):
    """How far a series reaches."""

    instrument: Line
    source: Line
    symbol: Line
    clock: Line
    last: date | None = Field(description="Its last session.")
    retrieved_at: Instant | None
    overdue: int | None = Field(description="Values that should be known by now and are missing; null if not known.")
    failed: str = Field(description="Why no live source served, where an old store does.")


class ConfigurationHashes(RecordPart):
    """What today's findings were made from."""

    configuration_sha256: Hash | None
    data_sha256: Hash | None
    findings_sha256: Hash | None = Field(description="Of the file of findings that the state keeps.")
    version: Line


class DeliveryRecord(RecordPart):
    """What became of the alerts that were posted."""

    posted: int
    told: int
    reason: str = Field(description="Why the first that was not told was not; it is posted again by the next run.")


class Morning(RecordPart):
    """One configuration: its alerts, what changed and why, and how far its data reach."""

    configuration: Line = Field(description="Name of the file, without folder and suffix.")
    title: Line
    focus: Line
    simulated: bool
    as_of: Instant | None = Field(description="The instant (UTC) that stands for today.")
    first: bool = Field(description="Whether there is no earlier run to compare with.")
    previous_as_of: Instant | None
    session: date | None = Field(description="Last session that the answers reach.")
    previous_session: date | None
    sessions: int | None = Field(description="Sessions since the last run; above 1 where runs were missed.")
    headline: Line
    alerts: list[Alert]
    standing: list[Alert] = Field(description="Told earlier, and still so.")
    ended: list[Alert] = Field(description="Told earlier, and no longer so.")
    changes: list[Change]
    reasons: list[Reason]
    unchanged: int = Field(description="Findings with the same verdict.")
    moved: int = Field(description="Those of them that have another estimate.")
    data: list[SeriesAge]
    age: str = Field(description="How old the data are, in a sentence.")
    banner: str
    cautions: list[str]
    failures: list[FailureRecord]
    error: str = Field(description="Why there is no answer today; empty where there is one.")
    made_from: ConfigurationHashes | None
    delivery: DeliveryRecord | None
    exit_codes: list[int] = Field(description="All that apply, the gravest first.")


class WatchRecord(RecordPart):
    """The file of one run of ``coupling watch``."""

    model_config = ConfigDict(title="A run of coupling watch", populate_by_name=True)

    schema_: Literal["coupling-watch/1"] = Field(alias="schema", description="Name and version of this schema.")
    version: Line = Field(description="Version of coupling.")
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
