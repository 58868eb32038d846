"""Judge the detector: thresholds chosen on one period, scored by episode on the next, beside plain thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from coupling._typing import Floats, Places
from coupling.events.detection.detector import pick_signals
from coupling.events.detection.random_alarms import random_scores
from coupling.events.detection.scoring import alarms_at, best_threshold, score_signals

__all__ = ["AS_MANY", "Target", "as_many", "chosen_threshold", "judge", "severity_of"]

CANDIDATES = 200
SEED = 20251121
AS_MANY = ", matched signal count"


@dataclass(frozen=True)
class Target:
    """What signals are to find, and when a signal counts.

    Parameters
    ----------
    name : str
    onsets : ndarray of int
        Sessions at which episodes begin.
    before, after : int
        A signal counts from so many sessions before an onset to so many after it.
    whole : bool
        Whether the whole sample is judged too, at the last cut's thresholds.
    """

    name: str
    onsets: Places
    before: int
    after: int
    whole: bool = False


def judge(
    signals: Mapping[str, Floats],
    sessions: pd.DatetimeIndex,
    targets: tuple[Target, ...],
    *,
    cuts: tuple[pd.Timestamp, ...],
    last: pd.Timestamp,
    refractory: int,
    matched: str,
    level: float = 0.95,
) -> pd.DataFrame:
    """Score every signal on every target after each cut, with the threshold that served the target best before it.

    Parameters
    ----------
    signals : mapping of str to ndarray
        Value of each signal by session, the lead first.
    sessions : DatetimeIndex
    targets : tuple of Target
        One without an episode before a cut is not judged there.
    cuts : tuple of Timestamp
    last : Timestamp
        Last session that is judged.
    refractory : int
    matched : str
        This signal is also judged at as many signals as the lead gives in the period that is judged, since a best
        threshold may depend on a single episode, and equal numbers are equal.
    level : float

    Returns
    -------
    DataFrame
        One row per target, cut and signal: ``target, period, signal, threshold, signals, episodes, precision,
        precision_lower, precision_upper, recall, recall_lower, recall_upper, lead, random_precision, precision_p,
        random_recall, recall_p, out_of_sample``; the random ones are those of as many alarms that come at random.
    """
    stop = int(sessions.searchsorted(last, side="right"))
    of_signal = cache(lambda name, place: _candidates(signals[name], place, refractory))
    rows = []
    for target in targets:
        for cut in cuts:
            place = int(sessions.searchsorted(cut))
            if not (target.onsets < place).any() or place >= stop:
                continue
            thresholds = {name: _best(of_signal(name, place), target, place) for name in signals}
            spans = [(place, stop), *([(0, stop)] if target.whole and cut == cuts[-1] else [])]
            for span in spans:
                rows += _scored(signals, thresholds, target, span, sessions, refractory, level, matched)
    return pd.DataFrame(rows, columns=None if rows else ["target", "period", "signal", "out_of_sample"])


def chosen_threshold(values: Floats, target: Target, stop: int, refractory: int) -> float:
    """Return the threshold with the best balance on the sessions before `stop`, among quantiles of the signal there."""
    return _best(_candidates(values, stop, refractory), target, stop)


def _candidates(values: Floats, stop: int, refractory: int) -> tuple[Floats, Places]:
    """Return the thresholds to choose from, and the signals at each of them."""
    candidates = np.unique(np.nanquantile(values[:stop], np.linspace(0.5, 0.999, CANDIDATES)))
    return candidates, alarms_at(values[:stop], candidates, refractory)


def _best(candidates: tuple[Floats, Places], target: Target, stop: int) -> float:
    return best_threshold(*candidates, target.onsets[target.onsets < stop], target.before, target.after)


def as_many(values: Floats, count: int, span: tuple[int, int], refractory: int) -> tuple[float, Places]:
    """Return the highest threshold at which a signal comes at least as often as asked in a span, and its signals.

    Where it then comes more often, its weakest signals are left out, so that equal numbers are compared. The number is
    that of the span itself; what follows a signal plays no part.

    Examples
    --------
    >>> threshold, places = as_many(np.array([1.0, 5.0, 2.0, 9.0, 1.0, 7.0]), 2, (0, 6), 0)
    >>> threshold, places.tolist()
    (7.0, [3, 5])
    """
    start, stop = span
    if not count:
        return float("inf"), np.empty(0, dtype=np.intp)
    candidates = np.unique(values[start:stop][np.isfinite(values[start:stop])])[::-1]
    low, high = 0, len(candidates) - 1  # more signals at a lower threshold, but for the sessions after each
    while low < high:
        middle = (low + high) // 2
        if len(_within(values, float(candidates[middle]), span, refractory)) >= count:
            high = middle
        else:
            low = middle + 1
    threshold = float(candidates[low])
    places = _within(values, threshold, span, refractory)
    return threshold, np.sort(places[np.argsort(-values[places], kind="stable")[:count]])


def _within(values: Floats, threshold: float, span: tuple[int, int], refractory: int) -> Places:
    places = pick_signals(values, threshold, refractory)
    return places[(places >= span[0]) & (places < span[1])]


def severity_of(index: pd.DataFrame, sessions: list[pd.Timestamp], names: list[str], *, after: int) -> pd.DataFrame:
    """Return the index at each event and its highest value in the sessions after it, with the severity there.

    Parameters
    ----------
    index : DataFrame
        Columns ``severity, index``, by session.
    sessions : list of Timestamp
        Session of each event.
    names : list of str
    after : int
        Sessions in which the highest value is looked for (hindsight: descriptive).
    """
    rows = []
    for session, name in zip(sessions, names, strict=True):
        place = int(index.index.searchsorted(session))
        part = index.iloc[place : place + after + 1]
        if len(part) and part.index[0] == session:
            highest = int(part["index"].to_numpy().argmax())
            day, top = part.iloc[0], part.iloc[highest]
            peak = (part.index[highest], top["severity"], top["index"])
            rows.append((name, session, day["severity"], day["index"], *peak))
    columns = ["event", "session", "severity", "index", "peak_session", "peak_severity", "peak_index"]
    return pd.DataFrame(rows, columns=columns)


def _scored(
    signals: Mapping[str, Floats],
    thresholds: Mapping[str, float],
    target: Target,
    span: tuple[int, int],
    sessions: pd.DatetimeIndex,
    refractory: int,
    level: float,
    matched: str,
) -> list[dict[str, object]]:
    start, stop = span
    onsets = target.onsets[(target.onsets >= start) & (target.onsets < stop)]
    given = {
        name: (threshold, _within(signals[name], threshold, span, refractory)) for name, threshold in thresholds.items()
    }
    if matched in signals:
        lead = next(iter(signals))
        given[matched + AS_MANY] = as_many(signals[matched], len(given[lead][1]), span, refractory)
    rule = {"before": target.before, "after": target.after}
    rows: list[dict[str, object]] = []
    for name, (threshold, places) in given.items():
        score = score_signals(places, onsets, **rule, level=level)
        score |= {"signals": int(score["signals"]), "episodes": int(score["episodes"])}
        told = {
            "target": target.name,
            "period": f"{sessions[start]:%Y-%m-%d} to {sessions[stop - 1]:%Y-%m-%d}",
            "signal": name,
            "threshold": threshold,
        }
        by_chance = random_scores(places, onsets, span, **rule, refractory=refractory, random_state=SEED)
        rows.append(told | score | by_chance | {"out_of_sample": start > 0})
    return rows
