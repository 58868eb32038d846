"""The gate: one way from whatever an analyst calls a table of changes to a frame that can be estimated from."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.gate.dated import indexed_by_date
from coupling.data.gate.levels import level_columns
from coupling.data.gate.lost import carried_sentence, lost_changes, lost_sentence
from coupling.data.gate.numbers import array_of_numbers, columns_of_numbers
from coupling.data.gate.table import as_pandas
from coupling.data.gate.unfinished import unfinished_rows
from coupling.errors import InputError

__all__ = ["Changes", "checked_changes", "read_changes"]

log = logging.getLogger("coupling")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """A table of changes as floats in time order.

    Parameters
    ----------
    frame : DataFrame or ndarray
        An array where X had no names.
    labels : Index, optional
        The labels of the rows as they were given.
    unfinished : int
        Last rows that were left out because they are not over yet.
    levels : tuple
        Columns that look like levels and were allowed.
    cautions : tuple of str
        What a reader must know of it, each one sentence.
    """

    frame: Any
    labels: pd.Index[Any] | None = None
    unfinished: int = 0
    levels: tuple[Any, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def caution(self) -> str:
        """All cautions in one text."""
        return " ".join(self.cautions)


def read_changes(X: Any, *, copy: bool = True) -> Changes:
    """Return what was given as numbers with their rows in time order; levels are not looked at yet.

    Parameters
    ----------
    X : DataFrame of pandas, polars or pyarrow, array or list
        Rows = time, columns = instruments. A column of dates becomes the index.
    copy : bool
        Whether the numbers are a copy, or may be those of X.

    Raises
    ------
    InputError
        If it is no table of numbers, its columns share a name, or its rows are not in time order.

    Examples
    --------
    >>> frame = pd.DataFrame({"Date": ["2024-08-02", "2024-08-05"], "BTC": [1, -2], "SPX": [0.5, None]})
    >>> read_changes(frame).frame.to_numpy().tolist()
    [[1.0, 0.5], [-2.0, nan]]
    """
    table = as_pandas(X)
    if not isinstance(table, pd.DataFrame):
        return Changes(frame=array_of_numbers(table))
    if not table.shape[1]:
        raise InputError("X has no columns (0 features); give a frame with one column of changes per instrument.")
    attrs = dict(table.attrs)
    dated = indexed_by_date(table)
    open_rows = unfinished_rows(dated.index, ticks=bool(attrs.get("ticks")))
    kept = dated.iloc[: len(dated) - open_rows]
    frame = pd.DataFrame(columns_of_numbers(kept, copy=copy), index=kept.index, columns=kept.columns, copy=False)
    frame.attrs.update(attrs)
    labels = table.index if table.shape[1] == dated.shape[1] else pd.Index(table[dated.index.name])
    said = _unfinished_sentence(dated.index, open_rows)
    return Changes(frame=frame, labels=labels[: len(frame)], unfinished=open_rows, cautions=said)


def checked_changes(read: Changes, frame: pd.DataFrame, *, allow_levels: bool | None, dated: bool = True) -> Changes:
    """Hold a frame of changes to the rules for values: finite, and no levels; say what its calendar lost.

    Parameters
    ----------
    read : Changes
        What `read_changes` returned.
    frame : DataFrame
        Its numbers, with names.
    allow_levels : bool or None
        Whether levels pass (marked); None where levels are what is asked for.
    dated : bool
        Whether the rows belong to a frame rather than to a bare array.

    Raises
    ------
    InputError
        If a value is infinite, or a column looks like levels and may not.
    """
    whole = _check_finite(frame)
    levels = () if allow_levels is None else tuple(level_columns(frame, dated=dated))
    if levels and not allow_levels:
        _refuse_levels(frame, levels)
    cautions = list(read.cautions)
    if levels:
        cautions.append(_levels_sentence(levels))
    lost = {} if whole or allow_levels is None else lost_changes(frame)
    cautions += [lost_sentence(frame, lost)] if lost else []
    cautions += [said for said in ([] if allow_levels is None else [carried_sentence(frame)]) if said]
    for caution in cautions:
        log.warning(caution)
    return replace(read, frame=frame, levels=levels, cautions=tuple(cautions))


def _unfinished_sentence(index: pd.Index[Any], rows: int) -> tuple[str, ...]:
    if not rows:
        return ()
    word = "row is" if rows == 1 else "rows are"
    return (f"The last {'' if rows == 1 else f'{rows} '}{word} not over yet ({index[-1]}): {rows} left out.",)


def _check_finite(frame: pd.DataFrame) -> bool:
    """Return whether no value is missing; refuse one that is infinite."""
    values = frame.to_numpy()
    with np.errstate(over="ignore", invalid="ignore"):
        odd = np.flatnonzero(~np.isfinite(values.sum(axis=0)))  # tells without a table of truths
    infinite = np.isinf(values[:, odd])
    if infinite.any():
        row, place = (int(places[0]) for places in infinite.nonzero())
        where = f"column {frame.columns[odd[place]]!r} at {frame.index[row]}"
        raise InputError(f"X contains infinity ({where}); a change must be finite or missing.")
    return not len(odd)


def _refuse_levels(frame: pd.DataFrame, levels: tuple[Any, ...]) -> None:
    first = frame[levels[0]].dropna()
    names = ", ".join(repr(name) for name in levels[:5]) + (" and others" if len(levels) > 5 else "")
    look = "look like levels" if len(levels) > 1 else "looks like levels"
    raise InputError(
        f"{names} {look}, not changes ({first.iloc[0]:g} to {first.iloc[-1]:g}), and levels that wander correlate by "
        "accident; form changes (frame.diff(), np.log(frame).diff()), give the closes to cp.align, or state "
        "allow_levels=True."
    )


def _levels_sentence(levels: tuple[Any, ...]) -> str:
    names = ", ".join(str(name) for name in levels)
    return f"Levels, as allowed: {names} look like levels, and levels that wander correlate by accident."
