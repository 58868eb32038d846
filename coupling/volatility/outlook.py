"""Paths of changes that a fitted GARCH model still has before it: parameters and residuals are both drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.kernels.garch import garch_path, variance_paths
from coupling.volatility.estimation import GarchFit

__all__ = ["BATCH", "Shocks", "draw_parameters", "garch_outlook"]


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
        pools, variances = zip(*(_filtered(theta, x) for theta in batch), strict=True)
        picked = rng.integers(len(x), size=(rows, len(batch), paths))
        z = np.array(pools)[np.arange(len(batch))[:, None], picked]
        yield Shocks(values=_recursion(z, batch, np.array(variances)) * fit.scale, drift=batch[:, 0] * fit.scale)


def draw_parameters(fit: GarchFit, draws: int, rng: np.random.Generator) -> Floats:
    """Draw (mu, omega, alpha, gamma, beta, nu), in the units of the fit, from the normal law of its estimates.

    Raises
    ------
    InputError
        As `garch_outlook`.
    """
    covariance = fit.influence.T @ fit.influence
    if not np.isfinite(covariance).all():
        raise InputError("the errors of the GARCH parameters cannot be computed; use a longer series")
    kept = np.empty((0, len(fit.free)))
    for _ in range(_TRIES):
        drawn = rng.multivariate_normal(fit.theta[list(fit.free)], covariance, size=draws, method="eigh")
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


def _admissible(thetas: Floats, slack: float = 1e-9) -> npt.NDArray[np.bool_]:
    """Tell which parameters give positive variances that do not explode; a bound that was reached counts as inside."""
    _, omega, alpha, gamma, beta, _ = thetas.T
    positive = (omega > 0.0) & (alpha > -slack) & (alpha + gamma > -slack) & (beta > -slack)
    return np.asarray(positive & (alpha + gamma / 2.0 + beta < 1.0))


def _filtered(theta: Floats, x: Floats) -> tuple[Floats, float]:
    """Return the standardised residuals of a sample, mean 0 and variance 1, and the variance of the row after it."""
    path = garch_path(theta[:5], x, "sample")
    last, fallen = path.residuals[-1] ** 2, float(path.residuals[-1] < 0.0)
    following = theta[1] + (theta[2] + theta[3] * fallen) * last + theta[4] * path.variances[-1]
    z = path.standardized
    return (z - z.mean()) / z.std(), float(following)


def _recursion(z: Floats, thetas: Floats, variances: Floats) -> Floats:
    """Turn residuals (rows × draws × paths) into shocks in place."""
    z *= np.sqrt(variance_paths(z, thetas.T[1:5, :, None], variances[:, None]))
    return z
