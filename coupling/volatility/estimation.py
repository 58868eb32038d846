"""Maximum likelihood of one GARCH(1,1) or GJR series, with its scores and Hessian."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import minimize

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.kernels.garch import GarchPath, backcast, garch_path, log_densities, mean_likelihood, scores

__all__ = ["MINIMUM_ROWS", "PERSISTENCE_LIMIT", "STARTS", "GarchFit", "evaluate_garch", "fit_garch"]


PERSISTENCE_LIMIT = 0.999
"""Largest alpha + gamma / 2 + beta that a fit may reach, as in the R package rugarch."""

MINIMUM_ROWS = 10
"""Fewest rows from which a GARCH model is fitted."""

STARTS = ("sample", "recursion", "backcast")
_NAMES = ("mu", "omega", "alpha", "gamma", "beta", "nu")
_GRID = [(a, b) for b in (0.5, 0.7, 0.9, 0.98) for a in (0.02, 0.05, 0.1, 0.2)]
_SHAPE_BOUNDS = (2.05, 500.0)
_EDGE = 1e-6
_REFUSED = 1e10
_LEAST_OMEGA = 1e-12
_MEDIAN_DEVIATION = 1.4826
"""What makes the median absolute deviation of a normal law its standard deviation."""
_LOWER = 1e-6
"""Mean log-likelihood of a row by which a maximum may lie below another point: rounding."""
_EDGE_DIRECTIONS = {
    "omega": (0.0, 1.0, 0.0, 0.0, 0.0, 0.0),
    "alpha": (0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
    "alpha + gamma": (0.0, 0.0, 1.0, 1.0, 0.0, 0.0),
    "beta": (0.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "nu": (0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    "persistence": (0.0, 0.0, 1.0, 0.5, 1.0, 0.0),
}


@dataclass(frozen=True, kw_only=True)
class GarchFit:
    """One fitted series, in units of its own standard deviation (`scale`).

    `free` holds the positions of the estimated parameters among mu, omega, alpha, gamma, beta, nu; `scores` is rows ×
    free and `hessian` the second derivatives of the summed log-likelihood by them.
    """

    scale: float
    theta: Floats
    free: tuple[int, ...]
    path: GarchPath
    log_likelihood: float
    scores: Floats
    hessian: Floats
    converged: bool
    estimated: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the estimated parameters."""
        return tuple(_NAMES[position] for position in self.free)

    @property
    def units(self) -> Floats:
        """What turns the estimated parameters into the unit of the data."""
        return np.array([self.scale, self.scale**2, 1.0, 1.0, 1.0, 1.0])[list(self.free)]

    @property
    def parameters(self) -> Floats:
        """Estimated parameters in the unit of the data."""
        return np.asarray(self.theta[list(self.free)] * self.units)

    @property
    def at_bound(self) -> tuple[str, ...]:
        """Parameters, or ``persistence``, on the edge of what is allowed; beta too where no shock identifies it."""
        omega, alpha, gamma, beta, nu = self.theta[1:]
        edges = {
            "omega": omega < _EDGE * 1e-2,
            "alpha": alpha < _EDGE,
            "alpha + gamma": 3 in self.free and alpha + gamma < _EDGE,
            "beta": beta < _EDGE or max(alpha, alpha + gamma) < _EDGE,
            "nu": 5 in self.free and (nu > _SHAPE_BOUNDS[1] - 1.0 or nu < _SHAPE_BOUNDS[0] + _EDGE),
            "persistence": alpha + gamma / 2.0 + beta > PERSISTENCE_LIMIT - _EDGE,
        }
        return tuple(name for name, reached in edges.items() if reached)

    @property
    def bread(self) -> Floats:
        """Inverse of minus the Hessian along what a bound leaves free (a bound that is reached counts as held)."""
        basis = _tangent(self)
        try:
            inner = np.linalg.inv(basis.T @ -self.hessian @ basis)
        except np.linalg.LinAlgError:
            return np.full_like(self.hessian, np.nan)
        return np.asarray(basis @ inner @ basis.T)

    @property
    def influence(self) -> Floats:
        """By how much each row moves the estimates (rows × free); nothing does where they were given."""
        return np.asarray(self.scores @ self.bread) if self.estimated else np.zeros_like(self.scores)

    @cached_property
    def error_root(self) -> Floats:
        """A root of the robust covariance of the estimates, in the units of the fit: what normal errors are drawn by.

        Raises
        ------
        InputError
            If the covariance cannot be had.
        """
        covariance = self.influence.T @ self.influence
        if not np.isfinite(covariance).all():
            raise InputError("the errors of the GARCH parameters cannot be computed; use a longer series")
        values, vectors = np.linalg.eigh(covariance)
        return np.asarray(vectors * np.sqrt(np.abs(values)))

    def std_errors(self, errors: str) -> Floats:
        """Return standard errors in the unit of the data, ``"robust"`` or ``"hessian"``; missing where held."""
        variances = np.diag(self.bread) if errors == "hessian" else (self.influence**2).sum(axis=0)
        return np.asarray(np.sqrt(np.where(variances > 0.0, variances, np.nan)) * self.units)


