"""The typed configuration of a study, composed of one model per room that lives in the room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

import pandas as pd
import yaml
from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from coupling.change.section import ChangeSection
from coupling.configuration.document import read_document
from coupling.configuration.refusal import refuse
from coupling.configuration.section import Filled, Section
from coupling.configuration.shipped import file_of
from coupling.correlation.section import CorrelationSection
from coupling.data.alignment import AlignmentSection
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY, Instrument, Provider, SourceEntry, resolve
from coupling.data.operands import find_loop
from coupling.data.section import DataSection, DataSource
from coupling.dates.durations import parse_duration
from coupling.dates.zones import require_zone
from coupling.direction.section import DirectionSection
from coupling.errors import ConfigurationError, nearest
from coupling.events.section import EventsSection
from coupling.machine.names import Name, place_of
from coupling.machine.privacy import public
from coupling.study.variants import VariantsSection, check_grid
from coupling.study.watching import WatchSection, require_known

__all__ = ["Display", "Period", "Study", "load_study"]

VERSION = 1
"""Of the format of a configuration; it rises where an older package would read a newer file wrongly."""


class Period(Section):
    """The period that is reported; estimation and warm-up see the whole series."""

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start and self.end and self.start >= self.end:
            message = f"period.start {self.start} is not before period.end {self.end}; swap them"
            raise ConfigurationError(message, path="start")
        return self


class Display(Section):
    """How the page shows what was found."""

    timezone: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.timezone is not None:
            try:
                require_zone(self.timezone)
            except ConfigurationError as error:
                raise ConfigurationError(error.message, path="timezone") from None
        return self


class Study(Section):
    """A study: which instruments, which data, how aligned, and what every room is asked.

    Parameters
    ----------
    version : int
        Of the format of the configuration; one that this package does not know is refused.
    title : str
        Heading of the page.
    focus : str
        The instrument that is compared with every other.
    instruments : tuple of str
        At least two, the focus among them.
    define : dict of str to Instrument
        One's own instruments.
    period : Period
        What is reported.
    data, alignment, correlation, change, direction, events : Section
        One section per room; a room left out is not asked.
    claims : tuple of str
        Files of claims, relative to the configuration.
    variants : VariantsSection, optional
        One outcome under every combination of some choices; `coupling.compare` answers it.
    watch : WatchSection, optional
        By which rules ``coupling watch`` alerts; without it by all of them.
    seed : int
        Seed of everything random, and of the simulated market.
    """

    version: int = Field(default=VERSION, ge=1, le=1_000)
    title: Filled = Field(min_length=1)
    focus: Name
    instruments: tuple[Name, ...] = Field(min_length=2)
    define: dict[Name, Instrument] = Field(default_factory=dict)
    period: Period = Period()
    data: DataSection = DataSection()
    alignment: AlignmentSection = AlignmentSection()
    correlation: CorrelationSection | None = CorrelationSection()
    change: ChangeSection | None = None
    direction: DirectionSection | None = None
    events: EventsSection | None = None
    claims: tuple[Filled, ...] = ()
    variants: VariantsSection | None = None
    watch: WatchSection | None = None
    seed: int = Field(default=0, ge=0)
    display: Display = Display()
    _base: Path = PrivateAttr(default=Path())

    @field_validator("version")
    @classmethod
    def _version_known(cls, version: int) -> int:
        if version > VERSION:
            raise ValueError(f"the configuration is of version {version}, and this package reads {VERSION}; update it")
        return version

    @model_validator(mode="before")
    @classmethod
    def _name_definitions(cls, settings: Any) -> Any:
        """Give each defined instrument its key as a name."""
        if not isinstance(settings, Mapping) or not isinstance(settings.get("define"), Mapping):
            return settings
        named = {
            name: {"name": name, **entry} if isinstance(entry, Mapping) else entry
            for name, entry in settings["define"].items()
        }
        return {**settings, "define": named}

    @field_validator("instruments", mode="before")
    @classmethod
    def _no_space_in_symbols(cls, names: Any) -> Any:
        """Tell how to write what YAML reads as a mapping: yahoo: MSTR."""
        for place, name in enumerate(names if isinstance(names, list | tuple) else ()):
            if isinstance(name, Mapping) and len(name) == 1:
                (source, symbol), *_ = name.items()
                message = (
                    f"{source}: {symbol} is a mapping for YAML; write it without the space, as '{source}:{symbol}'"
                )
                raise ConfigurationError(message, path=str(place))
        return names

    @model_validator(mode="after")
    def _instruments_known(self) -> Self:
        for place, name in enumerate(self.instruments):
            if name in self.instruments[:place]:
                raise ConfigurationError(f"{name} stands twice; name it once", path=f"instruments.{place}")
            self._require(name, f"instruments.{place}")
            self._require_another(place)
        for defined, item in self.define.items():
            if item.name != defined:
                message = f"{defined} is called {item.name!r} inside; leave the name out, or write the same"
                raise ConfigurationError(message, path=f"define.{defined}.name")
            for name in item.operands[::2] if item.formula else ():
                self._require(name, f"define.{defined}.formula")
        self._require_apart()
        self._require_ends()
        if self.focus not in self.instruments:
            hint = nearest(self.focus, self.instruments)
            raise ConfigurationError(f"focus {self.focus!r} is not among the instruments; {hint}", path="focus")
        return self

    def _require_apart(self) -> None:
        """Refuse two names that differ in upper and lower case alone: on many disks they are one file."""
        seen: dict[str, str] = {}
        for name in dict.fromkeys((*self.instruments, *self.define)):
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                path = f"define.{name}" if name in self.define else f"instruments.{self.instruments.index(name)}"
                message = f"{other!r} and {name!r} differ in upper and lower case alone; rename one of them"
                raise ConfigurationError(message, path=path)

    def _require_ends(self) -> None:
        """Refuse a formula that is made of itself, directly or by way of others."""
        loop = find_loop(self.define)
        if loop:
            way = " → ".join(loop) if len(loop) <= 6 else f"{' → '.join(loop[:3])} → … → {loop[-1]}"
            message = f"the formula is made of itself ({way}); give one of them sources"
            raise ConfigurationError(message, path=f"define.{loop[0]}.formula")

    @model_validator(mode="after")
    def _outcome_known(self) -> Self:
        for place, name in enumerate(self.variants.outcome.pair if self.variants else ()):
            if name not in self.instruments:
                message = f"{name!r} is not among the instruments; {nearest(name, self.instruments)}"
                raise ConfigurationError(message, path=f"variants.outcome.pair.{place}")
        self._require_estimator()
        return self

    def _require_estimator(self) -> None:
        known = (self.correlation or CorrelationSection()).estimators()
        name = "rolling" if self.variants is None else self.variants.outcome.estimator
        if name not in known:
            message = f"there is no estimator {name!r} in the section correlation; {nearest(name, known)}"
            raise ConfigurationError(message, path="variants.outcome.estimator")

    @model_validator(mode="after")
    def _data_known(self) -> Self:
        require_known(self.watch, self.instruments)
        for path, entry in self._entries():
            self._require_clock(entry.clock, path)
            if entry.provider is Provider.MEMORY and self.data.source is not DataSource.MEMORY:
                raise ConfigurationError(
                    "a configuration has nothing in memory; name a file or a live source", path=path
                )
        for name in self.data.files:
            self._require(name, f"data.files.{name}")
        for name in self.data.repairs:
            self._require(name, f"data.repairs.{name}")
            if resolve(name, self.define).formula is not None:
                message = f"{name} is a formula, without values of its own; repair an instrument that it is made of"
                raise ConfigurationError(message, path=f"data.repairs.{name}")
        return self

    def _entries(self) -> Iterator[tuple[str, SourceEntry]]:
        """Yield the sources that the configuration itself declares, each with its path."""
        yield from ((f"data.files.{name}.clock", entry) for name, entry in self.data.files.items())
        for name, item in self.define.items():
            yield from ((f"define.{name}.sources.{place}.clock", entry) for place, entry in enumerate(item.sources))

    def _require_clock(self, clock: str, path: str) -> None:
        try:
            _ = None if clock == HOURLY else load_clock(clock)
        except ConfigurationError as error:
            raise ConfigurationError(error.message, path=path) from None

    def _require_another(self, place: int) -> None:
        """Refuse one series under two names, such as yahoo:MSTR and yahoo:MSTR@XNYS."""
        name, *before = (self.instruments[k] for k in (place, *range(place)))
        same = [other for other in before if ":" in other and other.partition("@")[0] == name.partition("@")[0]]
        if same:
            raise ConfigurationError(f"{name} is the series of {same[0]}; name it once", path=f"instruments.{place}")

    def _require(self, name: str, path: str) -> None:
        try:
            resolve(name, self.define)
        except ConfigurationError as error:
            raise ConfigurationError(error.message, path=path) from None

    @property
    def base(self) -> Path:
        """Folder of the configuration, from which relative paths start."""
        return self._base

    @property
    def start(self) -> pd.Timestamp | None:
        """First reported instant (UTC)."""
        return None if self.period.start is None else pd.Timestamp(self.period.start, tz="UTC")

    @property
    def end(self) -> pd.Timestamp | None:
        """Last instant (UTC) that anything reported may depend on: the end of the last day."""
        return None if self.period.end is None else pd.Timestamp(self.period.end, tz="UTC") + pd.Timedelta(days=1)

    @property
    def folders(self) -> tuple[str, ...]:
        """The user's own folders that the study reads; no page names them."""
        places = (self._base, self.data.folder(self._base), self.data.open_store(self._base).folder)
        named = [name for place in places if place for name in (str(place), str(place.absolute()))]
        return tuple(dict.fromkeys(name for name in named if "/" in name.strip("/") or "\\" in name))

    def with_data(self, directory: str | Path) -> Study:
        """Return the study with another data folder (relative to the working directory)."""
        return self._with(directory=str(place_of(Path(), directory).absolute()))

    def with_store(self, folder: str | Path | None, *, offline: bool) -> Study:
        """Return the study with another store (relative to the working directory), or with the store alone."""
        changes: dict[str, object] = {} if folder is None else {"store": str(place_of(Path(), folder).absolute())}
        return self._with(**changes, **({"source": DataSource.STORE} if offline else {}))

    def fetched_after(self, max_age: str) -> Study:
        """Return the study with data that are fetched anew where the store's are not younger than that."""
        younger = parse_duration(max_age) < parse_duration(self.data.max_age)
        return self._with(max_age=max_age) if younger else self

    def _with(self, **changes: object) -> Study:
        changed = self.model_copy(update={"data": self.data.model_copy(update=changes)})
        changed._base = self._base
        return changed

    def as_text(self) -> str:
        """Return the settings as YAML, the same on every machine, live or from the store: what decides the numbers."""
        unsaid: Any = {"data": {"directory", "store", "max_age"}, "watch": True}
        settings: dict[str, Any] = self.model_dump(mode="json", exclude_none=True, exclude=unsaid)
        if self.data.source not in (DataSource.SIMULATED, DataSource.MEMORY):
            settings["data"]["source"] = str(DataSource.AUTO)
        return yaml.safe_dump(public(settings, self.folders), sort_keys=False, allow_unicode=True, width=100)


def load_study(source: str | Path | Mapping[str, Any] | Study | Any) -> Study:
    """Load a study from a YAML file, by the name of one that ships, or from a mapping with the same keys.

    Parameters
    ----------
    source : path, name, mapping or Study
        A configuration, or the name of one that ships with the package (``"yen_carry"``), over which a file wins; a
        study comes back as it is.

    Returns
    -------
    Study
        The typed configuration.

    Raises
    ------
    ConfigurationError
        If something in it is wrong: one sentence with file, line, path and the nearest valid word.

    Examples
    --------
    >>> load_study({"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"]}).alignment.at
    '24:00 UTC'
    """
    if isinstance(source, Study):
        return source
    if not isinstance(source, str | Path | Mapping):
        what = type(source).__name__
        raise ConfigurationError(f"a study is a file, a mapping or a Study, not a {what}; data go to coupling.align")
    document = None if isinstance(source, Mapping) else read_document(file_of(source))
    settings = source if document is None else document.settings
    try:
        study = Study.model_validate(settings)
    except ValidationError as error:
        raise refuse(error, Study, document) from None
    if study.variants is not None and isinstance(settings, Mapping):
        check_grid(study.variants, settings, Study, document)
    if document is not None:
        study._base = document.path.parent
    return study
