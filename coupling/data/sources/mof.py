"""Yields of Japan's Ministry of Finance: the history to the last month's end and the current month, joined."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from coupling.data.instrument import SourceEntry
from coupling.data.sources.asked import require_whole
from coupling.data.sources.http import Session
from coupling.data.sources.readers import DatedTable, read_table
from coupling.data.sources.rows import RawRows, continue_rows
from coupling.data.sources.span import DateSpan
from coupling.data.sources.transfer import TransferError
from coupling.errors import DataError

__all__ = ["fetch"]

FOLDER = "https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate/"
HISTORY, MONTH = "historical/jgbcme_all.csv", "jgbcme.csv"


def fetch(entry: SourceEntry, span: DateSpan, session: Session, now: pd.Timestamp) -> RawRows:
    """Return the yields of a tenor such as 10Y; the files are downloaded and read once for all tenors.

    Raises
    ------
    TransferError, DataError
        If the history cannot be had or read, or has no such tenor; without the current month it serves, and says so.
    """
    rows = _table(HISTORY, session).rows(entry.symbol)
    try:
        rows = continue_rows(rows, _table(MONTH, session).rows(entry.symbol))
    except (TransferError, DataError) as error:
        rows = replace(rows, repairs=(*rows.repairs, f"the current month is left out: {str(error).rstrip('.')}"))
    return replace(rows.within(span), place=f"{rows.place}, {entry.symbol}", retrieved_at=now)


def _table(name: str, session: Session) -> DatedTable:
    return session.once(FOLDER + name, lambda body: read_table(name, require_whole(name, body)))
