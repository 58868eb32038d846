"""What every command does with the terminal: messages, tables, a bar, and errors as one sentence with an exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from coupling.errors import CouplingError

__all__ = ["guarded", "log_to_stderr", "print_table", "progress_bar", "say"]


@contextmanager
def progress_bar(task: str = "fetching") -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task(task)
        yield lambda name, done, total: bar.update(line, completed=done, total=total, description=name)


def guarded(work: Callable[[], int]) -> int:
    """Return the exit code of some work; an error on purpose becomes one sentence on standard error."""
    try:
        return work()
    except CouplingError as error:
        say(f"error: {error}")
        return error.exit_code
    except OSError as error:
        say(f"error: {error.filename or 'a file'} cannot be written or read ({error.strerror}).")
        return CouplingError.exit_code


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Send the log of the library to standard error."""
    for library in ("urllib3", "yfinance"):  # what they report is told again, with a next step
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.ERROR if quiet else logging.WARNING)
    logging.getLogger("coupling").setLevel(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING)


def print_table(frame: Any) -> None:
    """Print a whole frame on standard output."""
    import pandas as pd

    with pd.option_context("display.width", None, "display.max_columns", None, "display.max_rows", None):
        print(frame.to_string())


def say(message: str) -> None:
    """Print a message on standard error."""
    print(message, file=sys.stderr)
