"""Ticks of an axis and the words below them: round numbers, powers of ten, and dates."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log10

import numpy as np

__all__ = ["dates", "numbers", "powers", "written"]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400)
_DAY = 1440  # minutes
_MANY = 30  # ticks, which never fit
_YEARS = 1970 * 12  # months before the first

Ticks = tuple[list[float], list[str]]


def numbers(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from low to high, at most so many.

    Examples
    --------
    >>> numbers(-0.21, 0.64, 6)
    [-0.2, 0.0, 0.2, 0.4, 0.6]
    """
    reach = high - low
    if not np.isfinite(reach):
        return []
    if reach <= 0:
        return [low]
    power = 10.0 ** floor(log10(reach / max(most, 1)))
    slack = 1e-9 * reach
    for step in (power * each for each in (*_STEPS, 20.0, 50.0)):
        first, last = ceil((low - slack) / step), floor((high + slack) / step)
        if last - first + 1 <= most:
            break
    return [float(f"{place * step:.12g}") + 0.0 for place in range(first, last + 1)] or [low]


def written(values: list[float]) -> list[str]:
    """Return numbers with as many decimals as tell them apart, and a true minus.

    Examples
    --------
    >>> written([-0.5, 0.0, 0.5]), written([0.0, 2000.0])
    (['−0.5', '0.0', '0.5'], ['0', '2000'])
    """
    decimals = max((_decimals(value) for value in values), default=0)
    return [f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}") for value in values]


def _decimals(value: float) -> int:
    text = f"{value:.10f}".rstrip("0")
    return len(text) - text.index(".") - 1


def powers(low: float, high: float) -> list[float]:
    """Return 1 and 3 times the powers of ten from low to high.

    Examples
    --------
    >>> powers(20.0, 2000.0)
    [30.0, 100.0, 300.0, 1000.0]
    """
    every = [factor * 10.0**power for power in range(floor(log10(low)), ceil(log10(high)) + 1) for factor in (1.0, 3.0)]
    return [value for value in every if low <= value <= high]


def dates(low: float, high: float, fits: Callable[[list[str]], bool]) -> Ticks:
    """Return ticks in days since 1970 and their labels, as many as fit: years, months, days or times of the day.

    Parameters
    ----------
    low, high : float
        Ends of the axis in days since 1970.
    fits : callable
        Whether labels have room.

    Examples
    --------
    >>> dates(18262.0, 20500.0, lambda labels: len(labels) < 5)[1]
    ['2020', '2022', '2024', '2026']
    """
    days = high - low
    steps = [(_by_minutes, step) for step in _MINUTES if days * _DAY / step < _MANY]
    steps += [(_by_months, step) for step in _MONTHS if days / (30.4 * step) < _MANY]
    spaced = (spacing(low, high, step) for spacing, step in steps)
    return next((each for each in spaced if each[0] and fits(each[1])), ([low], [""]))


def _by_months(low: float, high: float, step: int) -> Ticks:
    first, last = (_month_of(end) for end in (low, high))
    months = np.arange(first, last + 2)
    dates = months[(months + _YEARS) % step == 0].astype("datetime64[M]")
    places = dates.astype("datetime64[D]").astype(float)
    inside = (low <= places) & (places <= high)
    form = 4 if step % 12 == 0 else 7
    return places[inside].tolist(), [text[:form] for text in np.datetime_as_string(dates[inside]).tolist()]


def _month_of(day: float) -> int:
    return int(np.datetime64(floor(day), "D").astype("datetime64[M]").astype(int))


def _by_minutes(low: float, high: float, step: int) -> Ticks:
    first, last = ceil(low * _DAY / step), floor(high * _DAY / step)
    minutes = np.arange(first, last + 1) * step
    start, end = (5, 10) if step % _DAY == 0 else (11, 16) if high - low < 1 else (5, 16)
    written = np.datetime_as_string(minutes.astype("datetime64[m]")).tolist()
    return (minutes / _DAY).tolist(), [text.replace("T", " ")[start:end] for text in written]
