"""The recursion of dynamic conditional correlation as linear filters, with likelihood, scores and adjoint."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from coupling._typing import Floats
from coupling.kernels.decay import decay_filter
from coupling.kernels.garch import shape_scores

__all__ = [
    "DccAdjoint",
    "DccData",
    "DccStates",
    "DccTerms",
    "dcc_adjoint",
    "dcc_correlations",
    "dcc_data",
    "dcc_pieces",
    "dcc_scores",
    "dcc_states",
    "dcc_terms",
]


CELLS = 1_000_000
"""Numbers of the matrices that are in memory together."""
PAIRS_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class DccData:
    """Standardised residuals (N × T) and what the recursion needs of them.

    ``falls`` is ``min(z, 0)``; ``left`` and ``right`` are the rows of the lower triangle of a matrix.
    """

    z: Floats
    falls: Floats
    target: Floats
    fall_target: Floats
    asymmetric: bool
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    textbook: bool


@dataclass(frozen=True, kw_only=True)
class DccStates:
    """Lower triangles of the matrices Q, and their derivatives by alpha, beta and gamma, each pairs × T."""

    matrices: Floats
    slopes: tuple[Floats, Floats, Floats]


@dataclass(frozen=True, kw_only=True)
class DccTerms:
    """Log density of each row given its Q, its derivatives by Q and z (N × T), and squared distances.

    ``by_matrix`` is the lower triangle (pairs × T) of a symmetric matrix, its other half unsaid.
    """

    log_densities: Floats
    by_matrix: Floats
    by_residual: Floats
    distances: Floats


@dataclass(frozen=True, kw_only=True)
class DccAdjoint:
    """Derivatives of the summed log densities by every residual (N × T), the target and the target of the falls."""

    by_residual: Floats
    by_target: Floats
    by_fall_target: Floats


def dcc_data(z: Floats, *, asymmetric: bool, textbook: bool, target: Floats | None = None) -> DccData:
    """Prepare standardised residuals (N × T).

    The target of Q is their covariance (divisor T - 1) unless it is given. With `textbook` the first Q is the
    target and the target of the falls is their second moment (Cappiello, Engle & Sheppard 2006). Without, a row of ones
    precedes residuals and falls, and the target of the falls is their covariance (the R package rmgarch).
    """
    left, right = np.tril_indices(z.shape[0])
    falls = np.minimum(z, 0.0)
    target = np.cov(z) if target is None else target
    fall_target = falls @ falls.T / z.shape[1] if textbook else np.cov(falls)
    return DccData(
        z=z,
        falls=falls,
        target=target,
        fall_target=fall_target,
        asymmetric=asymmetric,
        left=left,
        right=right,
        textbook=textbook,
    )


def _driven(data: DccData, values: Floats, target: Floats, which: slice) -> Floats:
    """Return the cross products that drive some rows less their target (pairs × rows)."""
    target = target[data.left, data.right]
    before = slice(max(which.start - 1, 0), which.stop - 1)
    shocks = values[data.left, before] * values[data.right, before] - target[:, None]
    if which.start == 0:
        first = np.zeros_like(target) if data.textbook else 1.0 - target
        shocks = np.concatenate([first[:, None], shocks], axis=1)
    return shocks


def dcc_states(data: DccData, alpha: float, beta: float, gamma: float) -> DccStates:
    """Return Q and its derivatives.

    ``Q[t] = (1 - alpha - beta) target - gamma fall_target + alpha z z' + gamma n n' + beta Q[t-1]`` with z and
    ``n = min(z, 0)`` of row t - 1 (Engle 2002). Written for Q less its target, which needs one filter per driver.
    """
    [(_, states)] = dcc_pieces(data, alpha, beta, gamma, rows=data.z.shape[1])
    return states


def dcc_pieces(
    data: DccData, alpha: float, beta: float, gamma: float, *, rows: int | None = None
) -> Iterator[tuple[slice, DccStates]]:
    """Yield what `dcc_states` returns for some rows after the other, by default as many as need little memory."""
    size, length = data.z.shape
    rows = max(16, CELLS // size**2) if rows is None else rows
    target = data.target[data.left, data.right][:, None]
    ends, before = np.zeros((3, len(target))), np.zeros_like(target)
    for first in range(0, length, rows):
        which = slice(first, min(first + rows, length))
        by_alpha = decay_filter(_driven(data, data.z, data.target, which), beta, ends[0])
        matrices, by_gamma = alpha * by_alpha, np.broadcast_to(0.0, by_alpha.shape)
        if data.asymmetric:
            by_gamma = decay_filter(_driven(data, data.falls, data.fall_target, which), beta, ends[1])
            matrices += gamma * by_gamma
        by_beta = decay_filter(np.concatenate([before, matrices[:, :-1]], axis=1), beta, ends[2])
        ends = np.stack([each[:, -1] for each in (by_alpha, by_gamma, by_beta)])
        before = matrices[:, -1:].copy()
        matrices += target
        yield which, DccStates(matrices=matrices, slopes=(by_alpha, by_beta, by_gamma))


def dcc_correlations(data: DccData, matrices: Floats) -> Floats:
    """Return the correlations (rows × pairs, in the order of the columns) of the lower triangles of some Q."""
    left, right = np.triu_indices(len(data.z), 1)
    scale = np.sqrt(matrices[data.left == data.right])
    return np.asarray((matrices[right * (right + 1) // 2 + left] / (scale[left] * scale[right])).T)


def dcc_terms(data: DccData, matrices: Floats, shape: float | None, which: slice = slice(None)) -> DccTerms:
    """Return the log density of each row of z (or of some) under the correlation matrix of its Q, normal or Student.

    The Student-t copula has `shape` degrees of freedom and unit variances. Where a Q is not positive definite the log
    densities are missing.
    """
    z = data.z[:, which]
    size = len(z)
    inverse, log_determinant = _sweep(_unpacked(data, matrices))
    scale = np.sqrt(matrices[data.left == data.right])
    scaled = z * scale
    weighted = np.einsum("ijt,jt->it", inverse, scaled)
    distances = np.einsum("it,it->t", scaled, weighted)
    log_determinant -= 2.0 * np.log(scale).sum(axis=0)
    weight = np.ones(z.shape[1]) if shape is None else (shape + size) / (shape - 2.0 + distances)
    by_matrix = (weight * weighted)[data.left] * weighted[data.right]
    by_matrix -= inverse[data.left, data.right]
    by_matrix[data.left == data.right] += 1.0 / scale**2 - weight * weighted * z / scale
    by_matrix *= 0.5
    return DccTerms(
        log_densities=_density(distances, log_determinant, size, shape),
        by_matrix=by_matrix,
        by_residual=-weight * weighted * scale,
        distances=distances,
    )


def _density(distances: Floats, log_determinant: Floats, size: int, shape: float | None) -> Floats:
    if shape is None:
        return np.asarray(-0.5 * (size * math.log(2.0 * math.pi) + log_determinant + distances))
    half = (shape + size) / 2.0
    constant = gammaln(half) - gammaln(shape / 2.0) - 0.5 * size * math.log(math.pi * (shape - 2.0))
    return np.asarray(constant - 0.5 * log_determinant - half * np.log1p(distances / (shape - 2.0)))


def _unpacked(data: DccData, triangles: Floats) -> Floats:
    full = np.empty((data.z.shape[0], data.z.shape[0], triangles.shape[1]))
    full[data.left, data.right] = triangles
    full[data.right, data.left] = triangles
    return full


def _sweep(matrices: Floats) -> tuple[Floats, Floats]:
    """Invert every N × N matrix of the stack in place by N sweeps; return it and the log determinants."""
    log_determinant = np.zeros(matrices.shape[2])
    for k in range(matrices.shape[0]):
        pivot = np.where(matrices[k, k] > 0.0, matrices[k, k], np.nan)
        log_determinant += np.log(pivot)
        row = matrices[k].copy()
        column = row / pivot
        matrices -= column[:, None] * row[None]
        matrices[k] = column
        matrices[:, k] = column
        matrices[k, k] = -1.0 / pivot
    return np.negative(matrices, out=matrices), log_determinant


def dcc_scores(data: DccData, states: DccStates, terms: DccTerms, shape: float | None) -> Floats:
    """Return the derivatives of the log densities by alpha, beta, gamma and, if given, shape: 3 or 4 × T."""
    twice = np.where(data.left == data.right, 1.0, 2.0)
    rows = [np.einsum("p,pt,pt->t", twice, terms.by_matrix, slope) for slope in states.slopes]
    if shape is not None:
        rows.append(shape_scores(terms.distances, shape, data.z.shape[0]))
    return np.array(rows)


def dcc_adjoint(data: DccData, terms: DccTerms, alpha: float, beta: float, gamma: float) -> DccAdjoint:
    """Return the derivatives of the summed log densities by the residuals and the targets.

    Counts each way in which a residual acts: in its own row, through every later Q, and through the targets.
    """
    moved, moved_falls = np.zeros_like(data.z), np.zeros_like(data.z)
    sums, starts = np.empty((2, len(data.left)))
    for begin in range(0, len(data.left), PAIRS_AT_ONCE):
        pairs = slice(begin, begin + PAIRS_AT_ONCE)
        ahead = decay_filter(terms.by_matrix[pairs], beta, backwards=True)
        sums[pairs], starts[pairs] = ahead.sum(axis=1), ahead[:, 0]
        _add_times(moved, ahead, data.z, data.left[pairs], data.right[pairs])
        if data.asymmetric:
            _add_times(moved_falls, ahead, data.falls, data.left[pairs], data.right[pairs])
    total, first = _square(data, sums), _square(data, starts)
    start = first if data.textbook else np.zeros_like(first)
    by_target = (1.0 - alpha - beta) * total + beta * first + alpha * start
    by_fall_target = gamma * (start - total)
    rows = data.z.shape[1]
    slopes = terms.by_residual + 2.0 / (rows - 1) * by_target @ (data.z - data.z.mean(axis=1, keepdims=True))
    slopes += 2.0 * alpha * moved
    if data.asymmetric:
        centre = 0.0 if data.textbook else data.falls.mean(axis=1, keepdims=True)
        falls = 2.0 / (rows if data.textbook else rows - 1) * by_fall_target @ (data.falls - centre)
        slopes += (falls + 2.0 * gamma * moved_falls) * (data.z < 0.0)
    return DccAdjoint(by_residual=slopes, by_target=by_target, by_fall_target=by_fall_target)


def _square(data: DccData, triangle: Floats) -> Floats:
    """Return the symmetric matrix of a lower triangle."""
    return _unpacked(data, triangle[:, None])[..., 0]


def _add_times(
    found: Floats,
    ahead: Floats,
    values: Floats,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> None:
    """Add to each row but the last its values times the symmetric matrix of the row after it, some pairs of which."""
    for triangle, i, j in zip(ahead[:, 1:], left, right, strict=True):
        found[i, :-1] += triangle * values[j, :-1]
        if i != j:
            found[j, :-1] += triangle * values[i, :-1]
