"""Bars: what holds at a frequency below a day, from finer bars to the grid and from the grid to daily closes.

A tick holds a value only where every instrument has a bar that ended within the step before it, and a change is formed
between neighbouring ticks alone. So no change spans a closed market or bars that are missing, none is zero because
nothing was traded, and every change is of one length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Flags, Integers
from coupling.data.clocks.ticks import Frequency
from coupling.data.observations import Observations
from coupling.data.stamps.bars import in_words, spacing
from coupling.data.tables.large_parquet import Between
from coupling.errors import AlignmentError, DataError

__all__ = ["ASIDE", "between_of", "daily_closes", "lately", "of_one_step", "over_days", "resampled", "settings_of_bars"]

WARM_UP = pd.Timedelta(days=550)
"""Before the start of the report, what is seen of bars: the longest window that heads a page is of 500 days."""

FEW = 20
"""Values of a month from which they tell how far apart they stand."""

USUAL = 5
"""Dates before the last that tell when a date is over."""

ASIDE = "1s"
"""How far before a tick of the grid a value may be struck under ``synchronous``, by default."""


def settings_of_bars(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an alignment with what a frequency of bars asks for where they say nothing.

    Examples
    --------
    >>> settings_of_bars({"frequency": "15min"})["max_staleness"], settings_of_bars({"frequency": "1d"})
    ('15min', {'frequency': '1d'})
    """
    frequency = settings.get("frequency")
    bars = frequency in set(Frequency) and Frequency(str(frequency)).step is not None
    return {**({"days": "every", "max_staleness": str(frequency), "tolerance": ASIDE} if bars else {}), **settings}


def resampled(observations: Mapping[str, Observations], frequency: Frequency) -> dict[str, Observations]:
    """Return the last observation of each step of a grid, with its own instant; daily series are refused.

    Parameters
    ----------
    observations : dict of str to Observations
    frequency : Frequency
        At a frequency of a day or more they come back as they are.

    Raises
    ------
    AlignmentError
        If the values of an instrument stand further apart than the step.
    """
    step = frequency.step
    if step is None:
        return dict(observations)
    for name, item in observations.items():
        _require_fine(name, pd.DatetimeIndex(item.levels.index), frequency)
    return {name: _last_of_steps(item, step) for name, item in observations.items()}


def between_of(frequency: Frequency, period: Between) -> Between:
    """Return the instants that are read at a frequency of bars: from long before the report's start to its end."""
    start, end = period
    if frequency.step is None:
        return None, None
    return None if start is None else start - WARM_UP, end


def lately(observations: Mapping[str, Observations], frequency: Frequency, period: Between) -> dict[str, Observations]:
    """Return the observations without those that lie long before the report's start, at a frequency of bars.

    Of large Parquet files they are not even read. The origin says from when on.
    """
    first, _ = between_of(frequency, period)
    return dict(observations) if first is None else {name: _since(item, first) for name, item in observations.items()}


def _since(item: Observations, first: pd.Timestamp) -> Observations:
    kept = item.only(np.asarray(item.levels.index >= first))
    if not len(kept.levels):
        ends = f"{item.name} ends on {item.levels.index[-1]:%Y-%m-%d}"
        raise DataError(f"{ends}, more than {WARM_UP.days} days before period.start; start earlier, or leave it out.")
    if kept.origin is None:
        return kept
    note = f"from {first:%Y-%m-%d} on, {WARM_UP.days} days before period.start"
    return replace(kept, origin=replace(kept.origin, repairs=(*kept.origin.repairs, note)))


def _require_fine(name: str, struck: pd.DatetimeIndex, frequency: Frequency) -> None:
    """Refuse an instrument whose values stand further apart than the step, be it in one month alone."""
    months = [0, *(np.flatnonzero(np.diff(struck.year * 12 + struck.month)) + 1).tolist(), len(struck)]
    stretches = [slice(None), *(slice(*ends) for ends in pairwise(months) if ends[1] - ends[0] >= FEW)]
    step = frequency.step
    for stretch in stretches:
        apart = spacing(struck[stretch])
        if step is not None and (apart is None or apart > step):
            what = "a single value" if apart is None else f"a value every {in_words(apart)}"
            when = "" if stretch == slice(None) else f" in {struck[stretch][0]:%B %Y}"
            raise AlignmentError(
                f"{name} has {what}{when}, and alignment.frequency is {frequency}; give bars of {in_words(step)} or "
                "finer, ask for a frequency that all instruments have at all times, or leave it out."
            )


def _last_of_steps(item: Observations, step: pd.Timedelta) -> Observations:
    """Return the last observation of each (t - step, t]; the origin says of how many."""
    bins = -(-_instants(item.levels.index) // step.value)
    last = np.append(bins[1:] != bins[:-1], True)
    if last.all():
        return item
    kept = item.only(last)
    if item.origin is None:
        return kept
    note = f"the last of each {in_words(step)}: {int(last.sum()):,} of {len(last):,} values"
    return replace(kept, origin=replace(item.origin, repairs=(*item.origin.repairs, note)))


def of_one_step(ticks: pd.DatetimeIndex, frequency: Frequency) -> Flags | None:
    """Tell which changes between consecutive kept ticks span one step of the grid; none where there is no grid.

    Examples
    --------
    >>> ticks = pd.DatetimeIndex(["2025-06-02 20:00", "2025-06-02 21:00", "2025-06-03 14:00"], tz="UTC")
    >>> of_one_step(ticks, Frequency("1h")).tolist()
    [True, False]
    """
    if frequency.step is None:
        return None
    return np.asarray(np.diff(_instants(ticks)) == frequency.step.value)


def daily_closes(item: Observations) -> Observations:
    """Return the last observation of each of its dates: what an instrument with bars has as its close.

    Examples
    --------
    >>> hours = pd.date_range("2025-06-02 13:00", periods=30, freq="h", tz="UTC")
    >>> levels = pd.Series(range(1, 31), index=hours, dtype=float)
    >>> item = Observations(name="A", levels=levels, known_at=pd.Series(hours, index=hours), change="log")
    >>> daily_closes(item).levels.tolist()
    [12.0, 30.0]
    """
    dates = item.dates.to_numpy()
    return item.only(np.append(dates[1:] != dates[:-1], True))


def over_days(item: Observations) -> Observations:
    """Return the observations without a last date that is not over: it has fewer bars, and ends earlier, than usual.

    Of one value a date all are over. A market that closes early on its last date is taken to be open until its next.

    Examples
    --------
    >>> hours = pd.date_range("2025-06-02 01:00", periods=58, freq="h", tz="UTC")
    >>> levels = pd.Series(range(1, 59), index=hours, dtype=float)
    >>> item = Observations(name="A", levels=levels, known_at=pd.Series(hours, index=hours), change="log")
    >>> over_days(item).levels.index[-1]
    Timestamp('2025-06-04 00:00:00+0000', tz='UTC')
    """
    dates = pd.DatetimeIndex(item.dates).as_unit("ns").asi8
    ends = np.append(np.flatnonzero(dates[1:] != dates[:-1]), len(dates) - 1)[-USUAL - 2 :]
    counts, closed = np.diff(ends), (_instants(item.levels.index) - dates)[ends[1:]]
    if len(counts) < 2 or counts[-1] >= np.median(counts[:-1]) or closed[-1] >= np.median(closed[:-1]):
        return item
    return item.only(np.arange(len(dates)) <= ends[-2])


def _instants(index: pd.Index) -> Integers:
    return np.asarray(pd.DatetimeIndex(index).as_unit("ns").asi8)
