"""Numbers in sentences: two decimals for correlations, three for p-values."""

from __future__ import annotations

import math

__all__ = ["p_value", "probability", "signed", "two"]


def two(value: float) -> str:
    """Return two decimals, without a minus sign before zero.

    Examples
    --------
    >>> two(-0.004), two(0.426)
    ('0.00', '0.43')
    """
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def signed(value: float) -> str:
    """Return two decimals with their sign, zero without one.

    Examples
    --------
    >>> signed(0.17), signed(-0.001)
    ('+0.17', '0.00')
    """
    text = f"{value:+.2f}"
    return "0.00" if text in ("-0.00", "+0.00") else text


def probability(value: float) -> str:
    """Return a p-value in words.

    Examples
    --------
    >>> probability(0.0304), probability(1e-6), probability(float("nan"))
    ('0.030', 'below 0.001', 'missing')
    """
    return "missing" if math.isnan(value) else f"{value:.3f}" if value >= 0.001 else "below 0.001"


def p_value(value: float) -> str:
    """Return a p-value with its letter.

    Examples
    --------
    >>> p_value(0.0304), p_value(1e-6), p_value(float("nan"))
    ('p = 0.030', 'p < 0.001', 'p missing')
    """
    return "p missing" if math.isnan(value) else f"p = {value:.3f}" if value >= 0.001 else "p < 0.001"
