"""The store: every answer of a live source, kept as it came, so that the next run needs no network."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pandas as pd

from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.files import locked, make_shared, set_aside
from coupling.data.stores.manifest import DamagedError, Manifest, Retrieval
from coupling.data.stores.revisions import REVISED, Revision, find_revisions, say_revisions
from coupling.data.stores.vintage import Vintage, same_rows, to_parquet
from coupling.errors import DataError
from coupling.machine.names import folder_in
from coupling.machine.writing import TEMPORARY, write_whole

__all__ = ["Saved", "Store", "default_folder"]

log = logging.getLogger("coupling")

DAMAGED = "damaged"
NUMBERED = re.compile(r"[0-9]{6,9}")
COLUMNS = ["instrument", "source", "symbol", "column", "clock", "adjustment", "retrieved_at", "first", "last", "rows"]
COLUMNS += ["gaps", "vintages", "revised", "sha256"]


def default_folder() -> Path:
    """Return the folder of the store where none is named: in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("coupling", appauthor=False) / "store"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What saving an answer did.

    Parameters
    ----------
    vintage : Vintage
        Where it is.
    written : bool
        Whether it is a new vintage; an unchanged answer adds a retrieval to the newest one.
    revisions : DataFrame
        What changed since the vintage before it (see `coupling.data.stores.revisions.find_revisions`).
    """

    vintage: Vintage
    written: bool
    revisions: pd.DataFrame = field(repr=False)


class Store:
    """A folder of Parquet files, one per series and vintage, each with a manifest (JSON) beside it.

    Vintages are never overwritten. One process writes at a time, and what it writes is there whole or not at all.

    Parameters
    ----------
    folder : Path, optional
        By default `default_folder()`. It is made when something is saved.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = default_folder() if folder is None else folder

    def save(self, instrument: str, entry: SourceEntry, rows: RawRows) -> Saved:
        """Keep the rows that a source gave.

        Parameters
        ----------
        instrument : str
            For which instrument they were fetched.
        entry : SourceEntry
            The source, which is the name of the series.
        rows : RawRows
            As fetched, with their instant of retrieval.

        Raises
        ------
        DataError
            If they were never fetched or hold no value, or if the folder cannot be written: then it is as it was.
        """
        parquet = to_parquet(rows)
        manifest = Manifest.of(instrument, entry, rows, parquet)
        with locked(self.folder):
            series = self._prepared(entry)
            newest = next(self._whole(series, entry, held=True), None)
            if newest is not None and same_rows(newest[1], rows):
                return _retrieved_again(newest[0], rows)
            revisions = pd.DataFrame(columns=REVISED) if newest is None else find_revisions(entry, newest[1], rows)
            path = series / f"{self._next_number(series):06d}.json"
            vintage = Vintage(path=path, manifest=manifest.revising(Revision.of(revisions)))
            vintage.write(parquet)
        if len(revisions):
            log.warning("%s %s was revised: %s.", entry.provider, entry.symbol, say_revisions(revisions))
        return Saved(vintage=vintage, written=True, revisions=revisions)

    def newest(self, entry: SourceEntry) -> RawRows | None:
        """Return the rows of the newest vintage that is whole, or None where there is none.

        Raises
        ------
        DataError
            If a newer version of the toolkit wrote the store, or it cannot be read.
        """
        found = next(self._whole(self._series(entry), entry, held=False), None)
        return None if found is None else found[1]

    def vintages(self, entry: SourceEntry) -> tuple[Vintage, ...]:
        """Return the vintages of a series that are whole, the oldest first."""
        return tuple(vintage for vintage, _ in self._whole(self._series(entry), entry, held=False))[::-1]

    def age(self, entry: SourceEntry, now: pd.Timestamp) -> pd.Timedelta | None:
        """Return how long ago what `newest` returns was retrieved, or None where there is nothing."""
        rows = self.newest(entry)
        return None if rows is None or rows.retrieved_at is None else now - rows.retrieved_at

    def revisions(self, entry: SourceEntry) -> pd.DataFrame:
        """Return what changed from vintage to vintage, with the column ``retrieved_at`` of the later one."""
        rows = [rows for _, rows in self._whole(self._series(entry), entry, held=False)][::-1]
        steps = [find_revisions(entry, *pair).assign(retrieved_at=pair[1].retrieved_at) for pair in pairwise(rows)]
        found = [step for step in steps if len(step)]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*REVISED, "retrieved_at"])

    def revised(self, entry: SourceEntry) -> tuple[tuple[pd.Timestamp, Revision], ...]:
        """Return in short what each vintage revised, with its first instant of retrieval; the oldest first."""
        return self._revised(self._series(entry))

    def all_revisions(self) -> pd.DataFrame:
        """Return every revised value of every series: `revisions`, after ``instrument, source, symbol``."""
        entries = [self._newest(series) for series in self._all_series()]
        found = [
            self.revisions(manifest.entry).assign(
                instrument=manifest.instrument, source=str(manifest.entry.provider), symbol=manifest.entry.symbol
            )
            for manifest in entries
            if manifest is not None and self.revised(manifest.entry)
        ]
        columns = ["instrument", "source", "symbol", *REVISED, "retrieved_at"]
        return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)

    def list(self) -> pd.DataFrame:
        """List the newest vintage of every series, with its number of vintages and of values revised between them."""
        rows = [row for series in self._all_series() if (row := self._row(series))]
        table = pd.DataFrame(rows, columns=COLUMNS)
        return table.sort_values(["instrument", "source", "symbol"], kind="stable", ignore_index=True)

    def check(self) -> pd.DataFrame:
        """Read every file; return a row for each with ``series``, ``file`` and ``state``, which is ok or what is wrong.

        A damaged file is set aside.
        """
        rows = [(path, self._state(path)) for series in self._all_series() for path in _files(series)]
        table = [{"series": path.parent.name, "file": path.name, "state": state} for path, state in rows]
        return pd.DataFrame(table, columns=["series", "file", "state"])

    def _state(self, path: Path) -> str:
        if path.suffix == ".parquet":
            return "no manifest: its writing was cut short"
        try:
            Vintage.load(path).read()
        except DamagedError as error:
            self._set_aside(path, error, held=False)
            return f"damaged: {error}"
        except DataError as error:
            return str(error)
        return "ok"

    def _revised(self, series: Path) -> tuple[tuple[pd.Timestamp, Revision], ...]:
        manifests = [vintage.manifest for vintage in self._loaded(series)]
        return tuple((pd.Timestamp(one.retrievals[0].at), one.revision) for one in manifests if one.revision)

    def _loaded(self, series: Path) -> Iterator[Vintage]:
        """Yield the vintages whose manifests are whole, the oldest first; their rows are not read."""
        for path in _manifests(series):
            try:
                yield Vintage.load(path)
            except DamagedError as error:
                self._set_aside(path, error, held=False)

    def _newest(self, series: Path) -> Manifest | None:
        newest = next(self._whole(series, held=False), None)
        return None if newest is None else newest[0].manifest

    def _row(self, series: Path) -> dict[str, object] | None:
        manifest = self._newest(series)
        if manifest is None:
            return None
        row = {name: getattr(manifest, name) for name in COLUMNS if hasattr(manifest, name)}
        entry = {"source": str(manifest.entry.provider), "symbol": manifest.entry.symbol, "clock": manifest.entry.clock}
        return {**row, **entry, "column": manifest.entry.column or "", "vintages": len(_manifests(series))} | {
            "revised": sum(revision.values for _, revision in self._revised(series))
        }

    def _series(self, entry: SourceEntry) -> Path:
        """Folder of a series: a readable name, and a hash that tells apart what the name does not."""
        content = json.dumps(entry.model_dump(mode="json", exclude_none=True), sort_keys=True)
        readable = re.sub(r"[^a-z0-9]+", "-", f"{entry.provider} {entry.symbol}".lower())[:100].strip("-")
        return folder_in(self.folder, f"{readable}-{sha256(content.encode()).hexdigest()[:12]}")

    def _prepared(self, entry: SourceEntry) -> Path:
        """Return the folder of a series, made where there is none, without what a killed writer left unfinished."""
        series = self._series(entry)
        make_shared(series)
        for path in series.glob(f".*{TEMPORARY}"):
            path.unlink()
        return series

    def _all_series(self) -> tuple[Path, ...]:
        if self.folder.exists() and not self.folder.is_dir():
            raise DataError(f"store {self.folder} is a file, not a folder; give --store another one.")
        folders = self.folder.iterdir() if self.folder.is_dir() else ()
        real = (item for item in folders if item.is_dir() and not item.is_symlink())
        return tuple(sorted(item for item in real if item.name != DAMAGED))

    def _whole(
        self, series: Path, entry: SourceEntry | None = None, *, held: bool
    ) -> Iterator[tuple[Vintage, RawRows]]:
        """Yield the vintages that are whole, the newest first; `held` says whether the caller holds the lock."""
        for path in reversed(_manifests(series)):
            try:
                vintage, rows = _read_vintage(path, entry)
            except DamagedError as error:
                self._set_aside(path, error, entry, held=held)
            else:
                yield vintage, rows

    def _next_number(self, series: Path) -> int:
        """Return a number that no vintage bears or bore."""
        used = (*_manifests(series), *(self.folder / DAMAGED / series.name).glob("[0-9]*"))
        numbers = (path.name.partition(".")[0] for path in used)
        return max((int(number) for number in numbers if NUMBERED.fullmatch(number)), default=0) + 1

    def _set_aside(self, path: Path, error: DamagedError, entry: SourceEntry | None = None, *, held: bool) -> None:
        """Move a damaged vintage out of the way and say so; where that is forbidden it is passed over, and said too."""
        aside = self.folder / DAMAGED / path.parent.name
        try:
            with nullcontext() if held else locked(self.folder):
                _move_damaged(path, entry, aside)
            where = f"set aside in {aside}"
        except DataError as reason:
            where = f"not set aside, for {str(reason).rstrip('.')}"
        log.warning("damaged file: %s; %s; the vintage before it serves.", error, where)


