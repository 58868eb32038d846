"""What a baseline is called, and how many of its years are there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coupling.change.outcomes import SINCE_BREAK
from coupling.limits.budget import count

__all__ = ["baseline_told", "years_held"]

_NEARLY = 0.95
"""Share of the years asked for from which on they are called held."""


def baseline_told(word: str, start: Any, date: Any) -> str:
    """Return the words for a baseline, and how many of its years are there where that is fewer.

    Examples
    --------
    >>> baseline_told("7y", "2021-01-01", "2025-01-01"), baseline_told("7y", "2018-01-03", "2025-01-01")
    ('7 years, of which 4.0 are available', '7 years')
    """
    held = years_held(word, start, date)
    return _named(word) if held is None else f"{_named(word)}, of which {held:.1f} are available"


def years_held(baseline: str, start: Any, date: Any) -> float | None:
    """Return how many years of a baseline the data hold; None where they hold nearly all, or no years were asked for.

    Examples
    --------
    >>> years_held("7y", "2021-01-01", "2025-01-01"), years_held("7y", "2018-01-03", "2025-01-01")
    (4.0, None)
    """
    if not baseline[:-1].isdigit():
        return None
    first, last = (pd.Timestamp(each).tz_localize(None) for each in (start, date))
    held = round((last - first).days / 365.25, 2)
    return held if held < _NEARLY * int(baseline[:-1]) else None


def _named(word: str) -> str:
    """Return the words for a baseline.

    Examples
    --------
    >>> _named("7y"), _named("equal"), _named("since break")
    ('7 years', 'equally long', 'since the break')
    """
    named = {"equal": "equally long", "all": "all history", SINCE_BREAK: "since the break"}
    return named.get(word) or (count(int(word[:-1]), "year") if word[:-1].isdigit() else word)
