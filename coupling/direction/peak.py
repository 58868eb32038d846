"""Where a curve of correlations over lags peaks, and simultaneous bands, from deviations that the lags share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coupling._typing import Floats, Integers

__all__ = ["LagCurve"]


@dataclass(frozen=True, kw_only=True)
class LagCurve:
    """Estimates at several lags, with the deviations that blocks of time contribute to all of them at once.

    Parameters
    ----------
    estimate : ndarray of shape (lags,)
        One estimate per lag, none missing.
    deviations : ndarray of shape (blocks, lags)
        Contribution of each block: their cross products sum to the covariance of the estimates.
    replications : int
        Random combinations of the blocks behind every quantile.
    random_state : int
        Seed.
    """

    estimate: Floats
    deviations: Floats
    replications: int
    random_state: int

    @property
    def standard_error(self) -> Floats:
        """Pointwise standard error of each lag."""
        return np.asarray(np.sqrt((self.deviations**2).sum(axis=0)))

    def band(self, level: float) -> Floats:
        """Return the half-width at each lag of the band that holds all lags at once (sup-t).

        References
        ----------
        Montiel Olea and Plagborg-Møller (2019), Journal of Applied Econometrics 34(1), with the joint law drawn by
        normal weights on the blocks, over a common chi variable with blocks - 1 degrees of freedom.
        """
        return np.asarray(np.quantile(self._highest, level) * self.standard_error)

    def peak(self) -> int:
        """Return the position of the largest estimate in size; of equal ones the most central."""
        size = np.abs(self.estimate)
        largest = (size >= size.max() * (1 - 1e-12)).nonzero()[0]
        return int(largest[np.abs(largest - (len(size) - 1) / 2).argmin()])

    def peak_range(self, level: float) -> tuple[int, int]:
        """Return the first and last position that cannot be told from the peak, with that confidence.

        A lag is left out when some other lag beats it by more than the simultaneous quantile of all such differences
        (confidence set of the largest by inverted tests; Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic
        Studies 91(1)).
        """
        lead, drawn = self._beaten
        kept = np.flatnonzero(lead <= np.quantile(drawn, level, axis=1))
        own = np.flatnonzero(np.isin(self._column, kept))
        return int(own[0]), int(own[-1])

    def p_value(self) -> float:
        """Return the p-value of no lead: that no lag differs from 0, or the highest is at lag 0 or across from it.

        Below 1 - level, the first is what `band` and the second what `peak_range` rejects with that confidence.
        """
        middle, top = (len(self.estimate) - 1) // 2, self.peak()
        if top == middle:
            return 1.0
        largest = np.abs(_ratio(self.estimate, self.standard_error)).max()
        across = self._column[: middle + 1] if top > middle else self._column[middle:]
        lead, drawn = self._beaten
        beaten = (drawn >= lead[:, None]).mean(axis=1)[across]
        return float(max((self._highest >= largest).mean(), *beaten))

    @cached_property
    def _column(self) -> Integers:
        """Which of the different lags each lag is: the curve is flat where a shift changes no overlap."""
        both = np.vstack([self.estimate, self.deviations])
        return np.cumsum(np.append(0, (both[:, 1:] != both[:, :-1]).any(axis=0)))

    @cached_property
    def _different(self) -> Integers:
        """The first lag of each stretch of equal ones."""
        return np.flatnonzero(np.diff(self._column, prepend=-1))

    @cached_property
    def _highest(self) -> Floats:
        """Draws of the largest deviation in size, studentised."""
        error = self.standard_error[self._different]
        return np.asarray(np.abs(_ratio(self._noise.T, error)).max(axis=1))

    @cached_property
    def _beaten(self) -> tuple[Floats, Floats]:
        """Return by how much some other lag beats each of the different ones, studentised, and draws of no difference.

        The draws are lags × replications.
        """
        sign = np.sign(self.estimate[self.peak()]) or 1.0
        height, deviations = sign * self.estimate[self._different], sign * self.deviations[:, self._different]
        noise, lead = sign * self._noise, np.empty(len(height))
        drawn = np.empty(noise.shape)
        for lag in range(len(height)):
            error = np.sqrt(((deviations - deviations[:, [lag]]) ** 2).sum(axis=0))
            lead[lag] = _ratio(height - height[lag], error).max()
            drawn[lag] = _ratio((noise - noise[lag]).T, error).max(axis=1)
        return lead, drawn

    @cached_property
    def _noise(self) -> Floats:
        """Return draws of the errors of the different lags, of shape (lags, replications)."""
        rng = np.random.default_rng(self.random_state)
        blocks = len(self.deviations)
        weights = rng.standard_normal((self.replications, blocks))
        chi = np.sqrt(rng.chisquare(blocks - 1, self.replications) / (blocks - 1))
        return np.asarray(self.deviations[:, self._different].T @ weights.T / chi)


def _ratio(values: Floats, error: Floats) -> Floats:
    """Divide, and let what has no error count as 0."""
    return np.divide(values, error, out=np.zeros_like(values), where=error > 1e-12 * error.max(initial=0.0))
