"""The page's script and the policy under which a browser opens the page: this script and this style, nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from markupsafe import Markup

__all__ = ["POLICY", "guarded", "script"]

POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
)
"""Content-security policy of a page, with places for the hashes."""

_NOTE = re.compile(r"^//.*\n|^\s+|  // [^\n'\"`]*$", re.MULTILINE)
_PLACE = re.compile(r'content="(default-src [^"]*\{style\}[^"]*)"')


@cache
def script() -> Markup:
    """Return the script that reads values off figures, sorts tables and copies them; no data is in it."""
    text = (files("coupling.report") / "templates" / "reading.js").read_text(encoding="utf-8")
    return Markup(_NOTE.sub("", text))


def guarded(page: str) -> str:
    """Return a page whose policy names the hashes of its one script and its one style sheet.

    Parameters
    ----------
    page : str
        Made with `POLICY` in its head, and finished: any change of script or style after this blocks them.

    Examples
    --------
    >>> guarded('<meta content="default-src {style}"><style>p{}</style><script>0</script>')[15:47]
    "default-src 'sha256-gG2yISYereRM"
    """
    hashes = {name: _hash(page, name) for name in ("script", "style")}
    return _PLACE.sub(lambda found: f'content="{found[1].format(**hashes)}"', page, count=1)


def _hash(page: str, element: str) -> str:
    start = page.index(f"<{element}>") + len(element) + 2
    text = page[start : page.index(f"</{element}>", start)]
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
