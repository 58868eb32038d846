"""How prose is set on a page: minus signs for the hyphens before numbers."""

from __future__ import annotations

import re

__all__ = ["typeset"]

_MINUS = re.compile(r"(?<![\w.)\]-])-(?=[\d.∞])")


def typeset(text: str) -> str:
    """Return prose with minus signs, which a screen reader says, for the hyphens before numbers.

    Examples
    --------
    >>> typeset("from -0.02 to +0.3 in 2020-03")
    'from −0.02 to +0.3 in 2020-03'
    """
    return _MINUS.sub("\N{MINUS SIGN}", text)
