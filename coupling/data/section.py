"""The ``data`` section of a configuration."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from coupling.data.durations import parse_duration
from coupling.data.instrument import SourceEntry
from coupling.data.store import Store
from coupling.errors import ConfigurationError
from coupling.section import Section

__all__ = ["DataSection", "DataSource", "Repair", "RepairRule"]


class DataSource(StrEnum):
    """Where data may come from when no directory is given."""

    AUTO = "auto"
    LIVE = "live"
    STORE = "store"
    SIMULATED = "simulated"
    MEMORY = "memory"


class RepairRule(StrEnum):
    """What is done with a value that is known to be wrong."""

    DROP = "drop"
    SECOND_SOURCE = "second_source"


class Repair(Section):
    """A rule that repairs named values of an instrument.

    Parameters
    ----------
    rule : RepairRule
        ``drop`` leaves the rows of these dates out; ``second_source`` takes the values of another source of the same
        clock.
    dates : tuple of date
        As the source writes them.
    source : str, optional
        Name of the second source (a file, or provider and symbol as ``fred CBBTCUSD``); by default the first at hand.
    """

    rule: RepairRule
    dates: tuple[date, ...] = Field(min_length=1)
    source: str | None = None

    @model_validator(mode="after")
    def _drop_needs_no_source(self) -> Self:
        if self.rule is RepairRule.DROP and self.source is not None:
            raise ConfigurationError(f"rule drop takes no source, not {self.source!r}; leave it out", path="source")
        return self


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
    store: str | None = None
    directory: str | None = None
    files: dict[str, SourceEntry] = Field(default_factory=dict)
    repairs: dict[str, tuple[Repair, ...]] = Field(default_factory=dict)

    @field_validator("max_age")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    def open_store(self, base: Path) -> Store:
        """Return the store; a relative folder starts from `base`."""
        return Store(None if self.store is None else base / Path(self.store).expanduser())

    def folder(self, base: Path) -> Path | None:
        """Return the folder of files where one is named; a relative one starts from `base`."""
        return None if self.directory is None else base / Path(self.directory).expanduser()
