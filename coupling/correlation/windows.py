"""Which rows belong to which window: row counts, calendar time, or the whole sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.dates.durations import parse_duration
from coupling.errors import InputError, TooShortError
from coupling.kernels.minimum import MINIMUM_ROWS

__all__ = ["Window", "Windows", "WindowsPart", "check_window", "resolve_windows"]

AT_ONCE = 2048
"""Windows of one part."""

Window = int | str | None
"""Whole sample, a number of rows, or calendar time such as ``"250d"``."""


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Rows ``starts[k]:stops[k]`` form the window that ends at ``ends[k]``.

    An empty range means that the window is not wholly inside the sample. ``required`` is the number of valid rows
    that a pair must have in the window.
    """

    ends: pd.Index
    starts: npt.NDArray[np.int64]
    stops: npt.NDArray[np.int64]
    required: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, which: npt.NDArray[np.bool_] | slice) -> Windows:
        """Return the windows that end with some of the rows."""
        columns = (self.starts, self.stops, self.required)
        starts, stops, required = (column[which] for column in columns)
        return Windows(ends=self.ends[which], starts=starts, stops=stops, required=required)

    @property
    def newest(self) -> Windows:
        """The last window alone."""
        return self.where(slice(-1, None))

    def among(self, rows: slice) -> Windows:
        """Return the same windows by their places among some of the rows, which hold them all."""
        shift = np.where(self.stops > self.starts, rows.start, 0)
        return replace(self, starts=self.starts - shift, stops=self.stops - shift)

    @property
    def rows(self) -> slice:
        """The rows that the windows reach over."""
        filled = self.stops > self.starts
        return slice(int(self.starts[filled].min()), int(self.stops[filled].max())) if filled.any() else slice(0, 0)

    def parts(self) -> Iterator[WindowsPart]:
        """Yield some windows at a time, so that what they need in between takes little memory."""
        for first in range(0, len(self), AT_ONCE):
            which = slice(first, first + AT_ONCE)
            some = self.where(which)
            yield WindowsPart(which=which, rows=some.rows, windows=some.among(some.rows))


@dataclass(frozen=True, kw_only=True)
class WindowsPart:
    """Some of the windows (`which`), the rows that they reach over, and where the windows lie among these rows."""

    which: slice
    rows: slice
    windows: Windows


def resolve_windows(index: pd.Index[Any], window: Window, *, min_share: float = 0.8) -> Windows:
    """Return the rows of every window over an index.

    Parameters
    ----------
    index : Index
        Row labels; calendar windows need instants, dates or periods, which count from their start.
    window : int, str or None
        ``None``: the whole sample, one window. An integer: that many rows, one window per row. A length such as
        ``"250d"``: the rows whose change lies wholly inside (t - 250 days, t]; a row's change begins at the row before
        it.
    min_share : float
        Smallest share of the window that must be valid, in rows; for calendar windows also in time. The rows that
        are expected of a calendar window are those that the index has inside it, at least three.

    Raises
    ------
    InputError
        If the window cannot be read, is shorter than three rows or longer than the sample.

    Examples
    --------
    >>> resolve_windows(pd.RangeIndex(5), 3).starts.tolist()
    [0, 0, 0, 1, 2]
    >>> resolve_windows(pd.RangeIndex(5), 3).stops.tolist()
    [0, 0, 3, 4, 5]
    """
    if not 0 < min_share <= 1:
        raise InputError(f"min_share={min_share!r} must lie above 0 and not above 1; use a share such as 0.8.")
    if window is None:
        rows = len(index)
        starts, stops, required = (np.array([number]) for number in (0, rows, _fewest(rows, min_share)))
        return Windows(ends=index[-1:], starts=starts, stops=stops, required=required)
    check_window(window)
    if isinstance(window, str):
        return _calendar_windows(index, parse_duration(window), min_share)
    return _row_windows(index, int(window), min_share)


def check_window(window: Window) -> None:
    """Raise InputError if a window can never be used, whatever the sample."""
    if window is None:
        return
    if isinstance(window, str):
        parse_duration(window)
    elif isinstance(window, bool) or not isinstance(window, int | np.integer):
        raise InputError(f"window={window!r} must be None, a number of rows or a length of time such as '250d'.")
    elif window < MINIMUM_ROWS:
        raise InputError(f"window={window} is too short for a correlation; use at least {MINIMUM_ROWS} rows.")


def _row_windows(index: pd.Index[Any], window: int, min_share: float) -> Windows:
    rows = len(index)
    if window > rows:
        raise TooShortError(f"window={window} is longer than the sample of {rows} rows; use a shorter one, or None.")
    stops = np.arange(1, rows + 1)
    starts = stops - window
    stops[: window - 1] = starts[: window - 1] = 0
    return Windows(ends=index, starts=starts, stops=stops, required=np.full(rows, _fewest(window, min_share)))


def _fewest(rows: int, min_share: float) -> int:
    return max(MINIMUM_ROWS, ceil(round(min_share * rows, 9)))


def _calendar_windows(index: pd.Index[Any], length: pd.Timedelta, min_share: float) -> Windows:
    labels = index
    index = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
    if not isinstance(index, pd.DatetimeIndex):
        raise InputError(f"A calendar window needs rows labelled by time, not {type(index).__name__}; use rows.")
    if index[-1] - index[0] < length:
        raise TooShortError(
            f"The window of {length} is longer than the sample ({index[0]} to {index[-1]}); shorten it."
        )
    rows = len(index)
    opens = index - length
    starts = index.searchsorted(opens, side="left") + 1
    stops = np.arange(1, rows + 1)
    first = np.minimum(starts, rows) - 1
    covered = (index - index[first]) / length >= min_share
    inside = np.asarray((opens >= index[0]) & covered)
    starts, stops = np.where(inside, starts, 0), np.where(inside, stops, 0)
    required = np.maximum(MINIMUM_ROWS, np.ceil(np.round(min_share * (stops - starts), 9))).astype(np.int64)
    return Windows(ends=labels, starts=starts.astype(np.int64), stops=stops, required=required)
