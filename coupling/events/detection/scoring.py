"""Score signals by episode: precision and recall with exact binomial intervals, thresholds chosen beforehand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats, Places
from coupling.errors import InputError
from coupling.inference.calibration import clopper_pearson

__all__ = [
    "alarms_at",
    "best_threshold",
    "choose_threshold",
    "count_matches",
    "exact_interval",
    "score_signals",
    "stress_onsets",
]


def exact_interval(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Clopper–Pearson) interval of a binomial share.

    Examples
    --------
    >>> [round(bound, 3) for bound in exact_interval(8, 38)]
    [0.096, 0.373]
    """
    if not trials:
        return float("nan"), float("nan")
    return clopper_pearson(successes, trials, level=level)


def stress_onsets(
    levels: Mapping[str, pd.Series],
    *,
    drawdown: Mapping[str, float] = MappingProxyType({}),
    change: Mapping[str, float] = MappingProxyType({}),
    rising: Collection[str] = (),
    differences: Collection[str] = (),
    horizon: int = 20,
) -> Places:
    """Return where episodes of market stress begin.

    An episode begins at a session whose level lies more than its `drawdown` below the highest of the last `horizon`
    sessions, or more than its `change` below its value `horizon` sessions before; it ends after `horizon` sessions in
    which nothing of this is so.

    Parameters
    ----------
    levels : mapping of str to Series
        By session, all on the same index.
    drawdown, change : mapping of str to float
        By name of a level: in %, or in the level's own unit for `differences`.
    rising : collection of str
        Levels whose rise is stress: above the lowest, above the value before.
    differences : collection of str
        Levels whose moves are differences.
    horizon : int
        In sessions.

    Returns
    -------
    ndarray of int
        Positions at which an episode begins.

    Examples
    --------
    >>> shares = pd.Series([100.0] * 5 + [94.0, 93.0] + [100.0] * 30)
    >>> stress_onsets({"SPX": shares}, drawdown={"SPX": 5}).tolist()
    [5]
    """
    known = {name: level for name, level in levels.items() if name in drawdown or name in change}
    if not known or not {*drawdown, *change} <= set(known):
        raise InputError("Market stress needs the levels of every drawdown and change, and one of these at least.")
    beyond = [
        _drawn(known[name], horizon, name in rising, name in differences) > size for name, size in drawdown.items()
    ]
    beyond += [
        _moved(level, level.shift(horizon), name in rising, name in differences) > change[name]
        for name, level in known.items()
        if name in change
    ]
    stressed = np.flatnonzero(np.logical_or.reduce([part.to_numpy() for part in beyond]))
    fresh = np.diff(stressed, prepend=-(10**9)) > horizon
    return stressed[fresh]


def _drawn(level: pd.Series, horizon: int, rising: bool, differences: bool) -> pd.Series:
    """Return how far a level stands below the highest (above the lowest) of the last sessions."""
    past = level.rolling(horizon + 1, min_periods=2)
    return _moved(level, past.min() if rising else past.max(), rising, differences)


def _moved(level: pd.Series, reference: pd.Series, rising: bool, differences: bool) -> pd.Series:
    moved = level - reference if differences else 100 * (level / reference - 1)
    return moved if rising else -moved


def score_signals(
    signals: Places, onsets: Places, *, before: int, after: int = 0, level: float = 0.95
) -> dict[str, float]:
    """Match signals and episodes.

    An episode counts as found if a signal came from `before` sessions before its onset to `after` sessions after it;
    a signal counts as right if such an episode lies around it. A signal without one is unlisted, which is not the
    same as false.

    Parameters
    ----------
    signals, onsets : ndarray of int
        Positions of the signals, and of the sessions at which episodes begin.
    before, after : int
        Sessions, pre-specified.
    level : float
        Coverage of the exact binomial intervals.

    Returns
    -------
    dict
        ``signals, episodes, precision, precision_lower, precision_upper, recall, recall_lower, recall_upper, lead``
        (median sessions from the first matching signal to the onset).

    Examples
    --------
    >>> score = score_signals(np.array([10, 50]), np.array([12, 80]), before=5)
    >>> score["precision"], score["recall"], score["lead"]
    (0.5, 0.5, 2.0)
    """
    gaps, matched = _matched(signals, onsets, before, after)
    right, found = int(matched.any(axis=1).sum()), int(matched.any(axis=0).sum())
    leads = np.where(matched, gaps, -after).max(axis=0, initial=-after)[matched.any(axis=0)]
    precision, recall = (
        exact_interval(right, len(signals), level=level),
        exact_interval(found, len(onsets), level=level),
    )
    return {
        "signals": float(len(signals)),
        "episodes": float(len(onsets)),
        "precision": right / len(signals) if len(signals) else float("nan"),
        "precision_lower": precision[0],
        "precision_upper": precision[1],
        "recall": found / len(onsets) if len(onsets) else float("nan"),
        "recall_lower": recall[0],
        "recall_upper": recall[1],
        "lead": float(np.median(leads)) if len(leads) else float("nan"),
    }


