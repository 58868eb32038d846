"""A frame as the text of a CSV file that may be opened in a spreadsheet: no text in it is run as a formula."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

__all__ = ["csv_text", "defused", "undefused"]

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?")


def defused(value: Any) -> Any:
    """Return a value with an apostrophe before it where it is a text that a spreadsheet would take for a formula.

    Numbers stay numbers, also as texts.

    Examples
    --------
    >>> defused("=1+1"), defused("-0.25"), defused(-0.25), defused("BTC")
    ("'=1+1", '-0.25', -0.25, 'BTC')
    """
    if not isinstance(value, str) or not _FORMULA.match(value.lstrip(" '")) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def undefused(text: str) -> str:
    """Return a text as it was before `defused`.

    Examples
    --------
    >>> undefused("'=1+1"), undefused("'t is so")
    ('=1+1', "'t is so")
    """
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def csv_text(frame: pd.DataFrame, **options: Any) -> str:
    """Return a frame as CSV with every text in cells and headings defused.

    Parameters
    ----------
    frame : DataFrame
    **options
        As for `pandas.DataFrame.to_csv`.

    Examples
    --------
    >>> print(csv_text(pd.DataFrame({"n": [-1]}, index=pd.Index(["@SUM(A1)"], name="event"))))
    event,n
    '@SUM(A1),-1
    """
    cells = frame.copy(deep=False)
    for place in (place for place, dtype in enumerate(frame.dtypes) if _holds_text(dtype)):
        column = frame.iloc[:, place]
        if not _is_plain(column):
            cells.isetitem(place, column.astype(object).map(defused).array)
    written: str = (
        cells.set_axis(_labels(frame.index), axis=0)
        .set_axis(_labels(frame.columns), axis=1)
        .to_csv(lineterminator="\n", **options)
    )
    return written


def _labels(index: pd.Index) -> pd.Index:
    names = [defused(name) for name in index.names]
    kinds = index.dtypes if isinstance(index, pd.MultiIndex) else [index.dtype]
    levels = index.levels if isinstance(index, pd.MultiIndex) else [index]
    if all(not _holds_text(kind) or _is_plain(level) for kind, level in zip(kinds, levels, strict=True)):
        return index.set_names(names)
    if isinstance(index, pd.MultiIndex):
        return index.map(lambda labels: tuple(map(defused, labels))).set_names(names)
    return index.map(defused).set_names(names)


def _is_plain(values: pd.Series | pd.Index) -> bool:
    """Whether nothing is defused, as the distinct values show; of those that have no hash it is unknown."""
    try:
        distinct = values.unique()
    except TypeError:
        return False
    return all(defused(value) is value for value in distinct)


def _holds_text(dtype: Any) -> bool:
    return bool(pd.api.types.is_object_dtype(dtype) or pd.api.types.is_string_dtype(dtype) or dtype == "category")
