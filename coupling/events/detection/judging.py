"""Judge the detector: thresholds chosen on one period, scored by episode on the next, beside plain thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.events.detection.detector import pick_signals
from coupling.events.detection.scoring import choose_threshold, score_signals

__all__ = ["AS_MANY", "Target", "alike_threshold", "chosen_threshold", "judge", "severity_of"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
CANDIDATES = 200
AS_MANY = ", as many signals"


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
        This signal is also judged at the threshold that gives as many signals as the lead before the cut, since a best
        threshold may hang on a single episode.
    level : float

    Returns
    -------
    DataFrame
        One row per target, cut and signal: ``target, period, signal, threshold, signals, episodes, precision,
        precision_lower, precision_upper, recall, recall_lower, recall_upper, lead, out_of_sample``.
    """
    stop = int(sessions.searchsorted(last, side="right"))
    rows = []
    for target in targets:
        for cut in cuts:
            place = int(sessions.searchsorted(cut))
            if not (target.onsets < place).any() or place >= stop:
                continue
            thresholds = _thresholds(signals, target, place, refractory, matched)
            spans = [(place, stop), *([(0, stop)] if target.whole and cut == cuts[-1] else [])]
            for span in spans:
                rows += _scored(signals, thresholds, target, span, sessions, refractory, level)
    return pd.DataFrame(rows, columns=None if rows else ["target", "period", "signal", "out_of_sample"])


def chosen_threshold(values: Floats, target: Target, stop: int, refractory: int) -> float:
    """Return the threshold with the best balance on the sessions before `stop`, among quantiles of the signal there."""
    candidates = np.unique(np.nanquantile(values[:stop], np.linspace(0.5, 0.999, CANDIDATES)))
    onsets = target.onsets[target.onsets < stop]
    return choose_threshold(
        values[:stop], onsets, candidates, refractory=refractory, before=target.before, after=target.after
    )


def alike_threshold(values: Floats, count: int, refractory: int) -> float:
    """Return the threshold at which a signal comes as often as asked, as nearly as can be (the highest of such).

    Examples
    --------
    >>> alike_threshold(np.array([1.0, 5.0, 2.0, 9.0, 1.0, 7.0]), 2, 0)
    6.983969849246
    """
    candidates = np.unique(np.nanquantile(values, np.linspace(0.5, 0.999, CANDIDATES)))[::-1]
    counts = np.array([len(pick_signals(values, float(each), refractory)) for each in candidates])
    return round(float(candidates[int(np.abs(counts - count).argmin())]), 12)


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


def _thresholds(
    signals: Mapping[str, Floats], target: Target, stop: int, refractory: int, matched: str
) -> dict[str, float]:
    found = {name: chosen_threshold(values, target, stop, refractory) for name, values in signals.items()}
    lead = next(iter(signals))
    if matched in signals:
        count = len(pick_signals(signals[lead][:stop], found[lead], refractory))
        found[matched + AS_MANY] = alike_threshold(signals[matched][:stop], count, refractory)
    return found


def _scored(
    signals: Mapping[str, Floats],
    thresholds: Mapping[str, float],
    target: Target,
    span: tuple[int, int],
    sessions: pd.DatetimeIndex,
    refractory: int,
    level: float,
) -> list[dict[str, object]]:
    start, stop = span
    onsets = target.onsets[(target.onsets >= start) & (target.onsets < stop)]
    rows: list[dict[str, object]] = []
    for name, threshold in thresholds.items():
        given = pick_signals(signals[name.removesuffix(AS_MANY)], threshold, refractory)
        given = given[(given >= start) & (given < stop)]
        score = score_signals(given, onsets, before=target.before, after=target.after, level=level)
        score |= {"signals": int(score["signals"]), "episodes": int(score["episodes"])}
        told = {
            "target": target.name,
            "period": f"{sessions[start]:%Y-%m-%d} to {sessions[stop - 1]:%Y-%m-%d}",
            "signal": name,
            "threshold": threshold,
        }
        rows.append(told | score | {"out_of_sample": start > 0})
    return rows
