"""The tail of one pair in one window: estimate, influence of each row, and limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from coupling._typing import Flags, Floats

__all__ = ["MINIMUM_TAIL", "TailWindow"]

MINIMUM_TAIL = 10
"""Fewest rows in a tail."""
BLOCKS = 20
"""Consecutive blocks over which the influence of rows is added up, so that clusters of tail rows count as such."""


@dataclass(frozen=True)
class TailWindow:
    """Changes of a pair in one window; the tail is the lower one.

    Parameters
    ----------
    x, y : array of shape (rows,)
        Changes without missing values.
    quantile : float
        Share of the rows in the tail.
    measure : {"chi", "exceedance"}
        What is estimated.
    enough : bool
        Whether the window has the rows that it must have.
    """

    x: Floats
    y: Floats
    quantile: float
    measure: str
    enough: bool

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.x)

    @property
    def rows_in_tail(self) -> int:
        """Rows in a tail; for the exceedance correlation, rows in both."""
        if not self.enough:
            return 0
        return self._size if self.measure == "chi" else int(self._both.sum())

    @property
    def estimate(self) -> float:
        """The measure; missing with too few rows in the tail or too many ties at its border."""
        if not self.enough or self.rows_in_tail < MINIMUM_TAIL or not self._defined:
            return float("nan")
        return self._chi if self.measure == "chi" else _correlation(self.x[self._both], self.y[self._both])

    def limits(self, level: float) -> tuple[float, float]:
        """Return the limits of the interval."""
        if np.isnan(self.estimate):
            return float("nan"), float("nan")
        return self._wilson(level) if self.measure == "chi" else self._jackknife(level)

    def p_value(self, against: float) -> float:
        """Return the two-sided p-value against some value: one less the level at which `limits` end there."""
        if np.isnan(self.estimate + against):
            return float("nan")
        if self.measure == "exceedance":
            if not abs(self.estimate) < 1.0:
                return float("nan")
            error, freedom = self._error
            away = abs(np.arctanh(self.estimate) - np.arctanh(against))
            return float(2 * stdtr(freedom, -away / error)) if error > 0 else float("nan")
        blocks = min(BLOCKS, self.rows // 2)
        spread = against * (1 - against) / self._effective(blocks)
        t = abs(self._chi - against) / np.sqrt(spread) if spread > 0 else np.inf
        return float(2 * stdtr(blocks - 1, -t))

    @property
    def _size(self) -> int:
        return round(self.quantile * self.rows)

    @cached_property
    def _tails(self) -> tuple[Flags, Flags]:
        return _lowest(self.x, self._size), _lowest(self.y, self._size)

    @cached_property
    def _both(self) -> Flags:
        return self._tails[0] & self._tails[1]

    @property
    def _defined(self) -> bool:
        return all(tail.sum() <= 1.5 * self._size for tail in self._tails)

    @property
    def _chi(self) -> float:
        return float(2 * self._both.sum() / (self._tails[0].sum() + self._tails[1].sum()))

    def _wilson(self, level: float) -> tuple[float, float]:
        """Wilson's limits with the effective number of rows in the tail, and a t quantile."""
        chi, blocks = self._chi, min(BLOCKS, self.rows // 2)
        t = stdtrit(blocks - 1, 0.5 + level / 2) ** 2 / self._effective(blocks)
        centre = (chi + t / 2) / (1 + t)
        half = np.sqrt(t * chi * (1 - chi) + t**2 / 4) / (1 + t)
        return float(max(centre - half, 0.0)), float(min(centre + half, 1.0))

    def _effective(self, blocks: int) -> float:
        """Return how many independent rows in the tail would have this variance of chi."""
        chi, spread = self._chi, self._variance(blocks)
        return chi * (1 - chi) / spread if spread > 0 and 0 < chi < 1 else float(self._size)

    def _variance(self, blocks: int) -> float:
        """Variance of chi: influence of each row, added up within consecutive blocks."""
        sizes = self._size // 2, self._size + (self._size + 1) // 2
        step = sizes[1] - sizes[0]
        slopes = [(self._joint(*high) - self._joint(*low)) / step for high, low in self._neighbours(sizes)]
        influence = self._both - slopes[0] * self._tails[0] - slopes[1] * self._tails[1]
        sums = np.array([part.sum() for part in np.array_split(influence - influence.mean(), blocks)])
        return float((sums**2).sum() * blocks / (blocks - 1) / self._size**2)

    def _neighbours(self, sizes: tuple[int, int]) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        less, more = sizes
        return ((more, self._size), (less, self._size)), ((self._size, more), (self._size, less))

    def _joint(self, left: int, right: int) -> int:
        return int((_lowest(self.x, left) & _lowest(self.y, right)).sum())

    def _jackknife(self, level: float) -> tuple[float, float]:
        if not abs(self.estimate) < 1.0:
            return float("nan"), float("nan")
        error, freedom = self._error
        centre, half = np.arctanh(self.estimate), stdtrit(freedom, 0.5 + level / 2) * error
        return float(np.tanh(centre - half)), float(np.tanh(centre + half))

    @property
    def _error(self) -> tuple[float, float]:
        """Jackknife error of Fisher's z over the rows in both tails, and its degrees of freedom."""
        x, y = self.x[self._both], self.y[self._both]
        everyone = np.arange(len(x))
        without = np.array([_correlation(x[everyone != row], y[everyone != row]) for row in everyone])
        if not (np.abs(without) < 1).all():
            return float("nan"), float("nan")
        z = np.arctanh(without)
        return _student_error(z - z.mean())


def _student_error(gaps: Floats) -> tuple[float, float]:
    """Return jackknife error and degrees of freedom, which heavy influence lowers (Satterthwaite)."""
    n, power = len(gaps), float((gaps**2).sum())
    kurtosis = n * float((gaps**4).sum()) / power**2 if power > 0 else 1.0
    freedom = np.clip(2 * n / max(kurtosis - 1, 1e-9), 2, n - 2)
    return float(np.sqrt((n - 1) / n * power)), float(freedom)


def _lowest(values: Floats, size: int) -> Flags:
    """Tell which rows are among the `size` lowest; ties at the border are all in."""
    if size < 1:
        return np.zeros(len(values), dtype=np.bool_)
    return np.asarray(values <= np.partition(values, size - 1)[size - 1])


def _correlation(x: Floats, y: Floats) -> float:
    x, y = (values / max(float(np.abs(values).max()), 5e-324) for values in (x, y))
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(np.clip(x @ y / scale, -1.0, 1.0)) if scale > 0 else float("nan")
