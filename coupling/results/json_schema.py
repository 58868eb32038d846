"""What a file of findings holds, field by field: the schema that it is written by, read by and published as."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from coupling.configuration.section import UNREADABLE
from coupling.dates.columns import FIRST_YEAR, LAST_YEAR
from coupling.results.verdicts import VERDICTS

__all__ = [
    "DIALECT",
    "SCHEMA",
    "FailureRecord",
    "FindingRecord",
    "FindingsRecord",
    "Hash",
    "Instant",
    "Line",
    "Number",
    "RecordPart",
    "findings_schema",
]

SCHEMA = "coupling-findings/1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

QUESTIONS = sorted(VERDICTS)
ANSWERS = sorted({str(answer) for answers in VERDICTS.values() for answer in answers})


def _require_readable(text: str) -> str:
    if found := UNREADABLE.search(text):
        raise ValueError(f"it holds {found[0]!r}, which cannot be read")
    return text


def _require_year(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"it lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return instant


Line = Annotated[str, AfterValidator(_require_readable)]
Instant = Annotated[AwareDatetime, AfterValidator(_require_year)]
Number = float | None
Share = Annotated[float, Field(ge=0, le=1)] | None
Count = Annotated[float, Field(ge=0)] | None
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RecordPart(BaseModel):
    """A part of the file: kinds are exact, numbers are finite, and keys beyond these are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class FindingRecord(RecordPart):
    """One finding; see `coupling.results.finding.Finding`."""

    id: Line = Field(description="Pairs the findings of two runs: no estimate and no end date is in it.")
    question: Literal[*QUESTIONS] = Field(description="What is asked.")  # type: ignore[valid-type]
    subject: list[Line] = Field(description="Of what: the focus first.")
    quantity: Line
    unit: Line
    primary: bool = Field(description="Whether the headline may rest on it.")
    estimate: Number
    lower: Number
    upper: Number
    level: Share = Field(description="Coverage of the interval.")
    n: Count
    n_effective: Count
    p: Share
    p_adjusted: Share
    family: Line = Field(description="Over which tests p is adjusted.")
    adjustment: Line = Field(description="By which method p is adjusted.")
    verdict: Literal[*ANSWERS] = Field(description="One of the answers to the question.")  # type: ignore[valid-type]
    fragile_on: date | None = Field(description="The session without which the verdict would be another.")
    smallest_effect: Number = Field(description="The smallest effect that matters, in the unit of the estimate.")
    detectable: Number = Field(description="The effect found with 80 % power, in the unit of the estimate.")
    start: date | None = Field(description="First session of the sample.")
    end: date | None = Field(description="Last session of the sample.")
    clock: Line = Field(description="Whose sessions start and end are.")
    method: str
    cautions: list[str]
    evidence: Line = Field(description="Anchor of the result on the page.")

    @property
    def specification(self) -> str:
        """What tells it from other answers to the same question about the same subject: the end of its id."""
        return self.id.removeprefix(self._asked).removeprefix("/")

    @property
    def _asked(self) -> str:
        return "/".join(filter(None, (self.question, *self.subject)))

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.verdict not in set(map(str, VERDICTS[self.question])):
            raise ValueError(f"the verdict {self.verdict!r} does not answer the question {self.question!r}")
        if not f"{self.id}/".startswith(f"{self._asked}/"):
            raise ValueError(f"the id {self.id[:80]!r} is not of the question and subject {self._asked[:80]!r}")
        for low, high in ((self.lower, self.upper), (self.start, self.end)):
            if low is not None and high is not None and low > high:  # type: ignore[operator]
                raise ValueError(f"{low} to {high} has its ends crossed")
        return self


class FailureRecord(RecordPart):
    """Something that was asked for and raised an error."""

    name: str
    title: str
    reason: str


class FindingsRecord(RecordPart):
    """The findings of one run, with what is needed to know which run it was."""

    model_config = ConfigDict(title="Findings of a run of coupling")

    schema_: Literal["coupling-findings/1"] = Field(alias="schema", description="Name and version of this schema.")
    version: Line = Field(description="Version of coupling.")
    title: Line
    focus: Line
    as_of: Instant | None = Field(description="The instant (UTC) that stands for today.")
    configuration_sha256: Hash | None
    data_sha256: Hash | None = Field(description="Of the names, clocks and hashes of every series that was used.")
    seed: int | None
    simulated: bool = Field(description="Whether the numbers come from the simulated market.")
    findings: list[FindingRecord] = Field(description="Sorted by id; no two share one.")
    failures: list[FailureRecord]


def findings_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a file of findings.

    Examples
    --------
    >>> findings_schema()["properties"]["schema"]["const"]
    'coupling-findings/1'
    """
    return {"$schema": DIALECT, **FindingsRecord.model_json_schema(by_alias=True)}
