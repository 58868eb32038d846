"""Arrays, indexes and frames as plain nodes and bytes, with their types, orders of memory and missing values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd

from coupling.errors import CouplingError

__all__ = ["READERS", "Nodes", "NotPlainError", "Source", "array_node", "frame_node", "index_node", "series_node"]

RAW = "biufcmMUS"
"""Kinds of numpy's types whose bytes are the values."""


class NotPlainError(CouplingError):
    """Something that cannot be kept, or that was not kept as it is read."""


class Nodes(Protocol):
    """Where nodes are written."""

    def node(self, value: Any) -> Any:
        """Return the node of any value."""

    def bytes(self, raw: bytes) -> list[int]:
        """Set bytes aside, and return where they are."""


class Source(Protocol):
    """Where nodes are read."""

    def value(self, node: Any) -> Any:
        """Return the value of any node."""

    def raw(self, place: list[int]) -> bytes:
        """Return bytes that were set aside."""


def array_node(values: Any, into: Nodes) -> Any:
    """Return the node of a numpy array, or of an array of pandas.

    Raises
    ------
    NotPlainError
        If its type has no plain form.
    """
    dtype = values.dtype
    if isinstance(dtype, np.dtype) or type(values) is pd.arrays.NumpyExtensionArray:
        return _numpy_node(np.asarray(values), into)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ["zoned", str(dtype.tz), dtype.unit, _numpy_node(values.asi8, into)]
    if isinstance(dtype, pd.StringDtype):
        held = values.astype(object)
        texts = [None if lost else str(one) for one, lost in zip(held, values.isna(), strict=True)]
        return ["texts", dtype.storage, dtype.na_value is pd.NA, texts]
    if isinstance(dtype, pd.CategoricalDtype):
        return [
            "categories",
            _numpy_node(values.codes, into),
            index_node(values.categories, into),
            bool(values.ordered),
        ]
    if isinstance(dtype, pd.PeriodDtype):
        return ["periods", str(dtype).removeprefix("period[").removesuffix("]"), _numpy_node(values.asi8, into)]
    if str(dtype) in ("boolean", *(f"{sign}Int{size}" for sign in ("", "U") for size in (8, 16, 32, 64)), "Float64"):
        lost = values.isna()
        held = values.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return ["masked", str(dtype), _numpy_node(held, into), _numpy_node(lost, into)]
    raise NotPlainError(f"an array of {dtype} has no plain form.")


def _numpy_node(values: Any, into: Nodes) -> Any:
    if values.dtype.kind == "O":
        return ["objects", list(values.shape), [into.node(one) for one in values.ravel()]]
    if values.dtype.kind not in RAW:
        raise NotPlainError(f"an array of {values.dtype} has no plain form.")
    order = "F" if values.flags.f_contiguous and not values.flags.c_contiguous else "C"
    return ["array", values.dtype.str, list(values.shape), order, into.bytes(values.tobytes(order))]


def index_node(index: pd.Index, into: Nodes) -> Any:
    """Return the node of an index; a frequency, which no number rests on, is left out."""
    if isinstance(index, pd.RangeIndex):
        return ["range", index.start, index.stop, index.step, into.node(index.name)]
    if isinstance(index, pd.MultiIndex):
        levels = [index_node(level, into) for level in index.levels]
        codes = [_numpy_node(np.asarray(each), into) for each in index.codes]
        return ["levels", levels, codes, [into.node(name) for name in index.names]]
    return ["index", array_node(index.array, into), into.node(index.name)]


def series_node(series: pd.Series, into: Nodes) -> Any:
    """Return the node of a series."""
    told = into.node(series.name), into.node(dict(series.attrs))
    return ["series", index_node(series.index, into), array_node(series.array, into), *told]


def frame_node(frame: pd.DataFrame, into: Nodes) -> Any:
    """Return the node of a frame, column by column."""
    columns = [array_node(frame.iloc[:, place].array, into) for place in range(frame.shape[1])]
    attributes = into.node(dict(frame.attrs))
    return ["frame", index_node(frame.index, into), index_node(frame.columns, into), columns, attributes]


