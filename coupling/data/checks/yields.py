"""Yields whose scale or sign changes: decimals turned percent, values out of scale, a flipped sign, a last value lost.

Ratios say nothing about a yield near 0, so a jump counts by its size in the yield's own unit, and only where the level
after it is the level before it times a factor of units (or -1), within the noise of both sides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.checks.form import COLUMNS, scale_rule
from coupling.data.checks.jumps import NEAR, Jump, Law, excursions, measure, stand_out
from coupling.data.checks.names import FLIP, JUMP, YIELD_UNIT
from coupling.data.checks.scale import FEWEST, ScaleDoubt, at_an_end, out_of_scale, row_of
from coupling.data.observations import Observations

__all__ = ["find_changes_of_yield"]

UNITS = (100.0, 0.01, 10.0, 0.1, 1000.0, 0.001, 1e4, 1e-4)
HALVES = (2.0, 0.5)
UNIT_LAW, HALF_LAW, FLIP_LAW, END_LAW = Law(0, 8, 3), Law(0, 14, 5), Law(0, 12, 5), Law(0, 20, 5)
JUMP_LAW, OUT_LAW = Law(1.0, 25, 6, 2.5), Law(0.5, 20, 5)
WITHIN = 5.0  # usual steps between the level after a jump and the one that a factor leads to
MOVING = 0.01  # usual step of a yield that moves from day to day
SUDDEN = 30.0  # by which the size of steps and levels changes when decimals turn percent near 0
DISTINCT = 2.9  # a little below what every law asks of a step that is not taken back
FEWEST_TICKS = 20  # smallest moves that a halved, doubled or flipped yield must jump
_SHORT = 20


def find_changes_of_yield(item: Observations) -> pd.DataFrame:
    """Return one row per change: the first value after it, the last one before, and the change in bp."""
    values = item.levels.to_numpy(dtype=float)
    if len(values) < FEWEST:
        return pd.DataFrame(columns=COLUMNS)
    steps = np.diff(values, prepend=values[0])
    told: dict[int, ScaleDoubt] = {}
    taken_to = -1
    for place in _candidates(steps):
        floor = _floor(steps, place)
        back = _back(steps, place, floor)
        seen = _told(item, steps, place, floor) if back is None else out_of_scale(item, place, back)
        if seen is not None and place > taken_to:
            taken_to, told[place] = (place if back is None else back), seen
    for place, factor in _sudden(values, steps).items():
        if all(abs(place - other) > _SHORT for other in told):
            told[place] = ScaleDoubt(YIELD_UNIT, _say(factor), scale_rule(item, place, factor))
    rows = [row_of(item, place, 100.0 * float(steps[place]), told[place]) for place in sorted(told)]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)


def _candidates(steps: np.ndarray) -> list[int]:
    """Return the rows whose step is many times the median one of the twenty before or after, and stands out.

    One that is large enough may be taken back, and stands beside another then.
    """
    size = pd.Series(np.abs(steps))
    before = size.rolling(_SHORT, min_periods=5).median().shift(1).fillna(np.inf)
    after = size[::-1].rolling(_SHORT, min_periods=5).median().shift(1).fillna(np.inf)[::-1]
    large = (size > 8.0 * np.minimum(before, after)) & (size > 0)
    clear = stand_out(steps, DISTINCT) | (np.abs(steps) >= OUT_LAW.least)
    return np.flatnonzero(large.to_numpy() & clear).tolist()


def _sudden(values: np.ndarray, steps: np.ndarray) -> dict[int, float]:
    """Return the rows from which on levels and steps are thirty times as large, or small, as before; and the factor."""
    ratios = []
    for series in (pd.Series(np.abs(values)), pd.Series(np.abs(steps)).where(steps != 0)):
        before = series.rolling(_SHORT, min_periods=10).median().shift(1)
        after = series[::-1].rolling(_SHORT, min_periods=10).median()[::-1]
        ratios.append((after / before.where(before > 0)).fillna(1.0).to_numpy())
    level, step = ratios
    masks = {100.0: np.minimum(level, step) >= SUDDEN, 0.01: np.maximum(level, step) <= 1.0 / SUDDEN}
    return {_sharpest(values, run): factor for factor, mask in masks.items() for run in _runs(mask)}


def _runs(mask: np.ndarray) -> list[np.ndarray]:
    places = np.flatnonzero(mask)
    return [run for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(run)]


def _sharpest(values: np.ndarray, run: np.ndarray) -> int:
    """Return the row of a run that parts small values from large ones best: the least sum of logs of both sides."""
    size = np.abs(values)
    sides = [(size[max(at - _SHORT, 0) : at], size[at : at + _SHORT]) for at in run]
    costs = [sum(len(side) * np.log(float(np.mean(side)) + 1e-12) for side in both) for both in sides]
    return int(run[int(np.argmin(costs))])


def _floor(steps: np.ndarray, place: int) -> float:
    """Return the least usual step: half the smallest move nearby."""
    near = np.abs(steps[max(place - 60, 1) : place + 60])
    moved = near[near > 1e-9]
    return 0.5 * float(moved.min()) if len(moved) else 1e-9


def _back(steps: np.ndarray, place: int, floor: float) -> int | None:
    """Return the row at which values that are out of scale are back in it."""
    if abs(steps[place]) < OUT_LAW.least:
        return None
    slack = max(0.1 * abs(float(steps[place])), 4.0 * measure(steps, place, floor).usual)
    backs = excursions(steps, place, slack)
    return next((back for back in backs if OUT_LAW.holds(measure(steps, place, floor, back))), None)


def _told(item: Observations, steps: np.ndarray, place: int, floor: float) -> ScaleDoubt | None:
    """Return what a jump looks like where a factor explains it and it stays; else nothing."""
    values, jump = item.levels.to_numpy(dtype=float), measure(steps, place, floor)
    if not _stays(values, jump):
        return None
    explained = _explained(values, jump, 2.0 * floor)
    if explained is not None and jump.at_an_end:
        return at_an_end(item, jump, _say(explained))
    if explained is not None:
        return ScaleDoubt(FLIP if explained < 0 else YIELD_UNIT, _say(explained), scale_rule(item, place, explained))
    moving = min(jump.before, jump.after) >= MOVING
    if moving and abs(jump.size) >= JUMP_LAW.least and JUMP_LAW.holds(jump):
        return ScaleDoubt(JUMP, f"{100.0 * jump.size:+.0f} bp", "")
    return None


def _explained(values: np.ndarray, jump: Jump, tick: float) -> float | None:
    """Return the factor that explains a jump, of those whose law the jump is clear enough for."""
    if jump.at_an_end:
        return _factor(values, jump, UNITS) if END_LAW.holds(jump) else None
    laws: list[tuple[Law, tuple[float, ...]]] = [(UNIT_LAW, UNITS)]
    if abs(jump.size) >= FEWEST_TICKS * tick:
        laws += [(HALF_LAW, HALVES), (FLIP_LAW, (-1.0,))]
    found = (_factor(values, jump, factors) for law, factors in laws if law.holds(jump))
    return next((factor for factor in found if factor is not None), None)


def _say(factor: float) -> str:
    if factor < 0:
        return "×-1"
    unit = ", as between decimals and percent" if factor in (100.0, 0.01) else ""
    return f"×{factor:g}{unit}"


def _factor(values: np.ndarray, jump: Jump, factors: tuple[float, ...]) -> float | None:
    """Return the factor that leads from the level before to the one after, within the noise of both sides."""
    before, after = values[jump.place - 1], values[jump.place]
    for factor in factors:
        sizes = [jump.after, abs(factor) * jump.before]
        noise = WITHIN * float(np.nanmax(sizes))
        near = abs(after - factor * before) <= noise
        if near and _fits(jump, factor):
            return factor
    return None


def _fits(jump: Jump, factor: float) -> bool:
    """Whether the usual step changed with the level: only where both sides tell, and steps of one tick do not."""
    if not (jump.before > 0 and jump.after > 0):
        return True
    ratio = jump.after / jump.before / abs(factor)
    return 1.0 / 4.0 <= ratio <= 4.0


def _stays(values: np.ndarray, jump: Jump) -> bool:
    before, after = values[max(jump.place - NEAR, 0) : jump.place], values[jump.place : jump.place + NEAR]
    return bool((np.median(after) - np.median(before)) / jump.size >= 0.5)
