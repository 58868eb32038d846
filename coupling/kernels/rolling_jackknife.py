"""The standard error of a windowed correlation that holds under heavy tails, changing variance and dependence.

Each window is cut into consecutive blocks; leaving out one at a time gives as many values of Fisher's z = atanh r.
Their spread is the standard error of the delete-block jackknife (Künsch 1989, with disjoint blocks). The quantile is
Student's: few blocks estimate a variance poorly, and heavy tails make it worse, so its degrees of freedom are
2 g / (k - 1), with g blocks and k the kurtosis of the left-out values (Satterthwaite's rule), and at most g - 1. Twenty
blocks give a noisy error, so that the interval is never taken narrower than Fisher's for independent normal rows.

Blocks of a few rows see little of a dependence that lasts longer. Both series' first autocorrelations in the window
tell how much: the product p of the two is that of the rows' cross products, whose sum then varies (1 + p) / (1 - p)
times as much as of independent ones (Bartlett 1935), of which blocks of L rows see 1 + 2 (1 - 1/L) p + 2 (1 - 2/L) p²
+ ...; the error is widened by the root of what they miss. (Longer blocks for all would cost 1.19 times the width of
independent rows; this costs nothing there, since p is then near 0.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from coupling._typing import Floats, Integers
from coupling.kernels.minimum import at_least
from coupling.kernels.pairs import in_order
from coupling.kernels.rolling_jackknife_arrays import autocorrelations as _autocorrelations
from coupling.kernels.rolling_jackknife_arrays import jackknife_arrays, rank_jackknife

__all__ = [
    "BLOCKS_LEAST",
    "RollingJackknife",
    "block_counts",
    "complete_rows",
    "dependence_of",
    "fisher_half",
    "is_small",
    "jackknife_plain",
    "jackknife_windows",
    "missed_dependence",
    "power_of_two",
    "student_quantile",
]

BLOCKS_LEAST = 6
"""Fewest blocks for a standard error; it needs 12 rows."""

MOST_DEPENDENCE = 0.9

WINDOWS, CELLS, CELLS_OF_RANKS = 20_000, 5_000_000, 1_000_000
"""Most windows, and most rows of all windows together, for which arrays are used and no loop is compiled."""

_STEPS = 1024


@dataclass(frozen=True, kw_only=True)
class RollingJackknife:
    """Per window: the correlation, the standard error of its atanh, 1 / degrees of freedom, and the rows used."""

    estimate: Floats
    error: Floats
    inverse_freedom: Floats
    n: Integers

    def limits(self, estimate: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the limits of the interval around an estimate, never closer together than Fisher's."""
        half = np.maximum(student_quantile(level, self.inverse_freedom) * self.error, fisher_half(self.rows, level))
        lower, upper = around(estimate, half)
        exact = (np.abs(estimate) == 1.0) & (self.error == 0.0)
        return np.where(exact, estimate, lower), np.where(exact, estimate, upper)

    @property
    def effective(self) -> Floats:
        """How many independent normal rows would have as large a standard error, at most the rows used."""
        with np.errstate(divide="ignore"):
            return np.fmin(np.where(np.isnan(self.error), np.nan, self.n), 1.0 / self.error**2 + 3.0)

    def p_values(self, estimate: Floats) -> Floats:
        """Return two-sided p-values against 0: one less the level at which `limits` end there."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.abs(np.arctanh(np.clip(estimate, -1.0, 1.0)))
            student = self._student(z / self.error)
            fisher = 2 * ndtr(-z * np.sqrt(np.maximum(self.rows - 3.0, 0.0)))
        return np.asarray(np.maximum(student, fisher))

    def _student(self, t: Floats) -> Floats:
        return np.asarray(2 * stdtr(1.0 / np.maximum(self.inverse_freedom, 1e-12), -t))

    @property
    def rows(self) -> Floats:
        """Rows that Fisher's interval counts."""
        return np.asarray(self.n, dtype=float)


