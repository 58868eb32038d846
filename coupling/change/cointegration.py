"""The Engle-Granger test of cointegration, with its power at the length at hand."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import ndtr

from coupling._typing import Floats
from coupling.kernels.decay import decay_filter

__all__ = ["cointegration_power", "engle_granger"]

SMALLEST = 20
BATCH = 100
PAIRS = 500
ROWS = 1000

_LEAST, _BEND, _MOST = -18.86, -2.62, 0.92
_FAR, _NEAR = (0.039796, 1.5012, 2.92), (-0.042377, -0.29198, 0.64695, 2.1945)
"""MacKinnon (1994) for two series and a constant: where p is 0 and 1, and the polynomials of the normal quantile of p,
up to the bend and beyond it."""
_CRITICAL = ((-33.527, -10.9519, -3.89644), (-6.823, -6.1101, -3.33613), (-2.720, -4.2412, -3.04445))
"""MacKinnon (2010), table 2: the critical values at 1, 5 and 10 % as polynomials of 1 / T."""


def engle_granger(x: Floats) -> tuple[float, float]:
    """Return the t statistic with one lag (Engle and Granger 1987) and MacKinnon's p-value.

    The second column is regressed on the first with a constant; the statistic equals that of
    ``statsmodels.tsa.stattools.coint(second, first, maxlag=1, autolag=None)``. Missing below 20 rows, for a constant
    column or exact collinearity.
    """
    if len(x) < SMALLEST or (np.ptp(x, axis=0) == 0).any():
        return float("nan"), float("nan")
    statistic = float(_statistics(x[None])[0])
    return statistic, _p_value(statistic)


def _p_value(statistic: float) -> float:
    """Return MacKinnon's (1994) approximate p-value of the t statistic."""
    if statistic > _MOST:
        return 1.0
    if statistic < _LEAST:
        return 0.0
    return float(ndtr(np.polyval(_FAR if statistic <= _BEND else _NEAR, statistic)))


@cache
def cointegration_power(n: int, halflife: float, size: float, replications: int, random_state: int) -> float:
    """Return the power of the test against two walks that share one path, deviations halving in `halflife` rows.

    The deviation has the variance that makes the steps of both columns correlate by about a half. At most 500 pairs are
    simulated, and lengths beyond 1,000 rows count as 1,000.
    """
    if n < SMALLEST:
        return float("nan")
    rows = min(n, ROWS)
    critical = float(np.interp(size, [0.01, 0.05, 0.10], _critical(rows)))
    rng = np.random.default_rng(np.random.SeedSequence([random_state, rows]))
    pairs = min(replications, PAIRS)
    found = [_statistics(_sharing(rng, min(BATCH, pairs - i), rows, halflife)) for i in range(0, pairs, BATCH)]
    return float((np.concatenate(found) < critical).mean())


def _critical(rows: int) -> list[float]:
    """Return the critical values at 1, 5 and 10 %."""
    return [float(np.polyval(each, 1 / rows)) for each in _CRITICAL]


def _sharing(rng: np.random.Generator, pairs: int, n: int, halflife: float) -> Floats:
    phi = 0.5 ** (1 / halflife)
    path = rng.standard_normal((pairs, n)).cumsum(axis=1)
    start = rng.standard_normal(pairs) / np.sqrt(1 - phi**2)
    deviation = decay_filter(rng.standard_normal((pairs, n)), phi, start)
    return np.stack([path, path + deviation], axis=2)


def _statistics(x: Floats) -> Floats:
    """Return the statistic of every pair, shape (pairs, T, 2)."""
    centred = x - x.mean(axis=1, keepdims=True)
    a, b = centred[..., 0], centred[..., 1]
    e = b - (_dot(a, b) / _dot(a, a))[:, None] * a
    step, before, lagged = np.diff(e, axis=1)[:, 1:], e[:, 1:-1], np.diff(e, axis=1)[:, :-1]
    pp, pq, qq = _dot(before, before), _dot(before, lagged), _dot(lagged, lagged)
    py, qy = _dot(before, step), _dot(lagged, step)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = pp * qq - pq**2
        slope, other = (qq * py - pq * qy) / determinant, (pp * qy - pq * py) / determinant
        residual = step - slope[:, None] * before - other[:, None] * lagged
        variance = _dot(residual, residual) / (step.shape[1] - 2) * qq / determinant
        tiny = _dot(e, e) < 1e-20 * _dot(b, b)
        return np.where(tiny | ~(variance > 0), np.nan, slope / np.sqrt(variance))


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.einsum("pt,pt->p", a, b))
