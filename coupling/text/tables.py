"""Frames made fit to read: few rows, few digits, decimals that line up."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coupling.text.headings import heading
from coupling.text.instants import local_time

__all__ = ["ShownTable", "decimals_of", "readable", "thin"]

MISSING = "–"
_FIGURE_SPACE, _PUNCTUATION_SPACE = "\u2007", "\u2008"
_PROBABILITIES = {"p", "q", "p_value", "q_value", "level"}
_PROBABLE_ENDS = ("_p", "_q", " p", " q", "p_value", "p value")
_COUNTS = re.compile(
    r"^(n|n_.*|rows|count|episodes|overlaps|events|lags|lag|horizon|rank|sessions?(_.*)?|seed|blocks|df)$"
)
_PARAMETERS = {"alpha", "beta", "omega", "delta", "gamma", "half_life"}
_LEVELS = {"first", "last", "lowest", "highest", "level", "before", "after"}
_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
_UNITS = {
    "%": 2,
    "% (level)": 3,
    "bp": 1,
    "h": 1,
    "hours": 1,
    "d": 1,
    "days": 1,
    "rows": 0,
    "sessions": 0,
    "rank": 0,
    "correlation": 2,
    "share": 2,
}
_NAMED_UNIT = re.compile(r"\(([^()]+)\)$|^(hours|days)(?:\b|_)|_(bp|hours|days)$| (bp|hours|days)\b|(%)")


@dataclass(frozen=True)
class ShownTable:
    """A frame as text.

    Parameters
    ----------
    headings : tuple of str
        One per column; the first `row_headings` of them head the rows.
    rows : tuple of tuple of str
    numeric : tuple of bool
        Whether a column is set flush right.
    row_headings : int
        How many leading columns come from the index.
    note : str
        What was left out, or nothing.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    row_headings: int
    note: str = ""


def readable(frame: pd.DataFrame, *, limit: int = 60, zone: str = "") -> ShownTable:
    """Return a frame as text with at most `limit` rows; what is left out is said in `note`.

    Instants are UTC; where a `zone` is named, its time follows in brackets.

    Decimals follow the unit, given by a column ``unit`` or in the name of the column: % 2, bp 1, hours 1,
    correlations 2, probabilities 3, yields in % 3.

    Examples
    --------
    >>> frame = pd.DataFrame({"estimate": [-3.0041, -19.3], "unit": ["%", "bp"]}, index=["SPX", "JGB10Y"])
    >>> readable(frame.rename_axis("instrument")).rows
    (('SPX', '-3.00', '%'), ('JGB10Y', '-19.3\u2007', 'bp'))
    """
    shown, note = thin(frame, limit)
    counts = isinstance(shown.index, pd.RangeIndex) and shown.index.name is None
    levels = [] if counts else [shown.index.get_level_values(place) for place in range(shown.index.nlevels)]
    heads = [("" if level.name is None else str(level.name), pd.Series(level)) for level in levels]
    body = [(_flat(name), _inferred(shown.iloc[:, place])) for place, name in enumerate(shown.columns)]
    units = next((values.astype(str).tolist() for name, values in body if name == "unit"), [""] * len(shown))
    parts = [*heads, *body]
    columns = [_column(name, values, units, zone) for name, values in parts]
    numeric = tuple(_is_number(values) for _, values in parts)
    for place in range(len(heads), len(parts)):
        columns[place] = columns[place] if numeric[place] else tuple(map(_spaced, columns[place]))
    return ShownTable(
        headings=tuple(heading(name, numeric=number) for (name, _), number in zip(parts, numeric, strict=True)),
        rows=tuple(zip(*columns, strict=True)) if columns else (),
        numeric=numeric,
        row_headings=len(heads),
        note=note,
    )


def _inferred(values: pd.Series) -> pd.Series:
    return values.infer_objects() if pd.api.types.is_object_dtype(values) else values


