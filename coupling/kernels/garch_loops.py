"""Compiled walks along the paths after a GARCH series; import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["walk_ahead", "walk_weeks"]


@compiled(error_model="numpy")
def walk_ahead(x, ends, parameters, picked, unit, values):  # type: ignore[no-untyped-def]
    """Fill `values` (rows × origins × draws × paths) with shocks: residuals `picked` of what lies before an origin.

    `parameters` (origins × draws × 5). Each draw filters the first ``ends[origin]`` rows of the series from their mean
    square on and brings the standardised residuals to mean 0 and variance 1; the shocks are multiplied by `unit`.
    """
    rows, origins, draws, paths = picked.shape
    pool, variances = np.empty(len(x)), np.empty(paths)
    for origin in range(origins):
        end = ends[origin]
        for draw in range(draws):
            mu, omega, alpha, gamma, beta = parameters[origin, draw]
            h, mean, spread = 0.0, 0.0, 0.0
            for t in range(end):
                h += (x[t] - mu) ** 2
            h /= end
            for t in range(end):
                e = x[t] - mu
                pool[t] = e / math.sqrt(h)
                mean += pool[t]
                h = omega + (alpha + gamma if e < 0.0 else alpha) * e * e + beta * h
            mean /= end
            for t in range(end):
                pool[t] -= mean
                spread += pool[t] ** 2
            scale = 1.0 / math.sqrt(spread / end)
            variances[:] = h
            for row in range(rows):
                for path in range(paths):
                    z, v = pool[picked[row, origin, draw, path]] * scale, variances[path]
                    values[row, origin, draw, path] = z * math.sqrt(v) * unit
                    variances[path] = omega + ((alpha + gamma if z < 0.0 else alpha) * z * z + beta) * v


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
