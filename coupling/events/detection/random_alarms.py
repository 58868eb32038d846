"""What as many alarms would score that come at random: the benchmark of every detector."""

from __future__ import annotations

import numpy as np

from coupling._typing import Places
from coupling.events.detection.scoring import count_matches

__all__ = ["random_alarms", "random_scores"]

DRAWS = 1000


def random_alarms(
    count: int, span: tuple[int, int], *, refractory: int, replications: int, random_state: int | None = None
) -> Places:
    """Return sets of alarms that lie anywhere in a span, each set at least as far apart as a detector's.

    Every such set is as likely as every other: places are drawn from the span less what the gaps between alarms take.

    Parameters
    ----------
    count : int
        Alarms in a set.
    span : tuple of int
        First session, and the one after the last.
    refractory : int
        Sessions without an alarm after one; fewer where the span has no room for so many.
    replications : int
        Sets.
    random_state : int, optional

    Returns
    -------
    ndarray of shape (replications, count)
        Increasing in each row.

    Examples
    --------
    >>> sets = random_alarms(3, (100, 200), refractory=5, replications=500, random_state=0)
    >>> sets.shape, bool((np.diff(sets) > 5).all()), int(sets.min()) >= 100, int(sets.max()) < 200
    ((500, 3), True, True, True)
    """
    start, stop = span
    gap = refractory if count < 2 else min(refractory, (stop - start - count) // (count - 1))
    room = stop - start - max(count - 1, 0) * gap
    drawn = _subsets(count, room, replications, np.random.default_rng(random_state))
    return np.asarray(start + drawn + gap * np.arange(count), dtype=np.intp)


def _subsets(count: int, room: int, sets: int, rng: np.random.Generator) -> Places:
    """Return sets of places out of so many, increasing: what is drawn twice is drawn again, which favours no place."""
    if 2 * count > room:  # then fewer are left out
        rest = np.ones((sets, room), dtype=np.bool_)
        np.put_along_axis(rest, _subsets(room - count, room, sets, rng), values=False, axis=1)
        return np.nonzero(rest)[1].reshape(sets, count)
    drawn = np.sort(rng.integers(0, max(room, 1), size=(sets, count)), axis=1)
    rows = np.arange(sets)
    while (again := np.diff(drawn[rows], axis=1) == 0).any():
        rows, again = rows[again.any(axis=1)], again[again.any(axis=1)]
        some = drawn[rows]
        some[:, 1:][again] = rng.integers(0, room, size=int(again.sum()))
        drawn[rows] = np.sort(some, axis=1)
    return drawn


def random_scores(
    signals: Places,
    onsets: Places,
    span: tuple[int, int],
    *,
    before: int,
    after: int,
    refractory: int,
    replications: int = DRAWS,
    random_state: int | None = None,
) -> dict[str, float]:
    """Return the mean precision and recall of random alarms of the same number, and p-values of those of the signals.

    Parameters
    ----------
    signals, onsets : ndarray of int
        Places of the signals and of the sessions at which episodes begin, all in the span.
    span : tuple of int
        First session, and the one after the last.
    before, after : int
        A signal counts from so many sessions before an onset to so many after it, as in `score_signals`.
    refractory : int
        Sessions without a new signal after one.
    replications : int
        Random sets.
    random_state : int, optional

    Returns
    -------
    dict
        ``random_precision, precision_p, random_recall, recall_p``: p is the share of random sets that score at least
        as well, the signals' own counted among them; missing without signals or episodes.

    Examples
    --------
    >>> onsets = np.array([50, 150])
    >>> found = random_scores(onsets - 1, onsets, (0, 200), before=2, after=0, refractory=5, random_state=0)
    >>> found["random_recall"] < 0.1, found["recall_p"] < 0.01
    (True, True)
    """
    if not (len(signals) and len(onsets)):
        return dict.fromkeys(("random_precision", "precision_p", "random_recall", "recall_p"), float("nan"))
    sets = random_alarms(
        len(signals), span, refractory=refractory, replications=replications, random_state=random_state
    )
    right, found = count_matches(sets, onsets, before, after)
    own_right, own_found = count_matches(signals[None, :], onsets, before, after)
    return {
        "random_precision": float(right.mean()) / len(signals),
        "precision_p": _p_value(right, own_right),
        "random_recall": float(found.mean()) / len(onsets),
        "recall_p": _p_value(found, own_found),
    }


def _p_value(drawn: Places, own: Places) -> float:
    return float((1 + (drawn >= own).sum()) / (1 + len(drawn)))
