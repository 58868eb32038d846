"""Predictions in plain words: the path so far, other readings, and probabilities."""

from __future__ import annotations

from collections.abc import Sequence

from coupling.claims.cause import Watched
from coupling.claims.condition import Condition, DaysRule, Quantity, inside
from coupling.claims.condition_path import ConditionPath
from coupling.claims.ledger_entry import Entry
from coupling.claims.origins import OriginsRecord
from coupling.claims.probability import Chance
from coupling.claims.reliability import range_words, record_words
from coupling.data.instrument import Instrument

__all__ = ["path_words", "probability_words", "reading_words", "unit_of", "watch_words"]


def unit_of(condition: Condition, instrument: Instrument) -> str:
    """Return the unit of what is predicted."""
    if condition.versus is not None:
        return "times"
    return {
        Quantity.LEVEL: instrument.unit,
        Quantity.CHANGE: instrument.change_unit,
        Quantity.STRENGTH: "%",
        Quantity.GROWTH: "% a year",
        Quantity.REALISED_VOLATILITY: f"{instrument.change_unit} a year",
    }[condition.of]


def path_words(path: ConditionPath, unit: str) -> str:
    """Say where the quantity went since the prediction was made, and what it came to in its window."""
    values, condition = path.values, path.condition
    days = int(inside(condition, values.to_numpy()).sum())
    return (
        f"{condition.words[0].upper()}{condition.words[1:]}: {_number(values.min())} to {_number(values.max())} {unit} "
        f"since the claim, last {_number(values.iloc[-1])}, inside on {days} of {len(values)} days{_first_inside(path)}"
        f"{_window(path, unit)}."
    )


def _first_inside(path: ConditionPath) -> str:
    days = path.values.index[inside(path.condition, path.values.to_numpy())]
    return f" (first on {days[0]:%Y-%m-%d})" if len(days) else ""


def _window(path: ConditionPath, unit: str) -> str:
    if path.window.empty:
        return "; its window has not begun"
    if not path.complete:
        return ""
    mean, last = _number(path.window.mean()), _number(path.window.iloc[-1])
    return f"; in the whole window the mean was {mean} {unit}, the last {last}"


def reading_words(path: ConditionPath, unit: str) -> str:
    """Say what a settled reading of a prediction came to."""
    outcome, day, event = path.outcome(), path.settled_on(), path.condition.event
    assert outcome is not None  # it is settled
    assert day is not None
    told = f"{'came true' if outcome else 'did not come true'} on {day:%Y-%m-%d}"
    if event is DaysRule.MEAN:
        return f"{told}: the mean was {_number(path.window.mean())} {unit}"
    if (event, outcome) in ((DaysRule.ANY_DAY, False), (DaysRule.ALL_DAYS, True)):
        return told
    return f"{told} at {_number(path.window[path.window.index <= day].iloc[-1])} {unit}"


def watch_words(watched: Watched) -> str:
    """Say what the watched instrument did."""
    word = "" if watched.seen else "not "
    return (
        f"{watched.instrument} moved {watched.change:+.2f} {watched.unit} in the {watched.days} days to "
        f"{watched.day:%Y-%m-%d}, the day of the level or the nearest to it: {word}{watched.asked}."
    )


def probability_words(entry: Entry) -> str:
    """Say the range of the probability at the claim and now, and how such probabilities fared in the past."""
    parts = [_probability(entry.at_claim, entry.record_at_claim, "at the claim")]
    parts += [_probability(entry.now, entry.record_now, "now")] if entry.now else []
    parts += [f"{100 * entry.stated:.0f} % stated"] if entry.stated is not None else []
    return f"Probability {', '.join(parts)}."


def _probability(chances: Sequence[Chance], record: OriginsRecord | None, when: str) -> str:
    basis = record_words(chances, record)
    return f"{range_words(chances, record)} {when}{f' ({basis})' if basis else ''}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
