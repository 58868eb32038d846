"""Least squares of vector autoregressions with a constant: one sample, all windows, many paths, leave-one-group-out.

Coefficients have shape ``(k, k * lags)``, the newest lag first. They and the residual covariances are in units of
`scale`; variance shares and stability do not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats, Integers

__all__ = ["VarFit", "block_centre", "design", "fit_drawn", "fit_paths", "fit_var", "rolling_var", "simulate"]


SINGULAR = 1e-10
"""Ratio of singular values of the standardised regressors below which they count as collinear."""

_DOUBTFUL = 1e-8
_VALUES_AT_ONCE = 500_000


@dataclass(frozen=True, kw_only=True)
class VarFit:
    """One fitted model: coefficients, residual covariance (divisor: the residual rows), residuals, scale and mean."""

    coefficients: Floats
    covariance: Floats
    residuals: Floats
    scale: Floats
    mean: Floats


def design(y: Floats, lags: int) -> Floats:
    """Return each row beside the `lags` rows before it, shape (..., T - lags, k * (lags + 1))."""
    rows = y.shape[-2]
    return np.concatenate([y[..., lags - j : rows - j, :] for j in range(lags + 1)], axis=-1)


def fit_var(y: Floats, lags: int) -> VarFit | None:
    """Fit one model by least squares on the centred and scaled sample.

    Parameters
    ----------
    y : ndarray, shape (T, k)
    lags : int

    Returns
    -------
    VarFit or None
        None where the regressors are collinear or a column is predicted without error.
    """
    k = y.shape[1]
    scale = np.abs(y).max(axis=0)
    if not (scale > 0).all():
        return None
    mean = (y / scale).mean(axis=0) * scale
    spread = ((y - mean) / scale).std(axis=0)
    if (spread <= len(y) * np.finfo(float).eps).any():
        return None
    scale = scale * spread
    z = design((y - mean) / scale, lags)
    z = z - z.mean(axis=0)
    solution, _, _, singular = np.linalg.lstsq(z[:, k:], z[:, :k], rcond=None)
    residuals = z[:, :k] - z[:, k:] @ solution
    covariance = residuals.T @ residuals / len(z)
    if singular[-1] < SINGULAR * singular[0] or np.linalg.eigvalsh(covariance)[0] < SINGULAR**2:
        return None
    return VarFit(
        coefficients=np.ascontiguousarray(solution.T),
        covariance=covariance,
        residuals=residuals,
        scale=scale,
        mean=mean,
    )


def rolling_var(y: Floats, lags: int, window: int) -> Iterator[tuple[slice, Floats, Floats]]:
    """Fit every window of `window` rows, in pieces that take little memory.

    Cross products of a window are the sum of a suffix and of a prefix of two neighbouring blocks, so that nothing is
    ever subtracted and a large value leaves no trace once it has left the window. Windows that are close to collinear
    are fitted again by an orthogonal decomposition of their own rows.

    Parameters
    ----------
    y : ndarray, shape (T, k)
    lags : int
    window : int
        Rows in a window; the regression has `window` - `lags` of them.

    Yields
    ------
    piece : slice
        Which of the T - window + 1 windows.
    coefficients : ndarray, shape (windows, k, k * lags)
    covariance : ndarray, shape (windows, k, k)
        Both missing where the window is collinear or a column is constant in it.
    """
    k = y.shape[1]
    scale = np.abs(y).max(axis=0)
    scaled = y / np.where(scale > 0, scale, 1.0)
    for piece, moments in _window_moments(scaled, lags, window):
        coefficients, covariance, doubtful = _solve(*moments, k)
        for place in doubtful.nonzero()[0]:
            start = piece.start + place
            fit = fit_var(y[start : start + window], lags)
            coefficients[place] = fit.coefficients if fit else np.nan
            covariance[place] = fit.covariance if fit else np.nan
        yield piece, coefficients, covariance


def _window_moments(y: Floats, lags: int, window: int) -> Iterator[tuple[slice, tuple[Floats, Floats]]]:
    """Yield the windows and their means and mean products (about a centre of their surroundings), in pieces."""
    rows, count = window - lags, len(y) - window + 1
    blocks = -(-count // rows)
    z = design(y, lags)
    z = np.pad(z, ((0, (blocks + 1) * rows - len(z)), (0, 0)), mode="edge")
    piece = max(1, _VALUES_AT_ONCE // (2 * rows * z.shape[1] ** 2))
    for first in range(0, blocks, piece):
        last = min(first + piece, blocks)
        near = np.stack([z[b * rows : (b + 2) * rows] for b in range(first, last)])
        near = near - np.median(near, axis=1, keepdims=True)
        place = slice(first * rows, min(last * rows, count))
        kept = place.stop - place.start
        products = _sliding(near[..., :, None] * near[..., None, :], rows)[:kept]
        yield place, (_sliding(near, rows)[:kept] / rows, products / rows)


def _sliding(near: Floats, rows: int) -> Floats:
    """Return the sums over `rows` consecutive entries that start in the first half of axis 1, blocks joined."""
    suffix = np.cumsum(near[:, rows - 1 :: -1], axis=1)[:, ::-1]
    suffix[:, 1:] += np.cumsum(near[:, rows : 2 * rows - 1], axis=1)
    return suffix.reshape(-1, *near.shape[2:])


def _solve(mean: Floats, product: Floats, k: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return coefficients and covariances from moments, and which of them cannot be trusted."""
    central = product - mean[:, :, None] * mean[:, None, :]
    power = np.diagonal(product, axis1=1, axis2=2)
    variance = np.diagonal(central, axis1=1, axis2=2)
    doubtful = (variance <= _DOUBTFUL * power).any(axis=1)
    central[doubtful] = np.eye(central.shape[1])
    spread = np.sqrt(np.diagonal(central, axis1=1, axis2=2)[:, :k])
    spread = np.tile(spread, central.shape[1] // k)
    central = central / (spread[:, :, None] * spread[:, None, :])
    values, vectors = np.linalg.eigh(central[:, k:, k:])
    doubtful |= values[:, 0] < _DOUBTFUL * values[:, -1]
    projected = central[:, :k, k:] @ vectors
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        coefficients = (projected / values[:, None, :]) @ vectors.transpose(0, 2, 1)
        covariance = central[:, :k, :k] - coefficients @ central[:, k:, :k]
        covariance = (covariance + covariance.transpose(0, 2, 1)) / 2
        doubtful |= ~(np.diagonal(covariance, axis1=1, axis2=2) > _DOUBTFUL).all(axis=1)
    return coefficients, covariance, doubtful


def fit_paths(paths: Floats, lags: int, groups: int = 10) -> tuple[Floats, Floats]:
    """Fit one model to each of many paths, once to all rows and once without each of `groups` stretches of rows.

    The stretches are neighbouring rows of equal length; rows that fill no whole stretch, at the start, are never left
    out.

    Parameters
    ----------
    paths : ndarray, shape (B, T, k)
    lags, groups : int

    Returns
    -------
    coefficients : ndarray, shape (B, 1 + groups, k, k * lags)
    covariance : ndarray, shape (B, 1 + groups, k, k)
        The first of each belongs to all rows.
    """
    k = paths.shape[2]
    z = design(paths - paths.mean(axis=1, keepdims=True), lags)
    z = np.concatenate([z, np.ones((*z.shape[:2], 1))], axis=2)
    size = z.shape[1] // groups
    head, cut = np.split(z, [z.shape[1] - size * groups], axis=1)
    cut = cut.reshape(len(z), groups, size, -1)
    return _with_and_without((head.swapaxes(-1, -2) @ head)[:, None], cut.swapaxes(-1, -2) @ cut, k)


def fit_drawn(
    coefficients: Floats, residuals: Floats, starts: Integers, first: Floats, *, block: int, groups: int = 10
) -> tuple[Floats, Floats]:
    """Draw paths from one model (mean zero) with blocks of its residuals, and fit each as `fit_paths` does.

    Parameters
    ----------
    coefficients : ndarray, shape (k, k * lags)
    residuals : ndarray, shape (T, k)
    starts : ndarray of int, shape (B, blocks, k)
        First row of every block of residuals of each column.
    first : ndarray, shape (B, lags, k)
        Values before the first row, in time order.
    block, groups : int
        Rows of a block, and stretches as in `fit_paths`.

    Returns
    -------
    coefficients, covariance
        As of `fit_paths`.
    """
    from coupling.kernels.var_loops import path_products

    width = residuals.shape[1] * (first.shape[1] + 1) + 1
    products = np.zeros((len(starts), 1 + groups, width, width))
    contiguous = map(np.ascontiguousarray, (coefficients, residuals, block_centre(residuals, block), starts, first))
    path_products(*contiguous, products)
    products += np.tril(products, -1).swapaxes(-1, -2)
    return _with_and_without(products[:, :1], products[:, 1:], residuals.shape[1])


def block_centre(residuals: Floats, block: int) -> Floats:
    """Return the mean residuals at each place of a moving block, shape (block, k)."""
    count = len(residuals) - block + 1
    centre = np.zeros((block, residuals.shape[1]))
    np.cumsum(residuals[count:] - residuals[: block - 1], axis=0, out=centre[1:])
    return np.asarray((centre + residuals[:count].sum(axis=0)) / count)


def _with_and_without(head: Floats, parts: Floats, k: int) -> tuple[Floats, Floats]:
    """Fit the models of all rows and of all but each part, from the products of the rows of each and of the head."""
    whole = head + parts.sum(axis=1, keepdims=True)
    moments = np.concatenate([whole, whole - parts], axis=1)
    moments /= moments[..., -1:, -1:]
    mean = moments[..., :-1, -1:]
    return _from_products(moments[..., :-1, :-1] - mean @ mean.swapaxes(-1, -2), k)


def _from_products(products: Floats, k: int) -> tuple[Floats, Floats]:
    """Return coefficients and residual covariances from central mean products of values and their lags."""
    solved = np.linalg.solve(products[..., k:, k:], products[..., k:, :k])
    coefficients = np.asarray(solved.swapaxes(-1, -2), dtype=np.float64)
    return coefficients, products[..., :k, :k] - coefficients @ products[..., k:, :k]


def simulate(coefficients: Floats, shocks: Floats, start: Floats) -> Floats:
    """Return the paths of one model (mean zero) under given shocks.

    Parameters
    ----------
    coefficients : ndarray, shape (k, k * lags)
    shocks : ndarray, shape (B, T, k)
    start : ndarray, shape (B, lags, k)
        Values before the first shock, in time order.

    Returns
    -------
    ndarray, shape (B, lags + T, k)

    Examples
    --------
    >>> half = np.array([[0.5]])
    >>> simulate(half, np.zeros((1, 2, 1)), np.ones((1, 1, 1))).ravel().tolist()
    [1.0, 0.5, 0.25]
    """
    lags, k = start.shape[1:]
    paths = np.concatenate([start, shocks], axis=1)
    by_age = np.ascontiguousarray(coefficients.reshape(k, lags, k)[:, ::-1].reshape(k, lags * k).T)
    for t in range(lags, paths.shape[1]):
        paths[:, t] += paths[:, t - lags : t].reshape(len(paths), -1) @ by_age
    return paths
