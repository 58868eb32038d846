"""One request to a webhook, and what its answer means; nothing of the address reaches a log, an error or a record."""

from __future__ import annotations

import logging
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from threading import Thread, get_ident
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_auth_from_url
from urllib3.exceptions import HTTPError

from coupling.data.sources.deadline import POOLS, Deadline, OverdueError
from coupling.version import __version__
from coupling.watch.webhook_address import WebhookAddress

__all__ = ["Answer", "Poster"]

LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""
MOVED = frozenset({301, 302, 307, 308})
_MOST_MOVES, _READ = 3, 256
_WORD = re.compile(rb"[a-z][a-z_]{2,40}")
_LIBRARIES = ("urllib3.connectionpool", "urllib3.util.retry", "requests", "charset_normalizer")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of an attempt.

    Parameters
    ----------
    told : bool
        Whether the receiver answered with a status of success.
    reason : str
        Why not, without a name or an address.
    again : bool
        Whether another attempt may help.
    wait : float, optional
        Seconds after which the receiver asks for it.
    """

    told: bool = False
    reason: str = ""
    again: bool = False
    wait: float | None = None


class _Adapter(HTTPAdapter):
    """Sends once, over connections that a deadline can cut."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager


class _Session(requests.Session):
    """Goes where it is sent, and no further."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


class Poster:
    """Posts bodies to one address.

    Parameters
    ----------
    address : WebhookAddress
    connect, read : float
        Seconds for a connection, and between two pieces of an answer.
    """

    def __init__(self, address: WebhookAddress, *, connect: float, read: float) -> None:
        self._address, self._wait = address, (connect, read)
        self._session = _Session()
        self._session.auth = _own_name(address.reveal())
        self._session.headers.update({"User-Agent": f"coupling/{__version__}", "Content-Type": "application/json"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(max_retries=0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def post(self, body: bytes, seconds: float) -> Answer:
        """Send a body once, within some seconds whatever keeps it: the look-up of a name knows no limit of its own."""
        seconds = min(seconds, sum(self._wait))
        found: list[Answer] = []
        worker = Thread(target=lambda: found.append(self._within(body, seconds)), daemon=True)
        worker.start()
        worker.join(seconds + 0.5)
        return found[0] if found else _overdue()

    def _within(self, body: bytes, seconds: float) -> Answer:
        with _unlogged(), Deadline(seconds) as deadline:
            try:
                answer = self._followed(body)
                return _overdue() if deadline.over else answer  # one that was cut looks whole
            except (requests.RequestException, HTTPError, HTTPException, OverdueError, OSError, ValueError) as error:
                return _overdue() if deadline.over else _of_error(error)

    def _followed(self, body: bytes) -> Answer:
        """Send a body, and send it on where the same host says that it has moved."""
        url = self._address.reveal()
        for _ in range(_MOST_MOVES + 1):
            with closing(self._send(url, body)) as response:
                if response.status_code not in MOVED:
                    return self._of_status(response)
                target = urljoin(url, response.headers.get("Location", ""))
                if _origin(target) != _origin(url):
                    return Answer(reason=f"it answered {response.status_code} and sends on to another host; {_MEND}")
                url = target
        return Answer(reason=f"it sends on more than {_MOST_MOVES} times; {_MEND}")

    def _send(self, url: str, body: bytes) -> requests.Response:
        """Send a body; no proxy leads to this machine."""
        proxies = {"no_proxy": urlsplit(url).hostname or ""} if self._address.is_local else None
        return self._session.post(url, data=body, timeout=self._wait, proxies=proxies, stream=True)

    def _of_status(self, response: requests.Response) -> Answer:
        status = response.status_code
        if 200 <= status < 300:
            return Answer(told=True)
        again = status in LATER
        said = f"it answered {status}{'' if again else self._word(response)}"
        return Answer(reason=said if again else f"{said}; {_MEND}", again=again, wait=_retry_after(response))

    def _word(self, response: requests.Response) -> str:
        """Return what a receiver says in one word, such as ``invalid_payload``, unless it is of the address."""
        try:
            word = response.raw.read(_READ).strip()
        except (HTTPError, HTTPException, OSError):
            return ""
        said = word.decode("ascii") if _WORD.fullmatch(word) else ""
        return f" ({said})" if said and not self._address.holds(said) else ""


_MEND = "check the address in the environment"


def _own_name(url: str) -> Any:
    """Return name and password that stand in the address; or what adds none, also none from a file of the user's."""
    name, password = get_auth_from_url(url)
    return (name, password) if name or password else lambda request: request


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _overdue() -> Answer:
    return Answer(reason="it gave no whole answer in time", again=True)


def _of_error(error: Exception) -> Answer:
    """Say what kept a request away; the error itself holds the address."""
    if isinstance(error, requests.exceptions.ProxyError):
        return Answer(reason="the proxy does not lead to it; check HTTPS_PROXY", again=True)
    causes = tuple(_causes(error))
    if isinstance(error, requests.exceptions.SSLError) or any(isinstance(each, ssl.SSLError) for each in causes):
        return Answer(reason="its certificate is not accepted; check the clock and the proxy")
    if any(isinstance(each, socket.gaierror) for each in causes):
        return Answer(reason="its host cannot be found", again=True)
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return Answer(reason="it refuses connections", again=True)
    if isinstance(error, requests.Timeout) or any(isinstance(each, TimeoutError) for each in causes):
        return Answer(reason="it did not answer in time", again=True)
    if isinstance(error, requests.ConnectionError | HTTPError | HTTPException | OSError):
        return Answer(reason="it broke off the connection", again=True)
    return Answer(reason=f"its address cannot be used; {_MEND}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came from, wherever a library keeps that."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and each not in seen:
            seen.append(each)
            yield each
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]


def _retry_after(response: requests.Response) -> float | None:
    """Return for how many seconds a receiver asks us to wait: it says so in seconds or by a date."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    until = _date(said)
    now = _date(response.headers.get("Date", "")) or datetime.fromtimestamp(time.time(), UTC)
    return None if until is None else max((until - now).total_seconds(), 0.0)


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the libraries' words on a request of this thread, its path among them, out of every log."""
    here = get_ident()

    def is_other(record: logging.LogRecord) -> bool:
        return record.thread != here

    loggers = [logging.getLogger(name) for name in _LIBRARIES]
    for each in loggers:
        each.addFilter(is_other)
    try:
        yield
    finally:
        for each in loggers:
            each.removeFilter(is_other)
