"""Fetch what configurations name, or the whole catalogue, into the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coupling.data.instrument import Instrument, Provider, load_instruments, resolve
from coupling.data.store import Store
from coupling.data.supply import DataSource, leaves, supply
from coupling.errors import DataError
from coupling.results.base import Origin
from coupling.study.configuration import load_study

if TYPE_CHECKING:
    from coupling.data.live import Progress

__all__ = ["Fetched", "fetch_studies"]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a fetch gave.

    Parameters
    ----------
    table : DataFrame
        One row per instrument that was fetched: ``instrument, source, symbol, first, last, rows, notes``.
    missing : dict of str to str
        By instrument that no source served: why.
    """

    table: pd.DataFrame = field(repr=False)
    missing: Mapping[str, str]


def fetch_studies(
    configurations: Sequence[Path], folder: Path | None = None, progress: Progress | None = None
) -> Fetched:
    """Fetch the instruments of some configurations, or of the whole catalogue where none is given.

    Parameters
    ----------
    configurations : sequence of Path
        Studies; each of their instruments is fetched once.
    folder : Path, optional
        Folder of the store; it beats the configurations' own.
    progress : callable, optional
        Called with an instrument's name, how many are done, and how many there are.

    Raises
    ------
    DataError
        If no source served any instrument: one line for each.
    """
    from coupling.data.live import fetch_all

    now = pd.Timestamp.now(tz="UTC")
    rows: dict[str, dict[str, object]] = {}
    missing: dict[str, str] = {}
    for store, items in _wanted(configurations, folder):
        had = supply(
            items,
            source=DataSource.LIVE,
            store=store,
            max_age=pd.Timedelta(0),
            now=now,
            fetch=lambda asked, at: fetch_all(asked, now=at, progress=progress),
        )
        origins = [item.origin for item in had.observations.values() if item.origin is not None]
        rows |= {origin.instrument: _row(origin) for origin in origins}
        missing |= had.missing
    if missing and not rows:
        lines = "\n".join(f"{name}: {reason}" for name, reason in missing.items())
        raise DataError(f"nothing could be fetched; check the network, or use what the store holds.\n{lines}")
    return Fetched(table=pd.DataFrame(list(rows.values())), missing=missing)


def _wanted(configurations: Sequence[Path], folder: Path | None) -> Iterator[tuple[Store, list[Instrument]]]:
    """Yield each store with the instruments that are to be fetched into it, none of them twice."""
    if not configurations:
        live = (
            item for item in load_instruments().values() if any(e.provider is not Provider.FILE for e in item.sources)
        )
        yield Store(folder), list(live)
    seen: list[tuple[Path, Instrument]] = []
    for path in configurations:
        study = load_study(path).with_store(folder, offline=False)
        store = study.data.open_store(study.base)
        items = leaves((resolve(name, study.define) for name in study.instruments), study.define)
        new = [item for item in items if (store.folder, item) not in seen]
        seen += [(store.folder, item) for item in new]
        if new:
            yield store, new


def _row(origin: Origin) -> dict[str, object]:
    names = ("instrument", "source", "symbol", "first", "last", "rows")
    return {name: getattr(origin, name) for name in names} | {"notes": "; ".join(origin.repairs)}
