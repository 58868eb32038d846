"""What a user states of a text file: the sign between its cells, and how its letters are written."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator

from coupling.errors import ConfigurationError

__all__ = ["DELIMITERS", "Delimiter", "Encoding", "mark_of"]

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
NO_LETTERS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})


def mark_of(delimiter: str) -> str:
    """Return the sign that a delimiter, written as a word or as the sign itself, means.

    Raises
    ------
    ConfigurationError
        If it is none.

    Examples
    --------
    >>> mark_of("semicolon"), mark_of("^")
    (';', '^')
    """
    mark = DELIMITERS.get(delimiter, delimiter)
    if len(mark) != 1 or mark in '"\r\n' or mark.isalnum() or not (mark.isprintable() or mark == "\t"):
        shown = delimiter if len(delimiter) <= 40 else f"{delimiter[:40]}…"
        known = ", ".join(DELIMITERS)
        raise ConfigurationError(f"delimiter {shown!r} is none; write one of {known}, or the sign itself")
    return mark


def _require_delimiter(delimiter: str) -> str:
    mark_of(delimiter)
    return delimiter


def _require_encoding(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        found = None
    if found is None or found.name.replace("-", "_") in NO_LETTERS or not getattr(found, "_is_text_encoding", True):
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        raise ConfigurationError(f"encoding {shown!r} is unknown; write it as 'utf-8' or 'cp1252'")
    return name


Delimiter = Annotated[str, AfterValidator(_require_delimiter)]
Encoding = Annotated[str, AfterValidator(_require_encoding)]
