"""An export: a folder of CSV files and a list of what they are, from which a colleague has the same page again.

The files have the plain formats of `coupling.data.sources.readers`; `export.json` adds to each what a file does not
say: its source and clock, when and as which bytes it was retrieved, and what was mended on the way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pandas as pd
from pydantic import Field, ValidationError, field_validator

from coupling.configuration.section import Section
from coupling.data.instrument import HOURLY, Instrument, SourceEntry
from coupling.data.loading.holding import Holding
from coupling.data.sources.readers import read_rows
from coupling.data.sources.rows import RawRows
from coupling.data.stamps import REACH
from coupling.data.stores.manifest import require_instant
from coupling.data.stores.revisions import Revision
from coupling.data.tables.opening import load
from coupling.errors import DataError

__all__ = ["FORMAT", "LIST", "Exported", "ExportedList", "ExportedRevision", "ExportedSeries", "is_exported"]

LIST = "export.json"
FORMAT = 1
AGAIN = "export it again"


class ExportedSeries(Section):
    """One file of an export.

    Parameters
    ----------
    instrument : str
        What it is a series of; of several the first serves.
    name : str
        How the page names it where it does not serve.
    file, file_sha256 : str
        The file, and the hash of its bytes.
    entry : SourceEntry
        Source, symbol, column and clock.
    place, sha256 : str
        Where the rows were read, and the hash of the bytes that they were read from.
    retrieved_at : str, optional
        Instant (UTC) of the download, in ISO form; absent for a file.
    repairs : tuple of str
        What was mended on the way.
    reach : int
        Days ahead of the download that the end of an open bar may lie.
    """

    instrument: str
    name: str
    file: str
    file_sha256: str
    entry: SourceEntry
    place: str
    sha256: str
    retrieved_at: str | None = None
    repairs: tuple[str, ...] = ()
    reach: int = REACH.days

    _instant = field_validator("retrieved_at")(require_instant)


class ExportedRevision(Section):
    """What one vintage of a serving series had revised."""

    instrument: str
    retrieved_at: str
    revision: Revision

    _instant = field_validator("retrieved_at")(require_instant)


class ExportedList(Section):
    """What an export holds.

    Parameters
    ----------
    format : int
        Of this list.
    version : str
        Of the toolkit that wrote it.
    series : tuple of ExportedSeries
    missing : dict of str to str
        Instruments that could not be had when it was made, and why.
    names : tuple of str
        The data files of the folder that it was made from, where it was one.
    revisions : tuple of ExportedRevision
    """

    format: int = FORMAT
    version: str
    series: tuple[ExportedSeries, ...]
    missing: dict[str, str] = Field(default_factory=dict)
    names: tuple[str, ...] = ()
    revisions: tuple[ExportedRevision, ...] = ()


def is_exported(folder: Path) -> bool:
    """Tell whether a folder is an export."""
    return (folder / LIST).is_file()


@dataclass(frozen=True)
class Exported:
    """An export whose files are what was exported.

    Parameters
    ----------
    path : Path
    contents : ExportedList
    """

    path: Path
    contents: ExportedList = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> Exported:
        """Read the list of an export and the hash of every file.

        Raises
        ------
        DataError
            If the list is damaged or of a newer version, or a file is missing or not what was exported.
        """
        exported = cls(path, _read_list(path / LIST))
        for one in exported.contents.series:
            _require_inside(path, one.file)
            _require_whole(path / one.file, one.file_sha256)
        return exported

    def holdings(self, instrument: Instrument) -> list[Holding]:
        """Return the series of an instrument, the one that serves first."""
        found = [one for one in self.contents.series if one.instrument == instrument.name]
        return [Holding(name=one.name, entry=one.entry, read=partial(self._rows, one)) for one in found]

    def why_not(self, instrument: Instrument) -> str:
        """Say why there is no series of an instrument."""
        reason = f"the export {self.path} does not hold it; {AGAIN} with this configuration"
        return self.contents.missing.get(instrument.name, reason)

    @property
    def names(self) -> frozenset[str]:
        """The data files of the folder that the export was made from."""
        return frozenset(self.contents.names)

    @property
    def revisions(self) -> pd.DataFrame:
        """What vintages had revised, as `coupling.data.loading.serving.Supply` has it."""
        rows = [
            {"instrument": one.instrument, "retrieved_at": pd.Timestamp(one.retrieved_at), **one.revision.model_dump()}
            for one in self.contents.revisions
        ]
        return pd.DataFrame(rows, columns=["instrument", "retrieved_at", *Revision.model_fields])

    def _rows(self, one: ExportedSeries) -> RawRows:
        return replace(
            read_rows(self.path / one.file, clock=one.entry.clock, means=_meaning(one)),
            reach=pd.Timedelta(days=one.reach),
            place=one.place,
            sha256=one.sha256,
            retrieved_at=None if one.retrieved_at is None else pd.Timestamp(one.retrieved_at),
            repairs=one.repairs,
        )


def _meaning(one: ExportedSeries) -> str | None:
    """Dates are sessions, whatever their spacing; bars with their own instants go by the column that they stand in."""
    return None if one.entry.clock == HOURLY else "session"


def _read_list(path: Path) -> ExportedList:
    content = _load(path)
    written_as = content.get("format")
    if isinstance(written_as, int) and written_as > FORMAT:
        message = f"{path} has format {written_as}, and this version of coupling knows {FORMAT} at most"
        raise DataError(f"{message}; update coupling.")
    try:
        return ExportedList.model_validate(content)
    except ValidationError as error:
        raise DataError(f"{path} is no list of an export ({error.error_count()} fields are wrong); {AGAIN}.") from None


def _load(path: Path) -> Mapping[str, object]:
    try:
        content = json.loads(load(path))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is no JSON ({error}); {AGAIN}.") from None
    if not isinstance(content, dict):
        raise DataError(f"{path} is no list of an export; {AGAIN}.")
    return content


def _require_inside(folder: Path, file: str) -> None:
    """Refuse a file that an export cannot have written: elsewhere, or a link to elsewhere."""
    if "\0" in file or file != Path(file).name:
        raise DataError(f"{folder / LIST} names the file {file!r}, which leaves its folder; {AGAIN}.")
    if (folder / file).is_symlink() or ((folder / file).exists() and not (folder / file).is_file()):
        raise DataError(f"{folder / file} is no plain file; {AGAIN}.")


def _require_whole(path: Path, expected: str) -> None:
    try:
        found = sha256(load(path)).hexdigest()
    except DataError as error:
        raise DataError(f"{str(error).rstrip('.')}, or {AGAIN}.") from None
    if found != expected:
        raise DataError(f"{path} is not what was exported (its hash differs); {AGAIN}, or read it without {LIST}.")
