"""A time limit on the clock for a whole answer, however it drips: slow headers, a fixed length, chunks, until close.

A read of a socket has a limit of its own, which a server keeps by a byte now and then. So a watch is set beside the
answer: when its time is over it shuts the socket, and whatever reads from it ends at once.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from http.client import HTTPException
from threading import Lock, Timer, local
from typing import Any, Self

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

__all__ = ["POOLS", "Deadline", "OverdueError"]

_HERE = local()


class OverdueError(Exception):
    """The time for a whole answer is over; no OSError, so that nothing tries again."""


class Deadline:
    """The time for one answer: within it, the connections of this thread are watched.

    Examples
    --------
    >>> with Deadline(60.0) as deadline:
    ...     deadline.over
    False
    """

    def __init__(self, seconds: float) -> None:
        self.over = seconds <= 0
        self._sockets: list[Any] = []
        self._lock = Lock()
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _HERE.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _HERE.deadline = None

    def watch(self, connected: Any) -> None:
        """Shut a socket when the time is over, or at once where it is."""
        with self._lock:
            self._sockets.append(connected)
            if self.over:
                _shut(connected)

    def _cut(self) -> None:
        with self._lock:
            self.over = True
            for connected in self._sockets:
                _shut(connected)


def _shut(connected: Any) -> None:
    with suppress(OSError, TypeError):  # closed before, or no socket of the system
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _drop(connected: Any) -> None:
    """Close a connection for good: half an answer would keep it open."""
    with suppress(OSError, TypeError):
        place = socket.socket.detach(connected)
        if place >= 0:
            os.close(place)


class _Watched:
    """Lets the deadline of the thread watch the connection from before the first byte of an answer on."""

    def getresponse(self) -> Any:
        deadline: Deadline | None = getattr(_HERE, "deadline", None)
        connected = self.sock  # type: ignore[attr-defined]
        if deadline is not None:
            deadline.watch(connected)
        try:
            return super().getresponse()  # type: ignore[misc]
        except (OSError, HTTPException, HTTPError) as error:
            _drop(connected)
            if deadline is not None and deadline.over:
                raise OverdueError from error
            raise


class _Connection(_Watched, HTTPConnection):
    """A connection without encryption: to a proxy, or in a test."""


class _SecureConnection(_Watched, HTTPSConnection):
    """A connection with encryption."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
