"""Breaks inside a baseline: a period that holds one is no single period to compare with."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.change import judge
from coupling.change.context import STANDARDIZED, ChangeContext
from coupling.change.correlation_break import CorrelationBreak
from coupling.change.outcomes import MOST
from coupling.errors import CouplingError
from coupling.inference import adjust_p_values
from coupling.results.verdicts import Changed

__all__ = ["BaselineBreak", "baseline_breaks"]

FEWEST = 100


@dataclass(frozen=True)
class BaselineBreak:
    """The last break of a pair's correlation inside a baseline.

    Parameters
    ----------
    at : Timestamp, optional
        The last row before it; missing where its date can hardly be told.
    p_adjusted : float
        Of the test of one constant correlation in the baseline, adjusted over the pairs.
    """

    at: pd.Timestamp | None
    p_adjusted: float


def baseline_breaks(
    context: ChangeContext, starts: dict[str, pd.Timestamp | None], date: pd.Timestamp
) -> dict[str, BaselineBreak]:
    """Return, by other instrument, the last break between the start of its baseline and a date, where there is one.

    Parameters
    ----------
    context : ChangeContext
    starts : dict
        By other instrument, the instant from which the baseline runs; None is the beginning of the data.
    date : Timestamp
        Where the baseline ends.
    """
    tests = {other: test for other, start in starts.items() if (test := _tested(context, other, start, date))}
    p = adjust_p_values([test.p_value_ for test in tests.values()])
    return {
        other: BaselineBreak(_last(test), float(adjusted))
        for (other, test), adjusted in zip(tests.items(), p, strict=True)
        if judge.broken(float(adjusted)) is Changed.CHANGED
    }


def _tested(
    context: ChangeContext, other: str, start: pd.Timestamp | None, date: pd.Timestamp
) -> CorrelationBreak | None:
    rows = context.sound_changes(other)[0][STANDARDIZED]
    rows = rows[rows.index <= date] if start is None else rows[(rows.index > start) & (rows.index <= date)]
    if len(rows) < FEWEST:
        return None
    try:
        return CorrelationBreak().fit(rows)
    except CouplingError:
        return None


def _last(test: CorrelationBreak) -> pd.Timestamp | None:
    """Return the likeliest date of the last of several breaks, or of the only one; None if it is not datable."""
    row = (test.breaks_ if len(test.breaks_) else test.table_).iloc[-1]
    return None if pd.isna(row["likeliest"]) or not row["share"] <= MOST else row["likeliest"]
