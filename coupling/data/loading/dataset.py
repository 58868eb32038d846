"""Load what a study asks for: one way from the ``data`` section of a configuration to observations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from coupling.data.bars import between_of, daily_closes, lately, over_days, resampled
from coupling.data.checks import COLUMNS as FINDINGS
from coupling.data.checks import check_series
from coupling.data.clocks.ticks import Frequency
from coupling.data.formula import combine
from coupling.data.instrument import Instrument, resolve
from coupling.data.loading.files import supply_exported, supply_folder, supply_mapped
from coupling.data.loading.holding import read_dated
from coupling.data.loading.monthly import serving
from coupling.data.loading.serving import REVISIONS, Fetch, Supply, supply
from coupling.data.observations import Observations
from coupling.data.operands import in_order, leaves
from coupling.data.repairs import mended
from coupling.data.section import DataSection, DataSource
from coupling.data.simulation.truth import Truth
from coupling.data.sources.exported import Exported, is_exported
from coupling.data.sources.files import Folder, unknown_files
from coupling.data.sources.readers import EVER
from coupling.data.sources.simulated import knows, simulate_market
from coupling.data.tables.large_parquet import Between
from coupling.dates.durations import parse_duration
from coupling.errors import DataError
from coupling.machine.memory import give_back
from coupling.results.base import Origin, Provenance
from coupling.text.wording import listed

__all__ = ["DataSection", "DataSource", "Dataset", "check_all", "load_dataset"]

log = logging.getLogger("coupling")


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
        What the checks found (see `coupling.data.checks`); absent for simulated data, and where nobody looks at it.
    truth : Truth, optional
        Of the simulated market.
    revisions : DataFrame
        What vintages of the store revised (see `coupling.data.loading.serving.Supply`).
    missing : dict of str to str
        Instruments that could not be had, while others could, and why.
    banner : str
        What must be known before anything is read: that an old store serves, or what is simulated on its own.
    """

    observations: Mapping[str, Observations] = field(repr=False)
    instruments: Mapping[str, Instrument] = field(repr=False)
    second_sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_files: tuple[str, ...] = ()
    findings: pd.DataFrame | None = field(default=None, repr=False)
    truth: Truth | None = field(default=None, repr=False)
    revisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REVISIONS), repr=False)
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

    def of_closes(self) -> Dataset:
        """Return the data with the last bar of each date that is over alone, for what counts sessions."""
        over = {name: over_days(item) for name, item in self.observations.items()}
        return replace(self, observations={name: daily_closes(item) for name, item in over.items()})

    def provenance(self, configuration: str, seed: int | None) -> Provenance:
        """Return the provenance of everything computed from these observations."""
        return Provenance(
            origins=tuple(_dated(item) for item in self.observations.values() if item.origin is not None),
            configuration=configuration,
            seed=seed,
            as_of=self.as_of,
            simulated=self.simulated,
        )


def _dated(item: Observations) -> Origin:
    """Return the origin of an instrument with its own first and last sessions."""
    assert item.origin is not None  # the caller has looked
    first, last = item.dates.iloc[0], item.dates.iloc[-1]
    return replace(item.origin, first=pd.Timestamp(first), last=pd.Timestamp(last))


