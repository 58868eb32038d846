"""Two hidden states with their own covariances (Hamilton 1989), for many samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coupling._typing import Floats

__all__ = [
    "TwoStates",
    "fit_two_directions",
    "fit_two_states",
    "one_direction_log_likelihood",
    "simulate_two_states",
    "state_probabilities",
]


_LEAST = 1e-10


@dataclass(frozen=True, kw_only=True)
class TwoStates:
    """Parameters of B samples: covariances (B × 2 × N × N), transitions (B × 2 × 2), log-likelihoods.

    State 1 has the larger log determinant. The chain starts in its stationary law.
    """

    covariances: Floats
    transitions: Floats
    log_likelihoods: Floats

    @property
    def stationary(self) -> Floats:
        """Long-run share of both states, B × 2."""
        return _stationary(self.transitions)


def fit_two_states(
    x: Floats, *, start: TwoStates | None = None, iterations: int = 200, tolerance: float = 1e-3
) -> TwoStates:
    """Climb the likelihood of B samples (B × T × N, mean zero) by expectation and maximisation.

    Starts from the rows sorted by size into the calmer 70 % and the rest, or from `start`; stops when no log-likelihood
    rises by more than `tolerance`.
    """
    begun = _first_guess(x, _largest(x)) if start is None else start
    covariances, transitions = _repeated(begun, len(x))
    previous = np.full(len(x), -np.inf)
    for _ in range(iterations):
        densities, peaks = _densities(x, covariances)
        _, smoothed, moves, totals = _forward_backward(densities, transitions)
        totals = totals + peaks.sum(axis=1)
        if (totals - previous).max() < tolerance:
            break
        previous = totals
        covariances = _covariances(x, smoothed)
        transitions = moves / moves.sum(axis=2, keepdims=True)
    return _ordered(covariances, transitions, totals)


def fit_two_directions(x: Floats, stressed: Floats, *, iterations: int = 50, tolerance: float = 1e-2) -> Floats:
    """Climb the likelihood of directions (B × T × N) in two states of one correlation matrix each; return its log.

    The law is the angular central Gaussian: the direction of normal rows whatever their length. Columns have the same
    variance in both states.

    Parameters
    ----------
    x : ndarray
        Rows of any length but zero.
    stressed : ndarray of shape (B, T)
        Weight of each row in the second state to begin with.
    iterations, tolerance : int, float
        As in `fit_two_states`.

    Returns
    -------
    ndarray of shape (B,)
        The largest log-likelihood met, up to a constant of the rows.

    References
    ----------
    Tyler (1987), Biometrika 74, 579-589: the angular central Gaussian law.
    """
    begun = _first_guess(x, stressed)
    matrices, transitions = _correlations(begun.covariances), begun.transitions
    best = previous = np.full(len(x), -np.inf)
    for _ in range(iterations):
        distance = _distances(x, matrices)
        logs = -0.5 * (np.linalg.slogdet(matrices)[1][:, None] + x.shape[2] * np.log(distance))
        peaks = logs.max(axis=2)
        _, smoothed, moves, totals = _forward_backward(np.exp(logs - peaks[..., None]), transitions)
        totals = totals + peaks.sum(axis=1)
        best = np.maximum(best, totals)
        if (totals - previous).max() < tolerance:
            break
        previous = totals
        matrices = _correlations(_covariances(x, smoothed * x.shape[2] / distance))
        transitions = moves / moves.sum(axis=2, keepdims=True)
    return np.asarray(best)


def one_direction_log_likelihood(x: Floats, correlation: Floats) -> float:
    """Return the log-likelihood of directions (T × N) in one state, up to the constant of `fit_two_directions`."""
    distance = np.einsum("ti,ij,tj->t", x, np.linalg.inv(correlation), x)
    return float(-0.5 * (len(x) * np.linalg.slogdet(correlation)[1] + x.shape[1] * np.log(distance).sum()))


def state_probabilities(x: Floats, states: TwoStates) -> tuple[Floats, Floats]:
    """Return the probabilities of state 1 in every row (B × T): given the rows up to it, and given all rows."""
    densities, _ = _densities(x, states.covariances)
    filtered, smoothed, _, _ = _forward_backward(densities, states.transitions)
    return filtered[..., 1], smoothed[..., 1]


def simulate_two_states(
    states: TwoStates, x: Floats, probability: Floats, count: int, rng: np.random.Generator
) -> Floats:
    """Draw `count` samples (count × T × N) from the first of `states`.

    The shocks are rows of x (T × N) drawn at random, each divided by the root of the covariance of the state that it is
    more probably in; `probability` is that of state 1.
    """
    roots = np.linalg.cholesky(states.covariances[0])
    likely = (probability > 0.5).astype(int)
    shocks = np.linalg.solve(roots[likely], x[..., None])[..., 0]
    rows = len(x)
    uniform = rng.random((rows, count))
    path = np.empty((rows, count), dtype=np.int64)
    path[0] = uniform[0] < states.stationary[0, 1]
    for t in range(1, rows):
        path[t] = uniform[t] < states.transitions[0, path[t - 1], 1]
    drawn = shocks[rng.integers(rows, size=(count, rows))]
    return np.asarray(np.einsum("btij,btj->bti", roots[path.T], drawn))


def _repeated(start: TwoStates, count: int) -> tuple[Floats, Floats]:
    size = start.covariances.shape[2]
    covariances = np.broadcast_to(start.covariances, (count, 2, size, size))
    return covariances, np.broadcast_to(start.transitions, (count, 2, 2))


def _first_guess(x: Floats, stressed: Floats) -> TwoStates:
    """Return states to start from, of B samples: the covariances of the rows, weighted by `stressed` (B × T)."""
    transitions = np.broadcast_to([[0.97, 0.03], [0.07, 0.93]], (len(x), 2, 2))
    weights = np.stack([1.0 - stressed, stressed], axis=2)
    unknown = np.full(len(x), np.nan)
    return TwoStates(covariances=_covariances(x, weights), transitions=transitions, log_likelihoods=unknown)


def _largest(x: Floats) -> Floats:
    size = (x**2).sum(axis=2)
    return np.asarray(size > np.quantile(size, 0.7, axis=1, keepdims=True), dtype=float)


def _covariances(x: Floats, weights: Floats) -> Floats:
    """Return the weighted covariances, each with a tenth of a row of the whole sample's so that none collapses."""
    sums = np.einsum("bts,bti,btj->bsij", weights, x, x, optimize=True)
    whole = sums.sum(axis=1, keepdims=True) / x.shape[1]
    return np.asarray((sums + 0.1 * whole) / (weights.sum(axis=1)[..., None, None] + 0.1))


