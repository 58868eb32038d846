"""How the room says its findings: a response with its interval in its unit."""

from __future__ import annotations

from typing import Any

__all__ = ["response_of"]


def response_of(row: Any) -> str:
    """Return the estimate of a row with its interval and its unit.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> response_of(SimpleNamespace(estimate=-8.04, lower=-12.0, upper=-3.5, unit="%"))
    '-8.04 [-12.00, -3.50] %'
    """
    digits = 1 if row.unit == "bp" else 2
    numbers = f"{row.estimate:+.{digits}f} [{row.lower:+.{digits}f}, {row.upper:+.{digits}f}]"
    return f"{numbers} {row.unit}".strip()
