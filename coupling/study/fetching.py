"""Fetch what configurations name, or the whole catalogue, into the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coupling.data.instrument import Instrument, Provider, SourceEntry, load_instruments, resolve
from coupling.data.loading.serving import Supply, supply
from coupling.data.operands import leaves
from coupling.data.section import DataSource
from coupling.data.stores.store import Store
from coupling.errors import DataError
from coupling.results.base import Origin
from coupling.study.configuration import Study, load_study

if TYPE_CHECKING:
    from coupling.data.loading.live import Progress

__all__ = ["Fetched", "fetch_studies"]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a fetch gave.

    Parameters
    ----------
    table : DataFrame
        One row per series that was fetched: ``instrument, source, symbol, first, last, rows, notes``.
    missing : dict of str to str
        By instrument that no source served: why.
    """

    table: pd.DataFrame = field(repr=False)
    missing: Mapping[str, str]


def fetch_studies(
    configurations: Sequence[Path],
    folder: Path | None = None,
    progress: Progress | None = None,
    *,
    every_source: bool = False,
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
    every_source : bool
        Whether the sources after the first that serves are fetched too.

    Raises
    ------
    DataError
        If no source served any instrument: one line for each.
    """
    now = pd.Timestamp.now(tz="UTC")
    rows: list[dict[str, object]] = []
    missing: dict[str, str] = {}
    for store, items in _wanted(configurations, folder):
        for place in range(max(map(len, map(_live, items)), default=1) if every_source else 1):
            asked = [_only(item, place) for item in items if len(_live(item)) > place] if every_source else items
            had = _fetch(asked, store, now, progress)
            rows += [_row(item.origin) for item in had.observations.values() if item.origin is not None]
            names = {item.name: _name(item, whole=not every_source) for item in asked}
            missing |= {names[name]: reason for name, reason in had.missing.items()}
    if missing and not rows:
        lines = "\n".join(f"{name}: {reason}" for name, reason in missing.items())
        raise DataError(f"nothing could be fetched; check the network, or use what the store holds.\n{lines}")
    table = pd.DataFrame(rows).drop_duplicates(["instrument", "source", "symbol"], ignore_index=True)
    return Fetched(table=table, missing=missing)


def _fetch(items: list[Instrument], store: Store, now: pd.Timestamp, progress: Progress | None) -> Supply:
    from coupling.data.loading.live import fetch_all

    return supply(
        items,
        source=DataSource.LIVE,
        store=store,
        max_age=pd.Timedelta(0),
        now=now,
        fetch=lambda asked, at: fetch_all(asked, now=at, progress=progress),
    )


def _live(item: Instrument) -> list[SourceEntry]:
    return [entry for entry in item.sources if entry.provider is not Provider.FILE]


def _only(item: Instrument, place: int) -> Instrument:
    """Return the instrument with one of its live sources alone."""
    return item.model_copy(update={"sources": (_live(item)[place],)})


def _name(item: Instrument, *, whole: bool) -> str:
    return item.name if whole else f"{item.name} from {item.sources[0].provider} {item.sources[0].symbol}"


def _wanted(configurations: Sequence[Path], folder: Path | None) -> Iterator[tuple[Store, list[Instrument]]]:
    """Yield each store with the instruments that are to be fetched into it, none of them twice."""
    if not configurations:
        live = (item for item in load_instruments().values() if _live(item))
        yield Store(folder), list(live)
    seen: list[tuple[Path, Instrument]] = []
    for path in configurations:
        study = load_study(path).with_store(folder, offline=False)
        store = study.data.open_store(study.base)
        names = dict.fromkeys([*study.instruments, *_beside(study)])
        items = leaves((resolve(name, study.define) for name in names), study.define)
        new = [item for item in items if (store.folder, item) not in seen]
        seen += [(store.folder, item) for item in new]
        if new:
            yield store, new


def _beside(study: Study) -> list[str]:
    """Name what the detector of a study reads, where a live source serves it."""
    if study.events is None or study.events.detector is None:
        return []
    return [name for name in study.events.detector.instruments if _live(resolve(name, study.define))]


def _row(origin: Origin) -> dict[str, object]:
    names = ("instrument", "source", "symbol", "first", "last", "rows")
    return {name: getattr(origin, name) for name in names} | {"notes": "; ".join(origin.repairs)}
