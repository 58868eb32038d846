"""Inference at the level of dates: t tests, sign flips and simultaneous bands over independent episodes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from coupling._typing import Floats
from coupling.inference.multiple import max_t_quantile, westfall_young
from coupling.inference.randomisation import randomisation_p_value, sign_patterns, smallest_sign_p

__all__ = ["SignTests", "band_width", "date_mean", "flipped_t", "ratio", "sign_tests", "t_p_value"]


def date_mean(responses: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, standard error and number of episodes along the first axis.

    t = mean / (s / sqrt(n)) with n - 1 degrees of freedom, where s is the standard deviation over episodes:
    cross-sectional dependence within a date and a variance raised by events do not disturb it (Brown and Warner
    1985; Fama and MacBeth 1973).

    Parameters
    ----------
    responses : ndarray, shape (episodes, ...)
        Missing responses are left out.

    Examples
    --------
    >>> mean, error, n = date_mean(np.array([[1.0], [2.0], [3.0]]))
    >>> float(mean[0]), round(float(error[0]), 4), float(n[0])
    (2.0, 0.5774, 3.0)
    """
    known = np.isfinite(responses)
    n = known.sum(axis=0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, responses, 0.0).sum(axis=0) / n
        squares = np.where(known, responses - mean, 0.0) ** 2
        error = np.sqrt(squares.sum(axis=0) / (n - 1) / n)
    return np.where(n > 0, mean, np.nan), np.where(n > 1, error, np.nan), n


def flipped_t(responses: Floats, *, random_state: int = 0) -> tuple[Floats, bool]:
    """Return the t statistics under sign patterns of the episodes, shape (patterns, ...), and whether all are there.

    One pattern flips an episode for all instruments and days at once, which keeps their dependence. Up to 12
    episodes all 2ⁿ patterns are taken. This is the wild bootstrap by episode (Rademacher weights) with the
    hypothesis imposed.
    """
    patterns, enumerated = sign_patterns(len(responses), random_state=random_state)
    known = np.isfinite(responses)
    values = np.where(known, responses, 0.0).reshape(len(responses), -1)
    n = known.sum(axis=0).astype(float).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = patterns.astype(float) @ values / n
        variance = ((values**2).sum(axis=0) - n * mean**2) / (n - 1)
        t = mean / np.sqrt(np.where(variance > 1e-14 * mean**2, variance, 0.0) / n)
    return np.where(n > 1, t, np.nan).reshape(len(patterns), *responses.shape[1:]), enumerated


class SignTests(NamedTuple):
    """By instrument: the sign-flip p-value, the smallest attainable one, and that adjusted over the instruments."""

    p: Floats
    smallest: Floats
    joint: Floats


def sign_tests(responses: Floats, *, random_state: int = 0) -> SignTests:
    """Test the date-mean t of each instrument, two-sided, among its values under sign patterns of the episodes.

    The adjusted p-values are Westfall and Young's (step-down max-abs-t), from the same patterns for all instruments.

    Parameters
    ----------
    responses : ndarray, shape (episodes, instruments)

    Examples
    --------
    >>> tests = sign_tests(np.array([[1.0], [2.0], [1.5], [0.5], [2.5]]))
    >>> float(tests.p[0]), float(tests.smallest[0]), float(tests.joint[0])
    (0.0625, 0.0625, 0.0625)
    """
    flips, enumerated = flipped_t(responses, random_state=random_state)
    mean, error, n = date_mean(responses)
    observed = ratio(mean, error)
    p = [
        randomisation_p_value(float(observed[k]), flips[:, k], enumerated=enumerated) if n[k] > 1 else np.nan
        for k in range(responses.shape[1])
    ]
    floor = 0.0 if enumerated else 1 / (1 + len(flips))
    smallest = [max(smallest_sign_p(int(count)), floor) if count > 0 else np.nan for count in n]
    return SignTests(np.array(p), np.array(smallest), westfall_young(observed, flips, enumerated=enumerated))


def band_width(paths: Floats, *, level: float, random_state: int = 0) -> Floats:
    """Return the critical value of a sup-t band per instrument: a quantile of the largest t of all days.

    The distribution is that over sign patterns of the episodes.

    Parameters
    ----------
    paths : ndarray, shape (episodes, instruments, days)
    level : float

    Returns
    -------
    ndarray, shape (instruments,)
        Missing where the patterns cannot reach the level (2/2ⁿ > 1 - level) or fewer than two episodes are known.
    """
    flips, _ = flipped_t(paths, random_state=random_state)
    counts = np.isfinite(paths).sum(axis=0).max(axis=-1)
    widths = np.full(paths.shape[1], np.nan)
    for k in range(paths.shape[1]):
        if counts[k] > 1 and smallest_sign_p(int(counts[k])) <= 1 - level:
            widths[k] = max_t_quantile(flips[:, k], level=level)
            pointwise = stdtrit(counts[k] - 1, 0.5 + level / 2)
            widths[k] = max(widths[k], pointwise)
    return widths


def t_p_value(mean: Floats, error: Floats, n: Floats) -> Floats:
    """Return the two-sided p-value of the date-mean t; missing below two episodes."""
    return np.asarray(2 * stdtr(np.where(n > 1, n - 1, np.nan), -np.abs(ratio(mean, error))))


def ratio(mean: Floats, error: Floats) -> Floats:
    """Return t, infinite where all responses are equal and not zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(mean / error)
