"""Audit a folder: every source of every instrument against the best reference, and files that nobody declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace

import pandas as pd

from coupling.data.audit import Audit, audit_source
from coupling.data.instrument import HOURLY, Instrument, Kind, Provider, SourceEntry
from coupling.data.observations import Observations
from coupling.data.sources.files import Folder
from coupling.errors import DataError, InputError

__all__ = ["audit_folder"]

RECOGNISED = 0.5


def audit_folder(folder: Folder, instruments: Iterable[Instrument], now: pd.Timestamp) -> pd.DataFrame:
    """Audit the files of a folder.

    Parameters
    ----------
    folder : Folder
        Where the files are.
    instruments : iterable of Instrument
        Whose sources are audited: each but the reference, which is an hourly file where there is one and else the
        source that serves. A file that nobody declares is compared with every reference; the instrument whose changes
        it shows (correlation of at least 0.5) is named.
    now : Timestamp
        Instant (UTC) of the audit.

    Returns
    -------
    DataFrame
        One row per audited source, with the columns of `coupling.data.audit.Audit`.
    """
    references: list[tuple[Instrument, Observations]] = []
    audits: list[Audit] = []
    for instrument in instruments:
        series = [folder.read(instrument, entry, now) for entry in folder.candidates(instrument)]
        if series and instrument.kind is not Kind.FLOW:
            reference = next((item for item in series if _clock(item) == HOURLY), series[0])
            references.append((instrument, reference))
            audits += [audit for item in series if item is not reference for audit in _try(item, reference)]
    for name in folder.unknown_files():
        audits += _recognise(folder, name, references, now)
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
