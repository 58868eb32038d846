"""Delete-block jackknives: a standard error and a t interval from leaving out one block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.limits.asked import require_level

__all__ = ["Jackknife", "delete_block_jackknife", "equal_blocks"]


@dataclass(frozen=True)
class Jackknife:
    """An estimate with its delete-block replicates.

    Parameters
    ----------
    estimate : ndarray
        Estimate from all rows.
    replicates : ndarray of shape (blocks, ...)
        Estimates without one block each.
    """

    estimate: Floats
    replicates: Floats

    @property
    def degrees_of_freedom(self) -> int:
        """Blocks - 1."""
        return len(self.replicates) - 1

    @property
    def standard_error(self) -> Floats:
        """``sqrt((B - 1) / B × sum of squared deviations of the replicates)`` (Efron and Tibshirani 1993, eq. 11.5)."""
        blocks = len(self.replicates)
        return np.asarray(np.sqrt((blocks - 1) * self.replicates.var(axis=0)))

    def interval(self, *, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the t interval with blocks - 1 degrees of freedom."""
        require_level(level)
        reach = stdtrit(self.degrees_of_freedom, (1 + level) / 2) * self.standard_error
        return self.estimate - reach, self.estimate + reach


def equal_blocks(n: int, blocks: int) -> NDArray[np.int64]:
    """Label n rows with 0 … blocks - 1: consecutive blocks whose lengths differ by at most one row.

    Examples
    --------
    >>> equal_blocks(7, 3).tolist()
    [0, 0, 0, 1, 1, 2, 2]
    """
    if not 2 <= blocks <= n:
        raise InputError(f"There must be 2 to {n} blocks, not {blocks!r}.")
    return np.arange(n, dtype=np.int64) * blocks // n


def delete_block_jackknife(
    x: ArrayLike, statistic: Callable[[Floats], Any], *, blocks: int | ArrayLike = 20
) -> Jackknife:
    """Replicate a statistic without one block of rows at a time.

    Parameters
    ----------
    x : array of shape (T, k)
        Rows in time order.
    statistic : callable
        Maps an array of rows to a number or an array.
    blocks : int or array of shape (T,)
        Number of equal blocks, or a label for every row, such as its week.

    Returns
    -------
    Jackknife
        Estimate, replicates, ``standard_error``, ``interval()``.

    Examples
    --------
    >>> x = np.arange(8.0)[:, None]
    >>> result = delete_block_jackknife(x, np.mean, blocks=8)
    >>> round(float(result.standard_error), 6) == round(float(x.std(ddof=1) / 8**0.5), 6)
    True
    """
    values = np.asarray(x, dtype=float)
    labels = equal_blocks(len(values), int(blocks)) if isinstance(blocks, int | np.integer) else np.asarray(blocks)
    if labels.shape != (len(values),):
        raise InputError(f"There must be one block label per row: {len(values)} rows, labels of shape {labels.shape}.")
    names = np.unique(labels)
    if len(names) < 2:
        raise InputError("A jackknife needs at least two blocks; give more rows or shorter blocks.")
    replicates = np.stack([np.asarray(statistic(values[labels != name]), dtype=float) for name in names])
    return Jackknife(np.asarray(statistic(values), dtype=float), replicates)
