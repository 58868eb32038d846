"""The page's part on matrices: the correlation of every pair of the panel before and after a known date."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from coupling.change.context import ChangeContext
from coupling.change.findings import of_matrices
from coupling.change.long_run import MOST_AFTER, MOST_BEFORE, block_correlations, long_run
from coupling.change.outcomes import SMALLEST
from coupling.change.page.matrices import MatricesResult
from coupling.change.split import SplitTest
from coupling.change.splits import baseline_start
from coupling.errors import CouplingError, TooShortError
from coupling.inference import adjust_p_values
from coupling.volatility import standardize_ewma

__all__ = ["matrices_result"]

METHOD = (
    "Contemporaneous Pearson correlation of changes, each divided by its exponentially weighted volatility known "
    "one row "
    "earlier, so that a change of volatility alone moves no cell; each pair at its own observation times, so the "
    "cells of one map "
    "need not have the same sample. Intervals: delete-block jackknife of Fisher's z (20 blocks, t quantile); the "
    "difference, after minus before, recovers variances from the two (Zou 2007), measured coverage .95 to .97. Its "
    "p-values are adjusted over all pairs by Holm. A pair has changed if its long-run mean changed too: a t test on "
    "averages over blocks of at least 100 sessions, adjusted likewise."
)


def matrices_result(context: ChangeContext, day: dt.date, baseline: str, smallest: float = SMALLEST) -> MatricesResult:
    """Return the correlations of all pairs on both sides of one date.

    Raises
    ------
    InputError
        If no pair can be split there.
    """
    date = pd.Timestamp(day, tz="UTC")
    rows, notes = [], []
    for pair in context.panel.overlap.itertuples():
        try:
            row = _row(context, str(pair.left), str(pair.right), date, baseline)
        except CouplingError as error:
            notes.append(str(error))
        else:
            rows.append(row | {"unequal_closes": bool(pair.unequal_closes)})
    if not rows:
        raise TooShortError(f"No pair can be split at {day}: {notes[0]}")
    frame = pd.DataFrame(rows)
    for p, adjusted in (("p_value", "p_adjusted"), ("long_run_p", "long_run_p_adjusted")):
        frame[adjusted] = adjust_p_values(frame[p].to_numpy(float))
    result = MatricesResult(
        name=f"change-matrices-{day:%Y-%m-%d}",
        title=f"All pairs before and since {day:%Y-%m-%d}",
        method=METHOD,
        frame=frame,
        provenance=context.panel.provenance,
        warnings=tuple(notes),
        names=tuple(context.panel.levels.columns),
        date=date,
        smallest=smallest,
    )
    return of_matrices(result, focus=context.focus, baseline=baseline, clock=context.clock)


def _row(context: ChangeContext, left: str, right: str, date: pd.Timestamp, baseline: str) -> dict[str, Any]:
    pair = context.panel.pair(left, right)
    ticks = pair.levels.index
    starts = [baseline_start(baseline, date, ticks[-1]), context.start, ticks[0]]
    start = max(each for each in starts if each is not None)
    moment = pd.Timedelta(seconds=1)  # a change that ends at midnight belongs to the day before
    test = SplitTest(date=date + moment, start=start + moment, standardize="ewma").fit(pair.changes)
    rows = standardize_ewma(pair.changes).dropna()
    rows = rows[rows.index > start]
    sides = (rows[rows.index <= date].to_numpy(), MOST_BEFORE), (rows[rows.index > date].to_numpy(), MOST_AFTER)
    tested = long_run(*(block_correlations(side, most) for side, most in sides))
    table = test.table_.rename(columns={"difference": "estimate", "before_n": "n_before", "after_n": "n_after"})
    ends = [f"{side}{end}" for side in ("before", "after") for end in ("", "_lower", "_upper")]
    row = table.iloc[0][["left", "right", *ends, "estimate", "lower", "upper", "p_value", "n_before", "n_after"]]
    return {str(key): value for key, value in row.items()} | {
        "long_run_p": float("nan") if tested is None else tested.p_value,
        "baseline_from": pair.opening(start),
        "to": context.sessions.label(ticks[-1]),
    }