def load_dataset(
    section: DataSection,
    names: Iterable[str],
    *,
    define: Mapping[str, Instrument] | None = None,
    seed: int = 0,
    base: Path = Path(),
    fallback_simulated: bool = False,
    fetch: Fetch | None = None,
    frequency: Frequency | str = Frequency.DAILY,
    period: Between = EVER,
    checked: bool = True,
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
        How instruments are fetched (see `coupling.data.loading.serving.supply`).
    frequency : Frequency
        At which the observations will be aligned: a source of monthly values serves no other than ``1mo``.
    period : tuple of Timestamp, optional
        First and last instant that are reported; at a frequency of bars those long before are left out.
    checked : bool
        Whether a page is to show what the checks find, alone and against second sources, which are read for it. What a
        series may mean is looked at either way, and stands with its origin.

    Raises
    ------
    DataError
        If a file or the simulated market cannot serve an instrument, if neither store nor network serves any, or if a
        repair cannot be done.
    """
    own = dict(define or {})
    wanted = {name: resolve(name, own) for name in dict.fromkeys(names)}
    if section.source is DataSource.MEMORY:
        named = ", ".join(wanted)
        raise DataError(
            f"{named} is not available, for nothing is fetched for a panel in memory; give it to cp.align too."
        )
    if section.directory is None and section.source is DataSource.SIMULATED:
        return _from_simulation(section, wanted, own, seed)
    try:
        return _from_sources(section, wanted, own, base, fetch, Frequency(frequency), period, checked=checked)
    except DataError as error:
        if section.directory is not None or not fallback_simulated:
            raise
        log.warning("%s\nFalling back to the SIMULATED market, as --fallback simulated asks.", error)
    log.info("simulating the market")
    return _from_simulation(section, wanted, own, seed)


def _from_sources(
    section: DataSection,
    wanted: dict[str, Instrument],
    own: dict[str, Instrument],
    base: Path,
    fetch: Fetch | None,
    frequency: Frequency,
    period: Between,
    *,
    checked: bool,
) -> Dataset:
    """Load real data; what cannot be had while something else can is named as missing, but a folder is to be whole."""
    now = pd.Timestamp.now(tz="UTC")
    may_serve = [serving(item, frequency) for item in leaves(wanted.values(), own)]
    had = _supply(section, [item for item, _ in may_serve], own, base, now, fetch, between_of(frequency, period))
    refused = {item.name: reason for item, reason in may_serve if reason}
    absent = {name: "; ".join(filter(None, (reason, refused.get(name)))) for name, reason in had.missing.items()}
    looked = {item.name: _mended(section, item, had, now) for item, _ in may_serve if item.name in had.observations}
    repaired = {name: item for name, (item, _) in looked.items()}
    suspect = {name: found for name, (_, found) in looked.items()}
    whole = section.directory is not None and not had.missing
    observations, missing = _combine_all(wanted, own, repaired, absent, strict=whole)
    if not observations:
        if had.names:  # the reason of a folder is a whole sentence
            raise DataError(f"{next(iter(missing.values()))}.")
        lines = "\n".join(f"{name}: {reason}" for name, reason in missing.items())
        advice = "give --data FOLDER (data.directory), or data.source: simulated"
        raise DataError(f"no data source is available: {advice}.\n{lines}")
    if frequency.step is not None:
        give_back()
    observations = resampled(lately(observations, frequency, period), frequency)
    loaded = Dataset(
        observations=observations,
        instruments={name: item for name, item in wanted.items() if name in observations},
        revisions=had.revisions,
        missing=missing,
        banner=had.banner,
    )
    return _checked(loaded, had, suspect, wanted, own, section, base, now) if checked else loaded


def _checked(
    loaded: Dataset,
    had: Supply,
    suspect: Mapping[str, pd.DataFrame],
    wanted: dict[str, Instrument],
    own: dict[str, Instrument],
    section: DataSection,
    base: Path,
    now: pd.Timestamp,
) -> Dataset:
    """Return the data with what the checks find, alone and against second sources, and which files nobody declares."""
    at_hand = {name: had.seconds.get(name, ()) for name in loaded.observations}
    seconds = {name: read_dated(wanted[name], holdings, now) for name, holdings in at_hand.items()}
    return replace(
        loaded,
        second_sources={name: tuple(one.name for one in holdings) for name, holdings in at_hand.items() if holdings},
        unknown_files=unknown_files(had.names, section.files, {**own, **wanted}, section.folder(base)),
        findings=check_all(loaded.observations, wanted, seconds, suspect),
    )


def _supply(
    section: DataSection,
    parts: list[Instrument],
    own: dict[str, Instrument],
    base: Path,
    now: pd.Timestamp,
    fetch: Fetch | None,
    between: Between,
) -> Supply:
    """Get the instruments from the place that the configuration names."""
    folder = section.folder(base)
    if folder is None:
        mapped = supply_mapped(base, section.files, parts, now, between)
        rest = [item for item in parts if item.name not in mapped.observations]
        age, store = parse_duration(section.max_age), section.open_store(base)
        return mapped.joined(supply(rest, source=section.source, store=store, max_age=age, now=now, fetch=fetch))
    if is_exported(folder):
        return supply_exported(Exported.open(folder), section.files, parts, now)
    return supply_folder(Folder(folder, dict(section.files), own, between), parts, now)


def _mended(
    section: DataSection, instrument: Instrument, had: Supply, now: pd.Timestamp
) -> tuple[Observations, pd.DataFrame]:
    rules, item = section.repairs.get(instrument.name, ()), had.observations[instrument.name]
    return mended(instrument, item, rules, had.seconds.get(instrument.name, ()), now)


def _combine_all(
    wanted: dict[str, Instrument],
    own: dict[str, Instrument],
    had: Mapping[str, Observations],
    absent: Mapping[str, str],
    *,
    strict: bool,
) -> tuple[dict[str, Observations], dict[str, str]]:
    """Return what was had, formulas included, and why the rest was not; where `strict` that is an error."""

    def serve(instrument: Instrument) -> Observations:
        if instrument.name in absent:
            raise DataError(absent[instrument.name])
        return had[instrument.name]

    observations: dict[str, Observations] = {}
    missing: dict[str, str] = {}
    for name, item in wanted.items():
        try:
            observations |= _serve_all({name: item}, own, serve)
        except DataError as error:
            if strict:
                raise
            missing[name] = str(error).rstrip(".")
    return observations, missing


def check_all(
    observations: Mapping[str, Observations],
    wanted: Mapping[str, Instrument],
    seconds: Mapping[str, list[Observations]],
    suspect: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Check what sources gave; of the parts of a formula, only whether they may have changed their meaning."""
    series = {name: item for name, item in observations.items() if wanted[name].formula is None}
    found = [frame for frame in suspect.values() if len(frame)]
    found += [frame for name, item in series.items() if len(frame := check_series(item, seconds.get(name, [])))]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=FINDINGS)