def block_counts(rows: Integers) -> Integers:
    """Return how many blocks windows of so many rows are cut into; 0 where there are too few rows.

    Three rows in a block (two below 30 rows), but no more than 20 blocks, or the square root of the rows
    where that is more. A simulation chose these: coverage of at least 0.93 in every case of ``docs/coverage.md``.

    Examples
    --------
    >>> block_counts(np.array([8, 20, 60, 250, 1000])).tolist()
    [0, 10, 20, 20, 31]
    """
    rows = np.asarray(rows, dtype=np.int64)
    most = np.maximum(20, np.sqrt(rows).astype(np.int64))
    blocks = np.minimum(np.minimum(rows // 2, np.maximum(10, rows // 3)), most)
    return np.where(blocks >= BLOCKS_LEAST, blocks, 0)


def jackknife_windows(
    x: Floats, y: Floats, starts: Integers, stops: Integers, required: Integers, *, ranks: bool = False
) -> RollingJackknife:
    """Return the jackknife of the correlation of x and y in every window, whose cost is linear in its rows.

    Parameters
    ----------
    x, y : array of shape (rows,)
        Rows where either is missing are left out, and the blocks are formed of the rest.
    starts, stops, required : array of shape (windows,)
        As in `coupling.kernels.rolling.rolling_correlation`.
    ranks : bool
        Replace values by their ranks within the window (Spearman); ranks are held fixed while blocks are left out.

    References
    ----------
    Künsch (1989), Annals of Statistics 17, 1217-1241. Satterthwaite (1946), Biometrics Bulletin 2, 110-114.
    """
    x, y, begin, end = complete_rows(*in_order(x, y), starts, stops)
    n = end - begin
    enough = n >= at_least(required)
    blocks = np.where(enough, block_counts(n), 0)
    run = _by_arrays if is_small(n, ranks=ranks) else _by_loops
    out = run(power_of_two(x), power_of_two(y), begin, end, np.maximum(blocks, enough), ranks)
    out[blocks == 0, 1:] = np.nan
    error = out[:, 1] * missed_dependence(dependence_of(x, y, begin, end), n, blocks)
    return RollingJackknife(estimate=out[:, 0], error=error, inverse_freedom=out[:, 2], n=n)


def is_small(rows: Integers, *, ranks: bool = False) -> bool:
    """Tell by the rows of all windows alone whether arrays do, or loops are worth the time of compiling them.

    Examples
    --------
    >>> is_small(np.full(5000, 60)), is_small(np.full(100_000, 60)), is_small(np.full(5000, 2500))
    (True, False, False)
    """
    return len(rows) <= WINDOWS and int(np.sum(rows)) <= (CELLS_OF_RANKS if ranks else CELLS)


def _by_arrays(x: Floats, y: Floats, begin: Integers, end: Integers, blocks: Integers, ranks: bool) -> Floats:
    return (rank_jackknife if ranks else jackknife_arrays)(x, y, begin, end, blocks)


def _by_loops(x: Floats, y: Floats, begin: Integers, end: Integers, blocks: Integers, ranks: bool) -> Floats:
    from coupling.kernels.rolling_jackknife_loops import pearson_jackknife, spearman_jackknife

    out = np.full((len(begin), 3), np.nan)
    (spearman_jackknife if ranks else pearson_jackknife)(x, y, begin, end, blocks, int(blocks.max(initial=1)), out)
    return out


def dependence_of(x: Floats, y: Floats, begin: Integers, end: Integers) -> Floats:
    """Return the product of the first autocorrelations of x and y in every window, corrected for their bias."""
    small = is_small(end - begin)
    found = [(_autocorrelations if small else _looped)(power_of_two(values), begin, end) for values in (x, y)]
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (each + (1 + 3 * each) / (end - begin) for each in found)
    return np.asarray(one * other)


def _looped(values: Floats, begin: Integers, end: Integers) -> Floats:
    from coupling.kernels.rolling_jackknife_loops import autocorrelations

    out = np.empty(len(begin))
    autocorrelations(values, begin, end, out)
    return out


def missed_dependence(dependence: Floats, rows: Integers | Floats, blocks: Integers) -> Floats:
    """Return the factor by which an error from short blocks is too small where rows depend on one another.

    Parameters
    ----------
    dependence : array of shape (windows,)
        First autocorrelation of the cross products, taken to fall geometrically; below 0 or missing there is none.
    rows, blocks : array of shape (windows,)
        Rows, and the blocks that they are cut into.

    References
    ----------
    Bartlett (1935), Journal of the Royal Statistical Society 98, 536-543.

    Examples
    --------
    >>> missed_dependence(np.array([0.0, 0.49, -0.3]), np.array([60, 60, 60]), np.array([20, 20, 20])).round(3).tolist()
    [1.0, 1.269, 1.0]
    """
    p = np.clip(np.nan_to_num(dependence), 0.0, MOST_DEPENDENCE)
    length = np.maximum(rows / np.maximum(blocks, 1), 1.0)
    seen, power, lag = np.ones_like(p), p.copy(), 1
    while (lag < length).any():  # whatever the other windows are, or an answer would hang on its company
        seen += 2 * np.maximum(1 - lag / length, 0.0) * power
        power, lag = power * p, lag + 1
    return np.asarray(np.sqrt(np.maximum((1 + p) / (1 - p) / seen, 1.0)))


def complete_rows(x: Floats, y: Floats, starts: Integers, stops: Integers) -> tuple[Floats, Floats, Integers, Integers]:
    """Return the rows where nothing is missing, and where the windows begin and end among them."""
    there = ~(np.isnan(x) | np.isnan(y))
    before = np.concatenate([[0], np.cumsum(there)])
    return x[there], y[there], before[starts], before[stops]


def jackknife_plain(x: Floats, y: Floats, *, raw: tuple[Floats, Floats] | None = None) -> tuple[float, float, float]:
    """Return estimate, standard error and inverse degrees of freedom of one window: the oracle of the tests.

    `raw` are the values whose ranks x and y are.
    """
    blocks = int(block_counts(np.array([len(x)]))[0])
    kept = [np.setdiff1d(np.arange(len(x)), block) for block in np.array_split(np.arange(len(x)), blocks)]
    z = np.array([np.arctanh(np.corrcoef(x[rows], y[rows])[0, 1]) for rows in kept])
    gaps = z - z.mean()
    kurtosis = float((gaps**4).mean() / (gaps**2).mean() ** 2)
    error = float(np.sqrt((blocks - 1) / blocks * (gaps**2).sum()))
    first = [_autocorrelation(values) for values in raw or (x, y)]
    p = np.prod([each + (1 + 3 * each) / len(x) for each in first])
    error *= float(missed_dependence(np.array([p]), np.array([len(x)]), np.array([blocks]))[0])
    return float(np.corrcoef(x, y)[0, 1]), error, max(1 / (blocks - 1), (kurtosis - 1) / (2 * blocks))


def _autocorrelation(values: Floats) -> float:
    moved = values - values.mean()
    return float(moved[1:] @ moved[:-1] / (moved @ moved))


def around(estimate: Floats, half: Floats) -> tuple[Floats, Floats]:
    """Return tanh(atanh r - half) and tanh(atanh r + half), by the addition theorem of tanh.

    Examples
    --------
    >>> np.round(around(np.array([0.5, 1.0]), np.array([0.26, np.inf])), 3).tolist()
    [[0.281, nan], [0.669, 1.0]]
    """
    far = np.tanh(half)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (estimate - far) / (1.0 - estimate * far), (estimate + far) / (1.0 + estimate * far)


def fisher_half(rows: Floats | Integers, level: float) -> Floats:
    """Return Fisher's half-width of an interval for atanh r; infinite for three rows or fewer.

    Examples
    --------
    >>> fisher_half(np.array([3, 60]), 0.95).round(3).tolist()
    [inf, 0.26]
    """
    with np.errstate(divide="ignore"):
        half: Floats = ndtri(0.5 + level / 2) / np.sqrt(np.maximum(np.asarray(rows, dtype=float) - 3.0, 0.0))
    return half


def student_quantile(level: float, inverse_freedom: Floats) -> Floats:
    """Return Student's two-sided quantile for many degrees of freedom (two or more), from a table within 1e-5.

    Examples
    --------
    >>> student_quantile(0.95, np.array([0.0, 0.1])).round(3).tolist()
    [1.96, 2.228]
    """
    place = inverse_freedom * (2.0 * _STEPS)
    left = np.fmin(place, _STEPS - 1.0).astype(np.int64)  # a missing value goes anywhere, and stays missing below
    quantile, step = _student_table(level)
    return np.where(place < _STEPS, quantile[left] + (place - left) * step[left], quantile[-1] + 0.0 * place)


@lru_cache(maxsize=16)
def _student_table(level: float) -> tuple[Floats, Floats]:
    """Return the quantile at every inverse of degrees of freedom from 0 to 1/2, and its change to the next."""
    grid = np.linspace(0.0, 0.5, _STEPS + 1)
    quantile = stdtrit(1.0 / np.maximum(grid, 1e-12), 0.5 + level / 2)
    return quantile, np.diff(quantile)


def power_of_two(x: Floats) -> Floats:
    """Return x scaled by a power of two where squares would overflow or underflow; a correlation does not notice."""
    top = float(np.nanmax(np.abs(x), initial=0.0))
    return x if 1e-100 < top < 1e100 or top == 0.0 else np.ldexp(x, -int(np.frexp(top)[1]))
