"""Where a curve of correlations over lags peaks, and simultaneous bands, from deviations that the lags share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coupling._typing import Floats

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
        error = self.standard_error
        highest = np.abs(_ratio(self._noise, error)).max(axis=1)
        return np.asarray(np.quantile(highest, level) * error)

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
        kept = []
        for lag in range(len(self.estimate)):
            lead, drawn = self._beaten_by(lag)
            if lead <= np.quantile(drawn, level):
                kept.append(lag)
        return kept[0], kept[-1]

    def p_value(self) -> float:
        """Return the p-value of no lead: that no lag differs from 0, or the highest is at lag 0 or across from it.

        Below 1 - level, the first is what `band` and the second what `peak_range` rejects with that confidence.
        """
        middle, top = (len(self.estimate) - 1) // 2, self.peak()
        if top == middle:
            return 1.0
        error = self.standard_error
        highest = np.abs(_ratio(self._noise, error)).max(axis=1)
        found = [(highest >= np.abs(_ratio(self.estimate[None, :], error)).max()).mean()]
        for lag in range(middle + 1) if top > middle else range(middle, len(self.estimate)):
            lead, drawn = self._beaten_by(lag)
            found.append((drawn >= lead).mean())
        return float(max(found))

    def _beaten_by(self, lag: int) -> tuple[float, Floats]:
        """Return by how much some other lag beats one, studentised, and draws of that under no difference."""
        sign = np.sign(self.estimate[self.peak()]) or 1.0
        height, noise, deviations = sign * self.estimate, sign * self._noise, sign * self.deviations
        error = np.sqrt(((deviations - deviations[:, [lag]]) ** 2).sum(axis=0))
        lead = _ratio((height - height[lag])[None, :], error).max()
        return float(lead), _ratio(noise - noise[:, [lag]], error).max(axis=1)

    @cached_property
    def _noise(self) -> Floats:
        """Return draws of the estimates' errors, of shape (replications, lags)."""
        rng = np.random.default_rng(self.random_state)
        blocks = len(self.deviations)
        weights = rng.standard_normal((self.replications, blocks))
        chi = np.sqrt(rng.chisquare(blocks - 1, self.replications) / (blocks - 1))
        return np.asarray(weights @ self.deviations / chi[:, None])


def _ratio(values: Floats, error: Floats) -> Floats:
    """Divide, and let what has no error count as 0."""
    return np.divide(values, error, out=np.zeros_like(values), where=error > 1e-12 * error.max(initial=0.0))
