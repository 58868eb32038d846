"""What every command does with the terminal: messages, tables, and errors as one sentence with an exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any

from coupling.cli.progress import hide_line
from coupling.errors import CouplingError, gravest_first

__all__ = ["WIDTH", "guarded", "log_to_stderr", "print_table", "say", "worst"]

WIDTH = 100
"""Columns that a line of text or of a table takes at most."""


def guarded(work: Callable[[], int]) -> int:
    """Return the exit code of some work; an error on purpose becomes one sentence on standard error."""
    try:
        return work()
    except CouplingError as error:
        say(f"error: {error}")
        return error.exit_code
    except OSError as error:
        say(f"error: {error.filename or 'a file'} cannot be written or read ({error.strerror or error}).")
        return CouplingError.exit_code
    except MemoryError:
        say("error: the memory of this machine does not suffice; ask for fewer instruments, rows or draws.")
        return CouplingError.exit_code


def worst(codes: Iterable[int]) -> int:
    """Return the gravest of some exit codes: a wrong configuration, missing data, an alert, a failure that is shown.

    Examples
    --------
    >>> worst([0, 3, 2]), worst([1, 0])
    (2, 1)
    """
    return gravest_first(codes)[0]


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Send the log of the library to standard error."""
    for library in ("urllib3", "yfinance"):  # what they report is told again, with a next step
        logging.getLogger(library).setLevel(logging.CRITICAL)
    handler = _Messages(sys.stderr)
    handler.setLevel(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING)
    logging.basicConfig(handlers=[handler], format="%(message)s", level=logging.WARNING)
    logging.getLogger("coupling").setLevel(logging.INFO)  # what is being done is shown as progress


class _Messages(logging.StreamHandler[Any]):
    """Writes a message on a line of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        hide_line()
        super().emit(record)


def print_table(frame: Any) -> None:
    """Print a whole frame on standard output."""
    import pandas as pd

    with pd.option_context("display.width", None, "display.max_columns", None, "display.max_rows", None):
        print(frame.to_string())


def say(message: str) -> None:
    """Print a message on standard error."""
    hide_line()
    print(message, file=sys.stderr)
