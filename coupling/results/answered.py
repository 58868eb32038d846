"""What a page, or a file of findings, is made of: the answer of a study, whoever gives it."""

from __future__ import annotations

from typing import Protocol

from coupling.results.base import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.finding import Finding

__all__ = ["Answered"]


class Answered(Protocol):
    """The answer of a study, see `coupling.results.study.StudyResult`."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def headline(self) -> str: ...  # noqa: D102
    @property
    def asked(self) -> str: ...  # noqa: D102
    @property
    def focus(self) -> str: ...  # noqa: D102
    @property
    def provenance(self) -> Provenance: ...  # noqa: D102
    @property
    def timezone(self) -> str: ...  # noqa: D102
    @property
    def sections(self) -> tuple[RoomResult, ...]: ...  # noqa: D102
    @property
    def answered(self) -> tuple[RoomResult, ...]: ...  # noqa: D102
    @property
    def claims(self) -> RoomResult | None: ...  # noqa: D102
    @property
    def results(self) -> tuple[Result | Failure, ...]: ...  # noqa: D102
    @property
    def since(self) -> Result | None: ...  # noqa: D102
    @property
    def origins(self) -> tuple[Origin, ...]: ...  # noqa: D102
    @property
    def found(self) -> tuple[Finding, ...]: ...  # noqa: D102
    @property
    def failures(self) -> tuple[Failure, ...]: ...  # noqa: D102
