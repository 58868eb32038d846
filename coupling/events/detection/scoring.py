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

__all__ = ["choose_threshold", "exact_interval", "score_signals", "stress_onsets"]


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
    leads = [int(gaps[matched[:, k], k].max()) for k in range(len(onsets)) if matched[:, k].any()]
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
        "lead": float(np.median(leads)) if leads else float("nan"),
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
    if not len(onsets):
        raise InputError("No episode lies in the period on which the threshold is to be chosen; use a longer one.")
    candidates = np.asarray(candidates, dtype=float)
    count, right, found = _outcomes(index, onsets, candidates, refractory, before, after)
    precision, recall = right / np.maximum(count, 1), found.mean(axis=1)
    scores = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    return float(candidates[int(np.argmax(scores))])


def _outcomes(
    index: Floats, onsets: Places, thresholds: Floats, refractory: int, before: int, after: int
) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
    """Return by threshold the signals of `pick_signals`, those that are right, and which onsets they found.

    All thresholds step from signal to signal together; the place after the last session stands for no further one.
    """
    sessions, rows = len(index), np.arange(len(thresholds))
    reached = np.where(index >= thresholds[:, None], np.arange(sessions, dtype=np.int32), np.int32(sessions))
    following = np.full((len(thresholds), sessions + 1), sessions, dtype=np.int32)
    following[:, :-1] = np.minimum.accumulate(reached[:, ::-1], axis=1)[:, ::-1]
    _, matched = _matched(np.arange(sessions + 1), onsets, before, after)
    matched[-1] = False
    count, right = np.zeros(len(rows), dtype=np.intp), np.zeros(len(rows), dtype=np.intp)
    found = np.zeros((len(rows), len(onsets)), dtype=bool)
    places = following[:, 0]
    while (places < sessions).any():
        count += places < sessions
        right += matched[places].any(axis=1)
        found |= matched[places]
        places = following[rows, np.minimum(places + refractory + 1, sessions)]
    return count, right, found


def _matched(signals: Places, onsets: Places, before: int, after: int) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Return the sessions from every signal to every onset, and whether they match, shape (signals, onsets)."""
    gaps = onsets[None, :] - signals[:, None]
    return gaps, (gaps <= before) & (gaps >= -after)
