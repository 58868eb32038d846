"""Reference rates of the European Central Bank: the cross of two currencies, from the file of all days."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from hashlib import sha256

import pandas as pd

from coupling.data.instrument import SourceEntry
from coupling.data.sources.http import Session
from coupling.data.sources.readers import DatedTable, read_table
from coupling.data.sources.rows import RawRows
from coupling.data.sources.span import DateSpan
from coupling.data.tables.opening import SIZE_LIMIT
from coupling.errors import DataError

__all__ = ["fetch"]

ADDRESS = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
DECIMALS = 4


def fetch(entry: SourceEntry, span: DateSpan, session: Session, now: pd.Timestamp) -> RawRows:
    """Return units of the second currency for one of the first, as USDJPY = JPY / USD, rounded to 4 decimals.

    Raises
    ------
    TransferError, DataError
        If the file cannot be had or read, or lacks a currency.
    """
    table = session.once(ADDRESS, _table)
    base, quoted = (_rates(table, code) for code in (entry.symbol[:3], entry.symbol[3:]))
    rows = replace(
        quoted,
        place=f"eurofxref-hist.csv, {entry.symbol}",
        value=(quoted.value / base.value).round(DECIMALS),
        retrieved_at=now,
    )
    if rows.when.is_monotonic_decreasing:  # the newest day stands first in this file
        rows = rows.take(rows.when.index[::-1]).renumbered()
    return rows.within(span)


def _table(archive: bytes) -> DatedTable:
    table = read_table("eurofxref-hist.csv", _unpacked(archive))
    return replace(table, sha256=sha256(archive).hexdigest())


def _rates(table: DatedTable, code: str) -> RawRows:
    rows = table.rows("USD" if code == "EUR" else code)
    return replace(rows, value=rows.value.where(rows.value.isna(), 1.0)) if code == "EUR" else rows


def _unpacked(archive: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as folder:
            members = folder.infolist()
            if len(members) != 1 or members[0].file_size > SIZE_LIMIT:
                raise DataError(f"the archive holds {len(members)} files, where one table of rates was expected")
            return folder.read(members[0])
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:  # RuntimeError: locked or of unknown packing
        raise DataError(f"the answer is no readable ZIP archive (it begins {archive[:20]!r})") from error
