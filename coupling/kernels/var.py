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
    z = design(paths, lags)
    many, rows, width = z.shape
    size = rows // max(groups, 1)
    head = rows - size * groups
    products, sums = np.empty((many, 1 + groups, width, width)), np.empty((many, 1 + groups, 1, width))
    stretches = z[:, None, :head], z[:, head:].reshape(many, groups, size, width)
    for each, place in zip(stretches, (slice(1), slice(1, None)), strict=True):
        np.matmul(np.ones((1, each.shape[2])), each, out=sums[:, place])
        for first in range(0, width, paths.shape[2]):  # not in one: a product of one matrix with itself is slow
            left = slice(first, first + paths.shape[2])
            np.matmul(each[..., left].swapaxes(-1, -2), each, out=products[:, place, left])
    return _with_and_without(products, sums[:, :, 0], np.array([head, *[size] * groups]), paths.shape[2])


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
    (rows, k), lags = residuals.shape, first.shape[1]
    moving = np.lib.stride_tricks.sliding_window_view(residuals, block, axis=0).swapaxes(1, 2)
    centred = moving - block_centre(residuals, block)
    together = starts.shape[2] == 1
    source = centred.reshape(-1, k) if together else centred.ravel()
    at = starts.swapaxes(0, 1) * block if together else starts.swapaxes(0, 1) * block * k + np.arange(k)
    steps = np.arange(block)[:, None, None] * (1 if together else k)
    paths = np.empty((lags + rows, len(starts), k))
    paths[:lags] = first.swapaxes(0, 1)
    for begin, each in zip(range(0, rows, block), at, strict=True):
        drawn = paths[lags + begin :][:block]
        places = (each + steps)[: len(drawn)]
        np.take(source, places[..., 0] if together else places, axis=0, out=drawn, mode="clip")
    return _followed(coefficients, paths, lags).swapaxes(0, 1)


def block_centre(residuals: Floats, block: int) -> Floats:
    """Return the mean residuals at each place of a moving block, shape (block, k)."""
    count = len(residuals) - block + 1
    centre = np.zeros((block, residuals.shape[1]))
    np.cumsum(residuals[count:] - residuals[: block - 1], axis=0, out=centre[1:])
    return np.asarray((centre + residuals[:count].sum(axis=0)) / count)


def _with_and_without(products: Floats, sums: Floats, counts: Integers, k: int) -> tuple[Floats, Floats]:
    """Fit the models of all rows and of all but each part, from the products and sums of each (the first stays).

    Nothing is subtracted: the other parts are added up anew.
    """
    taken = 1.0 - np.eye(len(counts))
    taken[0], taken[:, 0] = 1.0, 1.0
    rows = (taken @ counts)[:, None]
    central = (taken @ products.reshape(*products.shape[:2], -1)).reshape(products.shape)
    sums = taken @ sums
    central -= (sums / rows)[..., :, None] * sums[..., None, :]
    solved = np.linalg.solve(central[..., k:, k:], central[..., k:, :k])
    coefficients = np.ascontiguousarray(solved.swapaxes(-1, -2), dtype=np.float64)
    return coefficients, (central[..., :k, :k] - coefficients @ central[..., k:, :k]) / rows[..., None]


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
        now = paths[t]
        for lag in range(lags):
            now += paths[t - 1 - lag] @ by_lag[lag]
    return paths
