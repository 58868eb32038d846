"""Columns in the one form that programs write, ``2024-08-05`` or ``2024-08-05T15:30:00Z``, read in one stroke."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["read_plain"]

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
FIRST, LAST = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")


def read_plain(texts: Sequence[str]) -> tuple[pd.DatetimeIndex, bool] | None:
    """Return the days, or the instants (UTC) and True; None where some cell is of another form or no date.

    Examples
    --------
    >>> read_plain(["2024-08-05"])
    (DatetimeIndex(['2024-08-05'], dtype='datetime64[ns]', freq=None), False)
    >>> read_plain(["2024-08-05", "2024-8-6"])
    """
    instants = len(texts[0]) == 20
    if not all(map((INSTANT if instants else DAY).fullmatch, texts)):
        return None
    try:
        read = np.array([text[:19] for text in texts], dtype="datetime64[s]")
    except ValueError:
        return None
    if (read < FIRST).any() or (read >= LAST).any():
        return None
    return pd.DatetimeIndex(read.astype("datetime64[ns]")), instants
