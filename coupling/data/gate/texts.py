"""Dates and instants written as texts, read as a whole column."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coupling.dates.columns import read_dates
from coupling.errors import DataError, InputError

__all__ = ["dates_of_texts"]


def dates_of_texts(texts: Sequence[str], place: str) -> pd.DatetimeIndex:
    """Return texts as dates, or as instants where they hold a time of day.

    Raises
    ------
    InputError
        If one cannot be read, all can be read two ways, or only some have a time of day or a time zone.

    Examples
    --------
    >>> dates_of_texts(["05/12/2023", "13/12/2023"], "the index")[0]
    Timestamp('2023-12-05 00:00:00')
    >>> str(dates_of_texts(["2024-03-08 16:00-05:00", "2024-03-11 16:00-04:00"], "the index").tz)
    'UTC'
    """
    if not any(":" in text for text in texts):
        return _dates(texts, place)
    zoned = [_is_zoned(text) for text in texts]
    if any(zoned) and not all(zoned):
        odd = texts[zoned.index(False)]
        raise InputError(f"{odd!r} in {place} has no time zone and others have one; give all of them one, or none.")
    found = pd.to_datetime(pd.Series(list(texts)), format="ISO8601", utc=all(zoned), errors="coerce")
    if found.isna().any():
        raise InputError(f"{_first(texts, found)!r} in {place} is no instant or date; write it as 2024-08-05T13:30Z.")
    return pd.DatetimeIndex(found)


def _dates(texts: Sequence[str], place: str) -> pd.DatetimeIndex:
    try:
        return pd.DatetimeIndex(read_dates(texts, place=place))
    except DataError as error:
        what = str(error).rsplit(";", 1)[0].replace("is no date", "is no instant or date")
        raise InputError(f"{what[:1].upper()}{what[1:]}; write dates as 2024-08-05.") from None


def _is_zoned(text: str) -> bool:
    clock = text.strip()[10:]
    return clock.upper().endswith("Z") or "+" in clock or "-" in clock


def _first(texts: Sequence[str], found: pd.Series) -> str:
    return texts[int(found.isna().argmax())]
