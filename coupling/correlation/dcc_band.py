"""Band of one conditional correlation path by the delta method, through every estimated parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from coupling._typing import Floats
from coupling.correlation.dcc_estimation import SecondStage
from coupling.inference import long_run_covariance
from coupling.kernels.dcc import dcc_data, dcc_states
from coupling.volatility import GarchFit

__all__ = ["path_band"]


@dataclass(frozen=True, kw_only=True)
class _Pair:
    margins: Sequence[GarchFit]
    second: SecondStage
    asymmetric: bool
    textbook: bool

    @property
    def z(self) -> Floats:
        return np.array([margin.path.standardized for margin in self.margins])

    def path(self, z: Floats, phi: Floats, target: Floats | None = None) -> Floats:
        """Return atanh of the correlation path of the two series."""
        data = dcc_data(z, asymmetric=self.asymmetric, textbook=self.textbook, target=target)
        first, cross, second = dcc_states(data, phi[0], phi[1], phi[2]).matrices
        return np.asarray(np.arctanh(cross / np.sqrt(first * second)))


def path_band(
    margins: Sequence[GarchFit], second: SecondStage, level: float, *, asymmetric: bool, textbook: bool
) -> tuple[Floats, Floats]:
    """Return the lower and upper end of the band of one pair, pointwise, on the scale of atanh.

    Counts the estimation of both margins, of the target and of the second stage, with long-run variances of their
    influences; gamma's own target counts as known.
    """
    pair = _Pair(margins=margins, second=second, asymmetric=asymmetric, textbook=textbook)
    z = pair.z
    slopes = np.vstack([_by_second(pair, z), *(_by_margin(pair, z, which) for which in (0, 1)), _by_target(pair, z)])
    influence = np.hstack([second.influence, *(margin.influence for margin in margins), _target_influence(z)])
    covariance = long_run_covariance(influence) * z.shape[1]
    variances = np.einsum("it,ij,jt->t", slopes, covariance, slopes)
    reach = ndtri(0.5 + level / 2.0) * np.sqrt(variances.clip(min=0.0))
    middle = pair.path(z, second.phi)
    return np.tanh(middle - reach), np.tanh(middle + reach)


def _slope(path: Callable[[Floats], Floats], direction: Floats, step: float) -> Floats:
    """Return the central difference of a path along a direction."""
    return np.asarray((path(step * direction) - path(-step * direction)) / (2.0 * step))


def _by_second(pair: _Pair, z: Floats) -> Floats:
    phi = pair.second.phi
    rows = [
        _slope(lambda move: pair.path(z, phi + move), np.eye(4)[position], 1e-5 * max(phi[position], 1e-2))
        for position in pair.second.free
    ]
    return np.array(rows).reshape(len(rows), z.shape[1])


def _by_margin(pair: _Pair, z: Floats, which: int) -> Floats:
    """Move the residuals of one margin along their derivatives by its parameters."""
    margin = pair.margins[which]
    side = np.eye(2)[which][:, None]
    jacobian = margin.path.standardized_jacobian[list(margin.free)]
    rows = [
        _slope(lambda move: pair.path(z + move, pair.second.phi), side * slopes, 1e-5 / np.abs(slopes).max())
        for slopes in jacobian
    ]
    return np.array(rows)


def _by_target(pair: _Pair, z: Floats) -> Floats:
    target = np.cov(z)
    cells = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]])
    return np.array([_slope(lambda move: pair.path(z, pair.second.phi, target + move), cell, 1e-6) for cell in cells])


def _target_influence(z: Floats) -> Floats:
    """By how much each row moves the two variances and the covariance of the residuals."""
    first, second = z - z.mean(axis=1, keepdims=True)
    products = np.array([first * first, first * second, second * second])
    return np.asarray((products - products.mean(axis=1, keepdims=True)).T / z.shape[1])
