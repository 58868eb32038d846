"""Draws of whole calendar weeks, the same for every study and specification.

A draw says for each week of the calendar which week takes its place. Weeks end on Friday at 24:00 UTC, as in the
jackknife of `coupling.kernels.hayashi_yoshida`. Weeks are drawn in blocks of neighbours and within strata (a year, or a
quarter for the last value of a path; never across a date of change), so that a path that drifts stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from coupling._typing import Integers
from coupling.kernels.hayashi_yoshida import SATURDAY, WEEK

__all__ = ["LOCAL", "WEEK", "YEARLY", "Scheme", "WeekDraws", "draws_over", "week_of"]


@dataclass(frozen=True)
class Scheme:
    """Weeks of a stratum (None: one stratum, the pooled period) and of a block."""

    stratum: int | None
    block: int


YEARLY = Scheme(52, 4)
LOCAL = Scheme(13, 1)


def week_of(instants: Integers) -> Integers:
    """Return the number of the week that holds each instant; a week holds its end and not its beginning.

    Examples
    --------
    >>> friday = pd.Timestamp("2025-01-03 21:00", tz="UTC").value
    >>> (week_of(np.array([friday, friday + 3 * 3_600_000_000_000, friday + 4 * 3_600_000_000_000])) - 2870).tolist()
    [0, 0, 1]
    """
    return np.asarray(-((SATURDAY - np.asarray(instants)) // WEEK))


@dataclass(frozen=True)
class WeekDraws:
    """Draws over the weeks `first` to `last`.

    Parameters
    ----------
    first, last : int
        Numbers of the first and the last week that are drawn.
    strata : tuple of tuple of int
        First and last week of each stratum.
    block : int
        Weeks drawn together.
    seed : int
        Replication b has its own generator, made from the seed and b, whoever asks for it and in whatever order.
    """

    first: int
    last: int
    strata: tuple[tuple[int, int], ...]
    block: int
    seed: int

    def draw(self, replication: int) -> Integers:
        """Return the source week of each week from `first` to `last`."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(replication,)))
        return np.concatenate([self._within(rng, *stratum) for stratum in self.strata])

    def _within(self, rng: np.random.Generator, first: int, last: int) -> Integers:
        size = last - first + 1
        block = self._block(size)
        starts = rng.integers(size, size=-(-size // block))
        return np.asarray(first + ((starts[:, None] + np.arange(block)).ravel()[:size] % size))

    def _block(self, size: int) -> int:
        return max(1, min(self.block, size // 4))

    @property
    def inflation(self) -> float:
        """What a deviation is multiplied by, since the mean of a stratum is drawn around itself.

        The variance of the mean of m weeks drawn in blocks of b is short by the share b / m.
        """
        sizes = [last - first + 1 for first, last in self.strata]
        rest = sum(max(size - self._block(size), 1) for size in sizes)
        return float(np.sqrt(sum(sizes) / rest))


def draws_over(first: int, last: int, scheme: Scheme, *, cuts: Iterable[pd.Timestamp] = (), seed: int) -> WeekDraws:
    """Return the draws over a period, in strata counted back from its end and from each date of change.

    Examples
    --------
    >>> draws = draws_over(100, 219, Scheme(52, 4), seed=1)
    >>> draws.strata
    ((100, 115), (116, 167), (168, 219))
    >>> bool((draws.draw(0) == draws.draw(0)).all()), bool((draws.draw(0) == draws.draw(1)).all())
    (True, False)
    """
    borders = {first, last + 1}
    for cut in cuts:
        border = int(week_of(np.array([cut.value + WEEK // 2]))[0])  # a cut week goes to the side that has more of it
        if first < border <= last:
            borders.add(border)
    ordered = sorted(borders)
    strata: list[tuple[int, int]] = []
    for start, stop in pairwise(ordered):
        strata += _strata(start, stop - 1, scheme.stratum)
    return WeekDraws(first, last, tuple(strata), scheme.block, seed)


def _strata(first: int, last: int, size: int | None) -> list[tuple[int, int]]:
    """Divide a period into strata counted back from its end; a rest under a quarter of one joins its neighbour."""
    if size is None:
        return [(first, last)]
    starts = [start for start in range(last + 1 - size, first, -size) if start - first >= size // 4]
    edges = [first, *reversed(starts), last + 1]
    return [(start, stop - 1) for start, stop in pairwise(edges)]
