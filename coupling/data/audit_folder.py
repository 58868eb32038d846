"""Audit what is available: every source of every instrument against the best reference, and files nobody declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace

import pandas as pd

from coupling.data.audit import Audit, audit_source
from coupling.data.instrument import HOURLY, Instrument, Kind, Provider, SourceEntry
from coupling.data.loading.holding import Holding
from coupling.data.loading.monthly import is_monthly
from coupling.data.observations import Observations
from coupling.data.sources.files import Folder
from coupling.errors import DataError, InputError

__all__ = ["audit_folder", "audit_holdings"]

RECOGNISED = 0.5
References = list[tuple[Instrument, Observations]]


def audit_folder(folder: Folder, instruments: Iterable[Instrument], now: pd.Timestamp) -> pd.DataFrame:
    """Audit the files of a folder.

    Parameters
    ----------
    folder : Folder
        Where the files are.
    instruments : iterable of Instrument
        Whose sources are audited, see `audit_holdings`. A file that nobody declares is compared with every reference;
        the instrument whose changes it shows (correlation of at least 0.5) is named.
    now : Timestamp
        Instant (UTC) of the audit.

    Returns
    -------
    DataFrame
        One row per audited source, with the columns of `coupling.data.audit.Audit`.
    """
    items = [item for item in instruments if item.formula is None]
    audits, references = _audit_all(items, {item.name: folder.holdings(item) for item in items}, now)
    for name in folder.unknown_files():
        audits += _recognise(folder, name, references, now)
    return _table(audits)


def audit_holdings(
    instruments: Iterable[Instrument], holdings: Mapping[str, Sequence[Holding]], now: pd.Timestamp
) -> pd.DataFrame:
    """Audit each series of each instrument but the reference, which is hourly where one is, else the one that serves.

    Parameters
    ----------
    instruments : iterable of Instrument
        Whose series are audited; flows and monthly series are not.
    holdings : dict of str to sequence of Holding
        What is at hand of each, the series that serves first.
    now : Timestamp
        Instant (UTC) of the audit.

    Returns
    -------
    DataFrame
        As `audit_folder` returns it.
    """
    return _table(_audit_all(instruments, holdings, now)[0])


def _audit_all(
    instruments: Iterable[Instrument], holdings: Mapping[str, Sequence[Holding]], now: pd.Timestamp
) -> tuple[list[Audit], References]:
    references: References = []
    audits: list[Audit] = []
    for instrument in instruments:
        daily = [one for one in holdings.get(instrument.name, ()) if not is_monthly(one.entry.clock)]
        series = [holding.observe(instrument, now) for holding in daily]
        if series and instrument.kind is not Kind.FLOW:
            reference = next((item for item in series if _clock(item) == HOURLY), series[0])
            references.append((instrument, reference))
            audits += [audit for item in series if item is not reference for audit in _try(item, reference)]
    return audits, references


def _table(audits: list[Audit]) -> pd.DataFrame:
    return pd.DataFrame([asdict(audit) for audit in audits], columns=list(Audit.__dataclass_fields__))


def _clock(item: Observations) -> str:
    return "" if item.origin is None else item.origin.clock


def _try(item: Observations, reference: Observations) -> list[Audit]:
    """Audit a pair of sources; two that share too few changes cannot be compared."""
    try:
        return [audit_source(item, reference)]
    except InputError:
        return []


def _recognise(
    folder: Folder, name: str, references: list[tuple[Instrument, Observations]], now: pd.Timestamp
) -> list[Audit]:
    """Compare a file that nobody declares with every reference; return the audit against the one it resembles."""
    audits: list[Audit] = []
    for instrument, reference in references:
        entry = SourceEntry(provider=Provider.FILE, symbol=name, clock="UTC")
        try:
            item = folder.read(instrument, entry, now)
        except DataError:
            continue
        if item.origin is not None:
            audits += _try(replace(item, origin=replace(item.origin, clock="")), reference)
    likely = [audit for audit in audits if audit.correlation >= RECOGNISED]
    return [max(likely, key=lambda audit: audit.correlation)] if likely else []
