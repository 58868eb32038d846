"""Durations as configurations and windows write them: ``4d``, ``12h``, ``15min``, ``30s``, ``2w``."""

from __future__ import annotations

import re
from datetime import timedelta

import pandas as pd

from coupling.errors import InputError

__all__ = ["parse_duration"]

SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "min": 60, "s": 1}
LONGEST = timedelta(days=36_525)


def parse_duration(text: str) -> pd.Timedelta:
    """Read a positive duration.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> parse_duration("36h")
    Timedelta('1 days 12:00:00')
    """
    match = re.fullmatch(r"([0-9]{1,20}(?:\.[0-9]{1,20})?)\s*(w|d|h|min|s)", text.strip().lower())
    if match is None:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise InputError(f"{shown!r} is no positive duration; write it as '4d', '12h', '15min', '30s' or '2w'.")
    seconds = float(match[1]) * SECONDS[match[2]]
    if seconds > LONGEST.total_seconds():
        raise InputError(f"{text!r} is longer than {LONGEST.days:,} days (a hundred years); write a shorter duration.")
    found = pd.Timedelta(timedelta(seconds=seconds)).as_unit("ns")
    if not found.value:
        raise InputError(f"{text!r} is no positive duration; write at least a millionth of a second.")
    return found
