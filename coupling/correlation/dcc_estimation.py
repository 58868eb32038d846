"""Second stage of dynamic conditional correlation: likelihood, search and the influence of every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh, null_space
from scipy.optimize import minimize

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.kernels.dcc import (
    DccData,
    DccStates,
    DccTerms,
    dcc_adjoint,
    dcc_correlations,
    dcc_pieces,
    dcc_scores,
    dcc_terms,
)
from coupling.volatility import GarchFit

__all__ = ["NAMES", "PERSISTENCE_LIMIT", "SecondStage", "evaluate_second_stage", "fit_second_stage"]


NAMES = ("alpha", "beta", "gamma", "nu")
PERSISTENCE_LIMIT = 0.9999
"""Largest alpha + beta + delta gamma that a fit may reach."""

_GRID = [(0.005, 0.99), (0.01, 0.97), (0.03, 0.95), (0.05, 0.9), (0.1, 0.8), (0.05, 0.6), (0.02, 0.3)]
_SHAPE_BOUNDS = (2.05, 500.0)
_EDGE = 1e-6


@dataclass(frozen=True, kw_only=True)
class SecondStage:
    """The second stage at some parameters.

    `correlations` are rows × pairs; `phi` is alpha, beta, gamma, nu; `shown` the positions that the model
    has and `free` those that were estimated. ``influence`` (rows × free) says by how
    much each row moves the estimates, the first stage counted: its outer products sum to their covariance.
    """

    correlations: Floats
    phi: Floats
    shown: tuple[int, ...]
    free: tuple[int, ...]
    log_likelihood: float
    influence: Floats
    at_bound: tuple[str, ...]
    converged: bool


@dataclass(frozen=True, kw_only=True)
class _Problem:
    data: DccData
    shown: tuple[int, ...]
    free: tuple[int, ...]
    held: Floats

    def full(self, phi: Floats) -> Floats:
        vector = self.held.copy()
        vector[list(self.free)] = phi
        return vector

    def pieces(self, phi: Floats) -> Iterator[tuple[slice, DccStates, DccTerms, float | None]]:
        """Yield the matrices of some rows after the other with their terms, so that few are ever in memory."""
        alpha, beta, gamma, nu = (float(value) for value in self.full(phi))
        shape = nu if 3 in self.shown else None
        for which, states in dcc_pieces(self.data, alpha, beta, gamma):
            yield which, states, dcc_terms(self.data, states.matrices, shape, which), shape

    def scores(self, phi: Floats) -> Floats:
        """Return the derivatives of the log densities by the free parameters."""
        return np.concatenate([self.scores_of(*piece[1:]) for piece in self.pieces(phi)], axis=1)

    def scores_of(self, states: DccStates, terms: DccTerms, shape: float | None) -> Floats:
        """Return the same of some rows."""
        return np.asarray(dcc_scores(self.data, states, terms, shape)[list(self.free)])

    def loss(self, phi: Floats) -> tuple[float, Floats]:
        densities, scores = [], []
        for _, states, terms, shape in self.pieces(phi):
            if not np.isfinite(terms.log_densities).all():
                return 1e10, np.zeros(phi.size)
            densities.append(terms.log_densities)
            scores.append(self.scores_of(states, terms, shape))
        return -float(np.concatenate(densities).mean()), -np.concatenate(scores, axis=1).mean(axis=1)

    def persistence(self) -> Floats:
        """Weights of alpha, beta, gamma, nu in the sum that must stay below one."""
        delta = 0.0
        if self.data.asymmetric:
            delta = float(eigh(self.data.fall_target, self.data.target, eigvals_only=True)[-1])
        return np.array([1.0, 1.0, delta, 0.0])


def fit_second_stage(data: DccData, margins: Sequence[GarchFit], *, student: bool) -> SecondStage:
    """Maximise the likelihood of the standardised residuals over alpha, beta and, where asked for, gamma and nu."""
    shown = _shown(data, student)
    problem = _Problem(data=data, shown=shown, free=shown, held=np.zeros(4))
    phi, converged = _search(problem)
    bounds = _bounds_reached(problem, problem.full(phi))
    return _finish(problem, phi, _influence(problem, phi, margins, tuple(bounds.values())), tuple(bounds), converged)


def evaluate_second_stage(data: DccData, parameters: Mapping[str, float], *, student: bool) -> SecondStage:
    """Return the second stage at parameters that are given instead of estimated.

    Raises
    ------
    InputError
        If a parameter is lacking, unknown, negative or not stationary.
    """
    shown = _shown(data, student)
    wanted = [NAMES[position] for position in shown]
    if set(parameters) != set(wanted):
        raise InputError(
            f"second_stage names {sorted(parameters)}; this model has {sorted(wanted)}: give exactly those."
        )
    held = np.array([parameters.get(name, 0.0) for name in NAMES])
    problem = _Problem(data=data, shown=shown, free=(), held=held)
    if held.min() < 0.0 or problem.persistence() @ held >= 1.0:
        raise InputError(
            f"second_stage={dict(parameters)} is not stationary; alpha + beta must stay below 1, none negative."
        )
    return _finish(problem, np.empty(0), np.empty((data.z.shape[1], 0)), (), converged=True)


def _shown(data: DccData, student: bool) -> tuple[int, ...]:
    return (0, 1, *((2,) if data.asymmetric else ()), *((3,) if student else ()))


def _search(problem: _Problem) -> tuple[Floats, bool]:
    """Start from the best point of a small grid and climb with exact gradients."""
    weights = problem.persistence()[list(problem.free)]
    starts = [np.array([a, b, a / 2.0, 8.0])[list(problem.free)] for a, b in _GRID]
    starts = [start if weights @ start < PERSISTENCE_LIMIT else start * _shrink(problem) for start in starts]
    found = minimize(
        problem.loss,
        min(starts, key=lambda start: problem.loss(start)[0]),
        jac=True,
        method="SLSQP",
        bounds=[_SHAPE_BOUNDS if position == 3 else (0.0, 1.0) for position in problem.free],
        constraints={
            "type": "ineq",
            "fun": lambda phi: PERSISTENCE_LIMIT - weights @ phi,
            "jac": lambda _: -weights,
        },
        options={"ftol": 1e-12, "maxiter": 200},
    )
    return np.asarray(found.x), bool(found.success)


def _shrink(problem: _Problem) -> Floats:
    return np.array([0.5, 0.9, 0.1, 1.0])[list(problem.free)]


def _bounds_reached(problem: _Problem, full: Floats) -> dict[str, Floats]:
    """Return what ended on the edge of what is allowed, with the direction that this holds."""
    unit = np.eye(4)
    reached = {NAMES[position]: unit[position] for position in problem.free if full[position] < _EDGE}
    if 3 in problem.free and not _SHAPE_BOUNDS[0] + _EDGE < full[3] < _SHAPE_BOUNDS[1] - 1.0:
        reached["nu"] = unit[3]
    weights = problem.persistence()
    if weights @ full > PERSISTENCE_LIMIT - _EDGE:
        reached["persistence"] = weights
    if full[0] < _EDGE and full[2] < _EDGE:
        reached["beta"] = unit[1]
    return reached


def _influence(problem: _Problem, phi: Floats, margins: Sequence[GarchFit], held: Sequence[Floats]) -> Floats:
    """Return the influence of each row on the estimates, through the second stage and through every margin."""
    rows = problem.scores(phi)
    hessian, crosses = _second_derivatives(problem, phi, margins)
    for margin, cross in zip(margins, crosses, strict=True):
        rows = rows + cross @ margin.influence.T
    basis = null_space(np.array(held)[:, list(problem.free)]) if held else np.eye(phi.size)
    try:
        bread = basis @ np.linalg.inv(basis.T @ -hessian @ basis) @ basis.T
    except np.linalg.LinAlgError:
        bread = np.full_like(hessian, np.nan)
    return np.asarray(rows.T @ bread)


def _second_derivatives(problem: _Problem, phi: Floats, margins: Sequence[GarchFit]) -> tuple[Floats, list[Floats]]:
    """Return central differences of the exact gradients by phi: by phi itself, and by each margin's parameters."""
    steps = 1e-5 * np.maximum(np.abs(phi), 1e-2)
    own, cross = [], []
    for step in np.diag(steps):
        up, down = _gradients(problem, phi + step, margins), _gradients(problem, phi - step, margins)
        differences = [(high - low) / (2.0 * step.sum()) for high, low in zip(up, down, strict=True)]
        own.append(differences[0])
        cross.append(differences[1:])
    hessian = np.array(own)
    return (hessian + hessian.T) / 2.0, [np.array(parts) for parts in zip(*cross, strict=True)]


