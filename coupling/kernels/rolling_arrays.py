"""What the loops of `coupling.kernels.rolling_loops` do, in arrays: for input too small to wait for a compiler."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coupling._typing import Flags, Floats, Integers
from coupling.kernels.segments import Segments, segments_of

__all__ = ["correlate_arrays", "direct_correlation"]

_SMALL = 1e-200


def correlate_arrays(
    values: Floats, pairs: Sequence[tuple[int, int]], starts: Integers, stops: Integers, required: Integers
) -> Floats:
    """Return the correlations of some pairs of columns in every window (windows × pairs)."""
    out = np.full((len(starts), len(pairs)), np.nan)
    whole = np.logical_not(np.isnan(values).any(axis=0))
    complete = [place for place, (i, j) in enumerate(pairs) if whole[i] and whole[j]]
    if complete:
        out[:, complete] = _of_complete(values, [pairs[place] for place in complete], starts, stops)
    for place in sorted(set(range(len(pairs))) - set(complete)):
        both = values[:, pairs[place]]
        there = ~np.isnan(both).any(axis=1)
        before = np.concatenate([[0], np.cumsum(there)])
        begin, end = before[starts], before[stops]
        out[:, place] = _of_complete(both[there], [(0, 1)], begin, end)[:, 0]
        out[end - begin < required, place] = np.nan
    out[stops - starts < required] = np.nan
    return out


def _of_complete(values: Floats, pairs: Sequence[tuple[int, int]], starts: Integers, stops: Integers) -> Floats:
    out = np.full((len(starts), len(pairs)), np.nan)
    segments = segments_of(starts, stops, len(values))
    if not len(segments.which):
        return out
    used = sorted({column for pair in pairs for column in pair})
    grown = {column: _Grown(np.ascontiguousarray(values[:, column]), segments) for column in used}
    for place, (i, j) in enumerate(pairs):
        x, y = grown[i], grown[j]
        total = segments.back_to(np.cumsum(x.back * y.back, axis=1))
        total += segments.on_to(np.cumsum(x.on * y.on, axis=1))
        found = np.clip((total + x.joint * y.joint) * (x.inverse * y.inverse), -1.0, 1.0)
        for k in np.flatnonzero(x.lost | y.lost):
            window = segments.which[k]
            found[k] = direct_correlation(values[starts[window] : stops[window], [i, j]])
        out[segments.which, place] = found
    return out


class _Grown:
    """Of one column the step of each row (Welford 1962), and per window the term of the join and the inverse norm.

    The sum of products of two columns' steps is that of their deviations from their running means. ``lost`` marks
    windows that vary so little beside the rest of their segment that their squares underflow.
    """

    def __init__(self, column: Floats, segments: Segments) -> None:
        back, on = column[segments.back], column[segments.on]
        tops = np.maximum(np.abs(back).max(axis=1), np.abs(on).max(axis=1))
        power = np.clip(-np.frexp(tops)[1], -1000, 1000)[:, None]
        for each in (back, on):
            np.ldexp(each, power, out=each)
        self.back, means, squares = _steps(back)
        self.on, later_means, later_squares = _steps(on)
        n, m = segments.before + 1, segments.after
        gap = segments.on_to(later_means) - segments.back_to(means) + (on[:, 0] - back[:, 0])[segments.owner]
        self.joint = gap * np.sqrt(n * (m / (n + m)))
        square = segments.back_to(squares) + segments.on_to(later_squares) + self.joint**2
        with np.errstate(divide="ignore"):
            self.inverse = np.where(square > 0.0, 1.0 / np.sqrt(square), np.nan)
        self.lost = (square < _SMALL) & ~_constant(column, segments)


def _steps(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the step of each row, the running mean less the first value, and the running sum of squares."""
    count = np.arange(values.shape[1])
    steps = values - values[:, :1]
    means = np.cumsum(steps, axis=1)
    means /= count + 1.0
    steps[:, 1:] -= means[:, :-1]
    steps[:, 1:] *= np.sqrt(count[1:] / (count[1:] + 1.0))
    squares = steps * steps
    return steps, means, np.cumsum(squares, axis=1, out=squares)


def _constant(column: Floats, segments: Segments) -> Flags:
    """Tell in which windows a column does not move."""
    cut = segments.back[segments.owner, 0]
    moved = np.concatenate([[0], np.cumsum(column[1:] != column[:-1])])
    return np.asarray(moved[cut + segments.after] == moved[cut - segments.before])


def direct_correlation(both: Floats) -> float:
    """Return the correlation of two columns without missing values, in two passes; missing where one is constant."""
    gaps = 0.5 * both - 0.5 * both[0]
    tops = np.abs(gaps).max(axis=0)
    if not tops.all():
        return np.nan
    unit = gaps / tops
    unit = unit - unit.mean(axis=0)
    x, y = (unit / np.sqrt((unit**2).sum(axis=0))).T
    return float(np.clip(x @ y, -1.0, 1.0))
