"""The session that an instant belongs to: what ends at 24:00 belongs to the day that ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

__all__ = ["session_of"]


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
    at = pd.Timestamp(instant)
    if at.tz is None:
        return at.date()
    utc = at.tz_convert("UTC")
    return (utc - pd.Timedelta(days=1)).date() if utc == utc.normalize() else utc.date()
