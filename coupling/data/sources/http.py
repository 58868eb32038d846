"""The one way to the network: a session with time limits, retries that wait their turn, and a limit on size.

A request that gets no usable answer raises `TransferError`, whatever library made it; each source turns that into a
`SourceError` that names its series. A host that cannot be reached, or that turns us away as too busy, is not
asked again by the same session.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from threading import Lock, Thread, local
from typing import Any, Self, TypeVar, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from coupling.data.sources import redirects
from coupling.data.sources.deadline import POOLS, Deadline, OverdueError
from coupling.data.sources.transfer import BUSY, LATER, HostError, Policy, TransferError, explain, refusal, unpack
from coupling.data.sources.turns import Turns
from coupling.errors import DataError
from coupling.version import __version__

__all__ = ["Policy", "PoliteAdapter", "Session", "TransferError", "get_bytes", "open_session", "require_ok"]

PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}
SERVER_TROUBLE = (500, 502, 503, 504)
CHUNK = 1 << 16
Read = TypeVar("Read")
AGENT = f"coupling/{__version__} (python-requests; research tool)"


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
        self.headers.update({"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"})
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter or PoliteAdapter(policy or Policy()))
        self.max_redirects = redirects.MOST
        self.turns = Turns()
        self._seen = local()
        self._pages: dict[str, object] = {}
        self._locks: dict[str, Lock] = {}

    @property
    def last_answer(self) -> requests.Response | TransferError | None:
        """The last answer in this thread, or why there was none; absent before the first."""
        answer: requests.Response | TransferError | None = getattr(self._seen, "answer", None)
        return answer

    def require_host(self, url: str) -> None:
        """Raise `TransferError` where a host cannot be reached, before a library tries others on its way to it."""
        adapter = self.get_adapter(url)
        if isinstance(adapter, PoliteAdapter):
            self.turns.pass_on()
            adapter.require_host(url, self.merge_environment_settings(url, {}, None, None, None)["proxies"])

    def forget_answer(self) -> None:
        """Forget the last answer in this thread."""
        self._seen.answer = None

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request and remember its answer; whatever kept it away is a `TransferError`."""
        try:
            with self.turns.waiting():
                answer = super().send(request, **options)
        except (requests.RequestException, HTTPError, UnicodeError, TransferError) as error:
            self._seen.answer = error if isinstance(error, TransferError) else _of_redirect(str(request.url), error)
            raise self._seen.answer from error
        self._seen.answer = answer
        return answer

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where an answer sends us on to, or raise `TransferError` where we do not go there."""
        target: str | None = super().get_redirect_target(resp)
        if target is not None:
            redirects.require_own_domain(str(resp.url), target)
        return target

    def once(self, url: str, read: Callable[[bytes], Read]) -> Read:
        """Return what `read` makes of a page; it is downloaded (or fails) and read once for all series of a fetch."""
        self.turns.pass_on()
        with self._locks.setdefault(url, Lock()):
            if url not in self._pages:
                try:
                    self._pages[url] = read(get_bytes(self, url))
                except (TransferError, DataError) as error:
                    self._pages[url] = error
        page = self._pages[url]
        if isinstance(page, TransferError):
            raise TransferError(page.reason, page.next_step)
        if isinstance(page, DataError):
            raise DataError(str(page))
        return cast(Read, page)


def _of_redirect(url: str, error: Exception) -> TransferError:
    """Say what kept an answer away after the host had answered."""
    host = urlsplit(url).hostname or ""
    if isinstance(error, requests.TooManyRedirects):
        return TransferError(f"{host} sends on more than {redirects.MOST} times", LATER)
    return TransferError(f"{host} sends on to an address that cannot be read ({type(error).__name__})", LATER)


def open_session(policy: Policy | None = None) -> Session:
    """Return a new session; it goes to Yahoo as a browser would, where curl_cffi is installed, as yfinance does."""
    session = Session(policy)
    try:
        from coupling.data.sources.browser import HOSTS, BrowserAdapter
    except ImportError:
        return session
    adapter = BrowserAdapter(policy or Policy())
    for host in HOSTS:
        session.mount(host, adapter)
    return session


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