def _tangent(fit: GarchFit) -> Floats:
    """Return a basis of the directions in which the parameters are free: all, less those of the bounds reached."""
    reached = fit.at_bound
    held = np.array([_EDGE_DIRECTIONS[name] for name in reached]).reshape(len(reached), 6)[:, list(fit.free)]
    return np.asarray(null_space(held)) if reached else np.eye(len(fit.free))


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """A series in units of its standard deviation, its mean and variance, and the model asked for."""

    x: Floats
    moments: tuple[float, float]
    scale: float
    start: str | float
    free: tuple[int, ...]

    def full(self, theta: Floats) -> Floats:
        vector = np.zeros(6)
        vector[list(self.free)] = theta
        return vector

    def shape(self, full: Floats) -> float | None:
        return float(full[5]) if 5 in self.free else None

    def evaluate(self, theta: Floats) -> tuple[GarchPath, float | None]:
        full = self.full(theta)
        return garch_path(full[:5], self.x, self.start), self.shape(full)

    def likelihood(self, theta: Floats) -> tuple[float, Floats]:
        """Return the mean log-likelihood of a row (minus infinity where a variance is not positive) and its slopes."""
        full = self.full(theta)
        mean, slopes = mean_likelihood(full[:5], self.x, self.moments, self.start, self.shape(full))
        return mean, slopes[list(self.free)]

    def loss(self, theta: Floats) -> tuple[float, Floats]:
        mean, slopes = self.likelihood(theta)
        return (-mean, -slopes) if mean > -math.inf else (_REFUSED, np.zeros(theta.size))


def fit_garch(
    x: Floats, *, asymmetric: bool = False, student: bool = False, initial_variance: str | float = "sample"
) -> GarchFit:
    """Fit ``x = mu + e`` with GARCH(1,1) or GJR variances to an array by maximum likelihood.

    Raises
    ------
    InputError
        If the series has fewer than 10 rows, a missing or infinite value, or does not vary.
    """
    free = tuple(position for position in range(6) if (asymmetric or position != 3) and (student or position != 5))
    problem = _problem(x, initial_variance, free)
    theta, converged = _search(problem)
    return _finish(problem, theta, converged=converged, estimated=True)


def evaluate_garch(x: Floats, parameters: Mapping[str, float], *, initial_variance: str | float = "sample") -> GarchFit:
    """Return the fit at parameters that are given (in the unit of the data) instead of estimated.

    Raises
    ------
    InputError
        If a parameter is lacking or unknown, or makes a variance that is not positive.
    """
    unknown, lacking = set(parameters) - set(_NAMES), {"mu", "omega", "alpha", "beta"} - set(parameters)
    if unknown or lacking:
        raise InputError(
            f"GARCH parameters have unknown names {sorted(unknown)} and lack {sorted(lacking)}; give mu, omega, alpha, "
            "beta and, where wanted, gamma and nu."
        )
    free = tuple(position for position, name in enumerate(_NAMES) if name in parameters)
    problem = _problem(x, initial_variance, free)
    units = np.array([problem.scale, problem.scale**2, 1.0, 1.0, 1.0, 1.0])
    theta = np.array([parameters[_NAMES[position]] / units[position] for position in free])
    return _finish(problem, theta, converged=True, estimated=False)


def _problem(x: Floats, initial_variance: str | float, free: tuple[int, ...]) -> _Problem:
    if x.size < MINIMUM_ROWS:
        raise InputError(f"A GARCH model needs at least {MINIMUM_ROWS} rows, and {x.size} were given; use more data.")
    if not np.isfinite(x).all():
        raise InputError("A GARCH model needs complete rows, and NaN or inf was seen; drop or repair those rows first.")
    peak = float(np.abs(x).max())
    scale = peak * float((x / peak).std()) if peak > 0.0 else 0.0
    if not scale > 1e-12 * peak:
        raise InputError("A GARCH model needs a series that varies, and this one is constant; leave it out.")
    scaled = x / scale
    moments = float(scaled.mean()), float(scaled.var())
    return _Problem(x=scaled, moments=moments, scale=scale, start=_start(initial_variance, scaled, scale), free=free)