def _array(source: Source, dtype: str, shape: list[int], order: Any, place: list[int]) -> Any:
    kind = np.dtype(dtype)
    if kind.kind not in RAW:
        raise NotPlainError(f"an array of {kind} has no plain form.")
    return np.frombuffer(source.raw(place), dtype=kind).reshape(shape, order=order).copy(order="K")


def _objects(source: Source, shape: list[int], nodes: list[Any]) -> Any:
    held = np.empty(len(nodes), dtype=object)
    for place, node in enumerate(nodes):
        held[place] = source.value(node)
    return held.reshape(shape)


def _zoned(source: Source, zone: str, unit: str, node: Any) -> Any:
    return pd.DatetimeIndex(source.value(node).view(f"M8[{unit}]")).tz_localize("UTC").tz_convert(zone).array


def _texts(_: Source, storage: Any, is_na: bool, texts: list[str | None]) -> Any:
    missing = pd.NA if is_na else np.nan
    plain = {} if is_na else {"na_value": np.nan}
    try:
        dtype = pd.StringDtype(storage, **plain)
    except TypeError:  # before pandas 2.3 the missing value was part of the storage
        dtype = pd.StringDtype(storage)
    return pd.array([missing if text is None else text for text in texts], dtype=dtype)


def _categories(source: Source, codes: Any, categories: Any, ordered: bool) -> Any:
    dtype = pd.CategoricalDtype(source.value(categories), ordered=ordered)
    return pd.Categorical.from_codes(source.value(codes), dtype=dtype)


def _periods(source: Source, freq: str, node: Any) -> Any:
    made: Any = pd.PeriodIndex
    return made.from_ordinals(source.value(node), freq=freq).array


def _masked(source: Source, dtype: Any, values: Any, lost: Any) -> Any:
    held = pd.array(source.value(values), dtype=dtype)
    held[source.value(lost)] = pd.NA
    return held


def _range(source: Source, start: int, stop: int, step: int, name: Any) -> pd.Index:
    return pd.RangeIndex(start, stop, step, name=source.value(name))


def _levels(source: Source, levels: list[Any], codes: list[Any], names: list[Any]) -> pd.Index:
    return pd.MultiIndex(
        levels=[source.value(level) for level in levels],
        codes=[source.value(each) for each in codes],
        names=[source.value(name) for name in names],
    )


def _index(source: Source, node: Any, name: Any) -> pd.Index:
    values = source.value(node)
    made: pd.Index = pd.Index(values, dtype=values.dtype, name=source.value(name))
    return made


def _series(source: Source, index: Any, values: Any, name: Any, attributes: Any) -> pd.Series:
    array = source.value(values)
    made: pd.Series = pd.Series(array, index=source.value(index), dtype=array.dtype, name=source.value(name))
    made.attrs.update(source.value(attributes))
    return made


def _frame(source: Source, index: Any, columns: Any, arrays: list[Any], attributes: Any) -> pd.DataFrame:
    rows = source.value(index)
    held = {place: _column(source.value(node), rows) for place, node in enumerate(arrays)}
    made = pd.DataFrame(held, index=rows)
    made.columns = source.value(columns)
    made.attrs.update(source.value(attributes))
    return made


def _column(values: Any, rows: pd.Index) -> pd.Series:
    made: pd.Series = pd.Series(values, index=rows, dtype=values.dtype)
    return made


READERS: dict[str, Callable[..., Any]] = {
    "array": _array,
    "objects": _objects,
    "zoned": _zoned,
    "texts": _texts,
    "categories": _categories,
    "periods": _periods,
    "masked": _masked,
    "range": _range,
    "levels": _levels,
    "index": _index,
    "series": _series,
    "frame": _frame,
}
"""By the word that a node begins with, what reads the rest of it."""
