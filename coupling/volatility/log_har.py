"""Heterogeneous autoregression of log variances by weeks, and the paths of daily changes that it has before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from coupling._typing import Flags, Floats
from coupling.errors import InputError
from coupling.volatility.outlook import BATCH, Shocks

__all__ = ["MINIMUM_BLOCKS", "LogHar", "fit_log_har", "har_outlook", "har_outlooks", "unbroken"]


MINIMUM_BLOCKS = 60
"""Fewest weeks from which the model is fitted."""

_MONTH, _QUARTER = 4, 13  # as the compiled walk has them
_TRIES = 200


@dataclass(frozen=True, kw_only=True)
class LogHar:
    """A fitted log-HAR.

    ``v[w + 1] = c + b1 v[w] + b2 mean(v[w - 3 … w]) + b3 mean(v[w - 12 … w]) + e[w + 1]`` with v the log of the mean
    squared change of a week (Corsi 2009, with week, month and quarter for his day, week and month: closes have no
    variance of a day).

    Parameters
    ----------
    coefficients, covariance : ndarray of 4 and 4 × 4
        c, b1, b2, b3 and their covariance, robust to heteroskedasticity (HC1).
    log_variances : ndarray, shape (weeks,)
    residuals : ndarray, shape (weeks - 13,)
    shapes : ndarray, shape (weeks - 13, block)
        Changes of the weeks of the residuals, divided by the root of their mean square.
    drift, drift_error : float
        Mean change of a row and its standard error.
    """

    coefficients: Floats
    covariance: Floats
    log_variances: Floats = field(repr=False)
    residuals: Floats = field(repr=False)
    shapes: Floats = field(repr=False)
    drift: float
    drift_error: float


def fit_log_har(changes: Floats, *, block: int) -> LogHar:
    """Fit a log-HAR to the changes of one instrument.

    Parameters
    ----------
    changes : ndarray
        Daily changes in time order, none missing. Weeks are counted back from the last one; what lies before the last
        week without any change (of which there is no logarithm) or does not fill the first week is left out.
    block : int
        Changes in a week: 7 for a market that never closes, 5 otherwise.

    Raises
    ------
    InputError
        If there are fewer than 60 weeks since the last one in which nothing changed.
    """
    changes = unbroken(changes, block=block)
    weeks = len(changes) // block
    if weeks < MINIMUM_BLOCKS:
        raise InputError(f"a log-HAR needs {MINIMUM_BLOCKS} weeks, and {weeks} are available; use a longer series")
    drift = float(changes.mean())
    rows = (changes - drift).reshape(weeks, block)
    v = np.log((rows**2).mean(axis=1))
    coefficients, covariance, residuals = _least_squares(v[_QUARTER:], _design(v))
    kept = rows[_QUARTER:]
    return LogHar(
        coefficients=coefficients,
        covariance=covariance,
        log_variances=v,
        residuals=residuals,
        shapes=kept / np.sqrt((kept**2).mean(axis=1, keepdims=True)),
        drift=drift,
        drift_error=float(changes.std(ddof=1) / np.sqrt(len(changes))),
    )


def unbroken(changes: Floats, *, block: int) -> Floats:
    """Return the whole weeks, counted back from the last change, after the last week in which nothing changed.

    Examples
    --------
    >>> unbroken(np.array([9.0, 0.0, 0.0, 1.0, 2.0]), block=2).tolist()
    [1.0, 2.0]
    """
    weeks = len(changes) // block
    whole = changes[len(changes) - weeks * block :]
    flat = np.flatnonzero((whole.reshape(weeks, block) == 0.0).all(axis=1))
    return whole[(flat[-1] + 1) * block :] if flat.size else whole


def har_outlook(fit: LogHar, *, rows: int, draws: int, paths: int, random_state: int) -> Iterator[Shocks]:
    """Simulate what follows the last week of a fit.

    Each draw of the coefficients comes from the normal law of the estimates, less what explodes; each week draws one
    past week, takes its residual for the log variance and its shape for the days, so that the mean square of the days
    drawn is the variance drawn.

    Parameters
    ----------
    fit : LogHar
    rows, draws, paths, random_state : int
        As in `coupling.volatility.outlook.garch_outlook`.

    Yields
    ------
    Shocks
        Batches of at most 5 draws, in the unit of the changes.

    Raises
    ------
    InputError
        If hardly any draw is stationary.
    """
    rng = np.random.default_rng(random_state)
    coefficients = _draw(fit, draws, rng)
    drifts = rng.normal(fit.drift, fit.drift_error, size=draws)
    weeks = -(-rows // fit.shapes.shape[1])
    for first in range(0, draws, BATCH):
        batch = coefficients[first : first + BATCH]
        picked = rng.integers(len(fit.residuals), size=(weeks, 1, len(batch), paths), dtype=np.int32)
        yield _walked([fit], rows, batch[None], picked, drifts[first : first + BATCH])


def har_outlooks(
    fits: Sequence[LogHar], *, rows: int, draws: int, paths: int, seeds: Sequence[int]
) -> tuple[Shocks, Flags]:
    """Simulate what follows the last week of each of several fits of one instrument.

    Parameters
    ----------
    fits : sequence of LogHar
        One per origin.
    rows, draws, paths : int
        As in `har_outlook`.
    seeds : sequence of int
        One per origin.

    Returns
    -------
    Shocks
        Of origins × draws instead of draws, for the origins at which coefficients could be drawn.
    ndarray of bool, shape (origins,)
        Which they are.
    """
    told, drawn = np.zeros(len(fits), dtype=bool), []
    for at, (fit, seed) in enumerate(zip(fits, seeds, strict=True)):
        rng = np.random.default_rng(seed)
        try:
            drawn.append((fit, rng, _draw(fit, draws, rng), rng.normal(fit.drift, fit.drift_error, size=draws)))
        except InputError:
            continue
        told[at] = True
    if not drawn:
        return Shocks(values=np.empty((rows, 0, paths)), drift=np.empty(0)), told
    weeks = -(-rows // fits[0].shapes.shape[1])
    picked = np.empty((weeks, len(drawn), draws, paths), dtype=np.int32)
    for at, (fit, rng, _, _) in enumerate(drawn):
        picked[:, at] = rng.integers(len(fit.residuals), size=(weeks, draws, paths), dtype=np.int32)
    able, _, coefficients, drifts = zip(*drawn, strict=True)
    return _walked(able, rows, np.array(coefficients), picked, np.concatenate(drifts)), told


def _walked(
    fits: Sequence[LogHar], rows: int, coefficients: Floats, picked: npt.NDArray[np.int32], drift: Floats
) -> Shocks:
    from coupling.kernels.garch_loops import walk_weeks

    residuals = np.concatenate([fit.residuals for fit in fits])
    shapes = np.concatenate([fit.shapes for fit in fits])
    firsts = np.cumsum([0, *(len(fit.residuals) for fit in fits[:-1])])
    past = np.array([fit.log_variances[-_QUARTER:] for fit in fits])
    _, origins, draws, paths = picked.shape
    values = np.empty((rows, origins, draws, paths))
    walk_weeks(past, coefficients, residuals, shapes, firsts, picked, values)
    return Shocks(values=values.reshape(rows, origins * draws, paths), drift=drift)


def _design(v: Floats) -> Floats:
    """Return constant, last value, and the means of the last month and quarter before each row from the 14th on."""
    sums = np.concatenate([[0.0], np.cumsum(v)])
    ends = np.arange(_QUARTER, len(v))
    means = [(sums[ends] - sums[ends - span]) / span for span in (1, _MONTH, _QUARTER)]
    return np.column_stack([np.ones(len(ends)), *means])


def _least_squares(y: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, their covariance robust to heteroskedasticity (HC1; White 1980) and the residuals."""
    inverse = np.linalg.pinv(x)
    coefficients = inverse @ y
    residuals = y - x @ coefficients
    weighted = inverse * residuals
    return coefficients, weighted @ weighted.T * (len(y) / (len(y) - x.shape[1])), residuals


def _draw(fit: LogHar, draws: int, rng: np.random.Generator) -> Floats:
    values, vectors = np.linalg.eigh(fit.covariance)
    root, kept = vectors * np.sqrt(np.abs(values)), np.empty((0, 4))
    for _ in range(_TRIES):
        drawn = fit.coefficients + rng.standard_normal((draws, 4)) @ root.T
        kept = np.vstack([kept, drawn[drawn[:, 1:].sum(axis=1) < 1.0]])
        if len(kept) >= draws:
            return kept[:draws]
    raise InputError("hardly any draw of the log-HAR coefficients is stationary; use a longer series")
