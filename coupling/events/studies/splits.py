"""Did the response change? Episodes before a date against episodes from it on."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from coupling._typing import Floats
from coupling.events.studies.dates import date_mean, ratio
from coupling.inference.randomisation import randomisation_p_value

__all__ = ["compare_groups", "group_patterns"]

ENUMERATED = 5000


def group_patterns(n: int, later: int, *, replications: int, random_state: int) -> tuple[npt.NDArray[np.bool_], bool]:
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


def compare_groups(
    responses: Floats, later: npt.NDArray[np.bool_], *, level: float, random_state: int
) -> dict[str, float]:
    """Compare the mean response of later episodes with that of earlier ones.

    Welch's t with Satterthwaite's degrees of freedom, and a permutation of the labels over episodes that compares
    Welch's t (Janssen 1997), which holds when the two variances differ.

    Parameters
    ----------
    responses : ndarray, shape (episodes,)
        Missing ones are left out.
    later : ndarray of bool, shape (episodes,)
    level : float
    random_state : int

    Returns
    -------
    dict
        ``before, after, estimate`` (their difference), ``lower, upper, p_value, permutation_p, smallest_permutation_p,
        n_before, n_after``.
    """
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
    patterns, enumerated = group_patterns(len(values), n_after, replications=9999, random_state=random_state)
    replicates = np.array(_welch(values, patterns))
    return answer | {
        "lower": after - before - reach,
        "upper": after - before + reach,
        "p_value": float(2 * stdtr(df, -abs(observed))),
        "permutation_p": randomisation_p_value(observed, replicates, enumerated=enumerated),
        "smallest_permutation_p": 1 / len(patterns) if enumerated else 1 / (1 + len(patterns)),
    }


def _welch(values: Floats, patterns: npt.NDArray[np.bool_]) -> Floats:
    sides = []
    for mask in (~patterns, patterns):
        n = mask.sum(axis=1)
        mean = (mask * values).sum(axis=1) / n
        variance = (mask * (values - mean[:, None]) ** 2).sum(axis=1) / (n - 1)
        sides.append((mean, variance / n))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((sides[1][0] - sides[0][0]) / np.sqrt(sides[0][1] + sides[1][1]))
