"""Repairs of data in memory: the rules of ``data.repairs``, by the code that repairs files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from pydantic import ValidationError

from coupling.configuration.refusal import refuse
from coupling.data.formula import FORMULA
from coupling.data.instrument import Instrument, Provider, SourceEntry
from coupling.data.observations import Observations
from coupling.data.repairs import mended
from coupling.data.section import DataSection, Repair, RepairRule
from coupling.errors import ConfigurationError, nearest

__all__ = ["mend_all", "rules_of"]

Read = tuple[Observations, Instrument]


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """Another series of the same data, which a rule names as its second source."""

    name: str
    entry: SourceEntry
    item: Observations = field(repr=False)

    def observe(self, instrument: Instrument, now: pd.Timestamp) -> Observations:  # noqa: ARG002
        """Return its observations."""
        return self.item


def rules_of(repairs: Any, names: Sequence[str]) -> dict[str, tuple[Repair, ...]]:
    """Return the rules by name, checked as those of a configuration are.

    Raises
    ------
    ConfigurationError
        If they are no mapping of names in the data to lists of rules, or one is wrong.
    """
    if repairs is None:
        return {}
    if not isinstance(repairs, Mapping):
        message = f"{repairs!r} is no mapping; write repairs={{'SPX': [{{'rule': 'drop', 'dates': ['2024-08-05']}}]}}"
        raise ConfigurationError(message, path="repairs")
    for name in repairs:
        if name not in names:
            message = f"{name!r} is not in the data; {nearest(str(name), names)}"
            raise ConfigurationError(message, path=f"repairs.{name}")
    try:
        rules = DataSection.model_validate({"repairs": dict(repairs)}).repairs
    except ValidationError as error:
        raise refuse(error, DataSection, None) from None
    for name, of_name in rules.items():
        _require_sources(name, of_name)
    return rules


def _require_sources(name: str, rules: Sequence[Repair]) -> None:
    for place, rule in enumerate(rules):
        if rule.rule is RepairRule.SECOND_SOURCE and rule.source is None:
            message = "in memory a second source is another series of the data; name it as its source"
            raise ConfigurationError(message, path=f"repairs.{name}.{place}.source")


def mend_all(read: Mapping[str, Read], rules: Mapping[str, Sequence[Repair]], now: pd.Timestamp) -> dict[str, Read]:
    """Return the series as the rules leave them, with what remains in doubt beside their origins."""
    return {name: _mend(name, read, rules.get(name, ()), now) for name in read}


def _mend(name: str, read: Mapping[str, Read], rules: Sequence[Repair], now: pd.Timestamp) -> Read:
    item, instrument = read[name]
    if item.origin is not None and item.origin.source == FORMULA:
        if rules:
            message = f"{name} is a formula, without values of its own; repair an instrument that it is made of"
            raise ConfigurationError(message, path=f"repairs.{name}")
        return item, instrument  # its parts were looked at when they were loaded
    seconds = [_beside(other, one) for other, (one, kind) in read.items() if other != name and _alike(kind, instrument)]
    return mended(instrument, item, rules, seconds, now)[0], instrument


def _alike(one: Instrument, other: Instrument) -> bool:
    """Tell whether two series are of one kind, and of one unit where both say it."""
    return one.kind == other.kind and (one.unit == other.unit or "" in (one.unit, other.unit))


def _beside(name: str, item: Observations) -> _Beside:
    clock = "" if item.origin is None else item.origin.clock
    return _Beside(name=name, entry=SourceEntry(provider=Provider.MEMORY, symbol=name, clock=clock), item=item)
