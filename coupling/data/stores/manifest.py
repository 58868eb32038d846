"""The manifest of a vintage: what its Parquet file holds, where from, and when the same answer came again."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pandas as pd
from pydantic import Field, ValidationError, field_validator

from coupling.configuration.section import Section
from coupling.data.instrument import Provider, SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.revisions import Revision
from coupling.errors import DataError

__all__ = ["FORMAT", "MOST_BYTES", "DamagedError", "Manifest", "Retrieval", "require_instant"]

FORMAT = 2
MOST_BYTES = 100_000_000  # of one file of the store; the largest series of the catalogue has under 1 MB
SEAL = "manifest_sha256"
LONG_GAP = pd.Timedelta(days=7)
ADJUSTMENTS = {Provider.YAHOO: "splits, not dividends"}


class DamagedError(DataError):
    """A file of the store is not what was written."""


def require_instant(text: str | None) -> str | None:
    """Return an instant in ISO form as it is; raise `ValueError` where it is none, or has no zone."""
    if text is not None:
        try:
            zone = pd.Timestamp(text).as_unit("ns").tz
        except (TypeError, OverflowError) as error:
            raise ValueError(str(error)) from None
        if zone is None:
            raise ValueError(f"{text!r} has no time zone")
    return text


class Retrieval(Section):
    """One download of an answer.

    Parameters
    ----------
    at : str
        Instant (UTC), in ISO form.
    place : str
        File, or provider and symbol, for messages about a row.
    sha256 : str
        Hash of the bytes that came.
    repairs : tuple of str
        What was mended on the way.
    """

    at: str
    place: str
    sha256: str
    repairs: tuple[str, ...] = ()

    _instant = field_validator("at")(require_instant)

    @classmethod
    def of(cls, rows: RawRows) -> Retrieval:
        """Return how some rows were retrieved; raise `DataError` for rows that were not."""
        if rows.retrieved_at is None:
            raise DataError(f"the rows of {rows.place} have no instant of retrieval; the store keeps downloads only.")
        at = rows.retrieved_at.tz_convert("UTC").isoformat()
        return cls(at=at, place=rows.place, sha256=rows.sha256, repairs=rows.repairs)


class Manifest(Section):
    """What is known of one vintage.

    Parameters
    ----------
    instrument : str
        For which instrument it was first fetched.
    entry : SourceEntry
        Source, symbol, column and clock.
    adjustment : str
        What the source adjusts its values for.
    hourly : bool
        Whether the rows are bars that carry their own instants.
    rows, gaps : int
        Number of rows, and of holes of more than a week between values.
    first, last : str
        First and last date.
    sha256 : str
        Hash of the bytes of the Parquet file.
    retrievals : tuple of Retrieval
        Every download that gave these rows, in the order in which they came.
    revision : Revision, optional
        What these rows revised in the vintage before them.
    """

    format: int = Field(default=FORMAT, ge=1)
    instrument: str
    entry: SourceEntry
    adjustment: str
    hourly: bool
    rows: int = Field(ge=1)
    gaps: int = Field(ge=0)
    first: str
    last: str
    sha256: str
    retrievals: tuple[Retrieval, ...] = Field(min_length=1)
    revision: Revision | None = None

    @classmethod
    def of(cls, instrument: str, entry: SourceEntry, rows: RawRows, parquet: bytes) -> Manifest:
        """Describe rows and the bytes that they are written as; raise `DataError` where there is no value."""
        dates = rows.when[rows.value.notna()].sort_values()
        if dates.empty:
            raise DataError(f"the rows of {rows.place} hold no value; there is nothing to store.")
        return cls(
            instrument=instrument,
            entry=entry,
            adjustment=ADJUSTMENTS.get(entry.provider, "none"),
            hourly=rows.instants,
            rows=len(rows.when),
            gaps=int((dates.diff() > LONG_GAP).sum()),
            first=f"{dates.min():%Y-%m-%d}",
            last=f"{dates.max():%Y-%m-%d}",
            sha256=sha256(parquet).hexdigest(),
            retrievals=(Retrieval.of(rows),),
        )

    @property
    def retrieved_at(self) -> pd.Timestamp:
        """Instant (UTC) of the last retrieval."""
        return pd.Timestamp(self.retrievals[-1].at)

    def retrieved_again(self, retrieval: Retrieval) -> Manifest:
        """Return the manifest with one more retrieval; one that it knows already changes nothing.

        They stand in the order in which they came: where a clock was set back the last is dated by the clock of now.
        """
        known = [one for one in self.retrievals if one != retrieval]
        return self.model_copy(update={"retrievals": (*known, retrieval)})

    def revising(self, revision: Revision | None) -> Manifest:
        """Return the manifest with what its rows revised."""
        return self.model_copy(update={"revision": revision})

    def to_bytes(self) -> bytes:
        """Write as JSON, with a hash of its own content."""
        content = self.model_dump(mode="json")
        return json.dumps({**content, SEAL: _seal(content)}, indent=1).encode("ascii")

    @classmethod
    def from_bytes(cls, place: str, raw: bytes) -> Manifest:
        """Read what `to_bytes` wrote.

        Raises
        ------
        DamagedError
            If it is not what was written.
        DataError
            If a newer version of the toolkit wrote it.
        """
        try:
            content = dict(json.loads(raw))
            seal, written_as = content.pop(SEAL, None), int(content["format"])
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise DamagedError(f"{place} is no manifest ({error})") from None
        if written_as > FORMAT:
            message = f"{place} has manifest format {written_as}, and this version of coupling knows {FORMAT} at most"
            raise DataError(f"{message}; update coupling, or give --store another folder.")
        try:
            manifest = cls(**content)
        except ValidationError as error:
            raise DamagedError(f"{place} is no manifest ({error.error_count()} fields are wrong)") from None
        except (TypeError, OverflowError) as error:
            raise DamagedError(f"{place} is no manifest ({error})") from None
        if seal != _seal(content):
            raise DamagedError(f"{place} does not have the hash that was written")
        return manifest


def _seal(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()
