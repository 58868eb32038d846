"""Which parts of some work are being done, and how long the rest is likely to take."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from coupling.limits.budget import duration

__all__ = ["Progress"]

log = logging.getLogger("coupling")

T = TypeVar("T")

WORTH_SAYING = 2.0
"""Seconds: less that is left is not spoken of."""


PAUSE = 3.0
"""Seconds between two words on parts of the same name."""


class Progress:
    """Logs, whenever a part begins, which ones are being done, and what is left by the pace so far.

    Parameters
    ----------
    parts : sequence of (str, float)
        Name and estimated seconds of each part.
    """

    def __init__(self, parts: Sequence[tuple[str, float]]) -> None:
        self.parts = parts
        self.begun = time.monotonic()
        self.now: list[int] = []
        self.over: list[int] = []
        self._turn = threading.Lock()
        self._told: tuple[list[str], float] = [], 0.0

    def through(self, place: int, work: Callable[[], T]) -> T:
        """Do a part, and say so."""
        with self._turn:
            self.now.append(place)
            self._say()
        try:
            return work()
        finally:
            with self._turn:
                self.now.remove(place)
                self.over.append(place)

    def _say(self) -> None:
        """Log what is being done; of parts of one name not each."""
        names = self._names()
        if names != self._told[0] or time.monotonic() - self._told[1] >= PAUSE:
            self._told = names, time.monotonic()
            log.info("%s", self.message())

    def _names(self) -> list[str]:
        return list(dict.fromkeys(self.parts[place][0] for place in self.now))

    def message(self) -> str:
        """Say what is being done.

        Examples
        --------
        >>> some = Progress([("change", 10.0), ("events", 5.0)])
        >>> some.through(1, some.message)
        'working on events (1 of 2)'
        """
        names = " and ".join(self._names())
        count = f"{len(self.over) + len(self.now)} of {len(self.parts)}"
        left = self.left()
        told = f", about {duration(left)} left" if left >= WORTH_SAYING else ""
        return f"working on {names} ({count}{told})"

    def left(self) -> float:
        """Return the seconds that are left if the rest keeps the pace; 0 where nothing is done yet."""
        done = sum(self.parts[place][1] for place in self.over)
        rest = sum(seconds for _, seconds in self.parts) - done
        return (time.monotonic() - self.begun) * rest / done if done else 0.0
