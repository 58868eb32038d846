"""Bytes as text: by its mark, by its zeros, as UTF-8, or as what charset-normalizer finds plausible."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from coupling.data.tables.opening import require_kind
from coupling.errors import DataError

__all__ = ["decodings"]

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHERS = ["cp932", "cp1252", "cp1250", "cp1251", "euc_jp", "gb18030", "big5", "cp949"]
MARK = "\ufeff"
SAMPLE = 20_000
PAGES = ("<!doctype", "<html", "<head", "<body", "<table")
MARKUP = (
    ("<?xml", "an XML document (a workbook of Excel 2003, a feed or an answer of a server)", "save the table as CSV"),
    ("{\\rtf", "an RTF document", "save the table as CSV"),
    ("mime-version:", "a web archive", "save the table as CSV"),
)


def decodings(place: str, raw: bytes, encoding: str | None = None) -> Iterator[tuple[str, str]]:
    """Return the text in the encodings that it may be in, each with its name, the most plausible first.

    Digits, signs and delimiters are the same in all that are tried beyond UTF-8: only the names in a heading differ,
    and the one in which it is known is taken.

    Raises
    ------
    DataError
        If the bytes are empty, of another kind of file, or no text.

    Examples
    --------
    >>> next(decodings("x.csv", "date,value".encode("utf-16")))
    ('date,value', 'utf-16-le')
    """
    require_kind(place, raw)
    if not raw.strip(b" \t\r\n\0"):
        raise DataError(f"{place} is empty; fetch or export it again.")
    found = False
    for name in [encoding] if encoding is not None else _names(raw):
        text = _decoded(place, raw, name)
        if text is not None:
            found = True
            yield _require_text(place, text), name
    if not found:
        tried = encoding or "UTF-8, UTF-16 or a common national encoding"
        raise DataError(f"{place} is no text in {tried}; state 'encoding:' for this file, or convert it to UTF-8.")


def _names(raw: bytes) -> list[str]:
    for mark, name in MARKS:
        if raw.startswith(mark):
            return [name]
    sample = raw[:SAMPLE]
    if sample.count(0) > len(sample) // 4:  # half of UTF-16's bytes are zero where the text is ASCII
        return ["utf-16-be" if sample[:2].startswith(b"\0") else "utf-16-le"]
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _plausible(raw)
    return ["utf-8"]


def _plausible(raw: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    matches = from_bytes(raw, cp_isolation=OTHERS)
    return [next(name for name in OTHERS if name in match.could_be_from_charset) for match in matches]


def _decoded(place: str, raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeError:
        return None
    except LookupError:
        raise DataError(f"{place}: encoding {encoding!r} is unknown; write it as 'utf-8' or 'cp1252'.") from None


def _require_text(place: str, text: str) -> str:
    """Return the text without byte order marks; refuse a web page, JSON and text with zero bytes."""
    text = text.replace(MARK, "")
    start = text[:200].lstrip().lower()
    if start.startswith(PAGES) or (start.startswith("<?xml") and "<html" in start):
        raise DataError(f"{place}: this is an HTML page, not a table; the download went wrong, fetch it again.")
    for signature, kind, advice in MARKUP:
        if start.startswith(signature) and "<html" not in start:
            raise DataError(f"{place}: this is {kind}, not a table; {advice}.")
    if start.startswith(("{", "[")) and text[-200:].rstrip().endswith(("}", "]")):
        raise DataError(f"{place}: this is JSON, not a table; write it as CSV with the heading 'date,value'.")
    zero = text.find("\0")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        raise DataError(f"{place}, line {line}: the text holds a zero byte; fetch or export it again.")
    return text
