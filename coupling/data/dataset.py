"""Load what a study asks for: one way from the ``data`` section of a configuration to observations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pandas as pd
from pydantic import Field

from coupling.data.checks import check_series
from coupling.data.formula import combine
from coupling.data.instrument import HOURLY, Instrument, SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.files import Folder
from coupling.data.sources.simulated import simulate_market
from coupling.data.truth import Truth
from coupling.errors import DataError
from coupling.results.base import Provenance
from coupling.section import Section

__all__ = ["DataSection", "DataSource", "Dataset", "load_dataset"]

log = logging.getLogger("coupling")


class DataSource(StrEnum):
    """Where data may come from when no directory is given."""

    AUTO = "auto"
    SIMULATED = "simulated"


class DataSection(Section):
    """The ``data`` section of a configuration.

    Parameters
    ----------
    source : DataSource
        Used where no directory is given.
    directory : str, optional
        Folder of CSV or Parquet files, relative to the configuration.
    files : dict of str to SourceEntry
        Files that the configuration maps itself, as ``USDJPY: {file: mine.csv, clock: H10}``.
    """

    source: DataSource = DataSource.AUTO
    directory: str | None = None
    files: dict[str, SourceEntry] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """The observations of all instruments of a study.

    Parameters
    ----------
    observations : dict of str to Observations
        By instrument, in the order asked for.
    instruments : dict of str to Instrument
        What each of them is.
    second_sources : dict of str to tuple of str
        Files that could serve an instrument too, and did not.
    unknown_files : tuple of str
        Files in the folder that no instrument declares.
    findings : DataFrame, optional
        What the checks found (see `coupling.data.checks`); absent for simulated data.
    truth : Truth, optional
        Of the simulated market.
    """

    observations: Mapping[str, Observations] = field(repr=False)
    instruments: Mapping[str, Instrument] = field(repr=False)
    second_sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_files: tuple[str, ...] = ()
    findings: pd.DataFrame | None = field(default=None, repr=False)
    truth: Truth | None = field(default=None, repr=False)

    @property
    def simulated(self) -> bool:
        """Whether the data are simulated."""
        return self.truth is not None

    @property
    def as_of(self) -> pd.Timestamp:
        """The newest retrieval time; for files and simulated data the instant of the last observation."""
        retrieved = [o.origin.retrieved_at for o in self.observations.values() if o.origin and o.origin.retrieved_at]
        last = [pd.Timestamp(item.levels.index[-1]) for item in self.observations.values()]
        return max(retrieved or last)

    def provenance(self, configuration: str, seed: int | None) -> Provenance:
        """Return the provenance of everything computed from these observations."""
        return Provenance(
            origins=tuple(item.origin for item in self.observations.values() if item.origin is not None),
            configuration=configuration,
            seed=seed,
            as_of=self.as_of,
            simulated=self.simulated,
        )


def load_dataset(
    section: DataSection,
    names: Iterable[str],
    *,
    define: Mapping[str, Instrument] | None = None,
    seed: int = 0,
    base: Path = Path(),
    fallback_simulated: bool = False,
) -> Dataset:
    """Load the observations of all named instruments, all from real sources or all from the simulated market.

    Parameters
    ----------
    section : DataSection
        Where from.
    names : iterable of str
        The instruments.
    define : dict of str to Instrument, optional
        One's own instruments.
    seed : int
        Seed of the simulated market.
    base : Path
        Folder that a relative directory starts from.
    fallback_simulated : bool
        Whether the simulated market may serve when no real data can be had.

    Raises
    ------
    DataError
        If an instrument's data cannot be had or cannot be used.
    """
    own = dict(define or {})
    wanted = {name: resolve(name, own) for name in dict.fromkeys(names)}
    if section.directory is not None:
        return _from_folder(section, wanted, own, base)
    if section.source is DataSource.SIMULATED:
        return _from_simulation(wanted, own, seed)
    message = "no data source is at hand: give --data FOLDER (data.directory), or data.source: simulated"
    if not fallback_simulated:
        raise DataError(f"{message}.")
    log.warning("%s; falling back to the SIMULATED market, as --fallback simulated asks.", message)
    return _from_simulation(wanted, own, seed)


def _from_folder(
    section: DataSection, wanted: dict[str, Instrument], own: dict[str, Instrument], base: Path
) -> Dataset:
    folder = Folder(base / Path(section.directory or "").expanduser(), dict(section.files), own)
    now = pd.Timestamp.now(tz="UTC")

    def serve(instrument: Instrument) -> Observations:
        log.info("%s: reading %s", instrument.name, folder.path)
        return folder.serve(instrument, now)

    observations = _serve_all(wanted, own, serve)
    others = {name: folder.candidates(item)[1:] for name, item in wanted.items()}
    return Dataset(
        observations=observations,
        instruments=wanted,
        second_sources={name: tuple(entry.symbol for entry in entries) for name, entries in others.items() if entries},
        unknown_files=folder.unknown_files(),
        findings=_findings(folder, observations, wanted, others, now),
    )


def _findings(
    folder: Folder,
    observations: dict[str, Observations],
    wanted: dict[str, Instrument],
    others: dict[str, list[SourceEntry]],
    now: pd.Timestamp,
) -> pd.DataFrame:
    """Check every series, also against its second sources of dated values."""
    seconds = {
        name: [folder.read(wanted[name], entry, now) for entry in entries if entry.clock != HOURLY]
        for name, entries in others.items()
    }
    return pd.concat([check_series(item, seconds[name]) for name, item in observations.items()], ignore_index=True)


def _from_simulation(wanted: dict[str, Instrument], own: dict[str, Instrument], seed: int) -> Dataset:
    market = simulate_market(seed)
    return Dataset(observations=_serve_all(wanted, own, market.observe), instruments=wanted, truth=market.truth)


def _serve_all(
    wanted: dict[str, Instrument], own: dict[str, Instrument], serve: Callable[[Instrument], Observations]
) -> dict[str, Observations]:
    """Serve every instrument once, the operands of formulas first."""
    served: dict[str, Observations] = {}

    def get(instrument: Instrument) -> Observations:
        if instrument.name not in served:
            if instrument.formula is None:
                served[instrument.name] = serve(instrument)
            else:
                parts = {name: get(resolve(name, own)) for name in instrument.operands[::2]}
                served[instrument.name] = combine(instrument, parts)
        return served[instrument.name]

    return {name: get(instrument) for name, instrument in wanted.items()}
