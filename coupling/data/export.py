"""Write series with their origin into a folder that the file source reads back to the same observations."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

import pandas as pd

from coupling.data.loading.holding import Holding
from coupling.data.sources.exported import LIST, ExportedList, ExportedRevision, ExportedSeries
from coupling.data.sources.readers import SESSION, STRUCK
from coupling.data.sources.rows import RawRows
from coupling.data.stores.revisions import Revision
from coupling.errors import ConfigurationError, DataError
from coupling.machine.names import FileNames
from coupling.machine.privacy import public, without_paths
from coupling.machine.writing import make_folder, write_text_whole, write_whole
from coupling.text.sheet import csv_text
from coupling.version import __version__

__all__ = ["Export", "to_csv", "write_export"]


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is to be exported.

    Parameters
    ----------
    holdings : dict of str to sequence of Holding
        By instrument, the series that serves first.
    missing : dict of str to str
        Instruments that could not be had, and why.
    names : frozenset of str
        The data files of the folder that the series come from, where it is one.
    revisions : dict of str to sequence
        By instrument, what vintages of the serving series revised, each with its instant of retrieval.
    """

    holdings: Mapping[str, Sequence[Holding]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    revisions: Mapping[str, Sequence[tuple[pd.Timestamp, Revision]]] = field(default_factory=dict)


def write_export(export: Export, folder: Path) -> Path:
    """Write an export, whole or not at all.

    Parameters
    ----------
    export : Export
        What to write.
    folder : Path
        A folder that does not exist or is empty.

    Raises
    ------
    ConfigurationError
        If the folder holds something.
    DataError
        If there is nothing to export, or the folder cannot be written: then nothing is left behind.
    """
    if not export.holdings:
        lines = "\n".join(f"{name}: {reason}" for name, reason in export.missing.items())
        raise DataError(f"there is nothing to export; fetch it first, or give --data FOLDER.\n{lines}".rstrip())
    try:
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise ConfigurationError(f"{folder} is not an empty folder; give --out another one")
        make_folder(folder.parent)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            _write_all(export, part)
            part.chmod(0o755)
            part.replace(folder)
        except BaseException:
            rmtree(part, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{folder} cannot be written ({reason}); give --out another folder.") from error
    return folder


def _write_all(export: Export, folder: Path) -> None:
    names = FileNames(folder)
    series = [
        _write_series(names.file(name if place == 1 else f"{name}.{place}", ".csv"), name, holding)
        for name, holdings in export.holdings.items()
        for place, holding in enumerate(holdings, 1)
    ]
    revisions = [
        ExportedRevision(instrument=name, retrieved_at=at.isoformat(), revision=revision)
        for name, found in export.revisions.items()
        for at, revision in found
    ]
    contents = ExportedList(
        version=__version__,
        series=tuple(series),
        missing=public(dict(export.missing)),
        names=tuple(sorted(export.names)),
        revisions=tuple(revisions),
    )
    write_text_whole(folder / LIST, contents.model_dump_json(indent=1, exclude_none=True) + "\n")


def _write_series(path: Path, name: str, holding: Holding) -> ExportedSeries:
    rows = holding.read()
    raw = to_csv(rows).encode()
    write_whole(path, raw)
    return ExportedSeries(
        instrument=name,
        name=without_paths(holding.name),
        file=path.name,
        file_sha256=sha256(raw).hexdigest(),
        entry=holding.entry.public,
        place=without_paths(rows.place),
        sha256=rows.sha256,
        retrieved_at=None if rows.retrieved_at is None else rows.retrieved_at.isoformat(),
        repairs=public(rows.repairs),
        reach=rows.reach.days,
    )


def to_csv(rows: RawRows) -> str:
    """Write rows in a format that the file source reads back to the same rows, to the last bit.

    Examples
    --------
    >>> when, line = pd.Series(pd.to_datetime(["2024-08-05"])), pd.Series([1])
    >>> print(to_csv(RawRows(place="DGS10", when=when, value=pd.Series([0.1 + 0.2]), line=line, sha256="")))
    date,value
    2024-08-05,0.30000000000000004
    """
    columns: dict[str, Any] = {STRUCK: [stamp.isoformat() for stamp in rows.when]} if rows.instants else {}
    columns[SESSION if rows.instants else "date"] = rows.dates.dt.strftime("%Y-%m-%d")
    if rows.bars is not None:
        columns |= {name: rows.bars[name] for name in rows.bars.columns}
    columns["value" if rows.bars is None else "close"] = rows.value
    if rows.released is not None:
        columns["release_date"] = rows.released.dt.strftime("%Y-%m-%d")
    return csv_text(pd.DataFrame(columns), index=False)
