"""Compiled loop behind `coupling.kernels.var`; import this module only inside a function."""

from __future__ import annotations

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["path_products"]


@compiled(error_model="numpy")
def _step(z, coefficients, shock):  # type: ignore[no-untyped-def]
    """Age the values in z, newest first, by a row, and put the next one before them."""
    k, width = coefficients.shape
    for c in range(k + width - 1, k - 1, -1):
        z[c] = z[c - k]
    for j in range(k):
        value = shock[j]
        for c in range(width):
            value += coefficients[j, c] * z[k + c]
        z[j] = value


@compiled(error_model="numpy")
def _add_products(z, products):  # type: ignore[no-untyped-def]
    for i in range(len(z)):
        for j in range(i + 1):
            products[i, j] += z[i] * z[j]


@compiled(error_model="numpy")
def path_products(coefficients, residuals, centre, starts, first, out):  # type: ignore[no-untyped-def]
    """Draw paths and add up the products of each row beside its lags and 1, by group of rows.

    `out` (paths × 1 + groups × w × w) begins at zero and is filled on and below the diagonal; its first group are the
    rows that fill no whole one.
    """
    (rows, k), block, groups = residuals.shape, len(centre), out.shape[1] - 1
    lags, size = first.shape[1], rows // groups
    head = rows - size * groups
    z, shock = np.ones(k * (lags + 1) + 1), np.empty(k)
    for b in range(len(starts)):
        for c in range(k * lags):
            z[c] = first[b, lags - 1 - c // k, c % k]
        for t in range(rows):
            piece, place = t // block, t % block
            for j in range(k):
                shock[j] = residuals[starts[b, piece, j] + place, j] - centre[place, j]
            _step(z, coefficients, shock)
            _add_products(z, out[b, 0 if t < head else 1 + (t - head) // size])
