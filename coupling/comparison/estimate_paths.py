"""The outcome of a specification: a path of correlations over the reported period, and one number from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats, Integers
from coupling.comparison.weekly_history import Aligned
from coupling.correlation.instants import covered_share, window_ends, window_sums
from coupling.correlation.rolling import pair_estimates
from coupling.correlation.section import EstimatorSection, HayashiYoshidaSection, RollingSection
from coupling.correlation.windows import Windows, resolve_windows
from coupling.data.intervals import ChangeIntervals
from coupling.dates.durations import parse_duration
from coupling.errors import InputError
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg
from coupling.kernels.minimum import MINIMUM_ROWS

__all__ = ["EstimatePath", "Question", "Span", "estimator_path", "instants_path", "rolling_path", "statistic"]

_OPEN = np.iinfo(np.int64)


@dataclass(frozen=True)
class Span:
    """The reported period, and the date of a change in it (nanoseconds, UTC; None: open)."""

    start: int | None = None
    end: int | None = None
    split: int | None = None

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        """The period, or the parts before and since the split, as (after, until]."""
        first = _OPEN.min if self.start is None else self.start
        last = _OPEN.max if self.end is None else self.end
        return ((first, last),) if self.split is None else ((first, self.split), (self.split, last))


@dataclass(frozen=True)
class Question:
    """What is read off a path.

    Parameters
    ----------
    kind : {"mean", "last", "change"}
        Mean of the period, last value, or mean since the split less the mean before it.
    span : Span
        The period.
    """

    kind: str
    span: Span


@dataclass(frozen=True)
class EstimatePath:
    """Estimates by the end of their windows.

    Parameters
    ----------
    since, end : ndarray
        The changes of a window end after ``since`` (on true instants they begin there or later) and by ``end``.
    estimate : ndarray
        Missing where a window holds too little.
    changes : ndarray
        Instants at which changes end, of the instrument that has fewer.
    """

    since: Integers
    end: Integers
    estimate: Floats
    changes: Integers

    def rows(self, question: Question) -> int:
        """Return how many changes lie in the windows that answer a question."""
        used = np.flatnonzero(_inside(self, question))[-1 if question.kind == "last" else 0 :]
        if not len(used):
            return 0
        first, last = int(self.since[used].min()), int(self.end[used].max())
        return int(((self.changes > first) & (self.changes <= last)).sum())


def rolling_path(aligned: Aligned, section: RollingSection, span: Span) -> EstimatePath:
    """Return the same-row correlations of a pair; without a window one for the period, or one for each side.

    Raises
    ------
    InputError
        If the window is longer than the sample.
    """
    if section.window is None:
        windows, ends = _sides(aligned.end, span)
    else:
        windows = resolve_windows(_index(aligned.end, section.window), section.window, min_share=section.min_share)
        ends = aligned.end
    estimate = pair_estimates(aligned.changes, windows, section.method)
    return EstimatePath(_since(aligned.end, windows.starts), ends, np.asarray(estimate), aligned.end)


def _sides(ends: Integers, span: Span) -> tuple[Windows, Integers]:
    """Return the rows of the period, or of each side of the split, and where they end.

    A row that ends at the first instant of the period belongs to it, one that ends at a split to what was before.
    """
    begins = [after if after == span.start else after + 1 for after, _ in span.sides]
    starts = np.array([ends.searchsorted(begin) for begin in begins])
    stops = np.maximum([ends.searchsorted(until, side="right") for _, until in span.sides], starts)
    required = np.full(len(starts), MINIMUM_ROWS)
    windows = Windows(ends=pd.RangeIndex(len(starts)), starts=starts, stops=stops, required=required)
    return windows, ends[(stops - 1).clip(0)]


def _since(ends: Integers, starts: Integers) -> Integers:
    """Return the instant after which the first row of each window ends."""
    return ends[np.minimum(starts, len(ends) - 1)] - 1


def _index(ends: Integers, window: int | str) -> pd.Index[Any]:
    return pd.DatetimeIndex(ends, tz="UTC") if isinstance(window, str) else pd.RangeIndex(len(ends))


def estimator_path(aligned: Aligned, section: EstimatorSection, pair: tuple[str, str], span: Span) -> EstimatePath:
    """Return the estimates that any section's estimator gives of a pair, as the page has them.

    Raises
    ------
    InputError
        If the estimator cannot be fitted, or a change is asked of a path whose values rest on all rows before them.
    """
    if section.conditional and span.split is not None:
        raise InputError(
            "a value of this path rests on all rows before it, so that it is no data for a change at a date; ask for "
            "mean or last, or take another estimator"
        )
    changes, own = aligned.frame, aligned.end
    if section.data == "reported" and span.start is not None:
        changes, own = changes[own >= span.start], own[own >= span.start]
    if not len(own):
        raise InputError("the reported period holds no change; start earlier")
    if section.conditional:
        found = section.estimates(changes, *pair).to_numpy(dtype=float)
        return EstimatePath(np.full(len(own), own[0] - 1), own, found, own)
    if section.size is not None:
        path = section.estimates(changes, *pair).to_numpy(dtype=float)
        starts = resolve_windows(changes.index, section.size, min_share=section.share).starts
        return EstimatePath(_since(own, starts), own, path, own)
    windows, ends = _sides(own, span)
    parts = [changes.iloc[start:stop] for start, stop in zip(windows.starts, windows.stops, strict=True)]
    values = [float(section.estimates(part, *pair).iloc[-1]) if len(part) else np.nan for part in parts]
    return EstimatePath(_since(own, windows.starts), ends, np.array(values), own)


def instants_path(legs: Mapping[str, ChangeIntervals], section: HayashiYoshidaSection, span: Span) -> EstimatePath:
    """Return the Hayashi–Yoshida correlations of a pair; without a window one for the period, or one for each side.

    Raises
    ------
    InputError
        If an instrument has no change, or the window is longer than the sample.
    """
    left, right = (HayashiYoshidaLeg(each.start, each.end, each.change) for each in legs.values())
    if not (len(left.start) and len(right.start)):
        raise InputError("an instrument has no two observations; a change needs two levels")
    first, last = max(left.start[0], right.start[0]), min(left.end[-1], right.end[-1])
    if section.window is None:
        limits = np.array(span.sides).clip(first, last)
        if span.split is None:
            limits = _common(left, right, limits)
        opens, ends = limits[:, 0], limits[:, 1]
        closes = ends
    else:
        length, step = parse_duration(section.window).value, parse_duration(section.step).value
        if last - first < length:
            raise InputError(f"window={section.window!r} is longer than the observations; use a shorter one, or null")
        ends = window_ends(first, last, step)
        opens, closes = (ends - length).clip(first, last), ends.clip(first, last)
    sums = window_sums(left, right, opens, closes, leads_lags=section.leads_lags, demean=section.demean)
    estimate = sums.correlation
    if section.window is not None:
        share = covered_share(left, right, opens, closes, length)
        estimate = np.where(share >= section.min_share, estimate, np.nan)
    return EstimatePath(opens, ends, estimate, min(left.end, right.end, key=len))


def _common(left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, limits: Integers) -> Integers:
    """Return a period from the first instant at which a whole change of each instrument begins."""
    opens, closes = limits[0]
    since = [leg.start[leg.start.searchsorted(opens)] for leg in (left, right) if leg.start[-1] >= opens]
    return np.array([[max([opens, *since]), closes]])


def statistic(path: EstimatePath, question: Question) -> tuple[float, int]:
    """Return the number that a question asks of a path, and how many windows it rests on.

    For a change a window counts before the split if it ends by it, and since the split if it begins there or later.
    """
    inside = _inside(path, question)
    if question.kind == "change":
        split = question.span.sides[0][1]
        before, after = inside & (path.end <= split), inside & (path.since >= split)
        if not (before.any() and after.any()):
            return float("nan"), 0
        means = [float(path.estimate[side].mean()) for side in (before, after)]
        return means[1] - means[0], int(before.sum() + after.sum())
    if not inside.any():
        return float("nan"), 0
    values = path.estimate[inside]
    return (float(values[-1]), 1) if question.kind == "last" else (float(values.mean()), int(inside.sum()))


def _inside(path: EstimatePath, question: Question) -> npt.NDArray[np.bool_]:
    """Say which windows have an estimate and end in the reported period."""
    sides = question.span.sides
    return np.asarray(np.isfinite(path.estimate) & (path.end >= sides[0][0]) & (path.end <= sides[-1][1]))
