"""One axis of a sketch: what it spans, its ticks and their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coupling.drawing import ticks
from coupling.drawing.lettering import width_of
from coupling.drawing.looks import INK
from coupling.drawing.primitives import Words, words

__all__ = ["SketchAxis", "as_numbers"]

_DAY = 86_400e9  # nanoseconds
_ROOM, _GAP = 195.0, 9.0  # points: the width of the narrowest axes, and between the labels below them
_MOST = 6, 5  # ticks across and up
_APART = 0.05  # share of a value by which the axis of it alone reaches to either side


def as_numbers(values: Any) -> tuple[np.ndarray, bool]:
    """Return values as numbers, times in days since 1970, and whether they are times."""
    array = np.asarray(values.to_numpy() if isinstance(values, pd.Index | pd.Series) else values)
    if array.dtype.kind == "O" and array.size and isinstance(array.ravel()[0], pd.Timestamp | np.datetime64):
        array = np.array([pd.Timestamp(value).to_datetime64() for value in array.ravel()])
    if array.dtype.kind != "M":
        return np.atleast_1d(array).astype(float), False
    return np.atleast_1d(array.astype("datetime64[ns]").astype("int64") / _DAY), True


class SketchAxis:
    """What an axis spans and how it is labelled; panels that share it hold the same one.

    Parameters
    ----------
    margin : float
        Share of the span of the data left free on both sides.
    upright : bool
        Whether it is a vertical one.
    """

    def __init__(self, *, margin: float, upright: bool) -> None:
        self.margin, self.upright = margin, upright
        self.low, self.high = np.inf, -np.inf
        self.limits: tuple[float, float] | None = None
        self.is_timed = self.is_log = self.is_written_out = False
        self.size = 8.5
        self.is_gridded = self.is_labelled = True
        self.places: list[float] | None = None
        self.names: list[Words] = []

    def hold(self, values: Any) -> np.ndarray:
        """Return values as numbers, which the axis then spans."""
        numbers, timed = as_numbers(values)
        self.is_timed |= timed
        finite = numbers[np.isfinite(numbers)]
        if finite.size:
            self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        return numbers

    @property
    def span(self) -> tuple[float, float]:
        """The ends of the axis, the first at its left or at its foot."""
        if self.limits is not None:
            return self.limits
        if self.low > self.high:
            return 0.0, 1.0
        low, high = self.low, self.high
        if low == high and not self.is_log:
            low, high = low - (_APART * abs(low) or _APART), high + (_APART * abs(high) or _APART)
        if self.is_log:
            reach = (high / low) ** self.margin if high > low else 1.05
            return low / reach, high * reach
        around = (high - low) * self.margin
        return low - around, high + around

    def limit(self, first: Any, last: Any) -> None:
        """Set the ends."""
        ends, timed = as_numbers([first, last])
        self.is_timed |= timed
        self.limits = float(ends[0]), float(ends[1])

    def name(self, places: Any, labels: Sequence[str], size: float | None) -> None:
        """Write names at places; where as many stand there already they keep their colours."""
        self.places = [float(place) for place in np.atleast_1d(np.asarray(list(places), dtype=float))]
        self.size = size or self.size
        colours = [each.colour for each in self.names] if len(self.names) == len(labels) else [INK] * len(labels)
        self.names = [words(str(text), 0.0, 0.0, each) for text, each in zip(labels, colours, strict=True)]

    def ticks(self) -> tuple[list[float], list[str]]:
        """Return the places of the ticks between the ends, and their words."""
        low, high = sorted(self.span)
        if self.places is not None:
            shown = zip(self.places, self._named(), strict=True)
            inside = [(place, text) for place, text in shown if low <= place <= high]
            return [place for place, _ in inside], [text for _, text in inside]
        if self.is_timed:
            return ticks.dates(low, high, self._fits)
        places = self._places(low, high)
        return places, [f"{place:,.10g}".replace("-", "\N{MINUS SIGN}") for place in places] if (
            self.is_written_out or self.is_log
        ) else ticks.written(places)

    def _named(self) -> list[str]:
        return [each.text for each in self.names] if self.names else ticks.written(self.places or [])

    def _places(self, low: float, high: float) -> list[float]:
        if self.is_log and low > 0:
            return ticks.powers(low, high) or [low]
        most = _MOST[self.upright]
        while most > 2 and not (self.upright or self._fits(ticks.written(ticks.numbers(low, high, most)))):
            most -= 1
        return ticks.numbers(low, high, most)

    def _fits(self, labels: list[str]) -> bool:
        if len(labels) > _MOST[self.upright]:
            return False
        wide = [width_of(label, self.size) + _GAP for label in labels]
        return max(wide, default=0.0) * len(wide) <= _ROOM
