"""Compiled loops behind `coupling.kernels.leave_out`; import this module only inside a function, it needs numba.

``sums`` is 6 × blocks: count, sums, squares and product of each block, measured from a row that ``middle`` chooses.
"""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["block_sums", "correlation_shifts", "middle", "rest_of", "spread"]

_ONE = 1.0 - 1e-14
_NEAR = 0.15  # up to here the series of atanh is right to the last digits


@compiled(error_model="numpy")
def middle(a, b, c):  # type: ignore[no-untyped-def]
    """Return the median of three."""
    return max(min(a, b), min(max(a, b), c))


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def block_sums(x, y, begin, end, blocks, sums):  # type: ignore[no-untyped-def]
    """Fill the `sums` (6 × blocks) of the rows begin:end of x and y."""
    size, longer = (end - begin) // blocks, (end - begin) % blocks
    half, last = begin + blocks // 2 * size + min(blocks // 2, longer), end - size
    x0, y0 = middle(x[begin], x[half], x[last]), middle(y[begin], y[half], y[last])
    row = np.uint64(begin)  # a sign would be checked at every row
    for b in range(blocks):
        count = size + 1 if b < longer else size
        stop = row + np.uint64(count)
        sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0
        for k in range(row, stop):
            dx, dy = x[k] - x0, y[k] - y0
            sx += dx
            sy += dy
            sxx += dx * dx
            syy += dy * dy
            sxy += dx * dy
        row = stop
        sums[0, b], sums[1, b], sums[2, b] = count, sx, sy
        sums[3, b], sums[4, b], sums[5, b] = sxx, syy, sxy


@compiled(error_model="numpy")
def rest_of(sums, blocks, rest, whole):  # type: ignore[no-untyped-def]
    """Fill `rest` (6 × blocks) with the sums before and after each block, and `whole` (6); then about the means."""
    n, sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for b in range(blocks):
        rest[0, b], rest[1, b], rest[2, b], rest[3, b], rest[4, b], rest[5, b] = n, sx, sy, sxx, syy, sxy
        n, sx, sy = n + sums[0, b], sx + sums[1, b], sy + sums[2, b]
        sxx, syy, sxy = sxx + sums[3, b], syy + sums[4, b], sxy + sums[5, b]
    x, y = sx / n, sy / n
    whole[0], whole[1], whole[2] = sxx - sx * x, syy - sy * y, sxy - sx * y
    n, sx, sy, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for b in range(blocks - 1, -1, -1):
        x, y = rest[1, b] + sx, rest[2, b] + sy
        inverse = 1.0 / (rest[0, b] + n)
        rest[3, b] = (rest[3, b] + sxx) - x * x * inverse
        rest[4, b] = (rest[4, b] + syy) - y * y * inverse
        rest[5, b] = (rest[5, b] + sxy) - x * y * inverse
        n, sx, sy = n + sums[0, b], sx + sums[1, b], sy + sums[2, b]
        sxx, syy, sxy = sxx + sums[3, b], syy + sums[4, b], sxy + sums[5, b]


@compiled(error_model="numpy")
def correlation_shifts(sums, blocks, rest, whole, shifts):  # type: ignore[no-untyped-def]
    """Fill `shifts` with the change of atanh r without each block, missing where the rest is flat; return r."""
    rest_of(sums, blocks, rest, whole)
    flat = not (whole[0] > 0.0 and whole[1] > 0.0)
    r = np.nan if flat else whole[2] / (math.sqrt(whole[0]) * math.sqrt(whole[1]))
    r = 1.0 if r > 1.0 else (-1.0 if r < -1.0 else r)
    large = 0.0
    for b in range(blocks):
        xx, yy = rest[3, b], rest[4, b]
        scale = math.sqrt(xx if xx > 0.0 else 0.0) * math.sqrt(yy if yy > 0.0 else 0.0)
        part = rest[5, b] / scale
        part = 1.0 if part > 1.0 else (-1.0 if part < -1.0 else part)
        part = part if scale > 0.0 else np.nan
        shifts[b] = (part - r) / (1.0 - part * r)
        large += 1.0 if abs(shifts[b]) > _NEAR else 0.0
    if large > 0.0:
        for b in range(blocks):
            value = min(_ONE, max(-_ONE, shifts[b]))
            shifts[b] = 0.5 * (math.log1p(value) - math.log1p(-value)) if shifts[b] == shifts[b] else np.nan
        return r
    for b in range(blocks):
        square = shifts[b] * shifts[b]
        series = 1 / 9 + square * (1 / 11 + square * (1 / 13 + square * (1 / 15)))
        shifts[b] *= 1.0 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * series)))
    return r


@compiled(error_model="numpy", fastmath={"contract", "reassoc"})
def spread(values, blocks):  # type: ignore[no-untyped-def]
    """Return the jackknife's standard error from the values without each block, and 1 / degrees of freedom."""
    mean, second, fourth = 0.0, 0.0, 0.0
    for b in range(blocks):
        mean += values[b]
    mean /= blocks
    for b in range(blocks):
        second += (values[b] - mean) ** 2
    for b in range(blocks):
        share = (values[b] - mean) ** 2 / second if second > 0.0 else 0.0
        fourth += share * share
    kurtosis = blocks * fourth if second > 0.0 else 1.0
    return math.sqrt(second * (blocks - 1) / blocks), max(1.0 / (blocks - 1), (kurtosis - 1.0) / (2.0 * blocks))
