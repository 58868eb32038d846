"""Instants in a second time zone: UTC stands first, and what the clock of another place shows follows in brackets."""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["add_local", "local_time"]

_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}) UTC|T(\d{2}:\d{2})Z)")


def local_time(instant: pd.Timestamp, zone: str) -> str:
    """Return the time of day in a zone, with its date where that is another one than in UTC.

    Parameters
    ----------
    instant : Timestamp
        Aware, in any zone.
    zone : str
        Name of a time zone.

    Examples
    --------
    >>> local_time(pd.Timestamp("2024-08-05 06:00", tz="UTC"), "Asia/Tokyo")
    '15:00 Asia/Tokyo'
    >>> local_time(pd.Timestamp("2024-08-05 20:00", tz="UTC"), "Asia/Tokyo")
    '2024-08-06 05:00 Asia/Tokyo'
    """
    local = instant.tz_convert(zone)
    form = "%H:%M" if local.date() == instant.tz_convert("UTC").date() else "%Y-%m-%d %H:%M"
    return f"{local.strftime(form)} {zone}"


def add_local(text: str, zone: str) -> str:
    """Add to every instant in a text (as ``2024-08-05 06:00 UTC`` or ``2024-08-05T06:00Z``) its time in a zone.

    Parameters
    ----------
    text : str
    zone : str
        Name of a time zone; where it is empty the text comes back as it is.

    Examples
    --------
    >>> add_local("At 2024-08-05 13:30 UTC the yen rose.", "America/New_York")
    'At 2024-08-05 13:30 UTC (09:30 America/New_York) the yen rose.'
    """
    return _INSTANT.sub(lambda found: _with_local(found, zone), text) if zone else text


def _with_local(found: re.Match[str], zone: str) -> str:
    instant = pd.Timestamp(f"{found[1]} {found[2] or found[3]}", tz="UTC")
    return f"{found[0]} ({local_time(instant, zone)})"
