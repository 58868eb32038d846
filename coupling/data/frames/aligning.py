"""From a frame or a mapping of series to a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import yaml
from pydantic import ValidationError

from coupling.configuration.refusal import refuse
from coupling.data.alignment import AlignmentSection
from coupling.data.frames.meaning import Meaning, meanings
from coupling.data.frames.mending import mend_all, rules_of
from coupling.data.frames.observing import observe
from coupling.data.frames.parts import parts_of
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel, build_panel
from coupling.data.section import Repair
from coupling.errors import ConfigurationError, nearest

__all__ = ["align"]

OWN = ("clocks", "kinds", "units", "zone", "order", "means", "length", "decimal", "repairs")


def align(
    data: Any,
    *,
    clocks: str | Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    zone: str | Mapping[str, str] | None = None,
    order: str | Mapping[str, str] | None = None,
    means: str | Mapping[str, str] | None = None,
    length: str | Mapping[str, str] | None = None,
    decimal: str | Mapping[str, str] | None = None,
    repairs: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **alignment: Any,
) -> Panel:
    """Align levels that are in memory: the same panel as from files, by the same code.

    Parameters
    ----------
    data : frame, or mapping of str to series
        Levels, never changes. A wide frame (pandas, polars or what else narwhals knows) has a column for each
        instrument; its missing values are no observations. The items of a mapping have dates of their own: pandas
        series, frames of one series or of its bars, dicts of dates to values, or observations. Dates are sessions of
        the instrument's clock; instants with a zone say themselves when a value is struck.
    clocks : str or mapping of str to str, optional
        When a date's value is struck: a clock of `coupling.data.clocks`, or an exchange's code (its close); one for
        all, or by name. An instrument of the catalogue brings its own where all its daily sources share one.
    kinds : mapping of str to str, optional
        Of names outside the catalogue: ``price`` (the default, and said so), ``yield``, ``index``, ``volatility`` or
        ``flow``.
    units : mapping of str to str, optional
        Unit of a level; of a yield ``%``, ``decimal`` or ``bp``.
    zone, order, means, length, decimal : str or mapping of str to str, optional
        What stamps and texts do not say themselves: the zone of times of day; the order ``dmy``, ``mdy`` or ``ymd`` of
        dates that can be read two ways; whether a stamp is a ``session``, ``snapshot``, ``bar_start`` or ``bar_end``;
        how long a bar is (``1h``; by default the commonest spacing); the decimal mark of numbers that are texts.
    repairs : mapping of str to list of dict, optional
        By name, rules as under ``data.repairs`` of a configuration: ``drop``, ``scale``, ``confirm``, and
        ``second_source``, whose `source` is another series of the data of the same clock, kind and unit.
    **alignment
        The fields of a configuration's section: `days`, `at`, `rule`, `tolerance`, `frequency`, `max_staleness`,
        `allow_early`.

    Returns
    -------
    Panel
        Its provenance says "in memory", with a hash of each instrument's stamps and values.

    Raises
    ------
    ConfigurationError
        If a keyword, a name or a word is unknown, or a clock or unit must be stated.
    InputError, DataError
        If the data are no levels with dates, or hold a value, a stamp or a contradiction that cannot be used.
    AlignmentError
        If no tick can be kept.

    Examples
    --------
    >>> dates = pd.bdate_range("2025-06-02", periods=4)
    >>> closes = pd.DataFrame({"BTC": [105.0, 104.0, 103.0, 101.0], "SPX": [59.0, 60.0, None, 61.0]}, index=dates)
    >>> align(closes).levels
                                 BTC   SPX
    2025-06-03 00:00:00+00:00  105.0  59.0
    2025-06-04 00:00:00+00:00  104.0  60.0
    2025-06-06 00:00:00+00:00  101.0  61.0
    """
    section = _section(alignment)
    stated = dict.fromkeys(name for told in (clocks, kinds, units) if isinstance(told, Mapping) for name in told)
    parts = parts_of(data, list(stated))
    reading = {"zone": zone, "dates": order, "means": means, "length": length, "decimal": decimal}
    told = meanings(list(parts), clocks, kinds, units, reading)
    rules, at = rules_of(repairs, list(parts)), now()
    observed = mend_all({name: observe(part, told[name], at) for name, part in parts.items()}, rules, at)
    observations = {name: item for name, (item, _) in observed.items()}
    instruments = {name: instrument for name, (_, instrument) in observed.items()}
    provenance = Dataset(observations=observations, instruments=instruments).provenance(
        _text(section, told, rules), None
    )
    panel = build_panel(observations, instruments, section, provenance)
    return replace(
        panel, flags=(*panel.flags, *(f"{item.name}: {note}." for item in told.values() for note in item.notes))
    )


def now() -> pd.Timestamp:
    """Return the instant of the call (UTC)."""
    return pd.Timestamp.now(tz="UTC")


def _section(alignment: Mapping[str, Any]) -> AlignmentSection:
    known = [*AlignmentSection.model_fields, *OWN]
    for name in alignment:
        if name not in AlignmentSection.model_fields:
            raise ConfigurationError(f"unknown keyword {name!r}; {nearest(name, known)}", path=name)
    try:
        return AlignmentSection.model_validate(dict(alignment))
    except ValidationError as error:
        raise refuse(error, AlignmentSection, None) from None


def _text(section: AlignmentSection, told: Mapping[str, Meaning], rules: Mapping[str, Sequence[Repair]]) -> str:
    """Return what was asked for as YAML."""
    stated = {
        "instruments": list(told),
        "kinds": {name: str(item.kind) for name, item in told.items() if item.known is None},
        "units": {name: item.unit for name, item in told.items() if item.unit is not None},
        "clocks": {name: item.clock for name, item in told.items() if item.clock is not None},
        "repairs": {
            name: [rule.model_dump(mode="json", exclude_defaults=True) for rule in of_name]
            for name, of_name in rules.items()
        },
        "alignment": section.model_dump(mode="json"),
    }
    return yaml.safe_dump(
        {name: value for name, value in stated.items() if value}, sort_keys=False, allow_unicode=True, width=100
    )
