"""Did the response change? Episodes before a date against episodes from it on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
from scipy.special import stdtr, stdtrit

from coupling._typing import Flags, Floats
from coupling.events.studies.dates import date_mean, ratio
from coupling.inference.randomisation import randomisation_p_value

__all__ = ["compare_groups", "group_patterns"]

Patterns = Callable[[int, int], tuple[Flags, bool]]
ENUMERATED = 5000


def group_patterns(n: int, later: int, *, replications: int, random_state: int) -> tuple[Flags, bool]:
    """Return which of n episodes count as later, in every way (or in random ways), and whether all ways are there.

    Examples
    --------
    >>> group_patterns(3, 1, replications=9, random_state=0)[0].tolist()
    [[True, False, False], [False, True, False], [False, False, True]]
    """
    if comb(n, later) <= ENUMERATED:
        chosen = np.array(list(combinations(range(n), later)), dtype=np.intp)
        patterns = np.zeros((len(chosen), n), dtype=bool)
        np.put_along_axis(patterns, chosen, values=True, axis=1)
        return patterns, True
    order = np.random.default_rng(random_state).random((replications, n)).argsort(axis=1)
    return order < later, False


def compare_groups(responses: Floats, later: Flags, *, level: float, random_state: int) -> list[dict[str, float]]:
    """Compare the mean response of later episodes with that of earlier ones, for each instrument.

    Welch's t with Satterthwaite's degrees of freedom, and a permutation of the labels over episodes that compares
    Welch's t (Janssen 1997), which holds when the two variances differ.

    Parameters
    ----------
    responses : ndarray, shape (episodes, instruments)
        Missing ones are left out.
    later : ndarray of bool, shape (episodes,)
    level : float
    random_state : int

    Returns
    -------
    list of dict
        ``before, after, estimate`` (their difference), ``lower, upper, p_value, permutation_p, smallest_permutation_p,
        n_before, n_after``.
    """
    patterns = cache(lambda n, after: group_patterns(n, after, replications=9999, random_state=random_state))
    return [_compared(column, later, level, patterns) for column in responses.T]


def _compared(responses: Floats, later: Flags, level: float, ways: Patterns) -> dict[str, float]:
    known = np.isfinite(responses)
    values, later = responses[known], later[known]
    n_after = int(later.sum())
    answer = {"n_before": float(len(values) - n_after), "n_after": float(n_after)}
    blank = dict.fromkeys(("lower", "upper", "p_value", "permutation_p", "smallest_permutation_p"), float("nan"))
    before, after = (float(part.mean()) if part.size else float("nan") for part in (values[~later], values[later]))
    answer |= {"before": before, "after": after, "estimate": after - before, **blank}
    if min(n_after, len(values) - n_after) < 2:
        return answer
    _, errors, counts = (
        np.array(part) for part in zip(*(date_mean(values[mask]) for mask in (~later, later)), strict=True)
    )
    squares = errors**2
    df = squares.sum() ** 2 / (squares**2 / (counts - 1)).sum()
    error = float(np.sqrt(squares.sum()))
    reach = error * stdtrit(df, 0.5 + level / 2)
    observed = float(ratio(np.array(after - before), np.array(error)))
    patterns, enumerated = ways(len(values), n_after)
    replicates = np.array(_welch(values, patterns))
    return answer | {
        "lower": after - before - reach,
        "upper": after - before + reach,
        "p_value": float(2 * stdtr(df, -abs(observed))),
        "permutation_p": randomisation_p_value(observed, replicates, enumerated=enumerated),
        "smallest_permutation_p": 1 / len(patterns) if enumerated else 1 / (1 + len(patterns)),
    }


def _welch(values: Floats, patterns: Flags) -> Floats:
    sides = []
    for mask in (1.0 - patterns, patterns.astype(float)):
        n = mask.sum(axis=1)
        mean = mask @ values / n
        gaps = values - mean[:, None]
        variance = np.einsum("ij,ij,ij->i", mask, gaps, gaps) / (n - 1)
        sides.append((mean, variance / n))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((sides[1][0] - sides[0][0]) / np.sqrt(sides[0][1] + sides[1][1]))
