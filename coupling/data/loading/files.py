"""Real data from files: a folder, which must have every instrument, or an export, which has what its maker had."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from coupling.data.instrument import Instrument, SourceEntry
from coupling.data.loading.holding import Holding
from coupling.data.loading.serving import Supply
from coupling.data.sources.exported import Exported
from coupling.data.sources.files import Folder, file_rows, mapped_entries
from coupling.data.sources.readers import EVER
from coupling.data.tables.large_parquet import Between
from coupling.errors import DataError

__all__ = ["mapped_holdings", "supply_exported", "supply_folder", "supply_mapped"]

log = logging.getLogger("coupling")


def supply_folder(folder: Folder, instruments: Iterable[Instrument], now: pd.Timestamp) -> Supply:
    """Read instruments from a folder; raise `DataError` where one has no file or a broken one."""
    observations, seconds = {}, {}
    for item in instruments:
        log.info("%s: reading %s", item.name, folder.path)
        observations[item.name] = folder.serve(item, now)
        seconds[item.name] = tuple(folder.holdings(item)[1:])
    return Supply(observations=observations, seconds=seconds, names=folder.names)


def supply_mapped(
    base: Path,
    mapping: Mapping[str, SourceEntry],
    instruments: Iterable[Instrument],
    now: pd.Timestamp,
    between: Between = EVER,
) -> Supply:
    """Read the instruments that a configuration maps to files, which lie where it says, seen from its own folder.

    Raises
    ------
    DataError
        If a file is not there or broken.
    """
    items = {item.name: item for item in instruments}
    had = {name: found[0] for name, item in items.items() if (found := mapped_holdings(base, mapping, item, between))}
    for name, holding in had.items():
        log.info("%s: reading %s", name, holding.name)
    return Supply(observations={name: holding.observe(items[name], now) for name, holding in had.items()})


def mapped_holdings(
    base: Path, mapping: Mapping[str, SourceEntry], instrument: Instrument, between: Between = EVER
) -> list[Holding]:
    """Return the files that a configuration maps to an instrument where no folder is named: one, or none."""
    entries = mapped_entries(base, mapping, instrument, ())
    return [
        Holding(name=one.symbol, entry=one, read=partial(file_rows, base, one, instrument, between)) for one in entries
    ]


def supply_exported(
    exported: Exported, mapping: Mapping[str, SourceEntry], instruments: Iterable[Instrument], now: pd.Timestamp
) -> Supply:
    """Read instruments from an export; what its maker could not have is missing here too, for the same reason.

    Raises
    ------
    DataError
        If an instrument was exported from another source than the configuration maps it to.
    """
    observations, seconds, missing = {}, {}, {}
    for item in instruments:
        holdings = exported.holdings(item)
        if holdings and mapping.get(item.name, holdings[0].entry).public != holdings[0].entry.public:
            raise DataError(
                f"{item.name}: data.files maps it to {mapping[item.name].symbol}, and the export {exported.path} has "
                f"it from {holdings[0].name}; export it again with this configuration."
            )
        if holdings:
            observations[item.name] = holdings[0].observe(item, now)
            seconds[item.name] = tuple(holdings[1:])
        else:
            missing[item.name] = exported.why_not(item)
    served = exported.revisions["instrument"].isin(list(observations))
    return Supply(
        observations=observations,
        missing=missing,
        seconds=seconds,
        names=exported.names,
        revisions=exported.revisions[served].reset_index(drop=True),
    )