def _start(initial_variance: str | float, scaled: Floats, scale: float) -> str | float:
    if initial_variance == "backcast":
        return backcast(scaled - scaled.mean())
    if isinstance(initial_variance, str):
        if initial_variance not in STARTS:
            raise InputError(f"initial_variance={initial_variance!r} is not known; use one of {STARTS} or a number.")
        return initial_variance
    if not (math.isfinite(initial_variance) and initial_variance > 0.0):
        raise InputError(f"initial_variance={initial_variance!r} must be positive; use one of {STARTS} or a number.")
    return float(initial_variance) / scale / scale


def _search(problem: _Problem) -> tuple[Floats, bool]:
    """Start from the best point of a small grid and climb with exact gradients; tell whether a maximum was reached.

    One huge value makes the grid of no use to a Student law, and the climb may end far below. A steady variance of the
    size of most rows tells so: no maximum lies below it, and the climb is tried again from there.
    """
    starts = [_guess(problem, alpha, beta) for alpha, beta in _GRID]
    theta, height, converged = _climb(problem, min(starts, key=lambda theta: problem.loss(theta)[0]))
    steady = _steady(problem)
    if problem.loss(steady)[0] < height - _LOWER:
        again, lowest, success = _climb(problem, steady)
        theta, height = (again, lowest) if lowest < height else (theta, height)
        converged = success and height <= problem.loss(steady)[0]
    return theta, converged


def _climb(problem: _Problem, start: Floats) -> tuple[Floats, float, bool]:
    """Return where a climb ends, its loss, and whether it stands on a maximum."""
    lower = {0: -np.inf, 1: _LEAST_OMEGA, 3: -1.0, 5: _SHAPE_BOUNDS[0]}
    upper = {0: np.inf, 1: np.inf, 5: _SHAPE_BOUNDS[1]}
    found = minimize(
        problem.loss,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(lower.get(position, 0.0), upper.get(position, 1.0)) for position in problem.free],
        constraints=_constraints(problem),
        options={"ftol": 1e-13, "maxiter": 300},
    )
    return np.asarray(found.x), float(found.fun), bool(found.success)


def _steady(problem: _Problem) -> Floats:
    """Return the parameters of a variance that does not move, by the median and the deviation of most rows from it."""
    middle = float(np.median(problem.x))
    spread = (_MEDIAN_DEVIATION * float(np.median(np.abs(problem.x - middle)))) ** 2
    return np.array([middle, max(spread, _LEAST_OMEGA), 0.0, 0.0, 0.0, 8.0])[list(problem.free)]


def _guess(problem: _Problem, alpha: float, beta: float) -> Floats:
    persistence = min(alpha + beta, 0.98)
    alpha = persistence - beta if alpha + beta > persistence else alpha
    full = np.array([problem.moments[0], 1.0 - persistence, alpha, 0.0, beta, 8.0])
    if 3 in problem.free:
        full[2:4] = 0.5 * alpha, alpha
    return full[list(problem.free)]


def _constraints(problem: _Problem) -> list[dict[str, object]]:
    """Persistence below its limit, and for GJR a variance that no shock makes negative."""
    persistence = np.array([0.0, 0.0, 1.0, 0.5, 1.0, 0.0])[list(problem.free)]
    rows = [{"type": "ineq", "fun": lambda t: PERSISTENCE_LIMIT - persistence @ t, "jac": lambda _: -persistence}]
    if 3 in problem.free:
        positive = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])[list(problem.free)]
        rows.append({"type": "ineq", "fun": lambda t: positive @ t, "jac": lambda _: positive})
    return rows


def _finish(problem: _Problem, theta: Floats, *, converged: bool, estimated: bool) -> GarchFit:
    path, shape = problem.evaluate(theta)
    if not path.variances.min() > 0.0:
        raise InputError("The GARCH parameters give a variance that is not positive; check them.")
    total = float(log_densities(path, shape).sum()) - problem.x.size * math.log(problem.scale)
    return GarchFit(
        scale=problem.scale,
        theta=problem.full(theta),
        free=problem.free,
        path=path,
        log_likelihood=total,
        scores=scores(path, shape)[list(problem.free)].T,
        hessian=_hessian(problem, theta),
        converged=converged,
        estimated=estimated,
    )


def _hessian(problem: _Problem, theta: Floats) -> Floats:
    """Return central differences of the exact gradient."""
    steps = 1e-5 * np.maximum(np.abs(theta), 1e-2)
    either = [(problem.likelihood(theta - step)[1], problem.likelihood(theta + step)[1]) for step in np.diag(steps)]
    hessian = problem.x.size * np.array([after - before for before, after in either]) / (2.0 * steps[:, None])
    return np.asarray((hessian + hessian.T) / 2.0)