def thin(frame: pd.DataFrame, limit: int) -> tuple[pd.DataFrame, str]:
    """Return at most `limit` rows and a sentence on what was left out.

    A frame in time is thinned evenly, with all rows of the times kept, and keeps its last time; another is cut.
    """
    if len(frame) <= limit:
        return frame, ""
    times = _times(frame)
    if times is None:
        return frame.iloc[:limit], f"The first {limit} of {len(frame):,} rows."
    distinct = times.drop_duplicates().sort_values(ascending=False)
    step = math.ceil(len(distinct) / max(1, limit * len(distinct) // len(frame)))
    kept = frame[times.isin(distinct[::step]).to_numpy()]
    if len(kept) > limit:
        kept = kept.iloc[-limit:]
    return kept, f"Thinned: {len(kept)} of {len(frame):,} rows, one time in {step} counted back from the last."


def decimals_of(column: str, unit: str = "") -> int | None:
    """Return how many decimals a column has by its name or unit, or None where neither says.

    Examples
    --------
    >>> decimals_of("p_value"), decimals_of("move (bp)"), decimals_of("estimate", "%"), decimals_of("n_events")
    (3, 1, 2, 0)
    """
    name = column.lower()
    if _is_probability(name):
        return 3
    if _COUNTS.match(name):
        return 0
    if name in _PARAMETERS:
        return 4
    if unit == "%" and name in _LEVELS:
        return 3
    named = _NAMED_UNIT.search(name)
    return _UNITS.get(next((group for group in named.groups() if group), "") if named else unit)


def _is_probability(name: str) -> bool:
    return name in _PROBABILITIES or name.startswith(("p_", "q_", "p value")) or name.endswith(_PROBABLE_ENDS)


def _times(frame: pd.DataFrame) -> pd.Series | None:
    for place in range(frame.index.nlevels):
        values = frame.index.get_level_values(place)
        if isinstance(values, pd.DatetimeIndex):
            return pd.Series(values)
    for name in frame.columns:
        if isinstance(frame[name], pd.Series) and pd.api.types.is_datetime64_any_dtype(frame[name]):
            return frame[name].reset_index(drop=True)
    return None


def _flat(name: Any) -> str:
    return " – ".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else str(name)


def _spaced(text: str) -> str:
    """Write a word of code as words; file names and the names in row headings stay as they are."""
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _column(name: str, values: pd.Series, units: list[str], zone: str) -> tuple[str, ...]:
    if pd.api.types.is_datetime64_any_dtype(values):
        return _instants(values, zone)
    if not _is_number(values):
        return tuple(_word(value) for value in values.tolist())
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    whole = pd.api.types.is_integer_dtype(values)
    units = [""] * len(units) if whole else units
    known = {unit: decimals_of(name, unit) for unit in dict.fromkeys(units)}
    usual = 0 if whole else _usual(numbers)
    places = [usual if (digits := known[unit]) is None else digits for unit in units]
    most, probable = max(places, default=0), _is_probability(name.lower())
    each = zip(numbers.tolist(), places, strict=True)
    return tuple(_number(number, digits, most, probable=probable) for number, digits in each)


def _usual(numbers: np.ndarray) -> int:
    """Return the decimals of a column whose name and unit say nothing."""
    largest = float(np.max(np.abs(numbers[np.isfinite(numbers)]), initial=0.0))
    return 0 if largest >= 1e7 else 2


def _number(value: float, decimals: int, widest: int, *, probable: bool = False) -> str:
    if not math.isfinite(value):
        return MISSING if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if probable and decimals == 3 and 0 <= value < 0.0005:
        return "<0.001"
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    if decimals < widest:
        text += _FIGURE_SPACE * (widest - decimals) + (_PUNCTUATION_SPACE if decimals == 0 else "")
    return text


def _instants(values: pd.Series, zone: str) -> tuple[str, ...]:
    instants = pd.DatetimeIndex(values)
    utc = instants.tz_convert("UTC") if instants.tz is not None else instants
    known = utc[utc.notna()]
    form = "%Y-%m-%d" if (known == known.normalize()).all() else "%Y-%m-%d %H:%M"
    texts = np.where(utc.notna(), utc.strftime(form), MISSING).tolist()
    if zone and form.endswith("%M") and utc.tz is not None:
        return tuple(
            text if text == MISSING else f"{text} ({local_time(instant, zone)})"
            for text, instant in zip(texts, utc, strict=True)
        )
    return tuple(texts)


def _word(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(_word(part) for part in value) or MISSING
    if value is None or pd.isna(value):
        return MISSING
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, pd.Timedelta):
        return f"{value / pd.Timedelta(hours=1):.1f} h"
    if isinstance(value, float):
        return _number(value, 2, 2)
    return str(value)
