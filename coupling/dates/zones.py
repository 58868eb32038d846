"""Names of time zones: those of the IANA data base and fixed offsets, never a file or this machine's own zone."""

from __future__ import annotations

import re

import pandas as pd

from coupling.errors import ConfigurationError

__all__ = ["require_zone"]

_SHAPE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,40}(/[A-Za-z0-9_+-]{1,40}){0,2}|[+-][0-9]{2}:[0-9]{2}", re.ASCII)
_OWN = ("localtime", "local", "tzlocal")


def require_zone(name: str) -> str:
    """Return the name of a time zone as it is.

    Raises
    ------
    ConfigurationError
        If nobody knows it, or it means another zone on another machine.

    Examples
    --------
    >>> require_zone("Asia/Tokyo")
    'Asia/Tokyo'
    """
    try:
        if name.lower() in _OWN or not _SHAPE.fullmatch(name):
            raise ValueError(name)
        pd.Timestamp(0, tz=name)
    except (ValueError, KeyError, IndexError, OSError):
        shown = name if len(name) <= 60 else f"{name[:60]}…"
        raise ConfigurationError(f"time zone {shown!r} is unknown; write it as 'Europe/London' or 'UTC'") from None
    return name
