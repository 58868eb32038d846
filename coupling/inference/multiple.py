"""Multiple testing: Holm, Benjamini–Yekutieli, and Westfall–Young from resampled statistics."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.limits.asked import require_level

__all__ = ["adjust_p_values", "max_t_quantile", "westfall_young"]


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
