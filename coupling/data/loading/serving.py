"""Where real data come from when no folder is named: the store where it is young, else live, else the old store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from coupling.data.instrument import Instrument, Provider, SourceEntry
from coupling.data.loading.holding import Holding
from coupling.data.observations import Observations
from coupling.data.section import DataSource
from coupling.data.sources.rows import RawRows, build_observations
from coupling.data.stores.rescaled import note_rescaling, require_unit_of_store
from coupling.data.stores.store import Store
from coupling.errors import DataError

if TYPE_CHECKING:
    from coupling.data.loading.live import LiveAnswer, Served

__all__ = ["NOT_STORED", "REVISIONS", "Fetch", "Had", "Supply", "store_holdings", "supply"]

log = logging.getLogger("coupling")

Fetch = Callable[[list[Instrument], pd.Timestamp], "LiveAnswer"]
Had = tuple[SourceEntry, Observations]
NOT_STORED = "the store holds nothing of it; fetch it with 'coupling data fetch'"
REVISIONS = ["instrument", "retrieved_at", "changed", "removed", "added", "when", "before", "after"]


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What was had.

    Parameters
    ----------
    observations : dict of str to Observations
        By instrument.
    missing : dict of str to str
        By instrument that could not be had: why.
    seconds : dict of str to tuple of Holding
        By instrument, the series at hand that did not serve.
    names : frozenset of str
        The data files of the folder that serves, declared or not.
    revisions : DataFrame
        One row per vintage of the serving series that revised the one before it, with the columns `REVISIONS`.
    banner : str
        Says which instruments an old store serves, as their live sources failed; else empty.
    """

    observations: Mapping[str, Observations] = field(repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, tuple[Holding, ...]] = field(default_factory=dict, repr=False)
    names: frozenset[str] = frozenset()
    revisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REVISIONS), repr=False)
    banner: str = ""

    def joined(self, other: Supply) -> Supply:
        """Return what both had, of different instruments; what is missing and old is that of the other."""
        return replace(
            other,
            observations={**self.observations, **other.observations},
            seconds={**self.seconds, **other.seconds},
        )


def supply(
    instruments: Iterable[Instrument],
    *,
    source: DataSource,
    store: Store,
    max_age: pd.Timedelta,
    now: pd.Timestamp,
    fetch: Fetch | None = None,
) -> Supply:
    """Get instruments from the store or live; what comes live is kept in the store.

    Parameters
    ----------
    instruments : iterable of Instrument
        Instruments with sources (no formulas).
    source : DataSource
        Store: nothing is fetched. Live: everything is. Auto: what the store holds younger than `max_age` is not
        fetched, and what cannot be fetched is served by the store however old, with a banner.
    store : Store
        The store.
    max_age : Timedelta
        See `source`.
    now : Timestamp
        The instant (UTC) of the call.
    fetch : callable, optional
        Fetches instruments; `coupling.data.loading.live.fetch_all` by default.
    """
    wanted = list(instruments)
    at_hand = {item.name: store_holdings(item, store, now) for item in wanted}
    stored = {} if source is DataSource.LIVE else _stored(wanted, at_hand, now)
    ready = {name: had for name, had in stored.items() if source is DataSource.STORE or _age(had[1], now) < max_age}
    asked = [] if source is DataSource.STORE else [item for item in wanted if item.name not in ready]
    fetched, failed = _fetched(asked, store, now, fetch) if asked else ({}, {})
    old = {name: _failed(*stored[name], reason) for name, reason in failed.items() if name in stored}
    had = {**ready, **fetched, **old}
    serving = {item.name: had[item.name] for item in wanted if item.name in had}
    return Supply(
        observations={name: observations for name, (_, observations) in serving.items()},
        missing={item.name: failed.get(item.name, NOT_STORED) for item in wanted if item.name not in had},
        seconds={name: tuple(one for one in at_hand[name] if one.entry != serving[name][0]) for name in serving},
        revisions=_revisions({name: entry for name, (entry, _) in serving.items()}, store),
        banner=_banner({name: observations for name, (_, observations) in old.items()}),
    )


def store_holdings(instrument: Instrument, store: Store, now: pd.Timestamp) -> list[Holding]:
    """Return what a store holds of an instrument and can be used, what was retrieved last first.

    Of two retrieved at the same instant the earlier in the order of the instrument's sources stands first.
    """
    entries = [entry for entry in instrument.sources if entry.provider is not Provider.FILE]
    answers = [(entry, rows) for entry in entries if (rows := store.newest(entry)) is not None]
    answers.sort(key=lambda answer: _retrieved(answer[1]), reverse=True)
    holdings = [
        Holding(name=f"{entry.provider} {entry.symbol}", entry=entry, read=partial(_same, rows))
        for entry, rows in answers
    ]
    return [holding for holding in holdings if _usable(instrument, holding, now)]


