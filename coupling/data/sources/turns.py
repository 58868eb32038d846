"""Turns: of the threads of one fetch, one computes while the others wait for the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

__all__ = ["Turns"]

PATIENCE = 0.3


class Turns:
    """A turn at reading an answer, given to one thread at a time.

    Python runs one thread at a time anyhow, but threads that all want to run hinder each other: reading twelve answers
    in eight threads takes half as long again as in one (``benchmarks/bench_fetch.py``). A turn is a courtesy and no
    lock: a thread that has waited `PATIENCE` seconds goes on without it, for who has it may be waiting for this one.

    Examples
    --------
    >>> turns, steps = Turns(), []
    >>> with turns.taken():
    ...     with turns.waiting():
    ...         steps.append("ask, while another thread reads")
    ...     steps.append("read, while no other thread does")
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._mine = local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Work within by turns: the first begins with the first answer, the last ends with this."""
        self._mine.by_turns = True
        try:
            yield
        finally:
            self.pass_on()
            self._mine.by_turns = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for an answer within: pass the turn on, and ask for one at the end."""
        self.pass_on()
        try:
            yield
        finally:
            if getattr(self._mine, "by_turns", False):
                self._mine.has_it = self._turn.acquire(timeout=PATIENCE)

    def pass_on(self) -> None:
        """Let another thread have the turn, where this one has it, before waiting for anything else."""
        if getattr(self._mine, "has_it", False):
            self._mine.has_it = False
            self._turn.release()
