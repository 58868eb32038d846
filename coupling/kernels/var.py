"""Least squares of vector autoregressions with a constant: one sample, all windows, many paths, leave-one-group-out.

Coefficients have shape ``(k, k * lags)``, the newest lag first. They and the residual covariances are in units of
`scale`; variance shares and stability do not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats, Integers

__all__ = ["VarFit", "block_centre", "design", "draw_paths", "fit_paths", "fit_var", "rolling_var", "simulate"]


SINGULAR = 1e-10
"""Ratio of singular values of the standardised regressors below which they count as collinear."""

_DOUBTFUL = 1e-8
_VALUES_AT_ONCE = 500_000
_NEAR = 100_000
"""Numbers that stay in a processor's own memory."""


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
    lags : int
    groups : int
        None where 0.

    Returns
    -------
    coefficients : ndarray, shape (B, 1 + groups, k, k * lags)
    covariance : ndarray, shape (B, 1 + groups, k, k)
        The first of each belongs to all rows.
    """
    many, rows, k = len(paths), paths.shape[1] - lags, paths.shape[2]
    width = k * (lags + 1)
    at_once = max(1, _NEAR // (rows * k + (groups + 1) * width**2))
    fits = [_fit_near(paths[first : first + at_once], lags, groups) for first in range(0, many, at_once)]
    coefficients, covariance = (np.concatenate(each) for each in zip(*fits, strict=True))
    return coefficients, covariance


def _fit_near(paths: Floats, lags: int, groups: int) -> tuple[Floats, Floats]:
    rows, path = paths.shape[1] - lags, paths.swapaxes(0, 1)
    size = rows // max(groups, 1)
    head = rows - size * groups
    parts = [_sums(path[: lags + head], lags, 1), _sums(path[head:], lags, groups)]
    products, sums = (np.concatenate(each, axis=1) for each in zip(*parts, strict=True))
    return _with_and_without(products, sums, np.array([head, *[size] * groups]), paths.shape[2])


def _sums(path: Floats, lags: int, groups: int) -> tuple[Floats, Floats]:
    """Return the products and the sums of rows beside their lags in each stretch, of paths that go down axis 0."""
    rows, (many, k) = len(path) - lags, path.shape[1:]
    lagged = [
        path[lags - j : lags - j + rows].reshape(groups, rows // max(groups, 1), many, k) for j in range(lags + 1)
    ]
    sums = np.concatenate([each.sum(axis=1).swapaxes(0, 1) for each in lagged], axis=2)
    products = np.empty((many, groups, sums.shape[2], sums.shape[2]))
    by_path = [each.transpose(2, 0, 1, 3) for each in lagged]
    for i, left in enumerate(by_path):
        for j, right in enumerate(by_path[: i + 1]):
            product = left.swapaxes(-1, -2) @ right
            products[..., i * k : (i + 1) * k, j * k : (j + 1) * k] = product
            products[..., j * k : (j + 1) * k, i * k : (i + 1) * k] = product.swapaxes(-1, -2)
    return products, sums


def draw_paths(coefficients: Floats, residuals: Floats, starts: Integers, first: Floats, *, block: int) -> Floats:
    """Draw paths from one model (mean zero) with centred blocks of its residuals.

    Parameters
    ----------
    coefficients : ndarray, shape (k, k * lags)
    residuals : ndarray, shape (T, k)
    starts : ndarray of int, shape (B, blocks, 1) or (B, blocks, k)
        First row of every block of residuals, of all columns or of each.
    first : ndarray, shape (B, lags, k)
        Values before the first row, in time order.
    block : int
        Rows of a block.

    Returns
    -------
    ndarray, shape (B, lags + T, k)
    """
    (rows, k), lags, blocks = residuals.shape, first.shape[1], starts.shape[1]
    moving = np.lib.stride_tricks.sliding_window_view(residuals, block, axis=0).swapaxes(1, 2)
    centred = moving - block_centre(residuals, block)
    paths = np.empty((lags + blocks * block, len(starts), k))
    paths[:lags] = first.swapaxes(0, 1)
    for place in range(blocks):
        drawn = paths[lags + place * block :][:block]
        if starts.shape[2] == 1:
            drawn[:] = centred[starts[:, place, 0]].swapaxes(0, 1)
        else:
            for j in range(k):
                drawn[..., j] = centred[starts[:, place, j], :, j].T
    return _followed(coefficients, paths[: lags + rows], lags).swapaxes(0, 1)


def block_centre(residuals: Floats, block: int) -> Floats:
    """Return the mean residuals at each place of a moving block, shape (block, k)."""
    count = len(residuals) - block + 1
    centre = np.zeros((block, residuals.shape[1]))
    np.cumsum(residuals[count:] - residuals[: block - 1], axis=0, out=centre[1:])
    return np.asarray((centre + residuals[:count].sum(axis=0)) / count)


def _with_and_without(products: Floats, sums: Floats, counts: Integers, k: int) -> tuple[Floats, Floats]:
    """Fit the models of all rows and of all but each part, from the products and sums of each (the first stays)."""
    products, sums, rows = (_left_out(each, axis) for each, axis in ((products, 1), (sums, 1), (counts, 0)))
    mean = sums / rows[:, None]
    products /= rows[:, None, None]
    products -= mean[..., :, None] * mean[..., None, :]
    return _from_products(products, k)


def _left_out(parts: Any, axis: int) -> Any:
    """Return the sum of all parts in place of the first, and the sum of all but each in place of the others."""
    whole = parts.sum(axis=axis, keepdims=True)
    first = np.arange(parts.shape[axis]) == 0
    return np.where(first.reshape([-1 if place == axis else 1 for place in range(parts.ndim)]), whole, whole - parts)


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
    paths = np.concatenate([start, shocks], axis=1).swapaxes(0, 1).copy()
    return _followed(coefficients, paths, start.shape[1]).swapaxes(0, 1)


def _followed(coefficients: Floats, paths: Floats, lags: int) -> Floats:
    """Add to each row, after the first `lags`, what the model makes of those before it; time goes down axis 0."""
    by_lag = coefficients.T.reshape(lags, -1, len(coefficients)).copy()
    for t in range(lags, len(paths)):
        for lag in range(lags):
            paths[t] += paths[t - 1 - lag] @ by_lag[lag]
    return paths