def _gradients(problem: _Problem, phi: Floats, margins: Sequence[GarchFit]) -> list[Floats]:
    """Return the gradient of the summed log-likelihood by phi, then by the parameters of each margin."""
    size, rows = problem.data.z.shape
    by_matrix, by_residual = np.empty((size * (size + 1) // 2, rows)), np.empty((size, rows))
    scores, densities, distances = [], np.empty(rows), np.empty(rows)
    for which, states, terms, shape in problem.pieces(phi):
        scores.append(problem.scores_of(states, terms, shape))
        by_matrix[:, which], by_residual[:, which] = terms.by_matrix, terms.by_residual
        densities[which], distances[which] = terms.log_densities, terms.distances
    own = np.concatenate(scores, axis=1).sum(axis=1)
    alpha, beta, gamma, _ = (float(value) for value in problem.full(phi))
    whole = DccTerms(log_densities=densities, by_matrix=by_matrix, by_residual=by_residual, distances=distances)
    slopes = dcc_adjoint(problem.data, whole, alpha, beta, gamma).by_residual
    return [own, *(_jacobian(margin) @ slope for margin, slope in zip(margins, slopes, strict=True))]


def _jacobian(margin: GarchFit) -> Floats:
    return np.asarray(margin.path.standardized_jacobian[list(margin.free)])


def _finish(
    problem: _Problem, phi: Floats, influence: Floats, at_bound: tuple[str, ...], converged: bool
) -> SecondStage:
    size, rows = problem.data.z.shape
    correlations, densities = np.empty((rows, size * (size - 1) // 2)), np.empty(rows)
    for which, states, terms, _ in problem.pieces(phi):
        correlations[which] = dcc_correlations(problem.data, states.matrices)
        densities[which] = terms.log_densities
    return SecondStage(
        correlations=correlations,
        phi=problem.full(phi),
        shown=problem.shown,
        free=problem.free,
        log_likelihood=float(densities.sum()),
        influence=influence,
        at_bound=at_bound,
        converged=converged,
    )
