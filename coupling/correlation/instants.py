"""Windows on true instants: their ends, how much of each both instruments span, and the sums within them."""

from __future__ import annotations

from typing import Any

import numpy as np

from coupling._typing import Floats, Instants
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg, WindowSums, rolling_sums, weekly_jackknife

__all__ = ["covered_share", "window_ends", "window_sums"]


def window_ends(first: int, last: int, step: int) -> Instants:
    """Return the multiples of a step from the first at or after one instant to the first at or after another.

    Examples
    --------
    >>> window_ends(5, 31, 10).tolist()
    [10, 20, 30, 40]
    """
    return np.arange(-(-first // step), -(-last // step) + 1) * step


def covered_share(
    left: HayashiYoshidaLeg, right: HayashiYoshidaLeg, opens: Instants, closes: Instants, length: int
) -> Floats:
    """Return the share of windows of some length that the intervals of both span; negative where one has none."""
    (low, high), (begin, finish) = left.inside(opens, closes), right.inside(opens, closes)
    filled = (high > low) & (finish > begin)
    share = np.full(len(filled), -1.0)
    low, high, begin, finish = low[filled], high[filled], begin[filled], finish[filled]
    until = np.minimum(left.end[high - 1], right.end[finish - 1])
    since = np.maximum(left.start[low], right.start[begin])
    share[filled] = (until - since) / length
    return share


def window_sums(
    left: HayashiYoshidaLeg,
    right: HayashiYoshidaLeg,
    opens: Instants,
    closes: Instants,
    *,
    leads_lags: int,
    demean: str | None,
) -> WindowSums:
    """Return the sums of every window, by the fastest way that the options leave."""
    if leads_lags == 0 and demean is None:
        return rolling_sums(left, right, opens, closes)
    options: dict[str, Any] = {"neighbours": leads_lags, "remove_drift": demean == "time"}
    return weekly_jackknife(left, right, opens, closes, **options)[0]