def _retrieved_again(vintage: Vintage, rows: RawRows) -> Saved:
    """Note one more retrieval of an unchanged answer; the caller holds the lock."""
    again = Vintage(path=vintage.path, manifest=vintage.manifest.retrieved_again(Retrieval.of(rows)))
    write_whole(again.path, again.manifest.to_bytes(), shared=True)
    return Saved(vintage=again, written=False, revisions=pd.DataFrame(columns=REVISED))


def _read_vintage(path: Path, entry: SourceEntry | None) -> tuple[Vintage, RawRows]:
    """Return a vintage with its rows; raise `DamagedError` where they are not whole, or not of the series asked for."""
    vintage = Vintage.load(path)
    rows = vintage.read()
    if entry is not None and vintage.manifest.entry != entry:
        raise DamagedError(f"{path} is the manifest of another series")
    return vintage, rows


def _move_damaged(path: Path, entry: SourceEntry | None, aside: Path) -> None:
    """Move both files of a vintage, unless another process did so meanwhile."""
    try:
        _read_vintage(path, entry)
    except DamagedError:
        for file in (path, path.with_suffix(".parquet")):
            set_aside(file, aside)


def _manifests(series: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in series.glob("[0-9]*.json") if NUMBERED.fullmatch(path.stem)))


def _files(series: Path) -> tuple[Path, ...]:
    """Manifests, and Parquet files that have none."""
    manifests = _manifests(series)
    numbered = [path for path in series.glob("[0-9]*.parquet") if NUMBERED.fullmatch(path.stem)]
    alone = [path for path in numbered if path.with_suffix(".json") not in manifests]
    return tuple(sorted([*manifests, *alone]))
