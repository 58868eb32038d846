"""One series in memory as observations, by the code that reads files; its levels are looked at first."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pandas as pd

from coupling.data.frames.meaning import Meaning
from coupling.data.frames.parts import Part
from coupling.data.frames.reading import read_part
from coupling.data.instrument import HOURLY, Instrument, Kind, Provider
from coupling.data.observations import Observations
from coupling.data.sources.rows import POSITIVE, build_observations
from coupling.data.units import unit_question, was_near_zero
from coupling.errors import ConfigurationError, InputError
from coupling.results.base import Origin

__all__ = ["observe"]

OFTEN_NEGATIVE = 0.1
WEEKEND_SHARE = 0.1
SATURDAY = 5


def observe(part: Part | Observations, meaning: Meaning, now: pd.Timestamp) -> tuple[Observations, Instrument]:
    """Return the observations of a series, and what it is.

    Raises
    ------
    ConfigurationError
        If the clock or the unit must be stated.
    InputError, DataError
        If its stamps or values cannot be used.
    """
    if isinstance(part, Observations):
        return _as_they_are(part, meaning)
    rows = read_part(part, meaning.clock, meaning.reading, meaning.symbols)
    if meaning.clock is None and not rows.instants:
        raise meaning.ask_for_clock()
    _require_levels(rows.value, rows.dates, meaning)
    rows = replace(rows, repairs=(*rows.repairs, *meaning.notes))
    clock = meaning.clock or HOURLY
    instrument = meaning.instrument(clock, weekends=_trades_on_weekends(rows.dates))
    written = meaning.unit if meaning.kind is Kind.YIELD and meaning.unit is not None else "%"
    as_written = instrument.model_copy(update={"quoted_in": written})
    return build_observations(as_written, meaning.entry(clock), rows, now), instrument


def _require_levels(values: pd.Series, dates: pd.Series, meaning: Meaning) -> None:
    found = values.dropna()
    if meaning.kind in POSITIVE and len(found):
        signs = np.array([(found < 0).mean(), (found > 0).mean()])
        if (signs >= OFTEN_NEGATIVE).all():
            share = f"{100 * signs[0]:.0f} % of its values lie below 0"
            other = "" if meaning.known is not None else f", or say what it is, as kinds={{{meaning.name!r}: 'yield'}}"
            kind = f"an {meaning.kind}" if meaning.kind is Kind.INDEX else f"a {meaning.kind}"
            raise InputError(
                f"{meaning.name} looks like changes: {share}, and {kind} lies above 0; give levels{other}."
            )
    asked = meaning.kind is Kind.YIELD and meaning.unit is None
    near_zero = meaning.known is not None and was_near_zero(meaning.name, dates[values.notna()])
    question, other = unit_question(found, of_catalogue=near_zero) if asked else ("", "")
    if question:
        raise ConfigurationError(
            f"the yields of {meaning.name} {question}; state which, as units={{{meaning.name!r}: '%'}} or {other!r}",
            path=f"units.{meaning.name}",
        )


def _trades_on_weekends(dates: pd.Series) -> bool:
    return bool((dates.dt.day_of_week >= SATURDAY).mean() > WEEKEND_SHARE)


def _as_they_are(item: Observations, meaning: Meaning) -> tuple[Observations, Instrument]:
    """Return observations under their name here; a clock or unit beside them would contradict them."""
    if meaning.stated or meaning.unit is not None:
        raise ConfigurationError(
            f"{meaning.name} is given as observations, which have their times and unit already; state neither",
            path=f"clocks.{meaning.name}",
        )
    clock = HOURLY if item.origin is None else item.origin.clock
    instrument = meaning.instrument(clock, weekends=_trades_on_weekends(item.dates))
    if item.change is not instrument.change:
        raise ConfigurationError(
            f"the changes of {meaning.name} are formed by the rule {item.change}, and a {instrument.kind} has "
            f"{instrument.change}; state its kind, as kinds={{{meaning.name!r}: 'yield'}}",
            path=f"kinds.{meaning.name}",
        )
    origin = item.origin or _origin(item, meaning.name)
    return replace(item, name=meaning.name, origin=replace(origin, instrument=meaning.name)), instrument


def _origin(item: Observations, name: str) -> Origin:
    index = pd.DatetimeIndex(item.levels.index)
    content = index.as_unit("ns").asi8.astype("<i8").tobytes() + item.levels.to_numpy(dtype="<f8").tobytes()
    return Origin(
        instrument=name,
        source=str(Provider.MEMORY),
        symbol=name,
        clock=HOURLY,
        sha256=sha256(content).hexdigest(),
        retrieved_at=None,
        rows=len(index),
        first=index[0],
        last=index[-1],
    )
