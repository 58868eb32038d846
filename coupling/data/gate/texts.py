"""Dates and instants written as texts, read as a whole column."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coupling.errors import InputError

__all__ = ["dates_of_texts"]


def dates_of_texts(texts: Sequence[str], place: str) -> pd.DatetimeIndex:
    """Return texts as dates, or as instants where they hold a time of day.

    Raises
    ------
    InputError
        If one cannot be read, can be read two ways, or only some have a time zone.
    """
    found = pd.to_datetime(pd.Series(list(texts)), format="ISO8601", errors="coerce")
    if found.isna().any():
        raise InputError(
            f"{texts[int(found.isna().argmax())]!r} in {place} is no instant or date; write it as 2024-08-05."
        )
    return pd.DatetimeIndex(found)
