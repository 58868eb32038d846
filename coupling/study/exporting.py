"""Export what configurations read, or everything at hand, so that a colleague has the same pages again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from coupling.data.export import Export, write_export
from coupling.data.instrument import Instrument, load_instruments, resolve
from coupling.data.loading.files import mapped_holdings
from coupling.data.loading.holding import Holding
from coupling.data.loading.monthly import serving
from coupling.data.loading.serving import NOT_STORED, store_holdings
from coupling.data.operands import leaves
from coupling.data.section import DataSource
from coupling.data.sources.exported import is_exported
from coupling.data.sources.files import Folder
from coupling.data.stores.store import Store
from coupling.errors import ConfigurationError, DataError
from coupling.machine.privacy import without_paths
from coupling.study.claiming import read_claims
from coupling.study.configuration import Study, load_study

__all__ = ["export_studies"]


def export_studies(
    configurations: Sequence[Path], out: Path, *, data: Path | None = None, store: Path | None = None
) -> tuple[Path, Export]:
    """Export the series of some configurations, or all that are available where none is given.

    Parameters
    ----------
    configurations : sequence of Path
        Studies; their instruments and those that their claims name are exported, with second sources.
    out : Path
        The folder to write, which does not exist or is empty.
    data : Path, optional
        Folder of files to export from; it beats the configurations' own. Where there is none the store is exported.
    store : Path, optional
        Folder of the store; it beats the configurations' own.

    Returns
    -------
    tuple
        The folder, and what was exported.

    Raises
    ------
    ConfigurationError
        If two configurations read an instrument from different places, or the folder holds something.
    DataError
        If there is nothing to export, or a file cannot be read or written.
    """
    now = pd.Timestamp.now(tz="UTC")
    if configurations:
        parts = [_of_study(load_study(path), data, store, now) for path in configurations]
    else:
        parts = [_of_catalogue(data, store, now)]
    export = _joined(parts)
    return write_export(export, out), export


def _of_study(study: Study, data: Path | None, store: Path | None, now: pd.Timestamp) -> Export:
    if data is None and study.data.directory is None and study.data.source is DataSource.SIMULATED:
        raise ConfigurationError(
            f"study {study.title!r} reads the simulated market, which needs no export: its seed gives it again"
        )
    study = (study if data is None else study.with_data(data)).with_store(store, offline=True)
    beyond = (name for claim in read_claims(study) for name in claim.instruments)
    names = dict.fromkeys((*study.instruments, *beyond))
    parts = leaves((resolve(name, study.define) for name in names), study.define)
    items = [serving(item, study.alignment.frequency)[0] for item in parts]
    place = study.data.folder(study.base)
    if place is None:
        mapped = {item.name: found for item in items if (found := mapped_holdings(study.base, study.data.files, item))}
        rest = [item for item in items if item.name not in mapped]
        stored = _of_store(rest, study.data.open_store(study.base), now)
        return replace(stored, holdings={**mapped, **stored.holdings})
    wanted = set(leaves((resolve(name, study.define) for name in study.instruments), study.define))
    return _of_folder(items, _folder(place, study), now, required={item.name for item in wanted})


def _of_catalogue(data: Path | None, store: Path | None, now: pd.Timestamp) -> Export:
    """Return everything that the catalogue knows and the folder or the store has."""
    items = [item for item in load_instruments().values() if item.formula is None]
    if data is not None:
        return _of_folder(items, _folder(data, None), now, required=set())
    found = _of_store(items, Store(store), now)
    return Export(holdings=found.holdings, revisions=found.revisions)


def _folder(path: Path, study: Study | None) -> Folder:
    if is_exported(path):
        raise ConfigurationError(f"{path} is an export already; copy the folder")
    return Folder(path, {} if study is None else dict(study.data.files), {} if study is None else study.define)


def _of_store(items: Iterable[Instrument], store: Store, now: pd.Timestamp) -> Export:
    holdings = {item.name: store_holdings(item, store, now) for item in items}
    return Export(
        holdings={name: found for name, found in holdings.items() if found},
        missing={name: NOT_STORED for name, found in holdings.items() if not found},
        revisions={name: store.revised(found[0].entry) for name, found in holdings.items() if found},
    )


def _of_folder(items: Iterable[Instrument], folder: Folder, now: pd.Timestamp, *, required: set[str]) -> Export:
    """Return what a folder holds; each required instrument must be there, as a report demands it."""
    holdings: dict[str, list[Holding]] = {}
    missing: dict[str, str] = {}
    for item in items:
        try:
            folder.serve(item, now)
        except DataError as error:
            if item.name in required:
                raise
            missing[item.name] = without_paths(str(error).rstrip("."), (folder.path,))
        else:
            holdings[item.name] = folder.holdings(item)
    return Export(holdings=holdings, missing=missing if required else {}, names=folder.names)


def _joined(parts: Sequence[Export]) -> Export:
    holdings: dict[str, Sequence[Holding]] = {}
    for part in parts:
        for name, found in part.holdings.items():
            if name in holdings and not _alike(holdings[name], found):
                raise ConfigurationError(
                    f"two configurations read {name} from different places; export them into two folders"
                )
            holdings[name] = found
    return Export(
        holdings=holdings,
        missing={name: why for part in parts for name, why in part.missing.items() if name not in holdings},
        names=frozenset().union(*(part.names for part in parts)),
        revisions={name: found for part in parts for name, found in part.revisions.items()},
    )


def _alike(one: Sequence[Holding], other: Sequence[Holding]) -> bool:
    """Tell whether two lists hold the same series: the same sources, read from the same bytes."""
    sides = [[(holding.entry, holding.read().sha256) for holding in side] for side in (one, other)]
    return sides[0] == sides[1]
