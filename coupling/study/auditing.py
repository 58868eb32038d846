"""Audit the sources behind configurations: the files of a folder, or what the store holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from coupling.data.audit_folder import audit_folder, audit_holdings
from coupling.data.instrument import Instrument, load_instruments, resolve
from coupling.data.loading.files import mapped_holdings
from coupling.data.loading.holding import Holding
from coupling.data.loading.serving import store_holdings
from coupling.data.operands import leaves
from coupling.data.sources.exported import Exported, is_exported
from coupling.data.sources.files import Folder
from coupling.data.stores.store import Store
from coupling.errors import DataError
from coupling.study.configuration import Study, load_study

__all__ = ["audit_studies"]


def audit_studies(configurations: Sequence[Path], data: Path | None = None, store: Path | None = None) -> pd.DataFrame:
    """Audit the series behind some configurations, or all that are available where none is given.

    Parameters
    ----------
    configurations : sequence of Path
        Studies; their instruments are audited.
    data : Path, optional
        Folder of files, or an export; it beats the configurations' own. Where there is none the store is audited.
    store : Path, optional
        Folder of the store; it beats the configurations' own.

    Raises
    ------
    DataError
        If a folder or the store cannot be read.
    """
    now = pd.Timestamp.now(tz="UTC")
    if not configurations:
        items = list(load_instruments().values())
        return _of_store(items, Store(store), now) if data is None else _of_folder(items, data, None, now)
    tables = [_of_study(load_study(path), data, store, now) for path in configurations]
    return pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)


def _of_study(study: Study, data: Path | None, store: Path | None, now: pd.Timestamp) -> pd.DataFrame:
    study = (study if data is None else study.with_data(data)).with_store(store, offline=True)
    items = leaves((resolve(name, study.define) for name in study.instruments), study.define)
    folder = study.data.folder(study.base)
    if folder is not None:
        return _of_folder(items, folder, study, now)
    mapped = {item.name: mapped_holdings(study.base, study.data.files, item) for item in items if item.formula is None}
    return _of_store(items, study.data.open_store(study.base), now, mapped)


def _of_folder(items: Iterable[Instrument], path: Path, study: Study | None, now: pd.Timestamp) -> pd.DataFrame:
    if is_exported(path):
        exported, named = Exported.open(path), list(items)
        return audit_holdings(named, {item.name: exported.holdings(item) for item in named}, now)
    mapping, define = ({}, {}) if study is None else (dict(study.data.files), study.define)
    return audit_folder(Folder(path, mapping, define), items, now)


def _of_store(
    items: Iterable[Instrument], store: Store, now: pd.Timestamp, mapped: Mapping[str, list[Holding]] | None = None
) -> pd.DataFrame:
    named, files = [item for item in items if item.formula is None], mapped or {}
    holdings = {item.name: [*files.get(item.name, ()), *store_holdings(item, store, now)] for item in named}
    if not any(holdings.values()):
        message = "the store holds nothing to audit; fetch it with 'coupling data fetch --every-source'"
        raise DataError(f"{message}, or give --data FOLDER (store: {store.folder}).")
    return audit_holdings(named, holdings, now)
