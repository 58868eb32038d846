"""Times of day beside a date, as text: hour, minute, parts of a second, am or pm, and the offset from UTC."""

from __future__ import annotations

import re

from coupling.dates.columns import Rows
from coupling.errors import DataError

__all__ = ["split_time", "time_of"]

WITH_TIME = re.compile(
    r"(?P<date>.*?[\dA-Za-z])(?:[T\s,]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AP]\.?M\.?)?\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[-+]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
COMPACT = re.compile(
    r"(?P<date>\d{8})[T ](?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>Z|[-+]\d{2}:?\d{2})?"
)


def split_time(text: str) -> re.Match[str] | None:
    """Return the parts of a text that has a time of day; nothing where it has none.

    Examples
    --------
    >>> split_time("2024-08-05 09:30")["date"], split_time("2024-08-05")
    ('2024-08-05', None)
    """
    if len(text) <= 10:
        return None
    return WITH_TIME.fullmatch(text) if ":" in text else COMPACT.fullmatch(text)


def time_of(match: re.Match[str] | None, row: int, rows: Rows) -> tuple[int, int | None]:
    """Return the nanoseconds since midnight, and the offset from UTC in minutes where one is written.

    Raises
    ------
    DataError
        If there is no such time of day.

    Examples
    --------
    >>> time_of(split_time("2024-08-05 09:30:00-04:00"), 0, Rows("x"))
    (34200000000000, -240)
    """
    if match is None:
        return 0, None
    parts = match.groupdict()
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0)
    half = (parts.get("half") or "")[:1].lower()
    if not (hour < 24 and minute < 60 and second < 60) or (half and not 1 <= hour <= 12):
        raise DataError(f"{rows.at(row)}: {match[0]!r} has no time of day between 00:00 and 23:59:59; correct it.")
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    part = int((parts.get("part") or "0").ljust(9, "0"))
    return ((hour * 60 + minute) * 60 + second) * 10**9 + part, _offset(parts["zone"], match[0], row, rows)


def _offset(zone: str | None, text: str, row: int, rows: Rows) -> int | None:
    """Return an offset from UTC in minutes."""
    if not zone:
        return None
    digits = re.sub(r"[^\d]", "", zone)
    minutes = int(digits[:2] or 0) * 60 + int(digits[2:] or 0)
    if minutes > 14 * 60 or int(digits[2:] or 0) > 59:
        raise DataError(f"{rows.at(row)}: {text!r} has an offset from UTC that no place has; correct it.")
    return -minutes if "-" in zone else minutes
