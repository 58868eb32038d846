"""Compiled loops behind `coupling.kernels.rolling`; import this module only inside a function, it needs numba."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["correlate_windows"]

_SMALL = 1e-200
_TOGETHER = 1 << 16
"""Numbers of the table that grows backwards, so that it stays in the cache."""


@compiled(error_model="numpy")
def _direct_correlation(values, i, j, start, stop, required):  # type: ignore[no-untyped-def]
    """Return the correlation of two columns over the rows where both are present, in passes of their own."""
    count, x0, y0, x_top, y_top = 0, 0.0, 0.0, 0.0, 0.0
    for row in range(start, stop):
        x, y = 0.5 * values[row, i], 0.5 * values[row, j]
        if x == x and y == y:
            x0, y0 = (x, y) if count == 0 else (x0, y0)
            count += 1
            x_top, y_top = max(x_top, abs(x - x0)), max(y_top, abs(y - y0))
    if count < required or x_top == 0.0 or y_top == 0.0:
        return np.nan
    x_power, y_power = -math.frexp(x_top)[1], -math.frexp(y_top)[1]
    x_mean, y_mean, xx, yy, xy = 0.0, 0.0, 0.0, 0.0, 0.0
    for turn in range(2):
        for row in range(start, stop):
            x, y = 0.5 * values[row, i], 0.5 * values[row, j]
            if x == x and y == y:
                x, y = math.ldexp(x - x0, x_power), math.ldexp(y - y0, y_power)
                if turn == 0:
                    x_mean += x / count
                    y_mean += y / count
                else:
                    xx += (x - x_mean) * (x - x_mean)
                    yy += (y - y_mean) * (y - y_mean)
                    xy += (x - x_mean) * (y - y_mean)
    return min(1.0, max(-1.0, xy / (math.sqrt(xx) * math.sqrt(yy))))


@compiled(error_model="numpy")
def _grow_column(values, i, lo, cut, many, scale, step, steps, means, squares):  # type: ignore[no-untyped-def]
    """Grow a sample of one column from the cut: the step of each row, the mean (less the first), the sum of squares.

    The sum of products of two columns' steps is the sum of products of their deviations from their running means.
    """
    row = cut if step > 0 else cut - 1
    first, mean, square = values[lo + row, i] * scale if many > 0 else 0.0, 0.0, 0.0
    for count in range(many):
        gap = (values[lo + row, i] * scale - first) - mean
        steps[row, i] = gap * math.sqrt(count / (count + 1.0))
        mean += gap / (count + 1.0)
        square += steps[row, i] * steps[row, i]
        means[row], squares[row] = mean, square
        row += step


@compiled(error_model="numpy")
def _prepare(values, lo, hi, starts, stops, k0, k1, steps, joint, inverse, sound):  # type: ignore[no-untyped-def]
    """Fill of each column the steps and, per window, the term of the join and the inverse root of the squares.

    A column is sound if it has no missing value, and no window varies so little beside the rest of the segment that its
    squares underflow.
    """
    cut, means, squares = stops[k0] - lo, np.empty(hi - lo), np.empty(hi - lo)
    for i in range(values.shape[1]):
        top = 0.0
        for row in range(lo, hi):
            top = max(top, abs(values[row, i])) if values[row, i] == values[row, i] else np.inf
        sound[i] = top < np.inf
        scale = math.ldexp(1.0, min(1000, max(-1000, -math.frexp(top)[1]))) if sound[i] else 1.0
        _grow_column(values, i, lo, cut, cut, scale, -1, steps, means, squares)
        _grow_column(values, i, lo, cut, hi - lo - cut, scale, 1, steps, means, squares)
        for k in range(k0, k1):
            before, last, term = starts[k] - lo, stops[k] - 1 - lo, 0.0
            square = squares[before]
            if last >= cut:
                n, m = cut - before, last - cut + 1
                gap = (means[last] - means[before]) + (values[lo + cut, i] * scale - values[lo + cut - 1, i] * scale)
                term = gap * math.sqrt(n * (m / (n + m)))
                square += squares[last] + term * term
            joint[k - k0, i] = term
            inverse[k - k0, i] = 1.0 / math.sqrt(square) if square > 0.0 else np.nan
            if square < _SMALL:
                for row in range(before, last):
                    sound[i] = sound[i] and values[lo + row, i] == values[lo + last, i]


@compiled(error_model="numpy")
def _grow(own, others, old, new):  # type: ignore[no-untyped-def]
    for j in range(len(others)):
        new[j] = old[j] + own * others[j]


@compiled(error_model="numpy")
def _join(term, unit, back, front, joint, inverse, out):  # type: ignore[no-untyped-def]
    for j in range(len(joint)):
        value = (back[j] + front[j] + term * joint[j]) * (unit * inverse[j])  # either column may stand first
        value = 1.0 if value > 1.0 else value
        out[j] = -1.0 if value < -1.0 else value


@compiled(error_model="numpy")
def _products(first, last, lo, starts, stops, k0, k1, steps, joint, inverse, back, front, out, offset):  # type: ignore[no-untyped-def]
    """Write the correlations of the columns first:last with every later column for the windows of a segment.

    Windows are outside and pairs inside, so that a row of `out` is written in one go; `back` holds few enough pairs to
    stay in the cache.
    """
    width, cut, done = steps.shape[1], stops[k0] - lo, stops[k0] - lo
    back[cut - 1], front[:] = 0.0, 0.0
    for row in range(cut - 2, -1, -1):
        place = 0
        for i in range(first, last):
            _grow(steps[row, i], steps[row, i + 1 :], back[row + 1, place:], back[row, place:])
            place += width - 1 - i
    for k in range(k0, k1):
        while done < stops[k] - lo:
            place = 0
            for i in range(first, last):
                _grow(steps[done, i], steps[done, i + 1 :], front[place:], front[place:])
                place += width - 1 - i
            done += 1
        place, before, window = 0, starts[k] - lo, k - k0
        for i in range(first, last):
            term, unit = joint[window, i], inverse[window, i]
            parts = back[before, place:], front[place:], joint[window, i + 1 :], inverse[window, i + 1 :]
            _join(term, unit, parts[0], parts[1], parts[2], parts[3], out[k, offset + place :])
            place += width - 1 - i


@compiled(error_model="numpy")
def _by_themselves(values, first, last, starts, stops, required, k0, k1, sound, out):  # type: ignore[no-untyped-def]
    """Write the correlations of the pairs with a column that is not sound in the segment."""
    pair = 0
    for i in range(first, last):
        for j in range(i + 1, values.shape[1]):
            if not (sound[i] and sound[j]):
                for k in range(k0, k1):
                    out[k, pair] = _direct_correlation(values, i, j, starts[k], stops[k], required[k])
            pair += 1


@compiled(error_model="numpy")
def correlate_windows(values, starts, stops, required, first, last, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × pairs) with the correlations of the columns first:last with every later column.

    The windows of a segment all hold the last row of its first one.
    """
    windows, width, k1 = len(starts), values.shape[1], np.int64(0)
    while k1 < windows:
        k0, k1 = k1, k1 + 1
        if stops[k0] == starts[k0]:
            out[k0] = np.nan
            continue
        while k1 < windows and starts[k1] < stops[k0] and stops[k1] > starts[k1]:
            k1 += 1
        lo, hi = starts[k0], stops[k1 - 1]
        steps, sound = np.empty((hi - lo, width)), np.empty(width, np.bool_)
        joint, inverse = np.empty((k1 - k0, width)), np.empty((k1 - k0, width))
        _prepare(values, lo, hi, starts, stops, k0, k1, steps, joint, inverse, sound)
        most = max(_TOGETHER // (stops[k0] - lo), width - 1 - first)
        back, front = np.empty((stops[k0] - lo, most)), np.empty(most)
        i, offset = first, 0
        while i < last:
            begin, pairs = i, width - 1 - i
            i += 1
            while i < last and pairs + width - 1 - i <= most:
                pairs += width - 1 - i
                i += 1
            _products(begin, i, lo, starts, stops, k0, k1, steps, joint, inverse, back, front, out, offset)
            offset += pairs
        _by_themselves(values, first, last, starts, stops, required, k0, k1, sound, out)
