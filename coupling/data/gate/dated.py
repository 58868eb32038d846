"""The column of dates that a table brings along: it becomes the index, or the table is refused."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from coupling.data.gate.rows import DATES, ordered_rows, whole_number_dates
from coupling.errors import InputError

__all__ = ["TIME_WORDS", "indexed_by_date", "refuse_counter"]

TIME_WORDS = frozenset({"date", "dates", "datetime", "day", "time", "timestamp", "session", "period", "month", "week"})
"""What a column of dates is called, in any case."""
COUNTERS = frozenset({"index", "level_0", "row", "rownames", ""})


def indexed_by_date(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose rows are labelled by its dates and stand in time order; its columns are instruments.

    A column is one of dates if its type says so, if it is a text or a whole number under a name such as ``Date``, or if
    all its texts are dates. The index of a frame that has such a column must be a mere row count.

    Raises
    ------
    InputError
        If a name is missing, occurs twice or has several levels, two columns hold dates, a column of dates stands
        beside an index of dates, or the rows are not in order.

    Examples
    --------
    >>> frame = pd.DataFrame({"Date": ["2024-08-02", "2024-08-05"], "BTC": [1.0, -2.0], "SPX": [0.5, -3.0]})
    >>> indexed_by_date(frame).index[-1]
    Timestamp('2024-08-05 00:00:00')
    """
    _check_names(frame.columns)
    names = tuple(frame.columns.tolist())
    dtypes = frame.dtypes.to_numpy()
    other = {dtype for dtype in set(dtypes) if getattr(dtype, "kind", "O") not in "fiu"}
    odd = {place for place, dtype in enumerate(dtypes) if dtype in other} if other else set()
    asked = sorted(odd | set(_places_of_words(names)[0]))
    places = [place for place in asked if _holds_dates(names[place], frame.iloc[:, place])]
    if not places:
        refuse_counter(frame)
        rows = ordered_rows(frame.index)
        return frame if rows is frame.index else frame.set_axis(rows, axis=0)
    name = frame.columns[places[0]]
    if len(places) > 1:
        raise InputError(
            f"Both {name!r} and {frame.columns[places[1]]!r} hold dates; set the one that dates the rows as the index "
            "and leave the other out."
        )
    if not _counts_rows(frame.index):
        raise InputError(
            f"The column {name!r} holds dates, and so does the index (from {frame.index[0]} on); drop one of the two."
        )
    dates = pd.Index(frame.iloc[:, places[0]], name=name)
    return frame.drop(columns=name).set_axis(ordered_rows(dates, f"column {name!r}"), axis=0)


def _check_names(names: pd.Index[Any]) -> None:
    if isinstance(names, pd.MultiIndex):
        raise InputError(
            f"The columns have {names.nlevels} levels of names (such as {names[0]!r}); take one field, as in "
            "frame['Close'], or drop a level with frame.droplevel(0, axis=1)."
        )
    if names.hasnans:
        raise InputError(f"The name of column {int(names.isna().argmax())} is missing; name every instrument.")
    if not names.is_unique:
        raise InputError(
            f"The column {names[names.duplicated()][0]!r} occurs twice; columns must have different names."
        )
    kinds = {isinstance(name, str) for name in names.tolist()}
    if len(kinds) > 1:
        odd = next(name for name in names if not isinstance(name, str))
        raise InputError(f"The column {odd!r} is named by no text and others are; name all of them alike.")


@lru_cache(maxsize=32)
def _places_of_words(names: tuple[Any, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the names that speak of time, and of those that may count rows."""
    words = [str(name).strip().casefold() for name in names]
    counters = (place for place, word in enumerate(words) if word in COUNTERS or word.startswith("unnamed:"))
    return tuple(place for place, word in enumerate(words) if word in TIME_WORDS), tuple(counters)


def _time_word(name: Any) -> bool:
    return str(name).strip().casefold() in TIME_WORDS


def _holds_dates(name: Any, column: pd.Series) -> bool:
    dtype = column.dtype
    if dtype.kind == "M" or isinstance(dtype, pd.PeriodDtype) or "date" in str(dtype):
        return True
    if pd.api.types.is_numeric_dtype(dtype):
        return _time_word(name) and _whole_and_rising(name, column)
    cells = [cell for cell in column.to_numpy(dtype=object) if not _missing(cell)]
    if not cells:
        return False
    if all(isinstance(cell, str) for cell in cells):
        return _time_word(name) or _all_dates(cells)
    return isinstance(cells[0], (*DATES, pd.Period))


def _missing(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)


def _all_dates(cells: list[str]) -> bool:
    from coupling.data.gate.texts import dates_of_texts

    if not any(sign in cells[0] for sign in "-/. ") or not any(sign.isdigit() for sign in cells[0]):
        return False
    try:
        float(cells[0])
    except ValueError:
        pass
    else:
        return False
    try:
        dates_of_texts(cells, "the column")
    except InputError:
        return False
    return True


def _whole_and_rising(name: Any, column: pd.Series) -> bool:
    """Tell whether a column with the name of a time holds whole-number dates; other rising counts are refused."""
    known = column.dropna()
    if not len(known) or not bool((known % 1 == 0).all()) or not (known.is_unique and known.is_monotonic_increasing):
        return False
    if whole_number_dates(pd.Index(known)) is not None:
        return True
    raise InputError(
        f"The column {name!r} holds whole numbers that rise (from {known.iloc[0]}), and whether they count seconds is "
        f"not said; set the index with pd.to_datetime(frame[{name!r}], unit='s', utc=True) and drop the column."
    )


def refuse_counter(frame: pd.DataFrame) -> None:
    """Raise InputError where a column is no instrument but counts the rows.

    Examples
    --------
    >>> refuse_counter(pd.DataFrame({"index": [0, 1, 2]}))
    Traceback (most recent call last):
    ...
    coupling.errors.InputError: The column 'index' only counts the rows; drop it, or read the file with index_col=0.
    """
    for place in _places_of_words(tuple(frame.columns.tolist()))[1]:
        name, column = frame.columns[place], frame.iloc[:, place]
        if (
            pd.api.types.is_integer_dtype(column.dtype)
            and len(column) > 1
            and bool((column.diff().iloc[1:] == 1).all())
        ):
            raise InputError(f"The column {name!r} only counts the rows; drop it, or read the file with index_col=0.")


def _counts_rows(index: pd.Index[Any]) -> bool:
    if isinstance(index, pd.MultiIndex) or not pd.api.types.is_integer_dtype(index.dtype):
        return False
    return isinstance(index, pd.RangeIndex) or whole_number_dates(index) is None
