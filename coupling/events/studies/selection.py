"""Events that an instrument's own move chose: placebo dates that pass the same selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coupling._typing import Floats, Places
from coupling.events.listing.catalogue import Catalogue
from coupling.events.studies.shown import StudyNumbers

__all__ = ["NEAREST", "alike_dates", "choosers", "same_selection"]

NEAREST = 20
"""For each event so many sessions with the nearest move are placebo dates."""


def choosers(catalogue: Catalogue, category: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the instruments at hand whose own moves chose the events of a category."""
    return tuple(name for name in catalogue.chosen_by.get(category, ()) if name in names)


def alike_dates(moves: Floats, places: Places, chosen: Floats, *, nearest: int = NEAREST) -> Places:
    """Return the sessions on which an instrument moved as it did on the events.

    Parameters
    ----------
    moves : ndarray, shape (sessions,)
        Change of the instrument by session.
    places : ndarray of int
        Sessions that are no events.
    chosen : ndarray
        Its changes on the events.
    nearest : int
        For each event so many sessions with the nearest move are taken.

    Examples
    --------
    >>> alike_dates(np.array([0.1, -2.0, 0.3, -2.2, 5.0]), np.arange(5), np.array([-2.1]), nearest=2).tolist()
    [1, 3]
    """
    usable = places[np.isfinite(moves[places])]
    found = [usable[np.abs(moves[usable] - move).argsort(kind="stable")[:nearest]] for move in chosen]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)


def same_selection(numbers: StudyNumbers, name: str) -> StudyNumbers:
    """Return a study whose placebo dates are sessions on which an instrument moved as it did on the events."""
    dates, zero = numbers.placebo_dates, numbers.zero
    column = dates.timeline.names.index(name)
    if zero is None:
        return numbers
    rows = [dates.timeline.events.index(numbers.events[k]) for k in numbers.anchors]
    chosen = dates.timeline.event_changes[rows, column, zero]
    pool = alike_dates(dates.timeline.changes[:, column], dates.positions, chosen[np.isfinite(chosen)])
    return replace(numbers, placebo_dates=dates.only(pool))
