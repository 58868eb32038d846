"""Long-run variances: kernel estimates with automatic bandwidths.

Convention, that of `arch.covariance.kernel` and, for Bartlett, of statsmodels' HAC: Bartlett and Parzen weigh lag ``j``
at ``j / (bandwidth + 1)``, the quadratic spectral kernel at ``j / bandwidth``; autocovariances divide by ``T``. Only
where Andrews' rule chooses does every kernel weigh lag ``j`` at ``j / bandwidth``, as he and R's sandwich have it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from coupling._typing import Floats
from coupling.errors import InputError, nearest

__all__ = ["Bandwidth", "Kernel", "automatic_bandwidth", "kernel_weights", "long_run_covariance", "long_run_variance"]

Kernel = Literal["bartlett", "parzen", "quadratic_spectral"]
Bandwidth = float | Literal["newey_west", "andrews"]

# order q, constant of the Newey-West rule, its lag exponent, constant of Andrews' rule
_RULES: dict[str, tuple[int, float, float, float]] = {
    "bartlett": (1, 1.1447, 2 / 9, 1.1447),
    "parzen": (2, 2.6614, 4 / 25, 2.6614),
    "quadratic_spectral": (2, 1.3221, 2 / 25, 1.3221),
}


def kernel_weights(kernel: Kernel, bandwidth: float, n: int) -> Floats:
    """Return the weights of the lags 0, 1, …; lags beyond the last have weight 0.

    Parameters
    ----------
    kernel : {"bartlett", "parzen", "quadratic_spectral"}
        Kernel.
    bandwidth : float
        Number of lags; for Bartlett and Parzen the last lag with a positive weight when it is a whole number.
    n : int
        Number of observations.

    Returns
    -------
    ndarray
        Weights, the first of them 1, at most `n`.

    Examples
    --------
    >>> kernel_weights("bartlett", 2, 100).round(3).tolist()
    [1.0, 0.667, 0.333]
    """
    _rule(kernel)
    if not bandwidth >= 0:
        raise InputError(f"A bandwidth must be a number of lags at or above 0, not {bandwidth!r}.")
    if kernel == "quadratic_spectral":
        return _quadratic_spectral(bandwidth, n)
    return _falling(kernel, np.arange(min(int(bandwidth) + 1, n)) / (bandwidth + 1))


def _andrews_weights(kernel: Kernel, bandwidth: float, n: int) -> Floats:
    if kernel == "quadratic_spectral" or bandwidth <= 1:
        return kernel_weights(kernel, bandwidth if kernel == "quadratic_spectral" else 0.0, n)
    return _falling(kernel, np.arange(min(int(np.ceil(bandwidth)), n)) / bandwidth)


def _falling(kernel: Kernel, x: Floats) -> Floats:
    if kernel == "bartlett":
        return np.asarray(1 - x)
    return np.where(x <= 0.5, 1 - 6 * x**2 * (1 - x), 2 * (1 - x) ** 3)


def _quadratic_spectral(bandwidth: float, n: int) -> Floats:
    if bandwidth == 0:
        return np.ones(1)
    z = 6 * np.pi / 5 * np.arange(1, n) / bandwidth
    return np.concatenate([[1.0], 3 / z**2 * (np.sin(z) / z - np.cos(z))])


def automatic_bandwidth(x: ArrayLike, *, kernel: Kernel = "bartlett", rule: str = "newey_west") -> float:
    """Choose a bandwidth from the data.

    Parameters
    ----------
    x : array of shape (T,) or (T, k)
        Observations, already centred.
    kernel : {"bartlett", "parzen", "quadratic_spectral"}
        Kernel that will use the bandwidth.
    rule : {"newey_west", "andrews"}
        ``newey_west``: Newey and West (1994), the columns summed with equal weights, ``ceil(4 (T/100)^r)`` lags (as
        arch; R's sandwich rounds the lags down, which can change the bandwidth much).
        ``andrews``: Andrews (1991, eq. 6.4) with a first-order autoregression for each column, equal weights.

    Returns
    -------
    float
        Bandwidth, at most T - 1; 0 when the data are constant.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> automatic_bandwidth(rng.normal(size=500), rule="andrews") < 3
    True
    """
    values = _matrix(x)
    q, constant, rate, andrews_constant = _rule(kernel)
    if rule == "newey_west":
        alpha = _alpha_newey_west(values.sum(axis=1), q, rate)
    elif rule == "andrews":
        alpha, constant = _alpha_andrews(values, q), andrews_constant
    else:
        raise InputError(f"Unknown bandwidth rule {rule!r}; {nearest(rule, ['newey_west', 'andrews'])}.")
    n = len(values)
    return float(min(constant * (alpha * n) ** (1 / (2 * q + 1)), n - 1.0))


def _alpha_newey_west(v: Floats, q: int, rate: float) -> float:
    n = len(v)
    lags = min(int(np.ceil(4 * (n / 100) ** rate)), n - 1)
    gamma = np.array([v[j:] @ v[: n - j] for j in range(lags + 1)]) / n
    weight = np.where(np.arange(lags + 1) > 0, 2.0, 1.0)
    level = float(weight @ gamma)
    if level == 0:
        return 0.0
    return float((weight * np.arange(lags + 1.0) ** q) @ gamma / level) ** 2


def _alpha_andrews(values: Floats, q: int) -> float:
    lagged, lead = values[:-1], values[1:]
    power = (lagged**2).sum(axis=0)
    used = power > 0
    if not used.any():
        return 0.0
    rho = np.clip((lagged * lead).sum(axis=0)[used] / power[used], -0.97, 0.97)
    variance = ((lead[:, used] - rho * lagged[:, used]) ** 2).mean(axis=0)
    bottom = (variance**2 / (1 - rho) ** 4).sum()
    if q == 1:
        top = (4 * rho**2 * variance**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)).sum()
    else:
        top = (4 * rho**2 * variance**2 / (1 - rho) ** 8).sum()
    return float(top / bottom) if bottom > 0 else 0.0


def long_run_covariance(
    x: ArrayLike,
    *,
    kernel: Kernel = "bartlett",
    bandwidth: Bandwidth = "newey_west",
    center: bool = True,
) -> Floats:
    """Estimate the long-run covariance matrix of the columns.

    Parameters
    ----------
    x : array of shape (T,) or (T, k)
        Observations in time order.
    kernel : {"bartlett", "parzen", "quadratic_spectral"}
        Kernel (Newey and West 1987; Gallant 1987; Andrews 1991).
    bandwidth : float or {"newey_west", "andrews"}
        Number of lags, or the rule that chooses it.
    center : bool
        Subtract the mean first.

    Returns
    -------
    ndarray of shape (k, k)
        ``sum over j of w(j) (G(j) + G(j)')`` with autocovariances G that divide by T.

    Raises
    ------
    InputError
        If there are missing or infinite values or fewer than two rows.

    Examples
    --------
    >>> x = np.array([1.0, -1.0, 2.0, -2.0, 1.0, -1.0])
    >>> float(long_run_covariance(x, bandwidth=0)[0, 0])
    2.0
    """
    values = _matrix(x)
    if center:
        values = values - values.mean(axis=0)
    lags = automatic_bandwidth(values, kernel=kernel, rule=bandwidth) if isinstance(bandwidth, str) else bandwidth
    weigh = _andrews_weights if bandwidth == "andrews" else kernel_weights
    weights = weigh(kernel, float(lags), len(values))
    total = values.T @ values
    for lag, weight in enumerate(weights[1:], start=1):
        cross = values[lag:].T @ values[:-lag]
        total += weight * (cross + cross.T)
    return np.asarray(total / len(values))


def long_run_variance(x: ArrayLike, *, kernel: Kernel = "bartlett", bandwidth: Bandwidth = "newey_west") -> float:
    """Estimate the long-run variance of one series; see `long_run_covariance`.

    Examples
    --------
    >>> long_run_variance([1.0, -1.0, 2.0, -2.0, 1.0, -1.0], bandwidth=0)
    2.0
    """
    matrix = long_run_covariance(x, kernel=kernel, bandwidth=bandwidth)
    if matrix.shape != (1, 1):
        raise InputError(f"One series is needed, not {matrix.shape[0]}; use long_run_covariance for several.")
    return float(matrix[0, 0])


def _rule(kernel: str) -> tuple[int, float, float, float]:
    if kernel not in _RULES:
        raise InputError(f"Unknown kernel {kernel!r}; {nearest(kernel, _RULES)}.")
    return _RULES[kernel]


def _matrix(x: ArrayLike) -> Floats:
    values = np.asarray(x, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) < 2:
        raise InputError(f"A long-run variance needs a series of at least 2 rows, not shape {values.shape}.")
    if not np.isfinite(values).all():
        raise InputError("A long-run variance needs finite values throughout; drop missing rows first.")
    return values
