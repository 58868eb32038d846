"""The ``data`` section of a configuration."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from coupling.configuration.section import Filled, Section
from coupling.data.checks.names import FINDINGS
from coupling.data.instrument import SourceEntry
from coupling.data.stores.store import Store
from coupling.dates.durations import parse_duration
from coupling.errors import ConfigurationError
from coupling.machine.names import Name, place_of

__all__ = ["DataSection", "DataSource", "Repair", "RepairRule"]


class DataSource(StrEnum):
    """Where data may come from when no directory is given."""

    AUTO = "auto"
    LIVE = "live"
    STORE = "store"
    SIMULATED = "simulated"
    MEMORY = "memory"


class RepairRule(StrEnum):
    """What is done with values that are known to be wrong."""

    DROP = "drop"
    SECOND_SOURCE = "second_source"
    SCALE = "scale"
    CONFIRM = "confirm"


class Repair(Section):
    """A rule that repairs named values of an instrument.

    Parameters
    ----------
    rule : RepairRule
        ``drop`` leaves the rows of these dates out; ``second_source`` takes the values of another source of the same
        clock; ``scale`` multiplies all values before a date, or from one on, by a factor; ``confirm`` says that what
        a check found on these dates was real.
    dates : tuple of date or datetime
        As the source writes them; for all but ``scale``. A value of a series with several a day is named by the instant
        at which it is struck, as ``2024-08-05T13:00Z``.
    source : str, optional
        Name of the second source (a file, or provider and symbol as ``fred CBBTCUSD``); by default the first at hand.
    before, start : date or datetime, optional
        For ``scale``, one of them: the first date left as it is, or (written ``from``) the first that is scaled.
    factor : float, optional
        For ``scale``: not 0 and not 1; -1 turns the sign.
    finding : str, optional
        For ``confirm``: what was found, in the words of the page, as ``level jump that stays``.
    """

    rule: RepairRule
    dates: tuple[date | datetime, ...] = ()
    source: Filled | None = None
    before: date | datetime | None = None
    start: date | datetime | None = Field(default=None, alias="from")
    factor: float | None = Field(default=None, allow_inf_nan=False, ge=-1e6, le=1e6)
    finding: Literal[*FINDINGS] | None = None  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _has_what_its_rule_takes(self) -> Self:
        scales = self.rule is RepairRule.SCALE
        if not scales and not self.dates:
            raise ConfigurationError(f"rule {self.rule} names no date; add dates: [YYYY-MM-DD]", path="dates")
        if scales:
            self._require_scale()
        if self.rule is RepairRule.CONFIRM:
            self._require_finding()
        elsewhere: dict[str, object] = (
            {} if scales else {"before": self.before, "from": self.start, "factor": self.factor}
        )
        elsewhere |= {} if self.rule is RepairRule.SECOND_SOURCE else {"source": self.source}
        elsewhere |= {} if self.rule is RepairRule.CONFIRM else {"finding": self.finding}
        for name, given in elsewhere.items():
            if given is not None:
                raise ConfigurationError(f"rule {self.rule} takes no {name}, not {given!r}; leave it out", path=name)
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"from" if name == "start" else name: value for name, value in dump(self).items()}

    def _require_finding(self) -> None:
        if self.finding is None:
            words = ", ".join(map(repr, FINDINGS))
            raise ConfigurationError(f"rule confirm names no finding; add finding: one of {words}", path="finding")
        if any(isinstance(day, datetime) for day in self.dates):
            raise ConfigurationError("rule confirm names days, as the table of findings does", path="dates")

    def _require_scale(self) -> None:
        if self.dates:
            raise ConfigurationError("rule scale takes no dates; give before: DATE, or from: DATE", path="dates")
        if (self.before is None) == (self.start is None):
            raise ConfigurationError("rule scale takes one of before: DATE and from: DATE", path="before")
        if self.factor in (None, 0.0, 1.0):
            raise ConfigurationError(f"rule scale takes a factor other than 0 and 1, not {self.factor}", path="factor")


class DataSection(Section):
    """The ``data`` section of a configuration.

    Parameters
    ----------
    source : DataSource
        Used where no directory is given: ``auto`` is the store where it is younger than `max_age`, else live, else the
        old store; ``live``; ``store``, which needs no network; ``simulated``; or ``memory``, the panel given to
        `coupling.run`, which no file can name.
    max_age : str
        Until what age the store serves unasked, as ``1d``.
    store : str, optional
        Folder of the store; by default in the user's data folder.
    directory : str, optional
        Folder of CSV or Parquet files, or of an export, relative to the configuration.
    files : dict of str to SourceEntry
        Files that the configuration maps itself, as ``USDJPY: {file: mine.csv, clock: H10}``: in the directory or one
        below it, or where a path says; without a directory they lie beside the configuration, and other instruments
        come from where `source` says.
    repairs : dict of str to tuple of Repair
        By instrument, rules for values that are known to be wrong. Nothing else is corrected.
    """

    source: DataSource = DataSource.AUTO
    max_age: str = "1d"
    store: Filled | None = None
    directory: Filled | None = None
    files: dict[Name, SourceEntry] = Field(default_factory=dict)
    repairs: dict[Name, tuple[Repair, ...]] = Field(default_factory=dict)

    @field_validator("max_age")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    def open_store(self, base: Path) -> Store:
        """Return the store; a relative folder starts from `base`."""
        return Store(None if self.store is None else place_of(base, self.store))

    def folder(self, base: Path) -> Path | None:
        """Return the folder of files where one is named; a relative one starts from `base`."""
        return None if self.directory is None else place_of(base, self.directory)
