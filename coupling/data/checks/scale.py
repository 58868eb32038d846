"""Prices whose scale changes: a unit, a currency or a split halfway, values out of scale, a last value cut short.

A jump counts when it is many times the usual step on both sides, stands far above every step nearby, and stays (or is
taken back within five rows by a step of the same size). A crash is large too, but comes among other large steps.
The limits were measured (docs/data_checks.md): the largest real moves stay well below them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coupling.data.checks.factors import nearest_factor, say_factor
from coupling.data.checks.form import COLUMNS, drop_rule, findings, scale_rule, symbol_of
from coupling.data.checks.jumps import NEAR, Jump, Law, excursions, first_law, measure, stand_out
from coupling.data.checks.names import END, EXCURSION, JUMP, UNIT
from coupling.data.observations import Observations

__all__ = ["ScaleDoubt", "at_an_end", "find_changes_of_scale", "out_of_scale", "row_of"]

INSIDE = (Law(1.6, 8.0, 2.5), Law(0.64, 10.0, 3.5), Law(0.30, 10.0, 5.0), Law(0.08, 15.0, 6.0, calm=2.5))
ENDS = (Law(1.6, 18.0, 4.5), Law(0.64, 18.0, 5.0))
UNNAMED = (ENDS[0], Law(0.9, 60.0, 10.0))  # at an end, by no known factor: as of a value that lost its first digit
NAMED = Law(0.64, 12.0, 3.0)  # by a known factor, where other large moves are near
LEAST_OUT = 0.64
DISTINCT = 2.4  # a little below what every law asks of a step that is not taken back
STAYS = 0.5
FLOOR = 0.0005
FEWEST = 3 * NEAR


@dataclass(frozen=True)
class ScaleDoubt:
    """What a jump looks like: the name of the finding, how it reads, and the repair that mends it."""

    check: str
    reading: str
    mend: str


def find_changes_of_scale(item: Observations) -> pd.DataFrame:
    """Return one row per change of scale: the first value after it, the last one before, and the change in %."""
    values = item.levels.to_numpy(dtype=float)
    if len(values) < FEWEST or (values <= 0).any():
        return pd.DataFrame(columns=COLUMNS)
    path = np.log(values)
    steps = np.diff(path, prepend=path[0])
    found: list[pd.DataFrame] = []
    taken_to = -1
    for place in _candidates(steps):
        if place <= taken_to:
            continue
        floor = _floor(values, place)
        back = _back(steps, place, floor)
        jump = measure(steps, place, floor)
        told = _told(item, path, jump) if back is None else out_of_scale(item, place, back)
        if told is not None:
            taken_to = place if back is None else back
            found.append(row_of(item, place, 100.0 * jump.size, told))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _candidates(steps: np.ndarray) -> list[int]:
    """Return the rows whose step is as large as some law asks, and stands out, or may be taken back."""
    size = np.abs(steps)
    return np.flatnonzero((size >= INSIDE[-1].least) & ((size >= LEAST_OUT) | stand_out(steps, DISTINCT))).tolist()


def out_of_scale(item: Observations, place: int, back: int) -> ScaleDoubt:
    """Say that a few values are out of scale; to leave them out mends it."""
    count = back - place
    reading = f"{count} {'value' if count == 1 else 'values'} out of scale, then back"
    return ScaleDoubt(EXCURSION, reading, drop_rule(item, place, back))


def at_an_end(item: Observations, jump: Jump, reading: str) -> ScaleDoubt:
    """Say that the first or last values are out of scale; to leave them out mends it."""
    last = jump.rows_after < jump.rows_before
    start, stop = (jump.place, len(item.levels)) if last else (0, jump.place)
    count = f"the {'last' if last else 'first'} {'value' if stop - start == 1 else f'{stop - start} values'}"
    return ScaleDoubt(END, f"{count} {reading}", drop_rule(item, start, stop))


def row_of(item: Observations, place: int, size: float, told: ScaleDoubt) -> pd.DataFrame:
    """Write what was found at a row in the common form."""
    row = {
        "date": pd.DatetimeIndex(item.dates)[place],
        "value": float(item.levels.iloc[place]),
        "against": float(item.levels.iloc[place - 1]),
        "size": size,
        "reading": told.reading,
        "mend": told.mend,
    }
    return findings(item, told.check, pd.DataFrame([row]), symbol_of(item))


def _floor(values: np.ndarray, place: int) -> float:
    """Return the least usual step: 0.05 %, or one tick of a price that is written with few digits."""
    near = np.abs(np.diff(values[max(place - 60, 0) : place + 60]))
    moved = near[near > 0]
    tick = float(moved.min()) if len(moved) else 0.0
    return max(FLOOR, tick / float(max(values[place - 1], values[place])))


def _back(steps: np.ndarray, place: int, floor: float) -> int | None:
    """Return the row at which values that are out of scale are back in it."""
    if abs(steps[place]) < LEAST_OUT:
        return None
    slack = max(0.1 * abs(float(steps[place])), 4.0 * measure(steps, place, floor).usual)
    for back in excursions(steps, place, slack):
        jump = measure(steps, place, floor, back)
        if _holds(INSIDE, jump):
            return back
    return None


def _told(item: Observations, path: np.ndarray, jump: Jump) -> ScaleDoubt | None:
    """Return what a jump looks like where it is clear and stays; else nothing."""
    factor = nearest_factor(jump.size, jump.usual, 2.0 if jump.at_an_end else 3.0)
    named = factor is not None and not jump.at_an_end and _holds((NAMED,), jump)
    clear = named or _holds(ENDS if jump.at_an_end else INSIDE, jump)
    if not clear or not _stays(path, jump):
        return None
    if jump.at_an_end and factor is None and not _holds(UNNAMED, jump):
        return None
    reading = say_factor(factor) if factor is not None else f"×{np.exp(jump.size):.3g}"
    if jump.at_an_end:
        return at_an_end(item, jump, reading)
    seen = factor if factor is not None else float(np.exp(jump.size))
    return ScaleDoubt(JUMP if factor is None else UNIT, reading, scale_rule(item, jump.place, seen))


def _holds(laws: tuple[Law, ...], jump: Jump) -> bool:
    law = first_law(laws, jump.size)
    return law is not None and law.holds(jump)


def _stays(path: np.ndarray, jump: Jump) -> bool:
    before, after = path[max(jump.place - NEAR, 0) : jump.place], path[jump.place : jump.place + NEAR]
    return bool((np.median(after) - np.median(before)) / jump.size >= STAYS)
