"""The head of a frame: which column holds the dates, whose bars the columns are, and names of two lines made plain."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from coupling.errors import InputError

__all__ = ["BAR_NAMES", "date_column", "flat", "is_bars"]

DATE_NAMES = frozenset(
    {"date", "dates", "datetime", "time", "timestamp", "day", "datum", "observation_date", "time_utc", "unix", "data"}
    | {
        "snapped_at",
        "open_time",
        "timeopen",
        "exchange date",
        "<date>",
        "fecha",
        "日付",
        "日付け",
        "基準日",
        "unnamed: 0",
    }
)
BAR_NAMES = frozenset({"value", "close", "price", "adj close", "close/last", "px_last", "last"})
BARS = (("open", "high", "low"), ("<open>", "<high>", "<low>"), ("eröffn.", "hoch", "tief"))
FIELDS = frozenset(
    {"open", "high", "low", "close", "adj close", "volume", "dividends", "stock splits", "capital gains"}
)
CLOSE = "close"


def is_bars(columns: Iterable[object]) -> bool:
    """Tell whether columns are the bars of one instrument.

    Examples
    --------
    >>> is_bars(["Date", "Open", "High", "Low", "Close"]), is_bars(["BTC", "SPX"])
    (True, False)
    """
    names = {str(column).casefold() for column in columns}
    return any(names.issuperset(bars) for bars in BARS) or names.issuperset({"close", "volume"})


def date_column(frame: pd.DataFrame, place: str) -> tuple[pd.DataFrame, str]:
    """Return a frame with its dates in a column and rows numbered from 0, and the name of that column.

    Raises
    ------
    InputError
        If there are no dates, or several columns (or a column and the index) may be meant.
    """
    if isinstance(frame.index, pd.MultiIndex):
        named = ", ".join(str(name) for name in frame.index.names)
        raise InputError(f"{place}: the rows have several indexes ({named}); give one column for each instrument.")
    _require_names(frame, place)
    found = _dates_of(frame)
    if _is_dated(frame.index):
        if found:
            raise InputError(f"{place} has dates in its index and in the column {found[0]!r}; leave one of them out.")
        name = frame.index.name if isinstance(frame.index.name, str) and frame.index.name not in frame else "date"
        if name in frame:
            raise InputError(f"{place} has dates in its index and a column {name!r}; leave one of them out.")
        return frame.reset_index(names=name), name
    if not found:
        what = ", ".join(map(str, frame.columns[:5]))
        raise InputError(f"{place} has no dates, neither as index nor in a column ({what}); set them as the index.")
    if len(found) > 1:
        raise InputError(f"{place} has dates in the columns {found[0]!r} and {found[1]!r}; leave one of them out.")
    return frame.reset_index(drop=True), found[0]


def _require_names(frame: pd.DataFrame, place: str) -> None:
    for column in frame.columns:
        if not isinstance(column, str) or not column.strip():
            raise InputError(f"{place}: the column name {column!r} is no text; name each column after its instrument.")
        first = re.sub(r"\.\d+$", "", column)
        if first != column and first in frame:
            message = f"{place} has columns {first!r} and {column!r}, as pandas names a second column of one name"
            raise InputError(f"{message}; keep the one that is meant.")


def _dates_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold dates: by their type, or by their names where none has the type."""
    typed = [
        name
        for name in frame.columns
        if pd.api.types.is_datetime64_any_dtype(frame[name].dtype) or isinstance(frame[name].dtype, pd.PeriodDtype)
    ]
    if typed:
        return typed
    named = [name for name in frame.columns if name.strip().casefold() in DATE_NAMES]
    return [name for name in named if not _counts_rows(frame[name])] or named


def _counts_rows(column: pd.Series) -> bool:
    """Tell whether a column only numbers the rows."""
    if not pd.api.types.is_integer_dtype(column.dtype) or column.isna().any():
        return False
    values = column.to_numpy(dtype=np.int64)
    return bool(values[0] in (0, 1) and (np.diff(values) == 1).all())


def _is_dated(index: pd.Index) -> bool:
    """Tell whether an index may hold dates: everything but numbers that only count rows."""
    if isinstance(index, pd.RangeIndex):
        return False
    if pd.api.types.is_numeric_dtype(index.dtype):
        return bool(len(index) and index.min() > 10**7)
    return True


def flat(frame: pd.DataFrame, place: str, *, one_ticker: bool = False) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a frame with plain column names: of a download of prices by ticker the closes, one column a ticker.

    Parameters
    ----------
    frame : DataFrame
    place : str
        It stands in every message.
    one_ticker : bool
        Whether the frame is that of one instrument, whose bars are kept.

    Raises
    ------
    InputError
        If the columns have several levels and none of them names a close, or several tickers stand where one is meant.
    """
    if not isinstance(frame.columns, pd.MultiIndex):
        return frame, ()
    levels = range(frame.columns.nlevels)
    prices = [k for k in levels if CLOSE in {str(name).casefold() for name in frame.columns.get_level_values(k)}]
    if len(prices) != 1 or frame.columns.nlevels != 2:
        raise InputError(
            f"{place}: the column names have {frame.columns.nlevels} levels, of which none names a close; flatten them."
        )
    fields, tickers = frame.columns.get_level_values(prices[0]), frame.columns.get_level_values(1 - prices[0])
    if one_ticker:
        return _bars_of_one(frame, fields, tickers, place), ()
    close = [k for k, name in enumerate(fields) if str(name).casefold() == CLOSE]
    chosen = frame.iloc[:, close]
    chosen = chosen.set_axis([str(tickers[k]) for k in close], axis=1)
    adjusted = any(str(name).casefold() == "adj close" for name in fields)
    note = "Close serves, as it was traded; Adj Close stands beside it" if adjusted else "Close serves"
    return chosen, (note,)


def _bars_of_one(frame: pd.DataFrame, fields: pd.Index, tickers: pd.Index, place: str) -> pd.DataFrame:
    named = list(dict.fromkeys(str(ticker) for ticker in tickers))
    if len(named) > 1:
        raise InputError(
            f"{place} holds {', '.join(named[:5])}; take one of them, as frame.xs({named[0]!r}, axis=1, level=1)."
        )
    return frame.set_axis([str(name) for name in fields], axis=1)
