"""The session that an instant belongs to: what ends at 24:00 belongs to the day that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["SessionLabels", "session_of"]

MOMENT = pd.Timedelta(1, unit="ns")


@dataclass(frozen=True)
class SessionLabels:
    """How the ticks of a day clock are called: by the day whose close they hold.

    Parameters
    ----------
    zone : str
        Zone of the clock. A tick at 24:00 there belongs to the day that ends, any other to its day in that zone.
    begins : bool
        Whether a tick is the beginning of its date (UTC), as under the rule ``common_days``, and not an end.

    Examples
    --------
    >>> SessionLabels().of(pd.Timestamp("2026-08-21 00:00", tz="UTC"))
    datetime.date(2026, 8, 20)
    >>> SessionLabels("Asia/Tokyo").of(pd.Timestamp("2026-08-20 22:30", tz="UTC"))
    datetime.date(2026, 8, 21)
    """

    zone: str = "UTC"
    begins: bool = False

    def labels(self, instants: Any) -> pd.DatetimeIndex:
        """Return the session (naive, midnight) of each instant; what is naive is a label of a session already.

        Parameters
        ----------
        instants : DatetimeIndex, or what makes one
            Missing ones stay missing.

        Examples
        --------
        >>> ticks = pd.DatetimeIndex(["2025-11-29 00:00", "2025-12-06 00:00"], tz="UTC")
        >>> SessionLabels().labels(ticks).strftime("%A %d").tolist()
        ['Friday 28', 'Friday 05']
        """
        index = pd.DatetimeIndex(instants)
        if index.tz is None:
            return index.normalize()
        ends = index if self.begins else index.as_unit("ns") - MOMENT
        return ends.tz_convert(self.zone).tz_localize(None).normalize().as_unit(index.unit)

    def label(self, instant: Any) -> pd.Timestamp:
        """Return the session of one instant as a naive timestamp."""
        return pd.Timestamp(self.labels([pd.Timestamp(instant)])[0])

    def of(self, instant: Any) -> date:
        """Return the session of one instant as a date."""
        return self.label(instant).date()

    def last_rows(self, instants: Any) -> np.ndarray:
        """Tell which of some instants in time order is the last of its session.

        Examples
        --------
        >>> hours = pd.DatetimeIndex(["2025-11-28 23:00", "2025-11-29 00:00", "2025-11-29 01:00"], tz="UTC")
        >>> SessionLabels().last_rows(hours).tolist()
        [False, True, True]
        """
        labels = self.labels(instants)
        last = np.ones(len(labels), dtype=np.bool_)
        last[:-1] = labels[1:] != labels[:-1]
        return last

    def relabelled(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Return a frame with the sessions of its index, where that holds instants, and of some columns.

        Examples
        --------
        >>> frame = pd.DataFrame({"to": pd.DatetimeIndex(["2026-08-21"], tz="UTC"), "n": [60]})
        >>> SessionLabels().relabelled(frame, "to").loc[0, "to"]
        Timestamp('2026-08-20 00:00:00')
        """
        named = {name: self.labels(frame[name]) for name in columns if _holds_instants(frame[name])}
        shown = frame.assign(**named)
        if isinstance(frame.index, pd.DatetimeIndex):
            shown.index = self.labels(frame.index).set_names(frame.index.names)
        return shown


def session_of(instant: Any) -> date:
    """Return the day (UTC) of the session that a tick, a window's end or a sample's end closes.

    Parameters
    ----------
    instant : Timestamp or what makes one
        An aware instant; a naive one is a label of a session already.

    Examples
    --------
    >>> session_of(pd.Timestamp("2026-08-21 00:00", tz="UTC")), session_of(pd.Timestamp("2026-08-21 06:00", tz="UTC"))
    (datetime.date(2026, 8, 20), datetime.date(2026, 8, 21))
    >>> session_of(pd.Timestamp("2026-08-21"))
    datetime.date(2026, 8, 21)
    """
    return SessionLabels().of(instant)


def _holds_instants(column: pd.Series) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column))
