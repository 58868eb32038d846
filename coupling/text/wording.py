"""Numbers and lists in sentences: two decimals for correlations, three for p-values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

__all__ = [
    "adjusted_for",
    "bound",
    "by_chance",
    "ended",
    "listed",
    "p_value",
    "percent",
    "probability",
    "signed",
    "specified",
    "two",
    "written_range",
]


_SPECIFIED = {
    "rolling pearson": "rolling Pearson",
    "rolling spearman": "rolling Spearman",
    "true instants": "asynchronous-adjusted",
    "same rows": "contemporaneous",
    "lag in rows": "lag in observations",
}
_COUNTED = re.compile(r"\b(\d+)( rows|d|y)\b")
_UNITS = {" rows": "observation", "d": "day", "y": "year"}


def specified(text: str) -> str:
    """Return the specification of a finding, by which runs are paired, in the words of a page.

    Examples
    --------
    >>> specified("rolling pearson 60 rows"), specified("true instants 500d")
    ('rolling Pearson 60 observations', 'asynchronous-adjusted 500 days')
    >>> specified("split 2025-01-01 against 1y")
    'split 2025-01-01 against 1 year'
    """
    for code, words in _SPECIFIED.items():
        text = text.replace(code, words)
    return _COUNTED.sub(lambda found: f"{found[1]} {_UNITS[found[2]]}{'' if found[1] == '1' else 's'}", text)


def two(value: float) -> str:
    """Return two decimals, without a minus sign before zero.

    Examples
    --------
    >>> two(-0.004), two(0.426)
    ('0.00', '0.43')
    """
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def bound(value: float, sign: str = "-") -> str:
    """Return an end of an interval: two decimals, or as many as show on which side of zero it lies.

    Examples
    --------
    >>> bound(0.204), bound(0.0012), bound(-0.00031), bound(0.0), bound(0.204, "+")
    ('0.20', '0.001', '-0.0003', '0.00', '+0.20')
    """
    if value == 0 or two(value) != "0.00":
        return signed(value) if sign == "+" else two(value)
    return f"{value:{sign}.{-math.floor(math.log10(abs(value)))}f}"


def by_chance(tests: int, size: float) -> str:
    """Say how many of some tests reject by chance where there is nothing to find.

    Examples
    --------
    >>> by_chance(40, 0.05), by_chance(4, 0.05)
    ('about 2', 'fewer than 1')
    """
    return f"about {tests * size:.0f}" if tests * size >= 0.95 else "fewer than 1"


def ended(title: str) -> str:
    """Return a title as a sentence: with a full stop, where it does not end as one.

    Examples
    --------
    >>> ended("Did it change?"), ended("Before and since")
    ('Did it change?', 'Before and since.')
    """
    return title if title.endswith((".", "?", "!")) else f"{title}."


def listed(parts: Sequence[str], *, most: int = 5, count: str = "others") -> str:
    """Return words as a list that can be read aloud; those beyond `most` are counted.

    Examples
    --------
    >>> listed(["SPX"]), listed(["SPX", "IXIC"]), listed(list("abcd"), most=2), listed(list("abc"), most=2)
    ('SPX', 'SPX and IXIC', 'a, b and 2 others', 'a, b and 1 other')
    """
    if not parts:
        return ""
    more = len(parts) - most
    shown = list(parts) if more <= 0 else [*parts[:most], f"{more} {count.removesuffix('s') if more == 1 else count}"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


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


def percent(share: float) -> str:
    """Return a share as a whole percentage, the space before its sign included.

    Examples
    --------
    >>> percent(0.05), percent(0.975)
    ('5 %', '98 %')
    """
    return f"{100 * share:.0f} %"


def adjusted_for(pairs: int) -> str:
    """Say behind a p-value for how many pairs it is adjusted; nothing where there is one.

    Examples
    --------
    >>> adjusted_for(4), adjusted_for(1)
    (' adjusted for 4 pairs', '')
    """
    return f" adjusted for {pairs} pairs" if pairs > 1 else ""


def p_value(value: float) -> str:
    """Return a p-value with its letter.

    Examples
    --------
    >>> p_value(0.0304), p_value(1e-6), p_value(float("nan"))
    ('p = 0.030', 'p < 0.001', 'p missing')
    """
    return "p missing" if math.isnan(value) else f"p = {value:.3f}" if value >= 0.001 else "p < 0.001"


def written_range(low: float, high: float) -> str:
    """Write a range of probabilities as whole percentages; nothing where it is missing.

    Examples
    --------
    >>> written_range(0.1, 0.62), written_range(0.001, 0.07), written_range(0.0, 0.002), written_range(0.0, 1.0)
    ('10 to 62 %', 'up to 7 %', 'under 1 %', '0 to 100 %')
    """
    if low != low:
        return ""
    if high < 0.005:
        return "under 1 %"
    if low > 0.995:
        return "over 99 %"
    if low < 0.005 and high > 0.995:
        return "0 to 100 %"
    ends = [f"{100 * low:.0f}", "over 99" if high > 0.995 else f"{100 * high:.0f}"]
    return f"up to {ends[1]} %" if low < 0.005 else f"{' to '.join(dict.fromkeys(ends))} %"