def _densities(x: Floats, covariances: Floats) -> tuple[Floats, Floats]:
    """Return the densities of each row in both states over the larger one (B × T × 2), and the log of the latter."""
    constant = x.shape[2] * np.log(2.0 * np.pi) + np.linalg.slogdet(covariances)[1]
    logs = -0.5 * (constant[:, None] + _distances(x, covariances))
    peaks = logs.max(axis=2)
    return np.exp(logs - peaks[..., None]), peaks


def _distances(x: Floats, covariances: Floats) -> Floats:
    """Return the squared Mahalanobis length of each row in both states (B × T × 2)."""
    inverse = np.linalg.inv(covariances)
    return np.stack([((x @ inverse[:, state]) * x).sum(axis=2) for state in (0, 1)], axis=2)


def _correlations(covariances: Floats) -> Floats:
    scale = np.sqrt(np.einsum("bsii->bsi", covariances))
    return np.asarray(covariances / scale[..., :, None] / scale[..., None, :])


def _forward_backward(densities: Floats, transitions: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return filtered and smoothed probabilities, expected moves between states and log-likelihoods (Kim 1994).

    Steps through time with all samples at once, time first in memory.
    """
    d = np.ascontiguousarray(densities.transpose(1, 2, 0))
    move = transitions.transpose(1, 2, 0)
    ahead, filtered, scale = np.empty_like(d), np.empty_like(d), np.empty((len(d), d.shape[2]))
    now = _stationary(transitions).T
    for t in range(len(d)):
        ahead[t] = now
        joint = now * d[t]
        scale[t] = joint[0] + joint[1]
        filtered[t] = joint / scale[t]
        now = filtered[t, 0] * move[0] + filtered[t, 1] * move[1]
    smoothed, ratio = filtered.copy(), np.empty_like(d[1:])
    for t in range(len(d) - 2, -1, -1):
        ratio[t] = smoothed[t + 1] / ahead[t + 1]
        smoothed[t] = filtered[t] * (move[:, 0] * ratio[t, 0] + move[:, 1] * ratio[t, 1])
    moves = move.transpose(2, 0, 1) * np.einsum("tib,tjb->bij", filtered[:-1], ratio)
    return filtered.transpose(2, 0, 1), smoothed.transpose(2, 0, 1), moves + _LEAST, np.log(scale).sum(axis=0)


def _stationary(transitions: Floats) -> Floats:
    up, down = transitions[:, 0, 1], transitions[:, 1, 0]
    return np.stack([down, up], axis=1) / (up + down)[:, None]


def _ordered(covariances: Floats, transitions: Floats, totals: Floats) -> TwoStates:
    """Put the state with the smaller determinant first."""
    order = np.argsort(np.linalg.slogdet(covariances)[1], axis=1)
    rows = np.arange(len(order))[:, None]
    return TwoStates(
        covariances=covariances[rows, order],
        transitions=transitions[rows[..., None], order[:, :, None], order[:, None, :]],
        log_likelihoods=totals,
    )