def _from_simulation(
    section: DataSection, wanted: dict[str, Instrument], own: dict[str, Instrument], seed: int
) -> Dataset:
    """Observe the simulated market, by the clock of a file that the configuration maps or else of the first source."""
    market = simulate_market(seed)
    clocks = {name: entry.clock for name, entry in section.files.items()}

    alone: list[str] = []

    def serve(instrument: Instrument) -> Observations:
        if instrument.name not in own or knows(instrument):
            return market.observe(instrument, clocks.get(instrument.name))
        alone.append(instrument.name)
        return market.observe_alone(instrument, clocks.get(instrument.name))

    observations = _serve_all(wanted, own, serve)
    truth = market.truth.with_alone(tuple(alone))
    return Dataset(observations=observations, instruments=wanted, truth=truth, banner=_of_alone(alone))


def _of_alone(names: list[str]) -> str:
    """Say of which instruments nothing but kind and clock is simulated."""
    if not names:
        return ""
    verb, what = ("is", "its kind and clock") if len(names) == 1 else ("are", "kind and clock")
    return f"{listed(names)} {verb} simulated from {what} alone, independent of everything else on this page."


def _serve_all(
    wanted: dict[str, Instrument], own: dict[str, Instrument], serve: Callable[[Instrument], Observations]
) -> dict[str, Observations]:
    """Serve every instrument once, the operands of formulas first."""
    served: dict[str, Observations] = {}
    for instrument in in_order(wanted.values(), own):
        combined = instrument.formula is not None
        served[instrument.name] = combine(instrument, served) if combined else serve(instrument)
    return {name: served[name] for name in wanted}