def choose_threshold(
    index: Floats, onsets: Places, candidates: Floats, *, refractory: int, before: int, after: int = 0
) -> float:
    """Return the threshold with the largest F1 (harmonic mean of precision and recall), the lowest among equals.

    Call it with data that end before the period on which the signals are judged.

    Parameters
    ----------
    index : ndarray
        The stress index by session.
    onsets : ndarray of int
        Sessions at which episodes begin.
    candidates : ndarray
        Thresholds to choose from, increasing.
    refractory, before, after : int
        Sessions without a new signal after one, and the tolerance of `score_signals`.

    Raises
    ------
    InputError
        If no episode lies in the period.

    Examples
    --------
    >>> index = np.array([0.0, 20.0, 80.0, 0.0, 30.0, 0.0])
    >>> choose_threshold(index, np.array([3]), np.array([10.0, 50.0]), refractory=1, before=2)
    50.0
    """
    candidates = np.asarray(candidates, dtype=float)
    return best_threshold(candidates, alarms_at(index, candidates, refractory), onsets, before, after)


def best_threshold(candidates: Floats, alarms: Places, onsets: Places, before: int, after: int) -> float:
    """Return the candidate whose alarms, a row of `alarms_at`, have the largest F1; see `choose_threshold`."""
    if not len(onsets):
        raise InputError("No episode lies in the period on which the threshold is to be chosen; use a longer one.")
    right, found = count_matches(alarms, onsets, before, after)
    precision, recall = right / np.maximum((alarms >= 0).sum(axis=1), 1), found / len(onsets)
    scores = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    return float(candidates[int(np.argmax(scores))])


def alarms_at(index: Floats, thresholds: Floats, refractory: int) -> Places:
    """Return the signals of `pick_signals` at each threshold, one row for each, filled up with -1.

    All thresholds step from signal to signal together.

    Examples
    --------
    >>> alarms_at(np.array([0.0, 99.0, 99.0, 0.0, 97.0]), np.array([95.0, 98.0]), 2).tolist()
    [[1, 4], [1, -1]]
    """
    high = np.flatnonzero(index >= thresholds.min())
    n, columns = len(high), np.arange(len(thresholds))
    following = np.full((n + 1, len(thresholds)), n, dtype=np.int32)  # the next place that reaches a threshold
    reached = np.where(index[high, None] >= thresholds, np.arange(n, dtype=np.int32)[:, None], np.int32(n))
    np.minimum.accumulate(reached[::-1], axis=0, out=following[n - 1 :: -1] if n else following[:0])
    onward = np.append(high.searchsorted(high + refractory, side="right"), n)
    steps, places = [], following[0]
    while (places < n).any():
        steps.append(places)
        places = following[onward[places], columns]
    return np.append(high, -1)[np.array(steps, dtype=np.intp).reshape(-1, len(thresholds)).T]


def count_matches(alarms: Places, onsets: Places, before: int, after: int) -> tuple[Places, Places]:
    """Return by set of alarms how many are right, and how many onsets they find, by the rule of `score_signals`.

    Parameters
    ----------
    alarms : ndarray of int, shape (sets, most)
        Increasing in each row; what follows the last of a set is -1.
    onsets : ndarray of int
    before, after : int
    """
    ordered, sessions = np.sort(onsets), np.arange(int(alarms.max(initial=-1)) + 1)
    first = np.append(ordered.searchsorted(sessions - after), 0)[alarms]
    last = np.append(ordered.searchsorted(sessions + before, side="right"), 0)[alarms]
    known = np.column_stack([np.zeros(len(alarms), dtype=np.intp), last[:, :-1]])[:, : alarms.shape[1]]
    return (last > first).sum(axis=1), np.maximum(last - np.maximum(first, known), 0).sum(axis=1)


def _matched(signals: Places, onsets: Places, before: int, after: int) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Return the sessions from every signal to every onset, and whether they match, shape (signals, onsets)."""
    gaps = onsets[None, :] - signals[:, None]
    return gaps, (gaps <= before) & (gaps >= -after)
