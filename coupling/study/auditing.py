"""Audit the data folders that configurations name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from coupling.data.audit_folder import audit_folder
from coupling.data.instrument import load_instruments, resolve
from coupling.data.sources.files import Folder
from coupling.errors import ConfigurationError
from coupling.study.configuration import Study, load_study

__all__ = ["audit_studies"]


def audit_studies(configurations: Sequence[Path], data: Path | None = None) -> pd.DataFrame:
    """Audit the files behind some configurations, or behind the whole catalogue where none is given.

    Parameters
    ----------
    configurations : sequence of Path
        Studies; their instruments are audited.
    data : Path, optional
        Folder of files; it beats the configurations' own.

    Raises
    ------
    ConfigurationError
        If there is no folder to audit.
    """
    now = pd.Timestamp.now(tz="UTC")
    if not configurations:
        return audit_folder(_folder(None, data), load_instruments().values(), now)
    tables = []
    for path in configurations:
        study = load_study(path)
        items = [resolve(name, study.define) for name in study.instruments]
        tables.append(audit_folder(_folder(study, data), items, now))
    return pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)


def _folder(study: Study | None, data: Path | None) -> Folder:
    if data is not None:
        return Folder(data, {} if study is None else dict(study.data.files), {} if study is None else study.define)
    if study is None or study.data.directory is None:
        raise ConfigurationError("there is no data folder to audit; give --data FOLDER or data.directory")
    return Folder(study.base / study.data.directory, dict(study.data.files), study.define)
