"""The observations of one instrument: what was struck when, and when it was known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coupling.data.changes import ChangeRule, form_changes
from coupling.errors import DataError, InputError
from coupling.results.base import Origin

__all__ = ["Observations"]


@dataclass(frozen=True, kw_only=True)
class Observations:
    """The unaligned observations of one instrument.

    Parameters
    ----------
    name : str
        The instrument.
    levels : Series
        Values by the instant at which they were struck (UTC, increasing, unique); none is missing or infinite, since
        whoever makes observations leaves such rows out and counts them.
    known_at : Series
        Instant (UTC) at which each value became known, on the same index.
    change : ChangeRule
        How a change is formed.
    labels : Series, optional
        Date (naive) that the source writes beside each value, on the same index; by default the UTC date just before
        the value was struck.
    bars : DataFrame, optional
        Columns open, high and low of the same bars, on the same index, where the source has them.
    origin : Origin, optional
        Where the values came from.
    """

    name: str
    levels: pd.Series
    known_at: pd.Series
    change: ChangeRule
    labels: pd.Series | None = None
    bars: pd.DataFrame | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        index = self.levels.index
        if not isinstance(index, pd.DatetimeIndex) or str(index.tz) != "UTC":
            raise InputError(f"{self.name}: levels need an index of UTC instants; use tz_convert('UTC').")
        if not index.is_unique or not index.is_monotonic_increasing:
            raise InputError(f"{self.name}: struck instants must increase without repeats; sort and drop repeats.")
        if not index.equals(self.known_at.index):
            raise InputError(f"{self.name}: known_at must have the index of levels.")
        _require_finite(self.name, self.levels)
        if self.labels is None:
            dates = (index - pd.Timedelta(1, unit="ns")).tz_localize(None).normalize()
            object.__setattr__(self, "labels", pd.Series(dates, index=index, name=self.name))

    @property
    def changes(self) -> pd.Series:
        """Changes between consecutive own observations; the first is missing."""
        return form_changes(self.levels, self.change)

    def known_by(self, instant: pd.Timestamp) -> Observations:
        """Return what was known at an instant."""
        return self.only((self.known_at <= instant).to_numpy())

    def struck_by(self, instant: pd.Timestamp | None) -> Observations:
        """Return what was struck at or before an instant; all of it where there is none.

        Raises
        ------
        DataError
            If nothing was.
        """
        if instant is None:
            return self
        first = self.levels.index[0]
        if instant < first:
            ends = instant - pd.Timedelta(1, "ns")  # 24:00 is the end of its day
            raise DataError(
                f"{self.name} begins on {first:%Y-%m-%d}, after the period's end ({ends:%Y-%m-%d}); end later or leave "
                "it out."
            )
        return self.only(np.asarray(self.levels.index <= instant))

    def only(self, mask: np.ndarray) -> Observations:
        """Return the observations where a mask holds."""
        bars = None if self.bars is None else self.bars[mask]
        levels, known_at, labels = self.levels[mask], self.known_at[mask], self.dates[mask]
        return replace(self, levels=levels, known_at=known_at, labels=labels, bars=bars)

    @property
    def dates(self) -> pd.Series:
        """Date (naive) of each value, by the instant at which it was struck."""
        assert self.labels is not None  # __post_init__ sees to it
        return self.labels


def _require_finite(name: str, levels: pd.Series) -> None:
    """Refuse a level that is missing or infinite: every rule would otherwise have to know what stands in its place."""
    missing = levels.isna().to_numpy()
    if missing.any():
        at = levels.index[int(missing.argmax())]
        raise InputError(
            f"{name}: {int(missing.sum())} of {len(missing)} levels are missing, the first at {at:%Y-%m-%d %H:%M} UTC; "
            "leave these rows out and count them."
        )
    try:
        infinite = np.isinf(levels.to_numpy(dtype=float))
    except (TypeError, ValueError):
        raise InputError(
            f"{name}: levels must be numbers, and they are of type {levels.dtype}; convert them."
        ) from None
    if infinite.any():
        at = levels.index[int(infinite.argmax())]
        raise InputError(f"{name}: the level at {at:%Y-%m-%d %H:%M} UTC is infinite; correct it, or leave its row out.")
