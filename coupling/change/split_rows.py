"""The rows of a split: every pair and baseline, raw, standardised and asynchronous-adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from coupling._typing import Floats
from coupling.change.baseline_breaks import BaselineBreak
from coupling.change.checks import changes_of
from coupling.change.context import RAW, STANDARDIZED, ChangeContext
from coupling.change.instants_split import InstantsSplitTest
from coupling.change.long_run import (
    MOST_AFTER,
    MOST_BEFORE,
    block_correlations,
    instants_correlations,
    long_run,
)
from coupling.change.split import SplitSample, SplitTest
from coupling.data.intervals import change_intervals
from coupling.errors import CouplingError, InputError
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg
from coupling.text.wording import p_value

__all__ = ["MOMENT", "attempted", "baseline_start", "gated", "rows_correlations", "start_of", "undated"]

INSTANTS = "true instants"
MOMENT = pd.Timedelta(seconds=1)
"""A change that ends at midnight belongs to the day before."""

LONG_RUN = ("long_run", "long_run_lower", "long_run_upper", "long_run_p", "long_run_detectable")


def baseline_start(word: str, date: pd.Timestamp, last: pd.Timestamp) -> pd.Timestamp | None:
    """Return the first instant of a baseline; None is the beginning of the data.

    Examples
    --------
    >>> baseline_start("7y", pd.Timestamp("2025-01-01", tz="UTC"), pd.Timestamp("2026-06-30", tz="UTC"))
    Timestamp('2018-01-01 00:00:00+0000', tz='UTC')
    """
    if word == "all":
        return None
    if word == "equal":
        return date - (last - date)
    return date - pd.DateOffset(years=int(word[:-1]))


def start_of(context: ChangeContext, other: str, date: pd.Timestamp, word: str) -> pd.Timestamp | None:
    """Return the first instant of a baseline within the report."""
    start = baseline_start(word, date, context.pairs[other].levels.index[-1])
    if context.start is None or start is None:
        return context.start if start is None else start
    return max(start, context.start)


def attempted(
    context: ChangeContext, date: pd.Timestamp, tries: Sequence[tuple[str, str, pd.Timestamp | None]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of every comparison that can be made, and why the others cannot."""
    rows: list[dict[str, Any]] = []
    notes = []
    for other, word, start in tries:
        try:
            rows += _rows(context, other, date, word, start)
        except CouplingError as error:
            notes.append(f"baseline {word}: {error}")
    return rows, notes


def undated(context: ChangeContext, breaks: dict[str, BaselineBreak]) -> list[str]:
    """Say which breaks inside the baseline have no date that could begin another one."""
    return [
        f"{context.focus}'s correlation with {other} breaks inside the baseline ({p_value(each.p_adjusted)}) at a date "
        "that is not datable, so that the baseline is no single period."
        for other, each in breaks.items()
        if each.at is None
    ]


def _rows(
    context: ChangeContext, other: str, date: pd.Timestamp, baseline: str, start: pd.Timestamp | None
) -> list[dict[str, Any]]:
    kinds = (RAW, STANDARDIZED)
    compared: dict[str, dict[Any, Any]] = {kind: _split(context, other, kind, date, start) for kind in kinds}
    leading = STANDARDIZED
    if other in context.unequal:
        legs = {name: context.panel.observations[name] for name in (context.focus, other)}
        compared[INSTANTS] = InstantsSplitTest(date=date, start=start).fit(legs).table_.iloc[0].to_dict()
        leading = INSTANTS
    tested, nothing = _long_run(context, other, date, start), dict.fromkeys(LONG_RUN, float("nan"))
    pair = context.pairs[other]
    sample = {"baseline_from": pair.opening(start), "to": context.sessions.label(pair.levels.index[-1])}
    return [
        {"with": other, "baseline": baseline, "estimator": kind}
        | {"estimate" if name == "difference" else name: row[name] for name in row if name not in ("left", "right")}
        | (tested if kind == leading else nothing)
        | {"leading": kind == leading, **sample}
        for kind, row in compared.items()
    ]


def _split(
    context: ChangeContext, other: str, kind: str, date: pd.Timestamp, start: pd.Timestamp | None
) -> dict[str, Any]:
    """Return the row of one kind of changes, which a refusal names: standardised ones are fewer."""
    try:
        return context.once(_sample, other, kind).compare(date + MOMENT, None if start is None else start + MOMENT)
    except InputError as error:
        raise InputError(f"{kind} changes: {error}") from error


def _sample(context: ChangeContext, other: str, kind: str) -> SplitSample:
    return SplitSample.of(context.once(gated, context.focus, other, kind), scaled=False)[0]


def gated(context: ChangeContext, left: str, right: str, kind: str) -> pd.DataFrame:
    """Return changes of a pair that have passed the gate of the estimators."""
    return changes_of(SplitTest(date=None), context.changes_of(left, right)[kind])


def _long_run(context: ChangeContext, other: str, date: pd.Timestamp, start: pd.Timestamp | None) -> dict[str, float]:
    """Return the change of the long-run mean, from the averages of long blocks; missing where there are too few."""
    blocks = _of_instants if other in context.unequal else _of_rows
    tested = long_run(*blocks(context, other, date, start))
    if tested is None:
        return dict.fromkeys(LONG_RUN, float("nan"))
    return {
        "long_run": tested.estimate,
        "long_run_lower": tested.lower,
        "long_run_upper": tested.upper,
        "long_run_p": tested.p_value,
        "long_run_detectable": tested.detectable,
    }


def _of_rows(
    context: ChangeContext, other: str, date: pd.Timestamp, start: pd.Timestamp | None
) -> tuple[Floats, Floats]:
    return rows_correlations(context, (context.focus, other), date, start)


def rows_correlations(
    context: ChangeContext, pair: tuple[str, str], date: pd.Timestamp, start: pd.Timestamp | None
) -> tuple[Floats, Floats]:
    """Return the correlations of a pair's standardised changes in long blocks before and since a date."""
    index, _ = context.once(_known_rows, *pair)
    first = 0 if start is None else int(index.searchsorted(start, side="right"))
    cut = max(int(index.searchsorted(date, side="right")), first)
    return (
        context.once(_blocks, *pair, first, cut, MOST_BEFORE),
        context.once(_blocks, *pair, cut, len(index), MOST_AFTER),
    )


def _known_rows(context: ChangeContext, left: str, right: str) -> tuple[pd.Index, Floats]:
    rows = context.changes_of(left, right)[STANDARDIZED].dropna()
    return rows.index, rows.to_numpy()


def _blocks(context: ChangeContext, left: str, right: str, first: int, stop: int, most: int) -> Floats:
    return block_correlations(context.once(_known_rows, left, right)[1][first:stop], most)


def _of_instants(
    context: ChangeContext, other: str, date: pd.Timestamp, start: pd.Timestamp | None
) -> tuple[Floats, Floats]:
    seen = {name: context.panel.observations[name] for name in (context.focus, other)}
    left, right = (HayashiYoshidaLeg(each.start, each.end, each.change) for each in change_intervals(seen))
    begin, finish = max(int(left.start[0]), int(right.start[0])), min(int(left.end[-1]), int(right.end[-1]))
    begin, cut = begin if start is None else max(begin, start.value), date.value
    return (
        instants_correlations(left, right, begin, cut, MOST_BEFORE),
        instants_correlations(left, right, cut, finish, MOST_AFTER),
    )
