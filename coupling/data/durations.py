"""Durations as configurations and windows write them: ``4d``, ``12h``, ``15min``, ``30s``, ``2w``."""

from __future__ import annotations

import re
from datetime import timedelta

import pandas as pd

from coupling.errors import InputError

__all__ = ["parse_duration"]

UNITS = {"w": "weeks", "d": "days", "h": "hours", "min": "minutes", "s": "seconds"}


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
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(w|d|h|min|s)", text.strip().lower())
    if match is None or not float(match[1]):
        raise InputError(f"{text!r} is no positive duration; write it as '4d', '12h', '15min', '30s' or '2w'.")
    return pd.Timedelta(timedelta(**{UNITS[match[2]]: float(match[1])})).as_unit("ns")
