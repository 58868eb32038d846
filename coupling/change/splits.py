"""The page's part on splits: every pair and baseline, raw, standardised, on true instants if closes are unequal."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.change.context import ChangeContext
from coupling.change.findings import of_split
from coupling.change.instants_split import InstantsSplitTest
from coupling.change.long_run import (
    MOST_AFTER,
    MOST_BEFORE,
    block_correlations,
    instants_correlations,
    long_run,
)
from coupling.change.split import SplitTest
from coupling.data.intervals import change_intervals
from coupling.errors import CouplingError, TooShortError
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg
from coupling.results.breaks import STANDARDIZED
from coupling.results.change import SplitResult

__all__ = ["baseline_start", "split_result"]

INSTANTS = "true instants"

METHOD = (
    "Difference of two correlations, after minus before. Each has a delete-block jackknife of Fisher's z (20 blocks, "
    "t quantile); the interval of the difference recovers variances from the two (Zou 2007), measured coverage .95 to "
    ".97. Standardised changes are divided by their exponentially weighted volatility, known one row earlier. Pairs "
    "with unequal closes are judged on true instants (Hayashi–Yoshida, delete-one-week jackknife, Welch's t). "
    "Detectable: the difference that such samples show with 80 % power. Long run: whether the mean about which the "
    "correlation wanders changed too, by a t test on its averages over up to nine blocks before and four after (at "
    "least 100 sessions each, Student's t correlation, the fewer blocks' degrees of freedom; Ibragimov and Mueller "
    "2016)."
)


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


def split_result(context: ChangeContext, day: dt.date, baselines: tuple[str, ...]) -> SplitResult:
    """Return the differences across one date.

    Raises
    ------
    InputError
        If no pair can be split there.
    """
    date = pd.Timestamp(day, tz="UTC")
    parts, notes = [], []
    for other in context.others:
        for baseline in baselines:
            try:
                parts.append(_rows(context, other, date, baseline))
            except CouplingError as error:
                notes.append(f"{baseline}: {error}")
    if not parts:
        raise TooShortError(f"No pair can be split at {day}: {notes[0]}")
    frame = pd.concat(parts, ignore_index=True)
    result = SplitResult(
        name=f"change-split-{day:%Y-%m-%d}",
        title=f"Correlation before and since {day:%Y-%m-%d}",
        method=METHOD,
        frame=frame,
        provenance=context.panel.provenance,
        warnings=tuple(notes),
        focus=context.focus,
        date=date,
        primary=baselines[0],
    )
    return of_split(result, context.clock)


def _rows(context: ChangeContext, other: str, date: pd.Timestamp, baseline: str) -> pd.DataFrame:
    last = context.pairs[other].levels.index[-1]
    start = baseline_start(baseline, date, last)
    if context.start is not None:
        start = context.start if start is None else max(start, context.start)
    moment = pd.Timedelta(seconds=1)  # a change that ends at midnight belongs to the day before
    begin = None if start is None else start + moment
    tables = {
        kind: SplitTest(date=date + moment, start=begin).fit(frame).table_
        for kind, frame in context.changes(other).items()
    }
    leading = STANDARDIZED
    if other in context.unequal:
        legs = {name: context.panel.observations[name] for name in (context.focus, other)}
        tables[INSTANTS] = InstantsSplitTest(date=date, start=start).fit(legs).table_
        leading = INSTANTS
    frame = pd.concat(tables, names=["estimator"]).reset_index(level="estimator").reset_index(drop=True)
    frame = frame.drop(columns=["left", "right"]).rename(columns={"difference": "estimate"})
    for name, value in _long_run(context, other, date, start).items():
        frame[name] = np.where(frame["estimator"] == leading, value, np.nan)
    begun = context.pairs[other].opening(start)
    frame.insert(0, "with", other)
    frame.insert(1, "baseline", baseline)
    return frame.assign(leading=frame["estimator"] == leading, baseline_from=begun, to=context.sessions.label(last))


def _long_run(context: ChangeContext, other: str, date: pd.Timestamp, start: pd.Timestamp | None) -> dict[str, float]:
    """Return the change of the long-run mean, from the averages of long blocks; missing where there are too few."""
    blocks = _of_instants if other in context.unequal else _of_rows
    tested = long_run(*blocks(context, other, date, start))
    if tested is None:
        return dict.fromkeys(("long_run", "long_run_p", "long_run_detectable"), float("nan"))
    return {
        "long_run": tested.estimate,
        "long_run_p": tested.p_value,
        "long_run_detectable": tested.detectable,
    }


def _of_rows(
    context: ChangeContext, other: str, date: pd.Timestamp, start: pd.Timestamp | None
) -> tuple[Floats, Floats]:
    rows = context.changes(other)[STANDARDIZED].dropna()
    rows = rows if start is None else rows[rows.index > start]
    before, after = (rows[mask].to_numpy() for mask in (rows.index <= date, rows.index > date))
    return block_correlations(before, MOST_BEFORE), block_correlations(after, MOST_AFTER)


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
