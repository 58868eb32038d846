"""The one way to the network: a session with time limits, retries that wait their turn, and a limit on size.

A request that gets no usable answer raises `TransferError`, whatever library made it; each source turns that into a
`SourceError` that names its series. A host that cannot be reached, or that turns us away as too busy, is not
asked again by the same session.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from threading import Lock, Thread, local
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NameResolutionError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from coupling.version import __version__

__all__ = ["Policy", "PoliteAdapter", "Session", "TransferError", "get_bytes", "open_session", "require_ok"]

BUSY = 429
SERVER_TROUBLE = (500, 502, 503, 504)
CHUNK = 1 << 16
AGENT = f"coupling/{__version__} (python-requests; research tool)"


class TransferError(OSError):
    """A request that got no usable answer.

    Parameters
    ----------
    reason : str
        What happened.
    next_step : str
        What the user can do.
    """

    def __init__(self, reason: str, next_step: str) -> None:
        self.reason, self.next_step = reason, next_step
        super().__init__(f"{reason}; {next_step}")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How patient a session is: seconds, numbers of further attempts, bytes.

    Parameters
    ----------
    connect, read, whole : float
        Longest wait for a connection, between two pieces of an answer, and for a whole answer.
    attempts : int
        Further attempts after 429, 5xx or an answer that breaks off.
    connect_attempts : int
        Further attempts after a connection that fails.
    backoff, jitter : float
        Wait before the second further attempt, doubled each time; a random share of `jitter` is added.
    patience : float
        Longest ``Retry-After`` that is waited for; a longer one is a refusal.
    size_limit : int
        Largest answer.
    """

    connect: float = 3.0
    read: float = 20.0
    whole: float = 120.0
    attempts: int = 3
    connect_attempts: int = 1
    backoff: float = 0.5
    jitter: float = 0.5
    patience: float = 30.0
    size_limit: int = 64 * 1024 * 1024


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
        self._found: set[str] = set()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: Any = None,  # noqa: ARG002
        verify: bool | str = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        """Send the request, or raise `TransferError` at once where the host has failed before."""
        host = urlsplit(str(request.url)).hostname or ""
        if host in self._given_up:
            raise self._given_up[host]
        try:
            response = self.transfer(request, verify, cert, proxies)
        except (requests.RequestException, TransferError) as error:
            raise self._trouble(host, error) from error
        if response.status_code == BUSY or response.status_code in SERVER_TROUBLE:
            raise self._trouble(host, _refusal(host, response))
        return response

    def transfer(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,
        cert: Any,
        proxies: dict[str, str] | None,
    ) -> requests.Response:
        """Send the request with all further attempts, and read the answer under the limits."""
        if not proxies:
            self._find(urlsplit(str(request.url)).hostname or "")
        wait = (self.policy.connect, self.policy.read)
        response = super().send(request, stream=True, timeout=wait, verify=verify, cert=cert, proxies=proxies)
        self._read(response)
        return response

    def _find(self, host: str) -> None:
        """Look a host up within the time for a connection: the system's own look-up knows no limit."""
        if host in self._found:
            return
        looker = Thread(target=_look_up, args=(host, self._found), daemon=True)
        looker.start()
        looker.join(self.policy.connect)
        if looker.is_alive():
            raise TransferError(f"{host} could not be found within {self.policy.connect:g} s", CHECK_NETWORK)

    def _read(self, response: requests.Response) -> None:
        """Read the body piece by piece, within the limits on size and time."""
        limit, until = self.policy.size_limit, time.monotonic() + self.policy.whole
        pieces, size = [], 0
        for piece in response.iter_content(CHUNK):
            size += len(piece)
            if size > limit or time.monotonic() > until:
                response.close()
                what = f"{limit / 2**20:g} MiB" if size > limit else f"{self.policy.whole:g} s"
                raise TransferError(f"the answer is over the limit of {what}", "look at the address in a browser")
            pieces.append(piece)
        response._content = b"".join(pieces)

    def _trouble(self, host: str, error: Exception) -> TransferError:
        """Explain a failure; a host that is out of reach or too busy is remembered."""
        trouble = error if isinstance(error, TransferError) else _explain(host, error, self.policy)
        if isinstance(error, requests.ConnectionError) or "found" in trouble.reason or str(BUSY) in trouble.reason:
            self._given_up[host] = trouble
        return trouble


CHECK_NETWORK = "check the network, or use what the store holds with --offline"


def _look_up(host: str, found: set[str]) -> None:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return  # the connection itself will say so
    found.add(host)


def _explain(host: str, error: Exception, policy: Policy) -> TransferError:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, NameResolutionError):
        return TransferError(f"{host} cannot be found", CHECK_NETWORK)
    if isinstance(error, requests.ConnectTimeout):
        return TransferError(f"{host} accepted no connection within {policy.connect:g} s", CHECK_NETWORK)
    if isinstance(error, requests.exceptions.SSLError):
        return TransferError(f"the certificate of {host} is not accepted", "check the clock and the proxy")
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return TransferError(f"{host} sent nothing for {policy.read:g} s", "try again later")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return TransferError(f"the compressed answer of {host} is damaged", "try again later")
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or "Connection aborted" in str(error):
        return TransferError(f"{host} broke off its answer", "try again later")
    if "refused" in str(error):
        return TransferError(f"{host} refuses connections", CHECK_NETWORK)
    return TransferError(f"{host} gives no connection ({type(error).__name__})", CHECK_NETWORK)


def _refusal(host: str, response: requests.Response) -> TransferError:
    said = f"{host} answered {response.status_code} {response.reason or ''}".rstrip()
    wait = response.headers.get("Retry-After")
    if wait is not None:
        return TransferError(f"{said} and asks to wait ({wait})", "fetch again after that time")
    return TransferError(said, "try again later")


class Session(requests.Session):
    """A session under a policy; safe for several threads, each of which sees the answer it got last.

    Parameters
    ----------
    policy : Policy
        Time limits, retries and limit on size.
    adapter : PoliteAdapter, optional
        In place of the one that the policy makes.
    """

    def __init__(self, policy: Policy | None = None, adapter: PoliteAdapter | None = None) -> None:
        super().__init__()
        self.headers["User-Agent"] = AGENT
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter or PoliteAdapter(policy or Policy()))
        self._seen = local()
        self._bodies: dict[str, bytes] = {}
        self._locks: dict[str, Lock] = {}

    @property
    def last_status(self) -> int | None:
        """Status of the last answer in this thread; absent before the first."""
        return getattr(self._seen, "status", None)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request and remember the status of its answer."""
        response = super().send(request, **options)
        self._seen.status = response.status_code
        return response

    def once(self, url: str) -> bytes:
        """Return the body of a page that is downloaded once for all series of a fetch."""
        with self._locks.setdefault(url, Lock()):
            if url not in self._bodies:
                self._bodies[url] = get_bytes(self, url)
            return self._bodies[url]


def open_session(policy: Policy | None = None) -> Session:
    """Return a new session."""
    return Session(policy)


def get_bytes(session: requests.Session, url: str) -> bytes:
    """Return the body of an answer.

    Raises
    ------
    TransferError
        If there is none.
    """
    response = session.get(url)
    require_ok(response)
    return response.content


def require_ok(response: requests.Response) -> None:
    """Raise `TransferError` unless an answer's status is 200."""
    if response.status_code != requests.codes.ok:
        host = urlsplit(str(response.url)).hostname
        said = f"{host} answered {response.status_code} {response.reason or ''}".rstrip()
        raise TransferError(said, "check that the series still exists under this name")
