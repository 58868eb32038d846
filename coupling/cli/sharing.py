"""How a command works: by how many processes, and whether what an earlier run kept may serve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

__all__ = ["number_of_workers", "sharing"]

MOST, WORKERS = 4, 64
"""Processes that are taken unasked, and that may be asked for."""


@contextmanager
def sharing(workers: str, *, fresh: bool) -> Iterator[None]:
    """Share the work in a block among processes, and keep its parts for the next run."""
    count = number_of_workers(workers)
    from coupling.keeping import keeping
    from coupling.machine.crew import crew

    with keeping(fresh=fresh), crew(count):
        yield


def number_of_workers(word: str) -> int:
    """Return how many processes a word asks for; any other word is refused.

    Examples
    --------
    >>> number_of_workers("2")
    2
    """
    if word == "auto":
        from coupling.machine.crew import cores

        return min(cores(), MOST)
    if not (word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= WORKERS):
        raise typer.BadParameter(
            f"{word!r} is not allowed; give a number from 1 to {WORKERS}, or auto", param_hint="--workers"
        )
    return int(word)
