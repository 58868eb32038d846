"""Compiled loops behind `coupling.kernels.rolling`; import this module only inside a function, it needs numba."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["correlate_windows", "direct_correlation", "present_rows"]

_SMALL = 1e-200
_TOGETHER = 1 << 16
"""Numbers of the table that grows backwards, so that it stays in the cache."""


@compiled(error_model="numpy")
def present_rows(values, i, j, start, stop):  # type: ignore[no-untyped-def]
    """Return the values of two columns at the rows start:stop where neither is missing."""
    x, y, count = np.empty(stop - start), np.empty(stop - start), 0
    for row in range(start, stop):
        if values[row, i] == values[row, i] and values[row, j] == values[row, j]:
            x[count], y[count] = values[row, i], values[row, j]
            count += 1
    return x[:count], y[:count]


@compiled(error_model="numpy")
def _deviations(x):  # type: ignore[no-untyped-def]
    """Return deviations from the mean in units of about their largest gap; exact zeros where x is constant."""
    gaps, top, mean = np.empty(len(x)), 0.0, 0.0
    for k in range(len(x)):
        gaps[k] = 0.5 * x[k] - 0.5 * x[0]
        top = max(top, abs(gaps[k]))
    shift = -math.frexp(top)[1]
    for k in range(len(x)):
        gaps[k] = math.ldexp(gaps[k], shift)
        mean += gaps[k] / len(x)
    for k in range(len(x)):
        gaps[k] -= mean
    return gaps


@compiled(error_model="numpy")
def direct_correlation(values, i, j, start, stop, required):  # type: ignore[no-untyped-def]
    """Return the correlation of two columns over the rows where both are present, in two passes."""
    x, y = present_rows(values, i, j, start, stop)
    if len(x) < required:
        return np.nan
    x, y = _deviations(x), _deviations(y)
    xx, yy, xy = 0.0, 0.0, 0.0
    for k in range(len(x)):
        xx += x[k] * x[k]
        yy += y[k] * y[k]
        xy += x[k] * y[k]
    if xx == 0.0 or yy == 0.0:
        return np.nan
    return min(1.0, max(-1.0, xy / (math.sqrt(xx) * math.sqrt(yy))))


@compiled(error_model="numpy")
def _accumulate(column, scale, begin, end, step, steps, means, squares):  # type: ignore[no-untyped-def]
    """Grow a sample row by row from `begin`: the step of each row, the mean (less the first value), the sum of squares.

    The sum of products of two columns' steps is the sum of products of their deviations from their running means.
    """
    first, mean, square = column[begin] * scale, 0.0, 0.0
    for count in range((end - begin) // step):
        row = begin + step * count
        gap = (column[row] * scale - first) - mean
        steps[row] = gap * math.sqrt(count / (count + 1.0))
        mean += gap / (count + 1.0)
        square += steps[row] * steps[row]
        means[row], squares[row] = mean, square


@compiled(error_model="numpy")
def _standardise(column, scale, cut, starts, stops, steps, joint, inverse):  # type: ignore[no-untyped-def]
    """Fill one column's steps and, per window, the joint term and the inverse root of the sum of squares.

    Return False where a window varies so little beside the rest of the segment that its squares underflow.
    """
    rows = len(column)
    means, squares = np.empty(rows), np.empty(rows)
    _accumulate(column, scale, cut - 1, -1, -1, steps, means, squares)
    if cut < rows:
        _accumulate(column, scale, cut, rows, 1, steps, means, squares)
    sound = True
    for k in range(len(starts)):
        before, last = starts[k], stops[k] - 1
        square, joint[k] = squares[before], 0.0
        if last >= cut:
            n_before, n_after = cut - before, last - cut + 1
            gap = (means[last] - means[before]) + (column[cut] * scale - column[cut - 1] * scale)
            joint[k] = gap * math.sqrt(n_before * (n_after / (n_before + n_after)))
            square += squares[last] + joint[k] * joint[k]
        inverse[k] = 1.0 / math.sqrt(square) if square > 0.0 else np.nan
        if square < _SMALL:
            for row in range(before, last):
                sound = sound and column[row] == column[last]
    return sound


@compiled(error_model="numpy")
def _products(first, last, cut, starts, stops, steps, joint, inverse, back, front, out, offset):  # type: ignore[no-untyped-def]
    """Write the correlations of the columns first:last with every later column for the windows of a segment.

    Windows are outside and pairs inside, so that a row of `out` is written in one go; `back` holds few enough pairs to
    stay in the cache.
    """
    width = steps.shape[1]
    back[cut - 1], front[:] = 0.0, 0.0
    for row in range(cut - 2, -1, -1):
        place = 0
        for i in range(first, last):
            _grow(steps[row, i], steps[row, i + 1 :], back[row + 1, place:], back[row, place:])
            place += width - 1 - i
    done = cut
    for k in range(len(starts)):
        before = starts[k]
        while done < stops[k]:
            place = 0
            for i in range(first, last):
                _grow(steps[done, i], steps[done, i + 1 :], front[place:], front[place:])
                place += width - 1 - i
            done += 1
        place = 0
        for i in range(first, last):
            _join(
                joint[k, i],
                inverse[k, i],
                joint[k, i + 1 :],
                inverse[k, i + 1 :],
                back[before, place:],
                front[place:],
                out[k, offset + place :],
            )
            place += width - 1 - i


@compiled(error_model="numpy")
def _grow(own, others, old, new):  # type: ignore[no-untyped-def]
    for j in range(len(others)):
        new[j] = old[j] + own * others[j]


@compiled(error_model="numpy")
def _join(term, unit, joint, inverse, back, front, out):  # type: ignore[no-untyped-def]
    for j in range(len(joint)):
        value = (back[j] + front[j] + term * joint[j]) * (unit * inverse[j])  # either column may stand first
        value = 1.0 if value > 1.0 else value
        out[j] = -1.0 if value < -1.0 else value


@compiled(error_model="numpy")
def _prepare(block, cut, starts, stops, steps, joint, inverse, sound):  # type: ignore[no-untyped-def]
    """Fill the tables of `_products` column by column; a column is sound if it has no missing value nor underflow."""
    rows, width = block.shape
    column, own = np.empty(rows), np.empty(rows)
    cross, unit = np.empty(len(starts)), np.empty(len(starts))
    for i in range(width):
        top = 0.0
        for row in range(rows):
            column[row] = block[row, i]
            top = max(top, abs(column[row])) if column[row] == column[row] else np.inf
        sound[i] = top < np.inf
        if sound[i]:
            scale = math.ldexp(1.0, min(1000, max(-1000, -math.frexp(top)[1])))
            sound[i] = _standardise(column, scale, cut, starts, stops, own, cross, unit)
        for row in range(rows):
            steps[row, i] = own[row]
        for k in range(len(starts)):
            joint[k, i], inverse[k, i] = cross[k], unit[k]


@compiled(error_model="numpy")
def _segment(block, starts, stops, required, first, last, out):  # type: ignore[no-untyped-def]
    """Fill the windows of a segment: all of them hold the last row of the first one."""
    cut, (rows, width), windows = stops[0], block.shape, len(starts)
    steps, joint, inverse = np.empty((rows, width)), np.empty((windows, width)), np.empty((windows, width))
    sound = np.empty(width, np.bool_)
    _prepare(block, cut, starts, stops, steps, joint, inverse, sound)
    most = max(_TOGETHER // cut, width - 1 - first)
    back, front = np.empty((cut, most)), np.empty(most)
    i, offset = first, 0
    while i < last:
        end, pairs = i + 1, width - 1 - i
        while end < last and pairs + width - 1 - end <= most:
            pairs += width - 1 - end
            end += 1
        _products(i, end, cut, starts, stops, steps, joint, inverse, back, front, out, offset)
        i, offset = end, offset + pairs
    offset = 0
    for i in range(first, last):
        for j in range(i + 1, width):
            if not (sound[i] and sound[j]):
                for k in range(windows):
                    out[k, offset] = direct_correlation(block, i, j, starts[k], stops[k], required[k])
            offset += 1


@compiled(error_model="numpy")
def correlate_windows(values, starts, stops, required, first, last, out):  # type: ignore[no-untyped-def]
    """Fill `out` (windows × pairs) with the correlations of the columns first:last with every later column."""
    windows, k0 = len(starts), 0
    while k0 < windows:
        k1 = k0 + 1
        if stops[k0] == starts[k0]:
            out[k0] = np.nan
        else:
            while k1 < windows and starts[k1] < stops[k0] and stops[k1] > starts[k1]:
                k1 += 1
            lo, hi = starts[k0], stops[k1 - 1]
            limits = starts[k0:k1] - lo, stops[k0:k1] - lo
            _segment(values[lo:hi], limits[0], limits[1], required[k0:k1], first, last, out[k0:k1])
        k0 = k1
