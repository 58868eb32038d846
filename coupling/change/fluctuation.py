"""Fluctuation tests for a constant correlation of two columns: Pearson, Kendall and Spearman.

Each compares the correlation of the first j rows with that of all rows, weighted by j / sqrt(T) and divided by a
long-run standard deviation; the maximum over j tends to the maximum of a Brownian bridge in absolute value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import kolmogorov

from coupling._typing import Floats
from coupling.change.moments import moments_of
from coupling.inference import correlation_from_means, long_run_covariance

__all__ = ["FLUCTUATIONS", "Fluctuation"]

CORRECTION = 1.46035 / np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class Fluctuation:
    """The path of a fluctuation statistic: element j - 1 compares the first j rows with all."""

    path: Floats
    correction: float = 0.0

    @property
    def statistic(self) -> float:
        """Largest value of the path, with the correction for finite samples where the method has one."""
        return float(self.path.max()) + self.correction if self.known else float("nan")

    @property
    def p_value(self) -> float:
        """Tail of the supremum of a Brownian bridge in absolute value (Kolmogorov)."""
        return float(kolmogorov(self.statistic)) if self.known else float("nan")

    @property
    def rows(self) -> int:
        """Number of rows before the estimated break; 0 when there is none."""
        return int(self.path.argmax()) + 1 if self.known else 0

    @property
    def known(self) -> bool:
        """Whether the statistic exists: not for a constant column or for exact collinearity."""
        return len(self.path) > 0 and bool(np.isfinite(self.path).all())


def _pearson(x: Floats) -> Fluctuation:
    """Wied, Krämer and Dehling (2012), eq. 2 and appendix A.1: Bartlett weights 1 - l / b with b = floor(log T)."""
    n = len(x)
    moments = moments_of(x)
    spread = _standard_deviation(moments)
    if not spread > 0:
        return Fluctuation(np.full(n, np.nan))
    successive = _without_start(np.cumsum(moments, axis=0) / np.arange(1, n + 1)[:, None])
    return Fluctuation(np.arange(1, n + 1) / np.sqrt(n) * np.abs(successive - successive[-1]) / spread)


def _without_start(means: Floats) -> Floats:
    """Return the successive correlations; where the first rows are constant there is no deviation to speak of."""
    successive = correlation_from_means(means)
    return np.where(np.isnan(successive), successive[-1], successive)


def _standard_deviation(moments: Floats) -> float:
    """Return the long-run standard deviation of sqrt(T) times the correlation, by the delta method."""
    mean = moments.mean(axis=0)
    a, b, va, vb, cov = mean[0], mean[1], mean[2] - mean[0] ** 2, mean[3] - mean[1] ** 2, mean[4] - mean[0] * mean[1]
    if not (va > 0 and vb > 0):
        return 0.0
    scale = np.sqrt(va * vb)
    by_va, by_vb, by_cov = -cov / (2 * va * scale), -cov / (2 * vb * scale), 1 / scale
    slope = np.array([-2 * a * by_va - b * by_cov, -2 * b * by_vb - a * by_cov, by_va, by_vb, by_cov])
    lags = max(int(np.log(len(moments))), 1) - 1
    variance = float(slope @ long_run_covariance(moments, bandwidth=lags) @ slope)
    return float(np.sqrt(variance)) if variance > 1e-20 else 0.0


def _kendall(x: Floats) -> Fluctuation:
    """Dehling, Vogel, Wendler and Wied (2017), as in R's robcp: kernel (1 - x²)², bandwidth floor(2 T^(1/3))."""
    n = len(x)
    a, b = x.T
    concordance = np.array([np.sign(a[j] - a[:j]) @ np.sign(b[j] - b[:j]) for j in range(1, n)])
    j = np.arange(2, n + 1)
    tau = np.cumsum(concordance) * 2 / (j * (j - 1))
    below = np.array([np.count_nonzero((a <= a[i]) & (b <= b[i])) for i in range(n)]) / n
    projection = 4 * below - 2 * pd.DataFrame(x).rank(method="max").to_numpy().sum(axis=1) / n
    width = np.floor(2 * n ** (1 / 3))
    variance = 4 * _kernel_sum(projection - projection.mean(), width, lambda z: (1 - z * z) ** 2)
    return _rank_path(j * np.abs(tau - tau[-1]), variance, n, skipped=1)


def _spearman(x: Floats) -> Fluctuation:
    """Wied, Dehling, van Kampen and Vogel (2014), as in R's robcp: Bartlett kernel, bandwidth log T."""
    n = len(x)
    products = (1 - pd.DataFrame(x).rank().to_numpy() / n).prod(axis=1)
    j = np.arange(1, n + 1)
    rho = 3 * (4 * np.cumsum(products) / j - 1)
    square, width = products.mean() ** 2, np.log(n)
    variance = products @ products / n - square
    for lag in range(1, int(np.ceil(width))):
        variance += 2 * (1 - lag / width) * (products[lag:] @ products[:-lag] / n - square)
    moved = bool((np.ptp(x, axis=0) > 0).all())
    return _rank_path(j * np.abs(rho - rho[-1]), 144 * variance if moved else 0.0, n)


def _kernel_sum(x: Floats, width: float, kernel: Callable[[float], float]) -> float:
    lags = range(1, min(int(width), len(x) - 1) + 1)
    return float(x @ x + 2 * sum(kernel(lag / width) * (x[lag:] @ x[:-lag]) for lag in lags)) / len(x)


def _rank_path(path: Floats, variance: float, n: int, *, skipped: int = 0) -> Fluctuation:
    if not variance > 1e-20:
        return Fluctuation(np.full(n, np.nan))
    full = np.concatenate([np.zeros(skipped), path])
    return Fluctuation(full / np.sqrt(n * variance), float(CORRECTION / np.sqrt(2 * n)))


FLUCTUATIONS: dict[str, Callable[[Floats], Fluctuation]] = {
    "pearson": _pearson,
    "kendall": _kendall,
    "spearman": _spearman,
}
