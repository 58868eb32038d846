"""Repairs: named rules of a configuration for values that are known to be wrong, each counted where it was applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

import numpy as np
import pandas as pd

from coupling.data.checks import check_meaning, with_cautions
from coupling.data.checks.confirmed import confirm, in_doubt
from coupling.data.instrument import Instrument, SourceEntry
from coupling.data.observations import Observations
from coupling.data.section import Repair, RepairRule
from coupling.data.sources.rows import POSITIVE
from coupling.errors import DataError, nearest

__all__ = ["Second", "mended", "repair"]


class Second(Protocol):
    """Another series of an instrument, such as a `coupling.data.loading.holding.Holding`."""

    @property
    def name(self) -> str:
        """How a rule names it."""
        ...

    @property
    def entry(self) -> SourceEntry:
        """Its source and clock."""
        ...

    def observe(self, instrument: Instrument, now: pd.Timestamp) -> Observations:
        """Return its observations."""
        ...


def mended(
    instrument: Instrument, item: Observations, rules: Sequence[Repair], seconds: Sequence[Second], now: pd.Timestamp
) -> tuple[Observations, pd.DataFrame]:
    """Repair a series, look at what it then means, and say beside its origin what nobody has confirmed.

    Every door goes through this one: files, store, live sources, data in memory.

    Parameters
    ----------
    instrument, item, rules, seconds, now
        As for `repair`.

    Returns
    -------
    Observations
    DataFrame
        What was found, as `coupling.data.checks.check_meaning` returns it, with what is confirmed marked.
    """
    item = repair(instrument, item, rules, seconds, now)
    known, found = confirm(item, check_meaning(item, instrument.kind), rules)
    return with_cautions(known, in_doubt(found)), found


def repair(
    instrument: Instrument,
    item: Observations,
    rules: Sequence[Repair],
    seconds: Sequence[Second],
    now: pd.Timestamp,
) -> Observations:
    """Apply the rules of a configuration to a series, in order.

    Parameters
    ----------
    instrument : Instrument
        What the series is.
    item : Observations
        As its source gave it.
    rules : sequence of Repair
        The rules.
    seconds : sequence of Second
        Other series of the instrument that are available.
    now : Timestamp
        The instant (UTC) of the call.

    Returns
    -------
    Observations
        Its origin says in `rules` what was done to how many values.

    Raises
    ------
    DataError
        If the series has no value of a date that a rule names, no second source can give one, or nothing is scaled.
    """
    for rule in rules:
        if rule.rule is RepairRule.CONFIRM:  # it changes no value; see coupling.data.checks.confirmed
            continue
        if rule.rule is RepairRule.DROP:
            item = _drop(item, rule)
        elif rule.rule is RepairRule.SCALE:
            item = _scale(instrument, item, rule)
        else:
            item = _replace(item, rule, _second(instrument, item, rule, seconds, now))
    return item


def _drop(item: Observations, rule: Repair) -> Observations:
    named = list(dict.fromkeys(_places(item, rule)))
    kept = item.levels.index.delete(named)
    if kept.empty:
        raise DataError(f"{item.name}: rule drop leaves no value; name fewer dates in data.repairs.")
    bars = None if item.bars is None else item.bars.loc[kept]
    note = f"drop: {len(named)} ({_dates(rule)})"
    return _noted(
        replace(item, levels=item.levels[kept], known_at=item.known_at[kept], labels=item.dates[kept], bars=bars), note
    )


def _scale(instrument: Instrument, item: Observations, rule: Repair) -> Observations:
    """Multiply the values before a date, or from one on, and their bars."""
    side, labels = "before" if rule.before is not None else "from", pd.DatetimeIndex(item.dates)
    asked = rule.before if rule.before is not None else rule.start
    assert asked is not None  # the rule was read so
    stamps, day = _stamps(item, asked), pd.Timestamp(asked)
    chosen = np.asarray(stamps < day if side == "before" else stamps >= day)
    span = f"{labels[0]:%Y-%m-%d} to {labels[-1]:%Y-%m-%d}"
    if not chosen.any():
        raise DataError(f"{item.name}: rule scale finds no value {side} {asked} ({span}); correct the date.")
    factor = float(rule.factor or 1.0)
    if factor < 0 and instrument.kind in POSITIVE:
        raise DataError(f"{item.name}: rule scale would make a {instrument.kind} negative ({factor:g}); correct it.")
    by = pd.Series(np.where(chosen, factor, 1.0), index=item.levels.index)
    bars = None if item.bars is None else item.bars.mul(by, axis=0)
    note = f"scale: {int(chosen.sum())} values {side} {asked} by {factor:g}"
    return _noted(replace(item, levels=(item.levels * by).rename(item.name), bars=bars), note)


def _replace(item: Observations, rule: Repair, second: Observations) -> Observations:
    places, others = _places(item, rule), _places(second, rule)
    levels, known = item.levels.copy(), pd.DatetimeIndex(item.known_at).to_series(index=item.levels.index)
    before, after = levels.iloc[places].to_numpy(), second.levels.iloc[others].to_numpy()
    levels.iloc[places] = after
    known.iloc[places] = np.maximum(known.iloc[places].to_numpy(), second.known_at.iloc[others].to_numpy())
    values = "; ".join(
        f"{day}: {old:.10g} by {new:.10g}" for day, old, new in zip(rule.dates, before, after, strict=True)
    )
    symbol = "" if second.origin is None else second.origin.symbol
    note = f"second_source: {len(places)} from {symbol} ({values})"
    return _noted(replace(item, levels=levels, known_at=known.rename(item.name)), note)


def _second(
    instrument: Instrument, item: Observations, rule: Repair, seconds: Sequence[Second], now: pd.Timestamp
) -> Observations:
    """Return the series that a rule names, or the first of the same clock."""
    clock = "" if item.origin is None else item.origin.clock
    alike: Mapping[str, Second] = {holding.name: holding for holding in seconds if holding.entry.clock == clock}
    chosen = next(iter(alike.values()), None) if rule.source is None else alike.get(rule.source)
    if chosen is not None:
        return chosen.observe(instrument, now)
    hint = nearest(rule.source or "", alike) if alike else "there is none"
    wanted = "a second source" if rule.source is None else f"the second source {rule.source!r}"
    raise DataError(
        f"{item.name}: data.repairs asks for {wanted} with the clock {clock}, which is not available ({hint}); add its "
        "file, or fetch it with 'coupling data fetch --every-source'."
    )


def _places(item: Observations, rule: Repair) -> list[int]:
    """Positions of the values of the dates that a rule names."""
    found = []
    for day in rule.dates:
        at = np.flatnonzero(_stamps(item, day) == pd.Timestamp(day))
        if len(at) != 1:
            symbol = "" if item.origin is None else item.origin.symbol
            what = "no value; correct the date" if not len(at) else f"{len(at)} values; {_by_instants(item, at)}"
            raise DataError(f"{item.name}: data.repairs names {day}, of which {symbol} has {what}.")
        found.append(int(at[0]))
    return found


def _stamps(item: Observations, asked: date | datetime) -> pd.DatetimeIndex:
    """Return what a day, or an instant, is looked up in."""
    return pd.DatetimeIndex(item.levels.index if isinstance(asked, datetime) else item.dates)


def _by_instants(item: Observations, places: np.ndarray) -> str:
    first = pd.DatetimeIndex(item.levels.index)[places[0]].tz_convert("UTC")
    return f"name them by their instants, the first being {first.isoformat().replace('+00:00', 'Z')}"


def _dates(rule: Repair) -> str:
    return ", ".join(map(str, rule.dates))


def _noted(item: Observations, note: str) -> Observations:
    if item.origin is None:
        return item
    first, last = item.levels.index[0], item.levels.index[-1]
    rules = (*item.origin.rules, note)
    return replace(item, origin=replace(item.origin, rules=rules, rows=len(item.levels), first=first, last=last))
