"""The room's verdict, and its answer in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from coupling.results.base import Failure, Result
from coupling.results.breaks import BreakResult, when
from coupling.results.change import SplitResult
from coupling.text.wording import bound, listed, signed, two

__all__ = ["answer", "verdict"]


def verdict(results: Sequence[Result | Failure]) -> str:
    """Rest on the first split where one is asked, and name what an unknown date says.

    Parameters
    ----------
    results : sequence of Result or Failure
        What the room found.
    """
    split, breaks = _leading(results)
    parts = [] if split is None else [_since(split)]
    parts += [] if breaks is None else [_unknown(breaks)]
    if parts:
        return " ".join(parts)
    told = next((result.sentence for result in results if isinstance(result, Result)), None)
    return told or "Nothing that was asked could be estimated, so nothing is said about a change."


def answer(results: Sequence[Result | Failure]) -> str:
    """Say in one sentence which correlations of the focus changed, on which date or at an unknown one."""
    split, breaks = _leading(results)
    parts = [] if split is None else [_split_answer(split)]
    parts += [] if breaks is None else [_break_answer(breaks)]
    return " ".join(parts)


def _leading(results: Sequence[Result | Failure]) -> tuple[SplitResult | None, BreakResult | None]:
    split = next((result for result in results if isinstance(result, SplitResult) and not result.leading.empty), None)
    return split, next((result for result in results if isinstance(result, BreakResult)), None)


def _split_answer(split: SplitResult) -> str:
    rows = split.leading
    told = _excludes_zero(rows)
    head = f"Since {split.date:%Y-%m-%d}, against {split.period}, {split.focus}'s correlation"
    if not told.any():
        return f"{head} with {_names(rows.index)} cannot be told to have changed."
    moved = [
        f"{other} ({signed(row['estimate'])}, {bound(row['lower'], '+')} to {bound(row['upper'], '+')}, {_sizes(row)})"
        for other, row in rows[told].iterrows()
    ]
    hangs = any(_hanging(split, str(other), told=True) for other in rows.index[told])
    hedge = ", but not against every baseline" if hangs else ""
    rest = f"; with {_names(rows.index[~told])} no change can be told" if not told.all() else ""
    return f"{head} changed with {listed(moved)}{hedge}{rest}."


def _break_answer(breaks: BreakResult) -> str:
    rows = breaks.leading
    told = rows["p_adjusted"] < 0.05
    if not told.any():
        return f"Tested for a break at an unknown date, none is found with {_names(rows.index)}."
    dates = [f"with {other} {when(row, '%Y-%m')}" for other, row in rows[told].iterrows()]
    return f"Tested for a break at an unknown date, there is one {listed(dates)}."


def _names(index: pd.Index) -> str:
    return listed([str(name) for name in index])


def _since(split: SplitResult) -> str:
    """Name every pair whose correlation differs with its interval, and the others with what could have been seen."""
    rows = split.leading
    told, open_ = _excludes_zero(rows), rows["lower"].isna()
    parts = [f"with {other} {_moved(split, str(other))}" for other in rows.index[told]]
    for other, row in rows[~told & ~open_].iterrows():
        hangs = _hanging(split, str(other), told=False)
        parts.append(f"with {other} not distinguishable from 0 ({two(row['detectable'])} was detectable){hangs}")
    parts += [f"with {other} undecided (too little movement)" for other in rows.index[open_]]
    return f"{split.focus}'s correlation since {split.date:%Y-%m-%d} against {split.period}: {'; '.join(parts)}."


def _moved(split: SplitResult, other: str) -> str:
    row: Any = split.leading.loc[other]
    span = f"95 % interval {bound(row['lower'], '+')} to {bound(row['upper'], '+')}, {_sizes(row)}"
    return f"{signed(row['estimate'])} ({span}){_hanging(split, other, told=True)}"


def _hanging(split: SplitResult, other: str, *, told: bool) -> str:
    rows = split.frame[(split.frame["with"] == other) & split.frame["leading"]]
    found = _excludes_zero(rows)
    if bool((found == told).all()):
        return ""
    return f", but that hangs on the baseline: {int(found.sum())} of {len(found)} differ from 0"


def _sizes(row: Any) -> str:
    return f"n = {row['before_n']:,.0f} and {row['after_n']:,.0f}"


def _excludes_zero(rows: pd.DataFrame) -> pd.Series:
    return (rows["lower"] > 0) | (rows["upper"] < 0)


def _unknown(breaks: BreakResult) -> str:
    rows = breaks.leading
    told = rows["p_adjusted"] < 0.05
    parts = [f"with {other} {breaks.describe(str(other))}" for other in rows.index[told]]
    for other, row in rows[~told].iterrows():
        word = "undecided" if pd.isna(row["p_adjusted"]) else f"no break can be told (p = {row['p_adjusted']:.2f})"
        parts.append(f"with {other} {word}")
    return f"Tested for one break at an unknown date: {'; '.join(parts)}."
