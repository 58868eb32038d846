"""Jumps of a series against what is usual around them: the arithmetic of the checks of scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from coupling._typing import Flags

__all__ = ["LONGEST_EXCURSION", "NEAR", "Jump", "Law", "excursions", "first_law", "measure", "stand_out"]

AROUND = 60  # steps on each side that say what is usual
NEAR = 5  # rows on each side of a jump with which it is compared, and that must stay at the new level
LONGEST_EXCURSION = 5
_FEWEST = 8
_NORMAL = 1.4826  # from the median of absolute steps to the standard deviation of a normal law


@dataclass(frozen=True)
class Jump:
    """A step of a path, and the steps around it.

    Parameters
    ----------
    place : int
        Row that the step leads to.
    size : float
        The step.
    before, after : float
        Usual step of the 60 rows before and after; missing where there are fewer than eight.
    nearby : float
        Largest other step of the five rows before and after.
    rows_before, rows_after : int
        Steps that there are on each side.
    """

    place: int
    size: float
    before: float
    after: float
    nearby: float
    rows_before: int
    rows_after: int

    @property
    def usual(self) -> float:
        """The larger of the usual steps on both sides."""
        return float(np.fmax(self.before, self.after))

    @property
    def times(self) -> float:
        """Size against the usual step; 0 where nothing is known of it."""
        return abs(self.size) / self.usual if self.usual > 0 else 0.0

    @property
    def distinct(self) -> float:
        """Size against the largest other step nearby."""
        return abs(self.size) / max(self.nearby, self.usual)

    @property
    def calm(self) -> float:
        """By which factor the usual step differs between both sides; 1 where one side is not known."""
        if not (self.before > 0 and self.after > 0):
            return 1.0
        return max(self.after / self.before, self.before / self.after)

    @property
    def at_an_end(self) -> bool:
        """Whether one side has fewer rows than show that a level stays."""
        return min(self.rows_before, self.rows_after + 1) < NEAR


@dataclass(frozen=True)
class Law:
    """From which size on how clear a jump must be: against the usual step, the steps nearby, the change of calm."""

    least: float
    times: float
    distinct: float
    calm: float = np.inf

    def holds(self, jump: Jump) -> bool:
        """Tell whether a jump is as clear as this law asks."""
        return jump.times >= self.times and jump.distinct >= self.distinct and jump.calm <= self.calm


def first_law(laws: Iterable[Law], size: float) -> Law | None:
    """Return the law for a size: the first whose least size it reaches."""
    return next((law for law in laws if abs(size) >= law.least), None)


def stand_out(steps: np.ndarray, times: float) -> Flags:
    """Tell which steps are so many times as large as every other of the five rows before and after."""
    size = np.abs(steps)
    before = sliding_window_view(np.pad(size, (NEAR, 0)), NEAR)[:-1].max(axis=1)
    after = sliding_window_view(np.pad(size, (0, NEAR)), NEAR)[1:].max(axis=1)
    return np.asarray(size >= times * np.maximum(before, after))


def measure(steps: np.ndarray, place: int, floor: float, back: int | None = None) -> Jump:
    """Describe the step that leads to a row; `back` is the row of the step that takes it back, where there is one."""
    last = place if back is None else back
    before, after = steps[max(place - AROUND, 1) : place], steps[last + 1 : last + 1 + AROUND]
    near = np.concatenate([before[-NEAR:], steps[place + 1 : last], after[:NEAR]])
    return Jump(
        place=place,
        size=float(steps[place]),
        before=_usual(before, floor),
        after=_usual(after, floor),
        nearby=float(np.max(np.abs(near), initial=0.0)),
        rows_before=place - 1,
        rows_after=len(steps) - 1 - last,
    )


def _usual(steps: np.ndarray, floor: float) -> float:
    return max(_NORMAL * float(np.median(np.abs(steps))), floor) if len(steps) >= _FEWEST else np.nan


def excursions(steps: np.ndarray, place: int, slack: float) -> Iterable[int]:
    """Return the rows, at most five further, whose step takes back the one that leads to `place`, within `slack`."""
    ahead = steps[place + 1 : place + 1 + LONGEST_EXCURSION]
    return (place + 1 + np.flatnonzero(np.abs(ahead + steps[place]) <= slack)).tolist()
