"""Changes of one instrument as intervals of true time: what asynchronous estimators work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats, Instants
from coupling.data.changes import ChangeRule, form_changes
from coupling.data.gate.numbers import columns_of_numbers
from coupling.data.gate.rows import ordered_rows
from coupling.data.gate.unfinished import unfinished_rows
from coupling.data.observations import Observations
from coupling.errors import InputError

__all__ = ["ChangeIntervals", "change_intervals", "struck_since", "unfinished_sentence"]


@dataclass(frozen=True, kw_only=True)
class ChangeIntervals:
    """The changes of one instrument over the intervals (start, end] between its own strikes.

    Parameters
    ----------
    name : str
        The instrument.
    start, end : ndarray of int64, shape (n,)
        Instants in nanoseconds since 1970 (UTC, or session labels where the index was naive), increasing.
    change : ndarray, shape (n,)
        Change over each interval, in the unit of the change rule.
    observed : int
        Changes before repeats were dropped or weekends merged.
    repeated : int
        How many of these were exactly zero: the level was quoted again.
    aware : bool
        Whether the index had a time zone.
    unfinished : int
        Last levels of a plain series that were left out because their day or bar is not over yet.
    """

    name: str
    start: Instants
    end: Instants
    change: Floats
    observed: int
    repeated: int
    aware: bool
    unfinished: int = 0

    @property
    def repeated_share(self) -> float:
        """Share of the observed changes that are exactly zero; missing without any change."""
        return self.repeated / self.observed if self.observed else float("nan")


def change_intervals(
    observations: Mapping[str, Observations | pd.Series], *, stale: str = "keep", weekend: str = "include"
) -> list[ChangeIntervals]:
    """Turn the observations of several instruments into change intervals, in the order given.

    Parameters
    ----------
    observations : mapping of str to Observations or Series
        A plain Series holds levels by date or instant and its changes are simple differences. Missing levels are left
        out, so that the next change spans the gap; so is a last level whose day or bar is not over yet.
    stale : {"keep", "drop"}
        ``drop`` leaves repeated levels out: the next change then runs from the first quote of the old level.
    weekend : {"include", "merge"}
        ``merge`` adds the changes struck on Saturday and Sunday (UTC, where midnight belongs to the day that it ends;
        or so labelled, where the index is naive) to the next one, so that a market open on seven days has one change
        from Friday to Monday.

    Raises
    ------
    InputError
        If an index is not made of increasing, unique instants, a level is infinite, fewer than two instruments are
        given, or naive session labels are mixed with instants of a known time zone.

    Examples
    --------
    >>> days = pd.date_range("2025-01-03", periods=5, freq="D")
    >>> levels = pd.Series([1.0, 1.0, 3.0, 2.0, 2.5], index=days)
    >>> intervals = change_intervals({"a": levels, "b": levels}, stale="drop")[0]
    >>> intervals.change.tolist(), intervals.repeated_share
    ([2.0, -1.0, 0.5], 0.25)
    """
    for word, known, what in ((stale, ("keep", "drop"), "stale"), (weekend, ("include", "merge"), "weekend")):
        if word not in known:
            raise InputError(f"{what}={word!r} is unknown; use {known[0]!r} or {known[1]!r}.")
    if not isinstance(observations, Mapping) or len(observations) < 2:
        raise InputError("Observations must be a mapping of at least two names to Observations or Series of levels.")
    result = [_intervals(str(name), item, stale, weekend) for name, item in observations.items()]
    if len({item.aware for item in result}) > 1:
        naive = next(item.name for item in result if not item.aware)
        raise InputError(f"{naive}: session labels without a time zone do not mix with instants; use tz_localize.")
    return result


def unfinished_sentence(intervals: list[ChangeIntervals]) -> str:
    """Say which instruments' last level was left out because it is not over yet; empty where there is none."""
    counts = [f"{item.name} {item.unfinished}" for item in intervals if item.unfinished]
    return f"Levels not over yet were left out: {', '.join(counts)}." if counts else ""


