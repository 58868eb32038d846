"""Multiple testing: Holm, Benjamini–Yekutieli, Westfall–Young from resampled statistics, and max-t of a jackknife."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.limits.asked import require_level

__all__ = ["MaxT", "adjust_p_values", "max_t_quantile", "westfall_young"]

ORDERS = 8
"""Orders of the statistics whose sorted maxima are kept at a time."""


def adjust_p_values(p_values: ArrayLike, *, method: Literal["holm", "benjamini_yekutieli"] = "holm") -> Floats:
    """Adjust p-values for the number of tests.

    Parameters
    ----------
    p_values : array of shape (k,)
        p-values; missing ones stay missing and do not count as tests.
    method : {"holm", "benjamini_yekutieli"}
        ``holm`` (1979) bounds the chance of any false rejection, ``benjamini_yekutieli`` (2001) the expected share of
        false rejections; both hold under any dependence.

    Returns
    -------
    ndarray of shape (k,)
        Adjusted p-values (q-values for ``benjamini_yekutieli``).

    Raises
    ------
    InputError
        If a p-value lies outside 0 and 1 or the method is unknown.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, float("nan")]).tolist()
    [0.02, 0.04, nan]
    """
    if method not in ("holm", "benjamini_yekutieli"):
        raise InputError(f"Unknown method {method!r}; use 'holm' or 'benjamini_yekutieli'.")
    p = np.asarray(p_values, dtype=float)
    if ((p < 0) | (p > 1)).any():
        raise InputError(f"A p-value lies between 0 and 1, and {p[(p < 0) | (p > 1)][0]!r} was seen.")
    adjusted, given = np.full(p.shape, np.nan), ~np.isnan(p)
    order = np.flatnonzero(given)[np.argsort(p[given], kind="stable")]
    rank = np.arange(1, len(order) + 1)
    if method == "holm":
        adjusted[order] = np.maximum.accumulate(p[order] * (len(order) + 1 - rank))
    else:
        scaled = p[order] * len(order) * (1 / rank).sum() / rank
        adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.asarray(np.minimum(adjusted, 1.0))


def westfall_young(
    observed: ArrayLike, resampled: ArrayLike, *, step_down: bool = True, enumerated: bool = False
) -> Floats:
    """Adjust for several tests by the joint distribution of their statistics, max-abs-t.

    Source: Westfall and Young (1993), algorithm 4.1.

    Parameters
    ----------
    observed : array of shape (k,)
        Studentised statistics; a missing one stays missing.
    resampled : array of shape (R, k)
        The statistics of the same draw in each row, under the hypothesis of no effect anywhere.
    step_down : bool
        Compare the j-th largest with the maximum over it and the smaller ones; otherwise all with the overall maximum.
    enumerated : bool
        The rows are all possible draws with the observed one among them, so that nothing is added to the count.

    Returns
    -------
    ndarray of shape (k,)
        Adjusted two-sided p-values.

    Examples
    --------
    >>> westfall_young([3.0, 1.0], [[0.5, 2.0], [1.0, 0.0], [-0.5, 0.2]]).tolist()
    [0.25, 0.5]
    """
    t = np.abs(np.asarray(observed, dtype=float))
    draws = np.abs(np.asarray(resampled, dtype=float))
    if draws.ndim != 2 or draws.shape[1:] != t.shape:
        raise InputError(f"Resampled statistics need one column per test: {t.shape} against {draws.shape}.")
    order = np.argsort(-t, kind="stable")
    order = order[~np.isnan(t[order])]
    ranked = np.where(np.isnan(draws), 0.0, draws)[:, order]
    maxima = np.maximum.accumulate(ranked[:, ::-1], axis=1)[:, ::-1] if step_down else ranked.max(axis=1, keepdims=True)
    extreme = (maxima >= t[order] * (1 - 1e-9)).sum(axis=0)
    p = extreme / len(draws) if enumerated else (1 + extreme) / (1 + len(draws))
    adjusted = np.full(t.shape, np.nan)
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted


class MaxT:
    """Adjust p-values of jackknifed estimates by the joint law of their t statistics: step-down max-t.

    Under no effect anywhere the statistics are drawn as normal with the correlations that the blocks give them, over a
    common chi variable.

    Parameters
    ----------
    deviations : array of shape (blocks, k)
        What each block, which is the same for all estimates, contributes to each of them.
    freedom : float
        Degrees of freedom.
    replications, random_state : int
        Draws and their seed.

    References
    ----------
    Westfall and Young (1993), algorithm 4.1.

    Examples
    --------
    >>> tied = MaxT([[1.0, 2.0], [3.0, 6.0]], freedom=30)
    >>> tied.adjusted([0.04, 0.05]).round(2).tolist(), adjust_p_values([0.04, 0.05]).tolist()
    ([0.04, 0.05], [0.08, 0.08])
    """

    def __init__(
        self, deviations: ArrayLike, *, freedom: float, replications: int = 20_000, random_state: int = 0
    ) -> None:
        parts = np.asarray(deviations, dtype=float)
        size = np.sqrt((parts**2).sum(axis=0))
        parts = np.divide(parts, size, where=size > 0, out=0 * parts)
        values, vectors = np.linalg.eigh(parts.T @ parts)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        rng = np.random.default_rng(random_state)
        noise = rng.standard_normal((replications, len(root))) @ root
        self.freedom = freedom
        self._draws = np.abs(noise / np.sqrt(rng.chisquare(freedom, (replications, 1)) / freedom))
        self._maxima: dict[tuple[int, ...], Floats] = {}

    def adjusted(self, p_values: ArrayLike) -> Floats:
        """Return two-sided p-values adjusted for their number; missing ones stay missing and are no tests.

        They never lie below the p-values, nor above Holm's, which hold under any dependence.
        """
        p = np.asarray(p_values, dtype=float)
        order = np.argsort(p, kind="stable")[: int((~np.isnan(p)).sum())]
        t = -stdtrit(self.freedom, p[order] / 2)
        maxima = self._sorted_maxima(tuple(order.tolist()))
        beyond = [len(each) - each.searchsorted(size) for each, size in zip(maxima, t * (1 - 1e-9), strict=True)]
        found = np.full(p.shape, np.nan)
        found[order] = np.maximum.accumulate((1 + np.array(beyond, dtype=float)) / (1 + len(self._draws)))
        return np.asarray(np.clip(found, p, adjust_p_values(p)))

    def _sorted_maxima(self, order: tuple[int, ...]) -> Floats:
        """Return, for each place in an order, the sorted maxima over its statistic and those after it."""
        if order not in self._maxima:
            if len(self._maxima) >= ORDERS:
                self._maxima.clear()
            ranked = self._draws[:, list(order)]
            maxima = np.maximum.accumulate(ranked[:, ::-1], axis=1)[:, ::-1]
            self._maxima[order] = np.sort(maxima.T, axis=1)
        return self._maxima[order]


def max_t_quantile(resampled: ArrayLike, *, level: float = 0.95) -> float:
    """Return the critical value of a simultaneous band: the quantile of the largest absolute t over the columns.

    Examples
    --------
    >>> max_t_quantile([[0.5, -2.0], [1.0, 0.0], [-0.5, 0.2]], level=0.5)
    1.0
    """
    require_level(level)
    largest = np.nanmax(np.abs(np.asarray(resampled, dtype=float)), axis=1)
    return float(np.quantile(largest, level, method="higher"))
