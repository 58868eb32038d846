"""Any table with named columns – pandas, polars, pyarrow, whatever narwhals knows – as a pandas frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import pandas as pd

from coupling.errors import InputError

__all__ = ["as_pandas", "is_table"]

_NO_TABLES = ("builtins", "numpy", "scipy")


def as_pandas(X: Any) -> Any:
    """Return a table as a pandas frame, and whatever is no table (an array, a list) as it came.

    Raises
    ------
    InputError
        If X is a query that was not run yet, one series, a mapping, or a panel.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_pandas(pa.table({"BTC": [0.1, 0.2]})).columns.tolist()
    ['BTC']
    """
    if isinstance(X, pd.DataFrame):
        return X
    _refuse_what_is_no_matrix(X)
    if type(X).__module__.split(".")[0] in _NO_TABLES:
        return X
    return _by_narwhals(X)


def is_table(X: Any) -> bool:
    """Tell whether X is a table with named columns rather than an array or a panel."""
    if isinstance(X, pd.DataFrame):
        return True
    if isinstance(X, pd.Series | Mapping) or type(X).__module__.split(".")[0] in (*_NO_TABLES, "coupling"):
        return False
    import narwhals as nw

    return bool(nw.dependencies.is_into_dataframe(X)) or isinstance(nw.from_native(X, pass_through=True), nw.LazyFrame)


def _refuse_what_is_no_matrix(X: Any) -> None:
    if X is None or isinstance(X, str | bytes | PurePath | int | float):
        raise InputError(
            f"X is {X!r}, not a table: expected a 2D array or a frame; read the file first, as with pandas."
        )
    if isinstance(X, pd.Series | pd.Index):
        raise InputError(f"X is one series ({X.name!r}), and a coupling needs two columns; give a frame.")
    if isinstance(X, Mapping) and not hasattr(X, "shape"):  # some sparse matrices call themselves mappings
        raise InputError(
            "X is a mapping of names, not a frame of changes; cp.align(…) makes a panel of series of levels."
        )
    if hasattr(X, "observations") and hasattr(X, "changes"):
        raise InputError("X is a panel; give its changes, as in fit(panel.changes).")


def _by_narwhals(X: Any) -> Any:
    import narwhals as nw

    frame = nw.from_native(X, pass_through=True, allow_series=True)
    if isinstance(frame, nw.LazyFrame):
        raise InputError(
            f"X is a query that was not run yet ({type(X).__module__}); run it first, as with X.collect()."
        )
    if isinstance(frame, nw.Series):
        raise InputError(f"X is one series ({frame.name!r}), and a coupling needs two columns; give a frame.")
    if not isinstance(frame, nw.DataFrame):
        return X
    try:
        return frame.to_pandas() if frame.implementation.is_pandas_like() else _without_loss(frame.to_arrow())
    except Exception as error:
        raise InputError(
            f"The {type(X).__module__.split('.')[0]} frame cannot be read ({error}); give columns of numbers and dates."
        ) from error


def _without_loss(table: Any) -> pd.DataFrame:
    """Return an arrow table as a frame whose missing whole numbers and truths stay exact."""
    import pyarrow as pa

    exact: dict[Any, Any] = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=exact.get)
    return frame
