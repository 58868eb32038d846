"""Facts: dated changes, levels and records, and where a figure does hold when it does not hold on its date."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from coupling.claims.legs import DatedChange, DatedLevel, Figure, LevelChange, Record
from coupling.claims.verdict import Finding, Verdict
from coupling.data.changes import ChangeRule
from coupling.data.durations import parse_duration
from coupling.data.observations import Observations
from coupling.errors import InputError

__all__ = ["dated_change", "dated_level", "level_change", "record"]

FACT_RULE = (
    "Supported: the finding rounds to the stated digits, or lies within the stated tolerance. Else contradicted."
)


def dated_change(leg: DatedChange, item: Observations) -> Finding:
    """Hold a claimed change against the change from the close before to the close of the date."""
    changes = _simple_changes(item)
    found, unit = _on(changes, leg.date, item), _unit(item)
    elsewhere = _nearby(changes, leg)
    sentence = f"{item.name} moved {_text(found, leg, unit)} on {leg.date}, close to close"
    finding = _fact(leg, found, unit, sentence, "Simple change from the previous close, at the clock of the source.")
    if finding.verdict is Verdict.CONTRADICTED:
        extra = _where_it_holds(leg, elsewhere, unit) or _trailing_day(leg, item)
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {extra}.")
    return finding


def dated_level(leg: DatedLevel, item: Observations) -> Finding:
    """Hold a claimed level against the close, high or low of the date."""
    levels = _levels(item, leg.of)
    found = _on(levels, leg.date, item)
    sentence = f"The {leg.of} of {item.name} on {leg.date} was {_text(found, leg, '')}"
    finding = _fact(leg, found, "", sentence, f"The {leg.of} as the source gives it.")
    if finding.verdict is Verdict.CONTRADICTED:
        return replace(finding, sentence=f"{finding.sentence[:-1]}; {_when_it_came(leg, levels, found)}.")
    return finding


def _when_it_came(leg: DatedLevel, levels: pd.Series, found: float) -> str:
    """Say when the claimed level was first reached after the date, or that the date went beyond it."""
    down = leg.of == "low"
    if (found < leg.value) if down else (found > leg.value):
        return f"it went {'below' if down else 'above'} the figure"
    later = levels[levels.index > pd.Timestamp(leg.date)]
    reached = later[later <= leg.value if down else later >= leg.value]
    return f"it first came that far on {reached.index[0]:%Y-%m-%d}" if len(reached) else "it has not come so far since"


def level_change(leg: LevelChange, item: Observations) -> Finding:
    """Hold a claimed change over a span against the levels at its two ends."""
    levels = _levels(item, "close")
    end, start = _on(levels, leg.date, item), pd.Timestamp(leg.date) - parse_duration(leg.over)
    before = levels[levels.index <= start]
    if before.empty:
        raise InputError(f"{item.name} has no value on or before {start:%Y-%m-%d}; give a longer series.")
    found, unit = _change(float(before.iloc[-1]), end, item), _unit(item)
    sentence = f"{item.name} moved {_text(found, leg, unit)} from {before.index[-1]:%Y-%m-%d} to {leg.date}"
    return _fact(leg, found, unit, sentence, "Difference of the closes at both ends of the span.")


def record(leg: Record, item: Observations) -> Finding:
    """Rank the close of a date in the whole history up to it."""
    levels = _levels(item, "close")
    found = _on(levels, leg.date, item)
    history = levels[levels.index <= pd.Timestamp(leg.date)]
    beyond = history[history > found] if leg.side == "highest" else history[history < found]
    verdict = Verdict.CONTRADICTED if len(beyond) else Verdict.SUPPORTED
    last = f"; {beyond.index[-1]:%Y-%m-%d} was beyond it at {beyond.iloc[-1]:,.3f}" if len(beyond) else ""
    return Finding(
        verdict=verdict,
        sentence=f"{item.name} closed at {found:,.3f} on {leg.date}, the {_rank(len(beyond) + 1)}{leg.side} of "
        f"{len(history)} closes since {history.index[0]:%Y-%m-%d}{last}.",
        rule="Supported: no earlier close of the series lies beyond that of the date. Else contradicted.",
        estimate=float(len(beyond) + 1),
        claimed=1.0,
        unit="rank",
        n=len(history),
        method="Rank of the close among all closes up to the date.",
    )


def _fact(leg: Figure, found: float, unit: str, sentence: str, method: str) -> Finding:
    verdict = Verdict.SUPPORTED if leg.holds(found) else Verdict.CONTRADICTED
    against = "as claimed" if verdict is Verdict.SUPPORTED else f"not {_text(leg.value, leg, unit)}"
    return Finding(
        verdict=verdict,
        sentence=f"{sentence}, {against}.",
        rule=FACT_RULE,
        claimed=leg.value,
        estimate=found,
        unit=unit,
        n=1,
        method=method,
    )


def _levels(item: Observations, of: str) -> pd.Series:
    """Closes, highs or lows by date."""
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


def _change(before: float, after: float, item: Observations) -> float:
    if item.change is ChangeRule.LOG:
        return 100.0 * (after / before - 1.0)
    return (after - before) * (100.0 if item.change is ChangeRule.BASIS_POINTS else 1.0)


def _simple_changes(item: Observations) -> pd.Series:
    levels = _levels(item, "close")
    values = [_change(before, after, item) for before, after in pairwise(levels)]
    return pd.Series(values, index=levels.index[1:], dtype=float)


def _on(series: pd.Series, date: dt.date, item: Observations) -> float:
    day = pd.Timestamp(date)
    if day not in series.index:
        span = f"{series.index[0]:%Y-%m-%d} to {series.index[-1]:%Y-%m-%d}"
        raise InputError(
            f"{item.name} has no value on {date} (its dates run from {span}); give a series that holds it."
        )
    return float(series[day])


def _unit(item: Observations) -> str:
    return {ChangeRule.LOG: "%", ChangeRule.BASIS_POINTS: "bp"}.get(item.change, "")


def _text(value: float, leg: Figure, unit: str) -> str:
    decimals = max(leg.decimals, {"%": 2, "bp": 1}.get(unit, leg.decimals))
    return f"{value:+,.{decimals}f} {unit}" if unit else f"{value:,.{decimals}f}"


def _rank(place: int) -> str:
    return "" if place == 1 else f"{place}{ {2: 'nd', 3: 'rd'}.get(place if place < 20 else place % 10, 'th') } "


def _nearby(changes: pd.Series, leg: DatedChange) -> pd.Series:
    place = int(changes.index.searchsorted(pd.Timestamp(leg.date)))
    return changes.iloc[max(place - leg.search, 0) : place + leg.search + 1]


def _where_it_holds(leg: DatedChange, nearby: pd.Series, unit: str) -> str:
    there = nearby[[leg.holds(float(value)) for value in nearby]]
    if there.empty:
        return ""
    days = ", ".join(pd.DatetimeIndex(there.index).strftime("%Y-%m-%d"))
    return f"the figure holds on {days} ({_text(float(there.iloc[0]), leg, unit)})"


def _trailing_day(leg: DatedChange, item: Observations) -> str:
    """Say the largest fall from the high before to the low of the date, where bars tell; a figure of another kind."""
    nothing = f"it holds on none of the {leg.search} sessions on either side"
    if item.bars is None or item.change is not ChangeRule.LOG:
        return nothing
    lows, highs = _levels(item, "low"), _levels(item, "high")
    place = int(lows.index.searchsorted(pd.Timestamp(leg.date)))
    span = _change(float(highs.iloc[place - 1 : place + 1].max()), float(lows.iloc[place]), item)
    return (
        f"{nothing}; from the high of that day and the one before to the low of the day it fell {_text(span, leg, '%')}"
    )
