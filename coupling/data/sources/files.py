"""The file source: a folder of CSV or Parquet files, each claimed by an instrument's declaration or left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from coupling.data.instrument import Instrument, Kind, Provider, SourceEntry, load_instruments
from coupling.data.loading.holding import Holding
from coupling.data.numbers import PERCENT
from coupling.data.observations import Observations
from coupling.data.sources.readers import EVER, read_entry
from coupling.data.sources.rows import RawRows, build_observations, continue_rows
from coupling.data.sources.several import files_of, join_files
from coupling.data.tables.large_parquet import Between
from coupling.errors import DataError, nearest
from coupling.machine.names import place_of

__all__ = ["Folder", "file_rows", "mapped_entries", "unknown_files"]

SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Folder:
    """A folder of files that serve instruments.

    Parameters
    ----------
    path : Path
        The folder.
    mapping : dict of str to SourceEntry
        Files that a configuration names itself, by instrument; they come before the catalogue's.
    define : dict of str to Instrument
        One's own instruments, whose files are known too.
    between : tuple of Timestamp, optional
        First and last instant that are wanted of files of bars.

    Raises
    ------
    DataError
        If the folder does not exist or holds no data file.
    """

    path: Path
    mapping: dict[str, SourceEntry]
    define: dict[str, Instrument]
    between: Between = EVER

    def __post_init__(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise DataError(
                f"data folder {self.path} is a file; map it with data.files, or name the folder it lies in."
            )
        if not self.path.is_dir():
            raise DataError(f"data folder {self.path} does not exist; give --data or data.directory a folder of files.")
        if not self.names and not self.mapping:
            raise DataError(f"data folder {self.path} holds no CSV or Parquet file; give --data a folder that does.")

    @property
    def names(self) -> frozenset[str]:
        """Names of the data files that the folder holds."""
        return frozenset(item.name for item in self.path.iterdir() if item.suffix.lower() in SUFFIXES)

    def candidates(self, instrument: Instrument) -> list[SourceEntry]:
        """Return the files at hand that may serve an instrument, the one that serves first."""
        names = self.names
        declared = [entry for entry in instrument.sources if entry.provider is Provider.FILE]
        present = [entry for entry in declared if entry.symbol in names or _at_hand(self.path, entry)]
        present += [entry for entry in _by_own_name(instrument) if entry.symbol in names]
        return _each_once(self.path, [*mapped_entries(self.path, self.mapping, instrument, names), *present])

    def serve(self, instrument: Instrument, now: pd.Timestamp) -> Observations:
        """Read the observations of an instrument from the first file that is declared for it.

        Raises
        ------
        DataError
            If no file is there or the first one is broken; a broken file is never passed over in silence.
        """
        candidates = self.candidates(instrument)
        if not candidates:
            wanted = ", ".join(entry.symbol for entry in instrument.sources if entry.provider is Provider.FILE)
            message = f"{instrument.name}: none of its files ({wanted or instrument.name + '.csv'}) is in {self.path}"
            raise DataError(f"{message}; add one, or map a file with data.files in the configuration.")
        return self.read(instrument, candidates[0], now)

    def holdings(self, instrument: Instrument) -> list[Holding]:
        """Return what the folder holds of an instrument, the file that serves first."""
        return [
            Holding(name=entry.symbol, entry=entry, read=partial(file_rows, self.path, entry, instrument, self.between))
            for entry in self.candidates(instrument)
        ]

    def read(self, instrument: Instrument, entry: SourceEntry, now: pd.Timestamp) -> Observations:
        """Read an instrument from one file, and from the file that continues it where there is one."""
        return build_observations(instrument, entry, file_rows(self.path, entry, instrument, self.between), now)

    def unknown_files(self) -> tuple[str, ...]:
        """Return the files that nobody declares: they are listed, never guessed."""
        return unknown_files(self.names, self.mapping, self.define, self.path)


def mapped_entries(
    folder: Path, mapping: Mapping[str, SourceEntry], instrument: Instrument, names: Iterable[str]
) -> list[SourceEntry]:
    """Return the file that a configuration maps to an instrument, where it does.

    Raises
    ------
    DataError
        If it is not there; the nearest of the names at hand is shown.
    """
    if instrument.name not in mapping:
        return []
    entry = mapping[instrument.name]
    if entry.provider is not Provider.FILE:
        step = f"write {{file: NAME, clock: {entry.clock}}}, or a source in 'define:'"
        raise DataError(f"{instrument.name}: data.files maps it to {entry.provider} {entry.symbol}, no file; {step}.")
    for path in files_of(folder, entry):
        if _is_there(path):
            continue
        known = sorted(names)
        hint = (
            nearest(path.name, known)
            if known
            else "check the path, which starts from the configuration, or give --data FOLDER"
        )
        raise DataError(f"{instrument.name}: {path} does not exist; {hint}")
    return [entry]


def _is_there(path: Path) -> bool:
    """Tell whether something stands at a path, also where it cannot be looked at: its reader says why."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True


def file_rows(folder: Path, entry: SourceEntry, instrument: Instrument, between: Between = EVER) -> RawRows:
    """Read the files of an entry, one or several, and the file that continues it where there is one."""
    symbols = [instrument.name, *(source.symbol for source in instrument.sources)]
    rows = join_files(files_of(folder, entry), lambda path: read_entry(path, entry, symbols, between))
    if entry.then is not None and place_of(folder, entry.then).is_file():
        rows = continue_rows(rows, read_entry(place_of(folder, entry.then), entry, symbols))
    if PERCENT in rows.repairs and instrument.kind in (Kind.PRICE, Kind.INDEX):
        raise DataError(
            f"{instrument.name}: the values of {rows.place} stand in %, and no price stands in %; say 'column:'."
        )
    return rows


def unknown_files(
    names: frozenset[str],
    mapping: Mapping[str, SourceEntry],
    define: Mapping[str, Instrument],
    folder: Path | None = None,
) -> tuple[str, ...]:
    """Return which files of a folder neither the catalogue nor a configuration declares."""
    everybody = {**load_instruments(), **define}.values()
    entries = [entry for item in everybody for entry in (*item.sources, *_by_own_name(item))]
    declared = [entry for entry in (*entries, *mapping.values()) if entry.provider is Provider.FILE]
    claimed = {name for entry in declared for name in (entry.symbol, *entry.more, entry.then)}
    for entry in declared:
        if folder is not None and entry.symbol not in names and _at_hand(folder, entry):  # a pattern, or a path
            claimed |= {path.name for path in files_of(folder, entry) if path.parent == folder}
    return tuple(sorted(names - claimed))


def _at_hand(folder: Path, entry: SourceEntry) -> bool:
    """Tell whether what an entry names is there: a file, also in a folder below, or files that fit a pattern."""
    try:
        return all(_is_there(path) for path in files_of(folder, entry))
    except DataError:  # nothing fits
        return False


def _each_once(folder: Path, entries: Iterable[SourceEntry]) -> list[SourceEntry]:
    """Leave out an entry whose files all serve in an earlier one."""
    kept, seen = [], set[Path]()
    for entry in entries:
        files = set(files_of(folder, entry))
        if not files <= seen:
            kept.append(entry)
            seen |= files
    return kept


def _by_own_name(instrument: Instrument) -> list[SourceEntry]:
    """A file with the instrument's own name, such as BTC.csv, is struck by the clock of its first source."""
    if not instrument.sources:
        return []
    clock = instrument.sources[0].clock
    return [
        SourceEntry(provider=Provider.FILE, symbol=instrument.stem + suffix, clock=clock, column=None)
        for suffix in SUFFIXES
    ]
