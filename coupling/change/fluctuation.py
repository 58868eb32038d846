"""Fluctuation tests for a constant correlation of two columns: Pearson, Kendall and Spearman.

Each compares the correlation of the first j rows with that of all rows, weighted by j / sqrt(T) and divided by a
long-run standard deviation; the maximum over j tends to the maximum of a Brownian bridge in absolute value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import kolmogorov

from coupling._typing import Floats
from coupling.inference import correlation_from_means
from coupling.inference.hac import kernel_weights

__all__ = ["FLUCTUATIONS", "Fluctuation", "fluctuations"]

_AT_ONCE = 8
"""Pairs whose paths are made together: few enough for the memory near the processor."""

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


def fluctuations(pairs: Floats, method: str) -> Iterator[Fluctuation]:
    """Yield the path of each of many pairs of columns.

    Parameters
    ----------
    pairs : ndarray of shape (2, pairs, T)
        First and second columns, in rows.
    method : {"pearson", "kendall", "spearman"}
    """
    if method != "pearson":
        yield from map(FLUCTUATIONS[method], pairs.transpose(1, 2, 0))
        return
    for first in range(0, pairs.shape[1], _AT_ONCE):
        yield from map(Fluctuation, _pearson_paths(pairs[:, first : first + _AT_ONCE]))


def _pearson(x: Floats) -> Fluctuation:
    """Wied, Krämer and Dehling (2012), eq. 2 and appendix A.1: Bartlett weights 1 - l / b with b = floor(log T)."""
    return next(fluctuations(x.T[:, None], "pearson"))


def _pearson_paths(pairs: Floats) -> Floats:
    """Return the paths of several pairs, in rows; missing where a column is constant."""
    a, b = pairs
    moments = np.stack([a, b, a * a, b * b, a * b])
    rows = np.arange(1, a.shape[1] + 1)
    successive = correlation_from_means(np.moveaxis(np.cumsum(moments, axis=2) / rows, 0, -1))
    whole = successive[:, -1:]
    successive = np.where(np.isnan(successive), whole, successive)  # the first rows may be constant: no deviation
    return np.asarray(rows / np.sqrt(len(rows)) * np.abs(successive - whole) / _standard_deviations(moments)[:, None])


def _standard_deviations(moments: Floats) -> Floats:
    """Return the long-run standard deviation of sqrt(T) times each correlation, by the delta method; missing for 0."""
    mean = moments.mean(axis=2)
    a, b = mean[:2]
    va, vb, cov = mean[2] - a * a, mean[3] - b * b, mean[4] - a * b
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt(va * vb)
        by_va, by_vb = -cov / (2 * va * scale), -cov / (2 * vb * scale)
        slope = np.stack([-2 * a * by_va - b / scale, -2 * b * by_vb - a / scale, by_va, by_vb, 1 / scale])
        moved = np.einsum("kp,kpt->pt", slope, moments - mean[:, :, None])
        n = moved.shape[1]
        weights = kernel_weights("bartlett", max(int(np.log(n)), 1) - 1, n)
        products = [np.einsum("pt,pt->p", moved[:, lag:], moved[:, : n - lag]) for lag in range(len(weights))]
        variance = (2 * weights @ products - products[0]) / n
        return np.where((va > 0) & (vb > 0) & (variance > 1e-20), np.sqrt(variance), np.nan)


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
