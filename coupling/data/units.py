"""The unit of a yield: in %, whatever its source writes; where nothing tells, it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coupling.errors import DataError

if TYPE_CHECKING:
    from coupling.data.instrument import Instrument

__all__ = ["SMALL_YIELD", "TO_PERCENT", "in_percent"]

SMALL_YIELD = 0.2
TO_PERCENT = {"%": 1.0, "decimal": 100.0, "bp": 0.01}


def in_percent(instrument: Instrument, values: pd.Series, place: str, *, signed: bool = False) -> tuple[pd.Series, str]:
    """Return values in the unit of their instrument, and a sentence where they were brought to it.

    Yields of the catalogue are in %, and so are those with a sign of percent (`signed`). One's own says its unit where
    all its values lie within ±0.2, for they may be fractions.

    Raises
    ------
    DataError
        If nothing tells, or the sign contradicts the definition.
    """
    if signed and instrument.quoted_in != "%":
        what = f"{instrument.name} is defined in {instrument.quoted_in}, and the values of {place} stand in %"
        raise DataError(f"{what}; correct its unit.")
    if instrument.quoted_in != "%":
        return values * TO_PERCENT[instrument.quoted_in], f"yields in {instrument.quoted_in}, brought to %"
    untold = instrument.kind == "yield" and not instrument.unit and not signed
    if untold and values.notna().any() and values.abs().max() <= SMALL_YIELD:
        last = values.dropna().iloc[-1]
        message = f"{instrument.name}: the yields of {place} all lie within ±{SMALL_YIELD} (the last is {last:g})"
        raise DataError(f"{message}; say 'unit: \"%\"' or 'unit: decimal' in its definition.")
    return values, ""
