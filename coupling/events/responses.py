"""How a response is written: the estimate with its unit, and its interval."""

from __future__ import annotations

from typing import Any

__all__ = ["response_of", "spanned"]


def spanned(estimate: float, lower: float, upper: float, unit: str) -> str:
    """Return an estimate with its unit, and its interval in brackets.

    Parameters
    ----------
    estimate, lower, upper : float
        Missing limits leave the interval out.
    unit : str
        ``"bp"`` has one decimal, any other two.

    Examples
    --------
    >>> spanned(-8.04, -12.0, -3.5, "%"), spanned(2.04, float("nan"), float("nan"), "bp")
    ('-8.04 % (-12.00 to -3.50)', '+2.0 bp')
    """
    digits = 1 if unit == "bp" else 2
    ends = f" ({lower:+.{digits}f} to {upper:+.{digits}f})" if lower <= upper else ""
    return f"{f'{estimate:+.{digits}f} {unit}'.strip()}{ends}"


def response_of(row: Any) -> str:
    """Return the response of a row that has ``estimate``, ``lower``, ``upper`` and ``unit``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> response_of(SimpleNamespace(estimate=-8.04, lower=-12.0, upper=-3.5, unit="%"))
    '-8.04 % (-12.00 to -3.50)'
    """
    return spanned(row.estimate, row.lower, row.upper, row.unit)