def _same(rows: RawRows) -> RawRows:
    return rows


def _retrieved(rows: RawRows) -> pd.Timestamp:
    return rows.retrieved_at or pd.Timestamp.min.tz_localize("UTC")


def _usable(instrument: Instrument, holding: Holding, now: pd.Timestamp) -> bool:
    try:
        holding.observe(instrument, now)
    except DataError as error:
        log.warning("%s: what is stored does not serve: %s", instrument.name, error)
        return False
    return True


def _stored(
    wanted: Iterable[Instrument], at_hand: Mapping[str, Sequence[Holding]], now: pd.Timestamp
) -> dict[str, Had]:
    """Return what was retrieved last of each instrument, from whichever source."""
    newest = [(item, holdings[0]) for item in wanted if (holdings := at_hand[item.name])]
    return {item.name: (holding.entry, holding.observe(item, now)) for item, holding in newest}


def _failed(entry: SourceEntry, item: Observations, reason: str) -> Had:
    """Return what an old store serves with the reason why its live sources did not."""
    return entry, item if item.origin is None else replace(item, origin=replace(item.origin, failed=reason))


def _revisions(serving: Mapping[str, SourceEntry], store: Store) -> pd.DataFrame:
    rows = [
        {"instrument": name, "retrieved_at": at, **revision.model_dump()}
        for name, entry in serving.items()
        for at, revision in store.revised(entry)
    ]
    return pd.DataFrame(rows, columns=REVISIONS)


def _age(item: Observations, now: pd.Timestamp) -> pd.Timedelta:
    """Age of what was stored; what claims to come from the future is no younger than anything."""
    retrieved = None if item.origin is None else item.origin.retrieved_at
    return pd.Timedelta.max if retrieved is None or retrieved > now else now - retrieved


def _fetched(
    asked: list[Instrument], store: Store, now: pd.Timestamp, fetch: Fetch | None
) -> tuple[dict[str, Had], dict[str, str]]:
    """Fetch instruments and keep the answers; return them, and why others could not be had."""
    answer = (fetch or _fetch_live)(asked, now)
    fetched: dict[str, Had] = {}
    failed = {
        name: "; ".join(f"{error.source} {error.symbol}: {error.reason}" for error in errors)
        for name, errors in answer.failures.items()
    }
    for item in (item for item in asked if item.name in answer.served):
        served = answer.served[item.name]
        try:
            fetched[item.name] = (served.entry, _keep(item, served, store, now))
        except DataError as error:
            failed[item.name] = f"{served.entry.provider} {served.entry.symbol}: {str(error).rstrip('.')}"
            log.warning("%s: the answer is refused: %s", item.name, failed[item.name])
    return fetched, failed


def _fetch_live(asked: list[Instrument], now: pd.Timestamp) -> LiveAnswer:
    from coupling.data.loading.live import fetch_all

    return fetch_all(asked, now=now)


def _keep(instrument: Instrument, served: Served, store: Store, now: pd.Timestamp) -> Observations:
    """Save an answer with the reasons why earlier sources did not serve, so that both can be had again.

    Raises
    ------
    DataError
        If its values are on the scale of another unit than those of the store, or of another series.
    """
    notes = tuple(f"{error.source} {error.symbol} did not serve ({error.reason})" for error in served.passed_over)
    stored = store.newest(served.entry)
    rescaled = "" if stored is None else note_rescaling(instrument, stored, served.rows)
    if stored is None:
        entries = [entry for entry in instrument.sources if entry.provider is not Provider.FILE]
        held = (store.newest(entry) for entry in entries)
        require_unit_of_store(instrument, [rows for rows in held if rows is not None], served.rows)
    notes = (*notes, rescaled) if rescaled else notes
    rows = replace(served.rows, repairs=served.rows.repairs + notes)
    try:
        store.save(instrument.name, served.entry, rows)
    except DataError as error:
        log.warning("%s is not kept: %s", instrument.name, error)
    return build_observations(instrument, served.entry, rows, now) if notes else served.observations


def _banner(old: Mapping[str, Observations]) -> str:
    """Name what is old.

    Examples
    --------
    >>> _banner({})
    ''
    """
    if not old:
        return ""
    origins = [item.origin for item in old.values() if item.origin is not None]
    parts = [f"{origin.instrument} of {origin.retrieved_at:%Y-%m-%d %H:%M} UTC" for origin in origins]
    return f"Old data: the live sources failed, and the store serves {', '.join(parts)}."
