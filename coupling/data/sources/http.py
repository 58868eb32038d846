"""The one way to the network: a session that remembers its answers, over adapters that send politely.

Each source turns a `TransferError` into a `SourceError` that names its series.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, local
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from coupling.data.sources import redirects
from coupling.data.sources.adapter import PoliteAdapter
from coupling.data.sources.transfer import LATER, Policy, TransferError
from coupling.data.sources.turns import Turns
from coupling.errors import DataError
from coupling.version import __version__

__all__ = ["Session", "get_bytes", "open_session", "require_ok"]

Read = TypeVar("Read")
AGENT = f"coupling/{__version__} (python-requests; research tool)"


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
