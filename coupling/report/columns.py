"""Columns of a frame packed small enough to stand in a page at full length: whole numbers, differences, deflated.

A column is written as whole numbers – units of its last decimal, days, minutes or seconds since 1970, or places in a
list of words –, each as its difference from the one before. A difference d becomes 2d + 1, or -2d for one below zero,
and 0 stands for a missing value; the lowest bytes of all come first, then the next. All columns together are deflated.
"""

from __future__ import annotations

import math
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coupling.text.sheet import defused
from coupling.text.tables import decimals_of

__all__ = ["Column", "numbered", "packed"]

Whole = np.ndarray
"""Whole numbers as floats, missing ones as NaN: array of shape (n,)."""

_MOST = 2.0**52
_STEPS = {"d": 86_400, "m": 60, "s": 1}
_EXACT = 4  # decimals: a column that has no more is kept as it is
_FINEST = 9
_FIRST = 32


@dataclass(frozen=True)
class Column:
    """A column as whole numbers.

    Parameters
    ----------
    name : str
    kind : str
        ``n`` number, ``t`` time or ``w`` word.
    detail : int, str or list of str
        Decimals; ``d``, ``m`` or ``s`` for days, minutes or seconds; or the words.
    whole : array of shape (n,)
    """

    name: str
    kind: str
    detail: Any
    whole: Whole


def numbered(values: pd.Series, name: str, *, shown: int | None = None) -> Column:
    """Return a column as whole numbers.

    Parameters
    ----------
    values : Series
        Numbers, times or words.
    name : str
    shown : int, optional
        Decimals with which the page shows the numbers: rounding them so from the column gives what rounding them from
        `values` gives.

    Examples
    --------
    >>> column = numbered(pd.Series([0.37496, None, -0.1]), "estimate", shown=2)
    >>> column.kind, column.detail, column.whole.tolist()
    ('n', 4, [3749.0, nan, -1000.0])
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return _times(values, name)
    if _is_number(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        decimals = _decimals(numbers, name, shown)
        if decimals is not None:
            return Column(name, "n", decimals, _rounded(numbers, decimals, shown))
    return _words(values, name)


def packed(columns: Sequence[Column]) -> tuple[list[Any], str]:
    """Return what is needed to read the columns, one entry each, and the columns as base64.

    Examples
    --------
    >>> head, text = packed([Column("n", "n", 0, np.array([60.0, 61.0]))])
    >>> head
    [['n', 'n', 0, 2, 1]]
    """
    head, bytes_of = [], []
    for column in columns:
        steps = _differences(column.whole)
        planes = max(1, math.ceil(int(steps.max(initial=0)).bit_length() / 8))
        bytes_of += [((steps >> 8 * plane) & 255).astype(np.uint8).tobytes() for plane in range(planes)]
        head.append([column.name, column.kind, column.detail, len(steps), planes])
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head, b64encode(press.compress(b"".join(bytes_of)) + press.flush()).decode()


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _differences(whole: Whole) -> np.ndarray:
    known = np.isfinite(whole)
    last = np.maximum.accumulate(np.where(known, np.arange(len(whole)), -1))
    filled = np.where(last >= 0, whole[last], 0.0) if len(whole) else whole
    steps = np.diff(filled, prepend=0.0).astype(np.int64)
    return np.where(known, np.where(steps < 0, -2 * steps, 2 * steps + 1), 0)


def _times(values: pd.Series, name: str) -> Column:
    plain = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values
    missing = plain.isna().to_numpy()
    seconds = plain.to_numpy().astype("datetime64[s]").astype(np.int64)
    known = seconds[~missing]
    unit = next(unit for unit, step in _STEPS.items() if (known % step == 0).all())
    if unit == "d" and values.dt.tz is not None:
        unit = "m"  # an instant, not a session: written with its time of day
    return Column(name, "t", unit, np.where(missing, np.nan, seconds / _STEPS[unit]))


def _words(values: pd.Series, name: str) -> Column:
    texts = values.to_numpy(dtype=object, na_value="")
    if pd.api.types.infer_dtype(texts) != "string":
        texts = np.array([str(text) for text in texts], dtype=object)
    places, words = pd.factorize(texts)
    again, told = pd.factorize(np.array([defused(word) for word in words], dtype=object))
    return Column(name, "w", told.tolist(), again[places].astype(float))


def _decimals(numbers: np.ndarray, name: str, shown: int | None) -> int | None:
    """Return how many decimals are kept: those that the numbers have, or two more than are shown; None: too large."""
    known = numbers[~np.isnan(numbers)]
    sizes = np.abs(known)
    if not np.isfinite(sizes).all():
        return None
    largest = float(sizes.max(initial=0.0))
    least = 0 if shown is None else shown
    kept = next((each for each in range(_EXACT + 1) if _holds(known, each)), None)
    if kept is None:
        usual = decimals_of(name) if shown is None else shown
        kept = 1 if usual == 0 and shown is None else 4 if largest < 100 else 3 if largest < 1000 else 2
        kept = max(kept, least + 2, _distinct(numbers, sizes))
    return max(kept, least) if largest * 10.0 ** max(kept, least) < _MOST else None


def _holds(known: np.ndarray, decimals: int) -> bool:
    """Whether numbers have no more decimals; nearly always the first ones tell."""
    return all(bool((np.round(some, decimals) == some).all()) for some in (known[:_FIRST], known[_FIRST:]))


def _distinct(numbers: np.ndarray, sizes: np.ndarray) -> int:
    """Return the decimals at which no value of a column of one sign becomes zero, or most of its digits are lost."""
    least = float(sizes[sizes > 0].min(initial=np.inf))
    if not math.isfinite(least) or (np.nanmin(numbers) < 0 < np.nanmax(numbers)):
        return 0
    return min(_FINEST, 2 - math.floor(math.log10(least)))


def _rounded(numbers: np.ndarray, decimals: int, shown: int | None) -> Whole:
    """Round; where rounding twice would show another figure than rounding once, keep the neighbour on its side."""
    scale = 10.0**decimals
    whole: Whole = np.rint(numbers * scale) + 0.0
    if shown is None or decimals == shown:
        return whole
    group = 10.0 ** (decimals - shown)
    for place in np.flatnonzero(np.abs(whole) % group == group / 2):
        number, kept = float(numbers[place]), float(whole[place]) / scale
        if f"{number:z.{shown}f}" != f"{kept:z.{shown}f}":
            whole[place] += 1.0 if number > kept else -1.0
    return whole
