"""Standard output and error as they are found: closed, full, read by nobody any more, or without the letters we use."""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
import unicodedata
from contextlib import suppress
from typing import Any

__all__ = ["Output", "guard_streams", "plainly"]

PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{LEFTWARDS ARROW}": "<-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{NOT EQUAL TO}": "!=",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{EURO SIGN}": "EUR",
    "\N{POUND SIGN}": "GBP",
    "\N{YEN SIGN}": "JPY",
    "\N{BULLET}": "*",
    "\N{MIDDLE DOT}": "*",
    "\N{INFINITY}": "inf",
}
GREEK = "GREEK SMALL LETTER "


def plainly(letter: str) -> str | bytes:
    """Return what stands for a letter where it cannot be written; a byte of a file's name is that byte again.

    Examples
    --------
    >>> [plainly(letter) for letter in "−ρ→é…字"]
    ['-', 'rho', '->', 'e', '...', '?']
    """
    if "\udc80" <= letter <= "\udcff":
        return bytes([ord(letter) - 0xDC00])
    name = unicodedata.name(letter, "")
    if letter in PLAIN:
        return PLAIN[letter]
    if name.startswith(GREEK):
        return name.removeprefix(GREEK).split()[0].lower()
    if unicodedata.category(letter) == "Pd":
        return "-"
    if name.startswith("BOX DRAWINGS"):
        return {"HORIZONTAL": "-", "VERTICAL": "|"}.get(name.split()[-1], "+") if name.count(" ") == 3 else "+"
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


def _replace(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plainly(error.object[error.start]), error.start + 1


class Output(io.RawIOBase):
    """A descriptor that takes everything: what it could not write is remembered as its fault and never raised.

    Parameters
    ----------
    descriptor : int
        1 or 2.
    fault : OSError, optional
        What is known beforehand to be wrong with it.
    """

    def __init__(self, descriptor: int, fault: OSError | None = None) -> None:
        super().__init__()
        self.descriptor, self.closed_before = descriptor, fault
        self.fault: OSError | None = None

    def writable(self) -> bool:
        """Say that it takes bytes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.descriptor

    def isatty(self) -> bool:
        """Say whether somebody sits in front of it."""
        return self.closed_before is None and os.isatty(self.descriptor)

    def write(self, data: Any) -> int:
        """Write some bytes, or remember why they could not be."""
        self.fault = self.fault or self.closed_before
        while self.fault is None:
            try:
                return os.write(self.descriptor, data)
            except BlockingIOError:
                select.select([], [self.descriptor], [])
            except OSError as error:
                self.fault = error
        return len(data)

    @property
    def lost(self) -> str:
        """Why something is lost; empty where nothing is, or where the reader had enough and went away."""
        if self.fault is None or self.fault.errno == errno.EPIPE:
            return ""
        return self.fault.strerror or str(self.fault)


def guard_streams() -> Output:
    """Put streams that never raise in the place of standard output and error; return the first, to ask what is lost."""
    codecs.register_error("plainly", _replace)
    closed = _fill_closed()
    output = Output(1, closed.get(1))
    sys.stdout = _text(output, sys.stdout)
    sys.stderr = _text(Output(2, closed.get(2)), sys.stderr)
    return output


def _fill_closed() -> dict[int, OSError]:
    """Open nothing under the numbers of closed standard streams, so that no file gets them."""
    closed = {}
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError as error:
            closed[descriptor] = error
            os.open(os.devnull, os.O_RDWR)
    return closed


def _text(raw: Output, before: Any) -> io.TextIOWrapper:
    with suppress(OSError, ValueError, AttributeError):
        before.flush()
    encoding = getattr(before, "encoding", None) or "utf-8"
    live = raw.isatty() or raw.descriptor == 2
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "plainly", line_buffering=live, write_through=live)
