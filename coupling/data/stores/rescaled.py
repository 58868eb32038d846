"""A new answer of a source against what the store holds: the same values, another scale, or another series."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coupling.data.checks.factors import nearest_factor, say_factor
from coupling.data.instrument import Instrument, Kind
from coupling.data.sources.rows import RawRows
from coupling.errors import DataError

__all__ = ["note_rescaling", "require_unit_of_store", "scale_between"]

FEWEST = 10
SHARE = 0.8  # of the common dates that must agree on one factor
LEAST = np.log(1.15)
SAME = 0.01
UNITS = (100.0, 1000.0, 10000.0, 1e6)
MOST_OTHERS = 0.5  # of the common dates: where more differ it is another series
WITHIN = 0.1  # of a standard deviation, within which two values count as the same where a ratio says little


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
    both = _common(before, after)
    both = both[both[:, 0] * both[:, 1] > 0]
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
        If the new scale is that of another unit, the series knows no splits, or the values are those of another one.
    """
    factor = scale_between(before, after)
    _require_same_series(before, after, factor)
    if factor == 1.0:
        return ""
    size = max(factor, 1.0 / factor)
    if instrument.kind is not Kind.PRICE or any(np.isclose(size, unit) for unit in UNITS):
        raise DataError(
            f"all its values are ×{factor:.4g} those that the store holds of the same dates, as in another unit; look "
            "at the source, and name another --store where the new scale is right"
        )
    return f"rescaled by its source since the last download: {say_factor(factor)}"


def require_unit_of_store(instrument: Instrument, others: Iterable[RawRows], after: RawRows) -> None:
    """Raise `DataError` where an answer is on the scale of another unit than another source of the store is."""
    for rows in others:
        factor = scale_between(rows, after) if rows.instants == after.instants else 1.0
        size = max(factor, 1.0 / factor)
        if any(np.isclose(size, unit) for unit in UNITS):
            raise DataError(
                f"all its values are ×{factor:.4g} those that the store holds of {instrument.name} from {rows.place}, "
                "as in another unit; look at both sources"
            )


def _require_same_series(before: RawRows, after: RawRows, factor: float) -> None:
    """Raise `DataError` where most values of the same dates are other values, whatever the scale."""
    both = _common(before, after)
    if len(both) < FEWEST:
        return
    expected, seen = factor * both[:, 0], both[:, 1]
    near = np.maximum(SAME * np.abs(expected), WITHIN * float(np.std(expected)))
    others = int((np.abs(seen - expected) > near).sum())
    if others > MOST_OTHERS * len(both):
        raise DataError(
            f"{others} of its {len(both)} values of the dates that the store holds too are other values, as of another "
            "series; look at the source, and name another --store where the new values are right"
        )


def _common(before: RawRows, after: RawRows) -> np.ndarray:
    """Return the finite values of the dates that both answers have, side by side."""
    both = pd.concat([_by_date(before), _by_date(after)], axis=1, join="inner").to_numpy(dtype=float)
    return np.asarray(both[np.isfinite(both).all(axis=1)])


def _by_date(rows: RawRows) -> pd.Series:
    values = pd.Series(rows.value.to_numpy(dtype=float), index=pd.DatetimeIndex(rows.when)).dropna()
    return values[~values.index.duplicated(keep="last")]
