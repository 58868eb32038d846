"""Compiled walks along the paths after a GARCH series; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["walk_ahead", "walk_weeks"]

_ANY_ORDER = {"arcp", "contract", "nsz", "reassoc"}
"""Sums in the order that is quickest; missing and infinite values stay what they are."""


@compiled(error_model="numpy", fastmath=_ANY_ORDER)
def _filtered(x, parameters, pool, past):  # type: ignore[no-untyped-def]
    """Fill `pool` with residuals of mean 0 over their deviations `past`; return the next variance and 1 / their own."""
    mu, omega, alpha, gamma, beta = parameters
    h, mean, spread, rows = 0.0, 0.0, 0.0, len(x)
    for t in range(rows):
        pool[t] = x[t] - mu
        h += pool[t] ** 2
    h /= rows
    for t in range(rows):
        past[t] = h
        h = omega + (alpha + gamma if pool[t] < 0.0 else alpha) * pool[t] ** 2 + beta * h
    for t in range(rows):
        pool[t] /= math.sqrt(past[t])
        mean += pool[t]
    mean /= rows
    for t in range(rows):
        pool[t] -= mean
        spread += pool[t] ** 2
    return h, 1.0 / math.sqrt(spread / rows)


@compiled(error_model="numpy", fastmath=_ANY_ORDER)
def walk_ahead(x, ends, parameters, picked, unit, values):  # type: ignore[no-untyped-def]
    """Fill `values` (rows × origins × draws × paths) with shocks: residuals `picked` of what lies before an origin.

    `parameters` (origins × draws × 5). Each draw filters the first ``ends[origin]`` rows of the series from their mean
    square on and brings the standardised residuals to mean 0 and variance 1; the shocks are multiplied by `unit`.
    """
    rows, origins, draws, paths = picked.shape
    pool, past, v, z = np.empty(len(x)), np.empty(len(x)), np.empty(paths), np.empty(paths)
    for origin in range(origins):
        for draw in range(draws):
            _, omega, alpha, gamma, beta = parameters[origin, draw]
            h, scale = _filtered(x[: ends[origin]], parameters[origin, draw], pool, past)
            v[:] = h
            for row in range(rows):
                chosen, out = picked[row, origin, draw], values[row, origin, draw]
                for path in range(paths):
                    z[path] = pool[chosen[path]] * scale
                for path in range(paths):
                    out[path] = z[path] * math.sqrt(v[path]) * unit
                    v[path] = omega + ((alpha + gamma if z[path] < 0.0 else alpha) * z[path] ** 2 + beta) * v[path]


@compiled(error_model="numpy")
def walk_weeks(past, coefficients, residuals, shapes, firsts, picked, values):  # type: ignore[no-untyped-def]
    """Fill `values` (rows × origins × draws × paths) with the days of weeks whose log variance is a HAR of 13 weeks.

    `past` (origins × 13), `coefficients` (origins × draws × 4), and of each week `picked` (weeks × origins × draws ×
    paths), counted from the first of its origin, the residual and the shape of the days.
    """
    weeks, origins, draws, paths = picked.shape
    rows, block = values.shape[0], shapes.shape[1]
    v, in_month, in_quarter = np.empty((13 + weeks, paths)), np.empty(paths), np.empty(paths)
    for origin in range(origins):
        for draw in range(draws):
            c, last, month, quarter = coefficients[origin, draw]
            month, quarter = month / 4, quarter / 13
            for w in range(13):
                v[w] = past[origin, w]
            in_month[:], in_quarter[:] = past[origin, 9:].sum(), past[origin].sum()
            for w in range(13, 13 + weeks):
                first = (w - 13) * block
                for path in range(paths):
                    week = firsts[origin] + picked[w - 13, origin, draw, path]
                    v[w, path] = (
                        c
                        + last * v[w - 1, path]
                        + month * in_month[path]
                        + quarter * in_quarter[path]
                        + residuals[week]
                    )
                    in_month[path] += v[w, path] - v[w - 4, path]
                    in_quarter[path] += v[w, path] - v[w - 13, path]
                    root = math.exp(v[w, path] / 2.0)
                    for day in range(min(block, rows - first)):
                        values[first + day, origin, draw, path] = shapes[week, day] * root
