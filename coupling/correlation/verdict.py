"""The room's one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coupling.results.base import Failure, Result
from coupling.results.correlation import CorrelationPaths

__all__ = ["verdict"]


def verdict(results: Sequence[Result | Failure], unequal: Sequence[str]) -> str:
    """Say how tightly the focus is coupled now, pair by pair, each on an estimate that its closes allow.

    Parameters
    ----------
    results : sequence of Result or Failure
        What the room found; the rolling paths and those on true instants are read.
    unequal : sequence of str
        Instruments whose closes are unequal to the focus's: for them only true instants count.
    """
    found = {result.name: result for result in results if isinstance(result, CorrelationPaths)}
    rolling, exact = found.get("correlation-rolling"), found.get("correlation-hayashi-yoshida")
    judged = _judged(rolling, exact, unequal)
    if not judged:
        return "No pair could be estimated, so nothing is said about how tight the coupling is."
    focus = next(iter(judged.values())).focus
    size = {other: abs(float(result.latest["estimate"][other])) for other, result in judged.items()}
    order = sorted(judged, key=lambda other: -size[other])
    parts = [f"{other} {_hedged(judged[other], other)}" for other in order]
    missing = [other for other in unequal if other not in judged]
    note = f" Not judged for unequal closes: {', '.join(missing)}." if missing else ""
    return f"{focus}'s latest correlation, strongest first: {'; '.join(parts)}.{note}"


def _judged(
    rolling: CorrelationPaths | None, exact: CorrelationPaths | None, unequal: Sequence[str]
) -> dict[str, CorrelationPaths]:
    """Return for each other instrument the result that its verdict rests on."""
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
