"""Who fetches from which provider; a provider's module is imported when it is first asked."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

import pandas as pd

from coupling.data.instrument import Provider, SourceEntry
from coupling.data.sources.http import Session
from coupling.data.sources.partial import note_partial
from coupling.data.sources.rows import RawRows
from coupling.data.sources.span import DateSpan
from coupling.data.sources.transfer import TransferError
from coupling.errors import DataError, SourceError

__all__ = ["LIVE", "Fetch", "fetch_rows"]

LIVE = {
    Provider.YAHOO: "coupling.data.sources.yahoo",
    Provider.FRED: "coupling.data.sources.fred",
    Provider.MOF: "coupling.data.sources.mof",
    Provider.ECB: "coupling.data.sources.ecb",
}


class Fetch(Protocol):
    """What the module of a provider offers under the name ``fetch``."""

    def __call__(self, entry: SourceEntry, span: DateSpan, session: Session, now: pd.Timestamp) -> RawRows:
        """Return the rows of one series; raise `TransferError` or `DataError` where there are none."""


def fetch_rows(entry: SourceEntry, span: DateSpan, *, session: Session, now: pd.Timestamp) -> RawRows:
    """Fetch one series from its provider.

    Parameters
    ----------
    entry : SourceEntry
        Provider, symbol and clock; not a file.
    span : DateSpan
        Dates asked for.
    session : Session
        See `coupling.data.sources.http.open_session`.
    now : Timestamp
        The instant (UTC) of the fetch.

    Returns
    -------
    RawRows
        As the provider gave them, with `retrieved_at` = `now`; at least one row.

    Raises
    ------
    SourceError
        If the provider gives no rows that can be read.
    """
    fetch: Fetch = import_module(LIVE[entry.provider]).fetch
    try:
        rows = fetch(entry, span, session, now)
    except TransferError as error:
        raise _error(entry, span, error.reason, error.next_step) from error
    except DataError as error:
        raise _error(entry, span, str(error).rstrip("."), "look at the source, or try again later") from error
    if rows.value.notna().sum() == 0:
        raise _error(entry, span, "the answer holds no value", "check the symbol and the dates")
    return note_partial(rows, entry, span, now)


def _error(entry: SourceEntry, span: DateSpan, reason: str, next_step: str) -> SourceError:
    return SourceError(reason, source=entry.provider, symbol=entry.symbol, span=str(span), next_step=next_step)