def struck_since(observations: Mapping[str, Observations], start: pd.Timestamp | None) -> dict[str, Observations]:
    """Return the observations struck at or after an instant, or all of them without one."""
    if start is None:
        return dict(observations)
    return {name: _later(item, start) for name, item in observations.items()}


def _later(item: Observations, start: pd.Timestamp) -> Observations:
    late = item.levels.index >= start
    return replace(item, levels=item.levels[late], known_at=item.known_at[late], labels=item.dates[late])


def _intervals(name: str, item: Any, stale: str, weekend: str) -> ChangeIntervals:
    if isinstance(item, Observations):
        levels, rule, unfinished = item.levels, ChangeRule(item.change), 0
    else:
        levels, unfinished = _plain_levels(name, item)
        rule = ChangeRule.DIFFERENCE
    times, aware = _instants(levels.index)
    values = np.asarray(levels, dtype=np.float64)
    if np.isinf(values).any():
        where = levels.index[np.isinf(values)][0]
        raise InputError(f"{name}: the level at {where} is infinite; a level must be finite or missing.")
    start, end, change, unchanged = _form(times, values, rule)
    merged = (stale == "drop") & unchanged
    if weekend == "merge":
        merged |= _on_weekend(end - 1 if aware else end)
    start, end, kept = _fold(start, end, change, merged)
    repeated = int(unchanged.sum())
    return ChangeIntervals(
        name=name,
        start=start,
        end=end,
        change=kept,
        observed=len(change),
        repeated=repeated,
        aware=aware,
        unfinished=unfinished,
    )


def _plain_levels(name: str, item: Any) -> tuple[pd.Series, int]:
    """Return a plain series of levels by instant, without levels that are not over yet, and how many these are."""
    if not isinstance(item, pd.Series):
        raise InputError(f"{name}: give Observations, or a Series of levels on a DatetimeIndex.")
    index = ordered_rows(item.index, f"the index of {name}")
    if not isinstance(index, pd.DatetimeIndex):
        raise InputError(f"{name}: give Observations, or a Series of levels on a DatetimeIndex, not {index!r:.50}.")
    unfinished = unfinished_rows(index)
    kept = item.iloc[: len(item) - unfinished]
    values = columns_of_numbers(kept.to_frame(name))[:, 0]
    return pd.Series(values, index=index[: len(kept)]), unfinished


def _instants(index: Any) -> tuple[Instants, bool]:
    aware = index.tz is not None
    plain = index.tz_convert("UTC").tz_localize(None) if aware else index
    return plain.to_numpy().astype("datetime64[ns]").astype(np.int64), aware


def _form(
    times: Instants, values: Floats, rule: ChangeRule
) -> tuple[Instants, Instants, Floats, npt.NDArray[np.bool_]]:
    """Return start, end and change of each interval, and whether its level was only repeated."""
    if rule is ChangeRule.VALUE:
        return times[:-1], times[1:], values[1:], np.zeros(len(values[1:]), dtype=np.bool_)
    known = ~np.isnan(values)  # a plain series may hold gaps
    times, values = times[known], values[known]
    with np.errstate(over="ignore"):
        change = np.asarray(form_changes(pd.Series(values), rule), dtype=np.float64)[1:]
    if np.isinf(change).any():
        raise InputError("A change between two levels is beyond the range of floating point; rescale the levels.")
    return times[:-1], times[1:], change, values[1:] == values[:-1]


def _on_weekend(instants: Instants) -> npt.NDArray[np.bool_]:
    return np.asarray((instants // 86_400_000_000_000 + 3) % 7 >= 5)


def _fold(
    start: Instants, end: Instants, change: Floats, merged: npt.NDArray[np.bool_]
) -> tuple[Instants, Instants, Floats]:
    """Add every merged change to the next kept one; merged changes at the very end fall away."""
    if not merged.any():
        return start, end, change
    kept = (~merged).nonzero()[0]
    if len(kept) == 0:
        return start[:0], end[:0], change[:0]
    first = np.concatenate(([0], kept[:-1] + 1))
    return start[first], end[kept], np.add.reduceat(change[: kept[-1] + 1], first)
