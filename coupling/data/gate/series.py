"""The gate for one series: any column of numbers in, a series of floats in time order out, or one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coupling.data.gate.dated import indexed_by_date
from coupling.data.gate.numbers import columns_of_numbers
from coupling.data.gate.table import as_pandas
from coupling.errors import InputError

__all__ = ["read_columns", "read_series"]


def read_series(y: Any, name: str = "y") -> pd.Series:
    """Return one series of floats in time order; never a table pressed into one.

    Parameters
    ----------
    y : Series, frame of one column, array or list
        Of pandas, polars or pyarrow; a column of dates beside the values becomes the index.
    name : str
        What messages call it.

    Raises
    ------
    InputError
        If it has more than one column, holds something that is no number, or its rows are not in time order.

    Examples
    --------
    >>> read_series([1, 2.5]).tolist()
    [1.0, 2.5]
    >>> read_series(pd.DataFrame({"BTC": [1.0], "SPX": [2.0]}))
    Traceback (most recent call last):
    ...
    coupling.errors.InputError: y has 2 columns (BTC, SPX) and must be one series; choose it, as frame['BTC'].
    """
    frame = read_columns(y, name)
    if frame.shape[1] != 1:
        told = ", ".join(map(str, frame.columns[:5]))
        raise InputError(
            f"{name} has {frame.shape[1]} columns ({told}) and must be one series; choose it, as "
            f"frame[{frame.columns[0]!r}]."
        )
    return frame.iloc[:, 0]


def read_columns(given: Any, name: str) -> pd.DataFrame:
    """Return one series, or a table of several, as a frame of floats in time order; see `read_series`.

    Examples
    --------
    >>> read_columns(np.ones((2, 3)), "X").shape
    (2, 3)
    """
    frame = _frame(given, name)
    if not frame.shape[1]:
        raise InputError(f"{name} has no columns; give a series of numbers.")
    dated = indexed_by_date(frame)
    return pd.DataFrame(columns_of_numbers(dated), index=dated.index, columns=dated.columns)


def _frame(given: Any, name: str) -> pd.DataFrame:
    import narwhals as nw

    if isinstance(given, pd.Series):
        return given.to_frame(name if given.name is None else given.name)
    series = nw.from_native(given, pass_through=True, allow_series=True)
    if isinstance(series, nw.Series):
        return series.to_pandas().to_frame(series.name or name)
    if not isinstance(given, list | tuple | np.ndarray):
        given = as_pandas(given)
    if isinstance(given, pd.DataFrame):
        return given
    try:
        cells = np.asarray(given)
    except ValueError:
        cells = np.asarray(None)
    if cells.ndim not in (1, 2):
        raise InputError(f"{name} is a {type(given).__name__} and no column of numbers; give a series of changes.")
    columns = cells.reshape(len(cells), -1 if cells.size else 1)
    return pd.DataFrame(columns).set_axis(
        [name if cells.ndim == 1 else f"x{k}" for k in range(columns.shape[1])], axis=1
    )
