"""Episodes: dates whose event windows overlap count once."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats, Places

__all__ = ["effective_number", "episodes_of"]


def episodes_of(positions: Places, event_window: tuple[int, int]) -> Places:
    """Return the number of the episode of each event, counted from 0.

    Events whose windows share a session belong to one episode, also through a third one between them. The first
    event of an episode is its anchor.

    Parameters
    ----------
    positions : ndarray of int, shape (n_events,)
        Session of each event, increasing.
    event_window : (int, int)
        First and last session of the window around the event.

    Examples
    --------
    >>> episodes_of(np.array([100, 110, 121, 200]), (-5, 10)).tolist()
    [0, 0, 0, 1]
    """
    length = event_window[1] - event_window[0]
    return np.cumsum(np.diff(positions, prepend=positions[:1]) > length)


def effective_number(responses: Floats) -> float:
    """Return how many equally large responses would weigh like these: (Σ y²)² / Σ y⁴.

    One dominant episode gives a number near 1, equal ones their count (the inverse Herfindahl index of squared
    responses; compare the effective number of clusters of Carter, Schnepel and Steigerwald 2017).

    Examples
    --------
    >>> effective_number(np.array([1.0, -1.0, 1.0])), round(effective_number(np.array([10.0, 1.0, 1.0])), 2)
    (3.0, 1.04)
    """
    squares = responses[np.isfinite(responses)] ** 2
    total = float((squares**2).sum())
    return float(squares.sum() ** 2) / total if total > 0 else float("nan")
