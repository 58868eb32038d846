"""Being told to stop: what is half written goes, the workers go, and the process ends by the signal that it got."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

__all__ = ["ended_by_signals"]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal that ends the process came in."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def ended_by_signals(work: Callable[[], int]) -> int:
    """Return what some work gives; where a signal ends it, clean up on the way out and die of the signal.

    A second signal ends the process at once. One that is ignored (``nohup``) stays so.
    """
    heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, _stop)
    try:
        return work()
    except Stopped as stopped:
        _default()
        os.kill(os.getpid(), stopped.number)
        return 128 + stopped.number
    finally:
        _default()


def _stop(number: int, _frame: Any) -> None:
    _default()
    raise Stopped(number)


def _default() -> None:
    for number in SIGNALS:
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_DFL)
