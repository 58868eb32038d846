"""Randomisation tests: sign flips and placebo draws, with the smallest p-value that they can give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coupling._typing import Floats
from coupling.errors import InputError, nearest
from coupling.limits.asked import require_seed
from coupling.limits.budget import require_memory, require_seconds
from coupling.limits.upper import require_within

__all__ = ["SignFlip", "randomisation_p_value", "sign_flip", "sign_patterns", "smallest_sign_p"]

Alternative = Literal["two-sided", "greater", "less"]
ENUMERATED = 12


def smallest_sign_p(n: int, *, alternative: Alternative = "two-sided") -> float:
    """Return the smallest p-value that sign flips of n values can give: 2/2ⁿ, or 1/2ⁿ one-sided.

    Examples
    --------
    >>> smallest_sign_p(5)
    0.0625
    """
    return float((2.0 if alternative == "two-sided" else 1.0) / 2.0**n)


def sign_patterns(n: int, *, replications: int = 9999, random_state: int = 0) -> tuple[NDArray[np.int8], bool]:
    """Return sign patterns: all of them when n is at most 12, random ones otherwise.

    Parameters
    ----------
    n : int
        Number of values whose signs are flipped.
    replications : int
        Number of random patterns when they are not enumerated.
    random_state : int
        Seed of the random patterns.

    Returns
    -------
    patterns : ndarray of shape (patterns, n)
        Entries 1 and -1. When enumerated, all 2ⁿ with the identity first.
    enumerated : bool
        Whether all patterns are there.

    Examples
    --------
    >>> sign_patterns(2)[0].tolist()
    [[1, 1], [-1, 1], [1, -1], [-1, -1]]
    """
    if n < 1:
        raise InputError("Sign flips need at least one value.")
    require_within("replications", replications)
    if n <= ENUMERATED:
        codes = np.arange(2**n)[:, None] >> np.arange(n)[None, :]
        return (1 - 2 * (codes & 1)).astype(np.int8), True
    require_seed(random_state)
    require_memory(10.0 * n * replications, f"{replications:,} patterns of {n:,} signs", "ask for fewer")
    require_seconds(4e-8 * n * replications, f"{replications:,} patterns of {n:,} signs", "ask for fewer")
    rng = np.random.default_rng(random_state)
    return (2 * rng.integers(0, 2, size=(replications, n), dtype=np.int8) - 1).astype(np.int8), False


def randomisation_p_value(
    observed: float, replicates: ArrayLike, *, alternative: Alternative = "two-sided", enumerated: bool = False
) -> float:
    """Return the p-value of a statistic among its replicates under the hypothesis.

    Parameters
    ----------
    observed : float
        Statistic of the data; two-sided p-values compare absolute values.
    replicates : array of shape (R,)
        Statistics of placebo draws, permutations or sign patterns; missing ones are left out.
    alternative : {"two-sided", "greater", "less"}
        Direction.
    enumerated : bool
        True when the replicates are all possible ones with the observed among them: p = share at least as extreme.
        Otherwise the observed one is added: p = (1 + count) / (1 + R) (Davison and Hinkley 1997, eq. 4.11).

    Returns
    -------
    float
        p-value; missing when the statistic is missing or no replicate is left.

    Examples
    --------
    >>> randomisation_p_value(3.0, [0.5, -1.0, 2.0])
    0.25
    """
    if alternative not in ("two-sided", "greater", "less"):
        known = ["two-sided", "greater", "less"]
        raise InputError(f"Unknown alternative {alternative!r}; {nearest(alternative, known)}.")
    values = np.asarray(replicates, dtype=float)
    values = values[~np.isnan(values)]
    if np.isnan(observed) or values.size == 0:
        return float("nan")
    turn = {"two-sided": np.abs, "greater": np.positive, "less": np.negative}[alternative]
    threshold = float(turn(observed))
    slack = 1e-9 * max(1.0, abs(threshold)) if np.isfinite(threshold) else 0.0
    extreme = int((turn(values) >= threshold - slack).sum())
    return extreme / len(values) if enumerated else (1 + extreme) / (1 + len(values))


@dataclass(frozen=True)
class SignFlip:
    """Outcome of a sign-flip test: the statistic, its p-value and the smallest p-value attainable."""

    statistic: float
    p_value: float
    smallest_p: float
    n: int


def sign_flip(
    x: ArrayLike, *, alternative: Alternative = "two-sided", replications: int = 9999, random_state: int = 0
) -> SignFlip:
    """Test that values are symmetric around 0, by flipping signs and comparing t statistics.

    The t statistic is compared and not the mean, which rejects far too often when events raise the variance.

    Parameters
    ----------
    x : array of shape (n,)
        One value per independent date or episode; missing ones are left out.
    alternative : {"two-sided", "greater", "less"}
        Direction.
    replications, random_state
        Used only beyond 12 values, where patterns are drawn.

    Returns
    -------
    SignFlip
        ``statistic`` (t), ``p_value``, ``smallest_p`` and ``n``.

    Examples
    --------
    >>> result = sign_flip([1.0, 2.0, 1.5, 0.5, 2.5])
    >>> result.p_value, result.smallest_p
    (0.0625, 0.0625)
    """
    values = np.asarray(x, dtype=float)
    values = values[~np.isnan(values)]
    if values.size < 2:
        raise InputError(f"A sign-flip test needs at least 2 values, not {values.size}.")
    patterns, enumerated = sign_patterns(len(values), replications=replications, random_state=random_state)
    observed = float(_t(values[None, :])[0])
    p = randomisation_p_value(observed, _t(patterns * values), alternative=alternative, enumerated=enumerated)
    smallest = smallest_sign_p(len(values), alternative=alternative)
    return SignFlip(observed, p, smallest if enumerated else max(smallest, 1 / (1 + replications)), len(values))


def _t(rows: Floats) -> Floats:
    n = rows.shape[1]
    mean, error = rows.mean(axis=1), rows.std(axis=1, ddof=1) / np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(error > 0, mean / error, np.where(mean == 0, 0.0, np.copysign(np.inf, mean))))
