"""The unit of a yield: in %, whatever its source writes; where nothing tells, it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coupling.errors import DataError

if TYPE_CHECKING:
    from coupling.data.instrument import Instrument

__all__ = ["A_PERCENT", "in_percent", "require_percent", "unit_question", "was_near_zero"]

SMALL_YIELD = 0.2
LARGE_YIELD = 25.0
"""Median size of a yield in % above which it may stand in basis points."""
QUOTED_TO, ROUNDING = 0.001, 1e-6
NEAR_ZERO = {"JGB2Y": (1999, 2024), "JGB5Y": (2003, 2024), "JGB10Y": (2016, 2022), "JGB20Y": (2016, 2020)}
NEAR_ZERO |= dict.fromkeys(("JGB30Y", "JGB40Y"), (2016, 2019))
"""First and last year in which a yield of the catalogue was within ±0.2 %, by the Ministry of Finance."""
A_PERCENT = {"%": 1.0, "decimal": 0.01, "bp": 100.0}
"""What one percent is in each unit that a yield may stand in."""


def in_percent(instrument: Instrument, values: pd.Series, place: str, *, signed: bool = False) -> tuple[pd.Series, str]:
    """Return values in the unit of their instrument, and a sentence where they were brought to it.

    Yields of the catalogue are in %, and so are those with a sign of percent (`signed`). One's own says its unit where
    all its values lie within ±0.2, for they may be fractions, or mostly beyond ±25, for they may be basis points.

    Raises
    ------
    DataError
        If nothing tells, or the sign contradicts the definition.
    """
    if signed and instrument.quoted_in != "%":
        what = f"{instrument.name} is defined in {instrument.quoted_in}, and the values of {place} stand in %"
        raise DataError(f"{what}; correct its unit.")
    if instrument.quoted_in != "%":
        return values / A_PERCENT[instrument.quoted_in], f"yields in {instrument.quoted_in}, brought to %"
    untold = instrument.kind == "yield" and not instrument.unit and not signed
    question, other = unit_question(values) if untold else ("", "")
    if question:
        message = f"{instrument.name}: the yields of {place} {question}"
        raise DataError(f"{message}; say 'unit: \"%\"' or 'unit: {other}' in its definition.")
    return values, ""


def require_percent(name: str, values: pd.Series, place: str, *, dates: pd.Series | None = None) -> None:
    """Raise `DataError` where yields of the catalogue in a file can hardly be the percent that they should be.

    Examples
    --------
    >>> import pandas as pd
    >>> require_percent("JGB10Y", pd.Series([1.56, 1.57]), "x.csv")
    >>> require_percent("JGB10Y", pd.Series([0.0156, 0.0157]), "x.csv")
    Traceback (most recent call last):
    ...
    coupling.errors.DataError: JGB10Y: the yields of x.csv all lie within ±0.2 (the last is 0.0157) and may be decimals
    or %; state which, as 'unit: "%"' or 'unit: decimal' in data.files.
    """
    question, other = unit_question(values, of_catalogue=was_near_zero(name, dates))
    if question:
        raise DataError(
            f"{name}: the yields of {place} {question}; state which, as 'unit: \"%\"' or 'unit: {other}' in data.files."
        )


def was_near_zero(name: str, dates: pd.Series | None) -> bool:
    """Tell whether a yield of the catalogue may truly have been within ±0.2 % on some dates; unknown dates may be any.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.Series(pd.to_datetime(["2019-08-05"]))
    >>> was_near_zero("JGB10Y", days), was_near_zero("UST10Y", days)
    (True, False)
    """
    if name not in NEAR_ZERO or dates is None:
        return name in NEAR_ZERO
    first, last = NEAR_ZERO[name]
    return bool(dates.dt.year.between(first, last).all())


def unit_question(values: pd.Series, *, of_catalogue: bool = False) -> tuple[str, str]:
    """Return what makes the unit of yields doubtful, and the unit that they may be in beside %; else empty texts.

    A yield of the catalogue is in %: near 0 in years in which it was there (`of_catalogue`), it is asked for only where
    its values are no thousandths, as yields in % are printed and fractions are not.

    Examples
    --------
    >>> import pandas as pd
    >>> unit_question(pd.Series([1.25, 1.31])), unit_question(pd.Series([125.0, 131.0]))
    (('', ''), ('lie around 128 (the last is 131) and may be % or basis points', 'bp'))
    >>> unit_question(pd.Series([0.015, -0.02]), of_catalogue=True)
    ('', '')
    """
    known = values.dropna()
    if not len(known):
        return "", ""
    last, size = f"(the last is {known.iloc[-1]:g})", known.abs()
    if size.max() <= SMALL_YIELD and not (of_catalogue and _in_thousandths(known)):
        return f"all lie within ±{SMALL_YIELD} {last} and may be decimals or %", "decimal"
    if size.median() > LARGE_YIELD:
        return f"lie around {known.median():g} {last} and may be % or basis points", "bp"
    return "", ""


def _in_thousandths(values: pd.Series) -> bool:
    steps = values.to_numpy() / QUOTED_TO
    return bool((abs(steps - steps.round()) < ROUNDING).all())
