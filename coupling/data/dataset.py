"""Load what a study asks for: one way from the ``data`` section of a configuration to observations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from pydantic import Field, field_validator

from coupling.data.checks import COLUMNS as FINDINGS
from coupling.data.checks import check_series
from coupling.data.durations import parse_duration
from coupling.data.formula import combine
from coupling.data.instrument import HOURLY, Instrument, SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.files import Folder
from coupling.data.sources.simulated import simulate_market
from coupling.data.store import Store
from coupling.data.supply import DataSource, Fetch, Supply, leaves, supply
from coupling.data.truth import Truth
from coupling.errors import DataError
from coupling.results.base import Provenance
from coupling.section import Section

__all__ = ["DataSection", "DataSource", "Dataset", "load_dataset"]

log = logging.getLogger("coupling")


class DataSection(Section):
    """The ``data`` section of a configuration.

    Parameters
    ----------
    source : DataSource
        Used where no directory is given: ``auto`` is the store where it is younger than `max_age`, else live, else the
        old store; ``live``; ``store``, which needs no network; or ``simulated``.
    max_age : str
        Until what age the store serves unasked, as ``1d``.
    store : str, optional
        Folder of the store; by default in the user's data folder.
    directory : str, optional
        Folder of CSV or Parquet files, relative to the configuration.
    files : dict of str to SourceEntry
        Files that the configuration maps itself, as ``USDJPY: {file: mine.csv, clock: H10}``.
    """

    source: DataSource = DataSource.AUTO
    max_age: str = "1d"
    store: str | None = None
    directory: str | None = None
    files: dict[str, SourceEntry] = Field(default_factory=dict)

    @field_validator("max_age")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    def open_store(self, base: Path) -> Store:
        """Return the store; a relative folder starts from `base`."""
        return Store(None if self.store is None else base / Path(self.store).expanduser())


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
    missing : dict of str to str
        Instruments that could not be had, while others could, and why.
    banner : str
        What must be known before anything is read: that an old store serves.
    """

    observations: Mapping[str, Observations] = field(repr=False)
    instruments: Mapping[str, Instrument] = field(repr=False)
    second_sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_files: tuple[str, ...] = ()
    findings: pd.DataFrame | None = field(default=None, repr=False)
    truth: Truth | None = field(default=None, repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    banner: str = ""

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
    fetch: Fetch | None = None,
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
    fetch : callable, optional
        How instruments are fetched (see `coupling.data.supply.supply`).

    Raises
    ------
    DataError
        If a file or the simulated market cannot serve an instrument, or if neither store nor network serves any.
    """
    own = dict(define or {})
    wanted = {name: resolve(name, own) for name in dict.fromkeys(names)}
    if section.directory is not None:
        return _from_folder(section, wanted, own, base)
    if section.source is DataSource.SIMULATED:
        return _from_simulation(wanted, own, seed)
    try:
        return _from_supply(section, wanted, own, base, fetch)
    except DataError as error:
        if not fallback_simulated:
            raise
        log.warning("%s\nFalling back to the SIMULATED market, as --fallback simulated asks.", error)
    return _from_simulation(wanted, own, seed)


def _from_supply(
    section: DataSection, wanted: dict[str, Instrument], own: dict[str, Instrument], base: Path, fetch: Fetch | None
) -> Dataset:
    """Load from the store and live sources; what cannot be had while something else can is named as missing."""
    had = supply(
        leaves(wanted.values(), own),
        source=section.source,
        store=section.open_store(base),
        max_age=parse_duration(section.max_age),
        now=pd.Timestamp.now(tz="UTC"),
        fetch=fetch,
    )
    observations, missing = _combine_all(wanted, own, had)
    if not observations:
        lines = "\n".join(f"{name}: {reason}" for name, reason in missing.items())
        advice = "give --data FOLDER (data.directory), or data.source: simulated"
        raise DataError(f"no data source is at hand: {advice}.\n{lines}")
    return Dataset(
        observations=observations,
        instruments={name: item for name, item in wanted.items() if name in observations},
        findings=_check_all(observations, wanted, {}),
        missing=missing,
        banner=had.banner,
    )


def _combine_all(
    wanted: dict[str, Instrument], own: dict[str, Instrument], had: Supply
) -> tuple[dict[str, Observations], dict[str, str]]:
    """Return what was had, formulas included, and why the rest was not."""

    def serve(instrument: Instrument) -> Observations:
        if instrument.name in had.missing:
            raise DataError(had.missing[instrument.name])
        return had.observations[instrument.name]

    observations: dict[str, Observations] = {}
    missing: dict[str, str] = {}
    for name, item in wanted.items():
        try:
            observations |= _serve_all({name: item}, own, serve)
        except DataError as error:
            missing[name] = str(error).rstrip(".")
    return observations, missing


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
    return _check_all(observations, wanted, seconds)


def _check_all(
    observations: dict[str, Observations], wanted: dict[str, Instrument], seconds: Mapping[str, list[Observations]]
) -> pd.DataFrame:
    """Check what sources gave; a formula is none."""
    series = {name: item for name, item in observations.items() if wanted[name].formula is None}
    found = [frame for name, item in series.items() if len(frame := check_series(item, seconds.get(name, [])))]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=FINDINGS)


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
