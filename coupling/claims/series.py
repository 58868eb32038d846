"""Read facts off a series: closes, highs and lows by date, simple changes, and how figures are written."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pandas as pd

from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.verdict import LegOutcome, Verdict
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.text.wording import listed

__all__ = [
    "change_between",
    "change_unit",
    "dates_held",
    "fact",
    "levels_of",
    "on",
    "simple_changes",
    "within",
    "written",
]

RULE = "Supported: the finding rounds to the stated digits, or lies within the stated tolerance. Else contradicted."


def levels_of(item: Observations, of: str = "close") -> pd.Series:
    """Return closes, highs or lows by date (naive, of the source's own label).

    Raises
    ------
    InputError
        If the source has no highs and lows.
    """
    if of == "close":
        values = item.levels
    elif item.bars is not None:
        values = item.bars[of]
    else:
        raise InputError(
            f"{item.name} has no {of}s in the source that serves it; map a file with open, high, low, close."
        )
    series = pd.Series(values.to_numpy(dtype=float), index=pd.DatetimeIndex(item.dates))
    return series.groupby(level=0).agg({"close": "last", "high": "max", "low": "min"}[of])


def change_between(before: float, after: float, item: Observations) -> float:
    """Return the simple change in % of a price, in basis points of a yield, else the difference."""
    if item.change is ChangeRule.LOG:
        return 100.0 * (after / before - 1.0)
    return (after - before) * (100.0 if item.change is ChangeRule.BASIS_POINTS else 1.0)


def simple_changes(item: Observations) -> pd.Series:
    """Return the change from each close to the next, by the date of the later one."""
    levels = levels_of(item)
    values = [change_between(before, after, item) for before, after in pairwise(levels)]
    return pd.Series(values, index=levels.index[1:], dtype=float)


def on(series: pd.Series, date: dt.date, item: Observations) -> float:
    """Return the value of a date.

    Raises
    ------
    InputError
        If there is none.
    """
    day = pd.Timestamp(date)
    if day not in series.index:
        span = f"{series.index[0]:%Y-%m-%d} to {series.index[-1]:%Y-%m-%d}"
        raise InputError(
            f"{item.name} has no value on {date} (its dates run from {span}); give a series that holds it."
        )
    return float(series[day])


def change_unit(item: Observations) -> str:
    """Return the unit of a simple change."""
    return {ChangeRule.LOG: "%", ChangeRule.BASIS_POINTS: "bp"}.get(item.change, "")


def written(value: float, leg: Figure, unit: str) -> str:
    """Write a figure with the decimals of its unit, at least those stated."""
    decimals = max(leg.decimals, {"%": 2, "bp": 1}.get(unit, leg.decimals))
    return f"{value:+,.{decimals}f} {unit}" if unit else f"{value:,.{decimals}f}"


def within(item: Observations, leg: PeriodLeg, *, of: str = "close") -> pd.Series:
    """Return the values of a span by date.

    Raises
    ------
    InputError
        If the series begins more than a week after the span does, or ends more than a week before it.
    """
    values, week = levels_of(item, of), pd.Timedelta(days=7)
    first, last = values.index[0], values.index[-1]
    start = first if leg.start is None else pd.Timestamp(leg.start)
    end = last if leg.end is None else pd.Timestamp(leg.end)
    if first > start + week or last < end - week:
        raise InputError(
            f"{item.name}'s values run from {first:%Y-%m-%d} to {last:%Y-%m-%d} and do not cover {start:%Y-%m-%d} to "
            f"{end:%Y-%m-%d}; give a file that does."
        )
    return values[(values.index >= start) & (values.index <= end)]


def dates_held(series: pd.Series, leg: Figure, most: int = 3) -> str:
    """Write the dates on which a figure holds, at most a few; nothing where there is none."""
    held = series[[leg.holds(float(value)) for value in series]]
    days = [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(held.index)]
    return listed(days, most=most, count="more")


def fact(leg: Figure, found: float, unit: str, sentence: str, method: str) -> LegOutcome:
    """Hold a claimed figure against the one found."""
    verdict = Verdict.SUPPORTED if leg.holds(found) else Verdict.CONTRADICTED
    stated = written(leg.value, leg, unit)
    against = f"not {stated}"
    if verdict is Verdict.SUPPORTED:
        against = "as claimed" if leg.tolerance is None else f"within {leg.tolerance:g} of the {stated} claimed"
    return LegOutcome(
        verdict=verdict,
        sentence=f"{sentence}, {against}.",
        rule=RULE,
        claimed=leg.value,
        estimate=found,
        unit=unit,
        n=1,
        method=method,
    )
