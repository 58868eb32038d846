"""Durations as configurations and windows write them: ``4d``, ``12h``, ``15min``, ``30s``, ``2w``."""

from __future__ import annotations

import re
from datetime import timedelta

import pandas as pd

from coupling.errors import InputError

__all__ = ["duration_in_words", "parse_duration"]

SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "min": 60, "s": 1}
LONGEST = timedelta(days=36_525)
_DURATION = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?)\s*(w|d|h|min|s)")
_NAMES = {"w": "week", "d": "day", "h": "hour", "min": "minute", "s": "second"}


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
    match = _DURATION.fullmatch(text.strip().lower())
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


def duration_in_words(text: str) -> str:
    """Write out a duration as configurations have it; another text comes back as it is.

    Examples
    --------
    >>> duration_in_words("250d"), duration_in_words("1w"), duration_in_words("1.5h"), duration_in_words("None")
    ('250 days', '1 week', '1.5 hours', 'None')
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        return text
    return f"{match[1]} {_NAMES[match[2]]}{'' if float(match[1]) == 1 else 's'}"
