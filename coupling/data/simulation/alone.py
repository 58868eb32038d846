"""An instrument of one's own in the simulated market: drawn from its kind alone, independent of everything else."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.data.changes import ChangeRule
from coupling.data.instrument import Instrument, Kind

__all__ = ["levels_alone"]

HOURS_A_YEAR = 365 * 24
HOURS_TO_REVERT = 60 * 24


def levels_alone(
    instrument: Instrument, hours: pd.DatetimeIndex, seed: int, *, size: Mapping[str, float], tails: float
) -> Floats:
    """Draw the levels of an instrument at every hour.

    Parameters
    ----------
    instrument : Instrument
        Its name and the seed settle the draws, its change rule what is drawn: a walk of logs, of basis points or of the
        unit, or for a flow a value at every hour. A volatility reverts to its mean within about two months.
    hours : DatetimeIndex
        Of the simulated world.
    seed : int
        Of the simulated market.
    size : mapping
        ``level``, the first, and ``annual``, the standard deviation a year (%, bp or the unit; of a flow, of a value).
    tails : float
        Degrees of freedom of the daily t mixture of its own.

    Examples
    --------
    >>> item = Instrument(name="X", kind="price", sources=[{"fred": "X", "clock": "UTC"}])
    >>> hours = pd.date_range("2025-01-01", periods=49, freq="h", tz="UTC")
    >>> float(levels_alone(item, hours, 1, size={"level": 100, "annual": 15}, tails=5)[0])
    100.0
    """
    rng = np.random.default_rng([seed, int.from_bytes(sha256(instrument.name.encode()).digest()[:8], "big")])
    day = ((hours - hours[0]) // pd.Timedelta(days=1)).to_numpy()
    mixture = np.sqrt((tails - 2.0) / rng.chisquare(tails, day[-1] + 1))
    steps = rng.standard_normal(len(hours)) * mixture[day] * float(size["annual"])
    if instrument.change is ChangeRule.VALUE:
        return np.asarray(steps)
    steps[0] = 0.0
    path = _walk(steps / np.sqrt(HOURS_A_YEAR), reverts=instrument.kind is Kind.VOLATILITY)
    first = float(size["level"])
    if instrument.change is ChangeRule.LOG:
        return np.asarray(first * np.exp(path / 100.0))
    return np.asarray(first + path / (100.0 if instrument.change is ChangeRule.BASIS_POINTS else 1.0))


def _walk(steps: Floats, *, reverts: bool) -> Floats:
    if not reverts:
        return np.asarray(steps.cumsum())
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -(1.0 - 1.0 / HOURS_TO_REVERT)], steps))
