"""Compiled reading of many drawn paths (rows × paths); import this module only inside a function."""

from __future__ import annotations

import math

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["moving_deviations", "path_sums"]


@compiled(error_model="numpy")
def moving_deviations(changes, window, middle, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the standard deviation (ddof 1) of each `window` changes, by running sums about a middle."""
    rows, paths = changes.shape
    sums, squares = np.zeros(paths), np.zeros(paths)
    for row in range(rows):
        for path in range(paths):
            new = changes[row, path] - middle
            sums[path] += new
            squares[path] += new * new
        if row >= window:
            for path in range(paths):
                old = changes[row - window, path] - middle
                sums[path] -= old
                squares[path] -= old * old
        if row >= window - 1:
            for path in range(paths):
                rest = squares[path] - sums[path] * sums[path] / window
                out[row - window + 1, path] = math.sqrt(max(rest, 0.0) / (window - 1))


@compiled(error_model="numpy")
def path_sums(changes, drift, start, unit, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the sums of the changes, each with the drift of its path, up to the rows from `start` on."""
    rows, paths = changes.shape
    sums = np.zeros(paths)
    for row in range(rows):
        for path in range(paths):
            sums[path] += changes[row, path]
        if row >= start:
            for path in range(paths):
                out[row - start, path] = unit * (sums[path] + (row + 1) * drift[path])
