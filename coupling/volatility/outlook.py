"""Paths of changes that a fitted GARCH model still has before it: parameters and residuals are both drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coupling._typing import Flags, Floats, Places
from coupling.errors import InputError
from coupling.volatility.estimation import GarchFit

__all__ = ["BATCH", "Shocks", "draw_parameters", "garch_outlook", "garch_outlooks"]


BATCH = 5
"""Parameter draws that are simulated together, so that long horizons fit into memory."""

_TRIES = 200


@dataclass(frozen=True, kw_only=True)
class Shocks:
    """Drawn changes without their mean.

    Parameters
    ----------
    values : ndarray, shape (rows, draws, paths)
        In the unit of the changes.
    drift : ndarray, shape (draws,)
        Mean change per row of each draw, to be added by who wants it.
    """

    values: Floats
    drift: Floats


def garch_outlook(fit: GarchFit, *, rows: int, draws: int, paths: int, random_state: int) -> Iterator[Shocks]:
    """Simulate what follows the last row of a fit (filtered historical simulation; Barone-Adesi et al. 1999).

    Each draw of the parameters comes from the normal law of the estimates with their robust covariance, cut to what is
    admissible; with it the variances of the sample are filtered again, and the standardised residuals, brought to mean
    0 and variance 1, are drawn with replacement. Parameters that were given instead of estimated are not drawn.

    Parameters
    ----------
    fit : GarchFit
        From `fit_garch` or `evaluate_garch`.
    rows : int
        Rows ahead.
    draws, paths : int
        Draws of the parameters, and paths for each.
    random_state : int
        Seed.

    Yields
    ------
    Shocks
        Batches of at most 5 draws, in the unit of the changes.

    Raises
    ------
    InputError
        If the covariance of the estimates cannot be had, or hardly any draw is admissible.
    """
    rng = np.random.default_rng(random_state)
    thetas = draw_parameters(fit, draws, rng)
    x = fit.path.residuals + fit.theta[0]
    for first in range(0, draws, BATCH):
        batch = thetas[first : first + BATCH]
        picked = rng.integers(len(x), size=(rows, 1, len(batch), paths), dtype=np.int32)
        yield _walked(fit, x, np.array([len(x)]), batch[None], picked)


def garch_outlooks(
    fit: GarchFit, changes: Floats, ends: Places, *, rows: int, draws: int, paths: int, seeds: Sequence[int]
) -> tuple[Shocks, Flags]:
    """Simulate what follows several rows of a series, with the parameters of one earlier fit and their errors.

    Nothing is estimated again, so no row after the fit speaks in its parameters; up to each origin the variances are
    filtered.

    Parameters
    ----------
    fit : GarchFit
    changes : ndarray
        The series from its first row on, also beyond the fit.
    ends : array of int, shape (origins,)
        Rows known at each origin.
    rows, draws, paths : int
        As in `garch_outlook`.
    seeds : sequence of int
        One per origin.

    Returns
    -------
    Shocks
        Of origins × draws instead of draws, for the origins at which parameters could be drawn.
    ndarray of bool, shape (origins,)
        Which they are.
    """
    told = np.zeros(len(ends), dtype=bool)
    thetas = np.empty((len(ends), draws, 6))
    picked = np.empty((rows, len(ends), draws, paths), dtype=np.int32)
    for at, (end, seed) in enumerate(zip(ends, seeds, strict=True)):
        rng = np.random.default_rng(seed)
        try:
            thetas[at] = draw_parameters(fit, draws, rng)
        except InputError:
            continue
        picked[:, at], told[at] = rng.integers(end, size=(rows, draws, paths), dtype=np.int32), True
    known = picked if told.all() else np.ascontiguousarray(picked[:, told])
    return _walked(fit, changes / fit.scale, ends[told], thetas[told], known), told


def _walked(fit: GarchFit, x: Floats, ends: Places, thetas: Floats, picked: npt.NDArray[np.int32]) -> Shocks:
    from coupling.kernels.garch_loops import walk_ahead

    values = np.empty(picked.shape)
    walk_ahead(x, ends, np.ascontiguousarray(thetas[..., :5]), picked, fit.scale, values)
    rows, origins, draws, paths = picked.shape
    return Shocks(values=values.reshape(rows, origins * draws, paths), drift=thetas[..., 0].ravel() * fit.scale)


def draw_parameters(fit: GarchFit, draws: int, rng: np.random.Generator) -> Floats:
    """Draw (mu, omega, alpha, gamma, beta, nu), in the units of the fit, from the normal law of its estimates.

    Raises
    ------
    InputError
        As `garch_outlook`.
    """
    centre, kept = fit.theta[list(fit.free)], np.empty((0, len(fit.free)))
    for _ in range(_TRIES):
        drawn = centre + rng.standard_normal((draws, len(centre))) @ fit.error_root.T
        kept = np.vstack([kept, drawn[_admissible(_whole(fit, drawn))]])
        if len(kept) >= draws:
            thetas = _whole(fit, kept[:draws])
            thetas[:, [2, 4]] = np.maximum(thetas[:, [2, 4]], 0.0)
            return thetas
    raise InputError("hardly any draw of the GARCH parameters is admissible; use a longer series")


def _whole(fit: GarchFit, drawn: Floats) -> Floats:
    thetas = np.zeros((len(drawn), 6))
    thetas[:, list(fit.free)] = drawn
    return thetas


def _admissible(thetas: Floats, slack: float = 1e-9) -> Flags:
    """Tell which parameters give positive variances that do not explode; a bound that was reached counts as inside."""
    _, omega, alpha, gamma, beta, _ = thetas.T
    positive = (omega > 0.0) & (alpha > -slack) & (alpha + gamma > -slack) & (beta > -slack)
    return np.asarray(positive & (alpha + gamma / 2.0 + beta < 1.0))
