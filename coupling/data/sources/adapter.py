"""How a request is sent: within time limits, with retries that wait their turn, and a limit on size.

A request that gets no usable answer raises `TransferError`, whatever library made it. A host that cannot be reached, or
that turns us away as too busy, is not asked again.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import closing
from threading import Thread
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from coupling.data.sources.deadline import POOLS, Deadline, OverdueError
from coupling.data.sources.transfer import BUSY, LATER, HostError, Policy, TransferError, explain, refusal, unpack

__all__ = ["PoliteAdapter"]

PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}
SERVER_TROUBLE = (500, 502, 503, 504)
CHUNK = 1 << 16


class _Retry(Retry):
    """urllib3's retries, which give up where a server asks for a longer wait than there is patience for."""

    patience = Policy.patience

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        """Count an attempt, or give up."""
        if response is not None and (self.get_retry_after(response) or 0) > self.patience:
            raise MaxRetryError(_pool, url or "", error)
        return super().increment(method, url, response, error, _pool, _stacktrace)


def _retry(policy: Policy) -> Retry:
    kind = type("_PatientRetry", (_Retry,), {"patience": policy.patience})
    retry: Retry = kind(
        total=policy.attempts + policy.connect_attempts,
        connect=policy.connect_attempts,
        read=policy.attempts,
        status=policy.attempts,
        other=0,
        status_forcelist=(BUSY, *SERVER_TROUBLE),
        backoff_factor=policy.backoff,
        backoff_jitter=policy.jitter,
        raise_on_status=False,
    )
    return retry


class PoliteAdapter(HTTPAdapter):
    """Sends a request under a policy and reads the whole answer, or raises `TransferError`."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(max_retries=_retry(policy), pool_maxsize=16)
        self.policy = policy
        self._given_up: dict[str, TransferError] = {}
        self._reached: set[tuple[str, int]] = set()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of connections that a deadline can watch."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Return the pools that lead through a proxy; they are watched too."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: Any = None,  # noqa: ARG002
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send the request, or raise `TransferError` at once where the host has failed before."""
        host = urlsplit(str(request.url)).hostname or ""
        self.require_host(str(request.url), proxies)
        try:
            response = self.transfer(request, verify, cert, proxies)
        except (OSError, HTTPError) as error:  # every error of requests is an OSError
            raise self._trouble(host, error) from error
        if response.status_code == BUSY or response.status_code in SERVER_TROUBLE:
            raise self._trouble(host, refusal(host, response))
        return response

    def transfer(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,
        cert: Any,
        proxies: Mapping[str, str] | None,
    ) -> requests.Response:
        """Send the request with all further attempts, and read the answer under the limits."""
        wait = (self.policy.connect, self.policy.read)
        overdue = TransferError(f"the answer took longer than {self.policy.whole:g} s", LATER)
        with Deadline(self.policy.whole) as deadline:
            try:
                response = super().send(request, stream=True, timeout=wait, verify=verify, cert=cert, proxies=proxies)
                self._read(response)
            except (OSError, HTTPError, OverdueError) as error:
                if deadline.over:
                    raise overdue from error
                raise
        if deadline.over:  # an answer that ends when the connection does looks whole
            raise overdue
        return response

    def require_host(self, url: str, proxies: Mapping[str, str] | None) -> None:
        """Raise `TransferError` where the host of an address has failed before or cannot be reached."""
        host = urlsplit(url).hostname or ""
        if host in self._given_up:
            known = self._given_up[host]
            raise type(known)(known.reason, known.next_step)
        proxy = _address(select_proxy(url, proxies))
        try:
            self._reach(proxy or url)
        except OSError as error:
            raise self._trouble(host, _of_proxy(proxy, error, self.policy) if proxy else error) from error

    def _reach(self, url: str) -> None:
        """Try a connection within the time for one: the look-up of a name knows no limit of its own."""
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443))
        if place in self._reached:
            return
        outcome: list[OSError | None] = []
        looker = Thread(target=_try_place, args=(place, self.policy.connect, outcome), daemon=True)
        looker.start()
        looker.join(self.policy.connect)
        error = outcome[0] if outcome else TimeoutError()
        if error is not None:
            raise error
        self._reached.add(place)

    def _read(self, response: requests.Response) -> None:
        """Read the body piece by piece, within the limit on size, and unpack it whole or not at all."""
        pieces, size = [], 0
        with closing(response):
            for piece in response.raw.stream(CHUNK, decode_content=False):
                pieces.append(piece)
                size += len(piece)
                self.require_small(size)
        body = b"".join(pieces)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            body = unpack(body, self.policy.size_limit)
            self.require_small(len(body))
        response._content = body

    def require_small(self, size: int) -> None:
        """Raise `TransferError` where a body is over the limit."""
        if size > self.policy.size_limit:
            limit = self.policy.size_limit / 2**20
            raise TransferError(f"the answer is over the limit of {limit:g} MiB", "look at the address in a browser")

    def _trouble(self, host: str, error: Exception) -> TransferError:
        """Explain a failure; a host that is out of reach or too busy is remembered."""
        trouble = error if isinstance(error, TransferError) else explain(host, error, self.policy)
        if isinstance(trouble, HostError):
            self._given_up[host] = trouble
        return trouble


def _address(proxy: str | None) -> str | None:
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _of_proxy(proxy: str, error: OSError, policy: Policy) -> TransferError:
    """Say that it is the proxy that cannot be reached."""
    trouble = explain(f"the proxy {urlsplit(proxy).hostname or proxy}", error, policy)
    return HostError(trouble.reason, "check the proxy (HTTPS_PROXY), or use what the store holds with --offline")


def _try_place(place: tuple[str, int], seconds: float, outcome: list[OSError | None]) -> None:
    try:
        socket.create_connection(place, timeout=seconds).close()
    except OSError as error:
        outcome.append(error)
    else:
        outcome.append(None)
