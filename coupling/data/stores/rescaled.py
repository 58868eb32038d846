"""A new answer of a source against what the store holds of it: the same values, or all of them on another scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.data.checks.factors import nearest_factor, say_factor
from coupling.data.instrument import Instrument, Kind
from coupling.data.sources.rows import RawRows
from coupling.errors import DataError

__all__ = ["note_rescaling", "scale_between"]

FEWEST = 10
SHARE = 0.8  # of the common dates that must agree on one factor
LEAST = np.log(1.15)
SAME = 0.01
UNITS = (100.0, 1000.0, 10000.0, 1e6)


def scale_between(before: RawRows, after: RawRows) -> float:
    """Return the factor by which all values of a later answer differ from an earlier one on the same dates; else 1.

    Examples
    --------
    >>> dates = pd.Series(pd.date_range("2024-01-01", periods=12))
    >>> line, values = pd.Series(range(12)), pd.Series(range(10, 22), dtype=float)
    >>> old = RawRows(place="X", when=dates, value=values, line=line, sha256="")
    >>> new = RawRows(place="X", when=dates, value=values * 100, line=line, sha256="")
    >>> scale_between(old, new)
    100.0
    """
    left, right = (_by_date(rows) for rows in (before, after))
    both = pd.concat([left, right], axis=1, join="inner").to_numpy(dtype=float)
    both = both[(both[:, 0] * both[:, 1] > 0) & np.isfinite(both).all(axis=1)]
    if len(both) < FEWEST:
        return 1.0
    logs = np.log(both[:, 1] / both[:, 0])
    middle = float(np.median(logs))
    agree = float(np.mean(np.abs(logs - middle) <= SAME))
    if abs(middle) < LEAST or agree < SHARE:
        return 1.0
    factor = nearest_factor(middle, SAME)
    return factor if factor is not None else float(np.exp(middle))


def note_rescaling(instrument: Instrument, before: RawRows, after: RawRows) -> str:
    """Say that a vendor rescaled a price, as after a split; empty where it did not.

    Raises
    ------
    DataError
        If the new scale is that of another unit, or the series knows no splits.
    """
    factor = scale_between(before, after)
    if factor == 1.0:
        return ""
    size = max(factor, 1.0 / factor)
    if instrument.kind is not Kind.PRICE or any(np.isclose(size, unit) for unit in UNITS):
        raise DataError(
            f"all its values are ×{factor:.4g} those that the store holds of the same dates, as in another unit; look "
            "at the source, and name another --store where the new scale is right"
        )
    return f"rescaled by its source since the last download: {say_factor(factor)}"


def _by_date(rows: RawRows) -> pd.Series:
    values = pd.Series(rows.value.to_numpy(dtype=float), index=pd.DatetimeIndex(rows.when)).dropna()
    return values[~values.index.duplicated(keep="last")]
