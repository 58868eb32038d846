"""What is being done, said from the second second on: one line in a terminal, lines of a log elsewhere."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Tell", "hide_line", "working"]

Tell = Callable[[str, int, int], None]
SILENCE = 2.0
"""Seconds without a word."""
STILL = 10.0
"""Seconds after which a log says again what is still being done."""


class _Line(logging.Handler):
    """Keeps the newest thing that the library said it does, and shows it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.source = "coupling"  # not its parts, which report no step of the work
        self.begun = self.said = time.monotonic()
        self.text, self.width = "", 0
        self.shown: str | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.INFO and record.name == self.source:
            self.text = record.getMessage()

    def tell(self, name: str, done: int, total: int) -> None:
        self.text = f"{name} ({done:,} of {total:,})"

    def _run(self) -> None:
        wait = SILENCE
        while not self.over.wait(wait):
            self._show()
            wait = 0.5

    def _show(self) -> None:
        now = time.monotonic()
        seconds = f"{now - self.begun:.0f} s"
        if sys.stderr.isatty():
            text = f"{self.text or 'working'} … {seconds}"[: shutil.get_terminal_size().columns - 1]
            sys.stderr.write(f"\r{text.ljust(self.width)}\r")
            self.width = len(text)
        elif self.text != self.shown or now - self.said >= STILL:
            sys.stderr.write(f"{'still ' if self.text == self.shown else ''}{self.text or 'working'} ({seconds})\n")
            self.shown, self.said = self.text, now
        sys.stderr.flush()

    def hide(self) -> None:
        if self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            self.width = 0


_lines: list[_Line] = []


def hide_line() -> None:
    """Take the line away before something else is written."""
    for line in _lines:
        line.hide()


@contextmanager
def working(*, quiet: bool = False) -> Iterator[Tell]:
    """Show what the library says that it does, until the block ends; yields a function for counted work."""
    line, logger = _Line(), logging.getLogger("coupling")
    if quiet:
        yield line.tell
        return
    logger.addHandler(line)
    _lines.append(line)
    line.thread.start()
    try:
        yield line.tell
    finally:
        line.over.set()
        line.thread.join()
        logger.removeHandler(line)
        _lines.remove(line)
        line.hide()
