"""The room's verdict, and its answer in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coupling.results.base import Failure, Result
from coupling.results.correlation import CorrelationPaths
from coupling.text.wording import bound, listed, two

__all__ = ["answer", "verdict"]

_NOTHING = "No pair could be estimated, so nothing is said about how tight the coupling is."


def verdict(results: Sequence[Result | Failure], unequal: Sequence[str]) -> str:
    """Say how tightly the focus is coupled now, pair by pair, each on an estimate that its closes allow.

    Parameters
    ----------
    results : sequence of Result or Failure
        What the room found; the rolling paths and those on true instants are read.
    unequal : sequence of str
        Instruments whose closes are unequal to the focus's: for them only true instants count.
    """
    judged = _judged(results, unequal)
    if not judged:
        return _NOTHING
    focus = next(iter(judged.values())).focus
    order = _strongest_first(judged)
    parts = [f"{other} {_hedged(judged[other], other)}" for other in order]
    missing = [other for other in unequal if other not in judged]
    note = f" Not judged for unequal closes: {', '.join(missing)}." if missing else ""
    return f"{focus}'s latest correlation, strongest first: {'; '.join(parts)}.{note}"


def answer(results: Sequence[Result | Failure], unequal: Sequence[str]) -> str:
    """Say in one sentence with which instruments the focus moves now, with which against, and where nothing is told."""
    judged = _judged(results, unequal)
    if not judged:
        return _NOTHING
    last = {other: judged[other].latest.loc[other] for other in _strongest_first(judged)}
    focus, day = next(iter(judged.values())).focus, max(row["end"] for row in last.values())
    groups = {
        f"{focus} moves with": [_short(other, row) for other, row in last.items() if row["lower"] > 0],
        f"{focus} moves against": [_short(other, row) for other, row in last.items() if row["upper"] < 0],
        "no coupling can be told with": [_short(other, row) for other, row in last.items() if _open(row)],
    }
    said = "; ".join(f"{word} {listed(parts)}" for word, parts in groups.items() if parts)
    return f"In the latest windows, to {day:%Y-%m-%d}, {said}; 95 % intervals."


def _short(other: str, row: Any) -> str:
    return f"{other} ({two(row['estimate'])}, {_interval(row)}n = {row['n']:,.0f})"


def _interval(row: Any) -> str:
    return f"{bound(row['lower'])} to {bound(row['upper'])}, " if row["lower"] <= row["upper"] else "no interval, "


def _open(row: Any) -> bool:
    return not (row["lower"] > 0 or row["upper"] < 0)


def _strongest_first(judged: dict[str, CorrelationPaths]) -> list[str]:
    return sorted(judged, key=lambda other: -abs(float(judged[other].latest["estimate"][other])))


def _judged(results: Sequence[Result | Failure], unequal: Sequence[str]) -> dict[str, CorrelationPaths]:
    """Return for each other instrument the result that its verdict rests on."""
    found = {result.name: result for result in results if isinstance(result, CorrelationPaths)}
    rolling, exact = found.get("correlation-rolling"), found.get("correlation-hayashi-yoshida")
    judged = {}
    if rolling is not None:
        judged = {other: rolling for other in rolling.latest.index if other not in unequal}
    if exact is not None:
        judged |= {other: exact for other in exact.latest.index if other not in judged}
    return judged


def _hedged(result: CorrelationPaths, other: str) -> str:
    row: Any = result.latest.loc[other]
    if not row["lower"] <= row["upper"]:
        word = "undecided"
    elif row["lower"] > 0 or row["upper"] < 0:
        word = "differs from 0"
    else:
        word = "not distinguishable from 0"
    method = ", on true instants because of unequal closes" if result.counted == "overlaps" else ""
    return f"{result.describe(other)}{method}: {word}"
