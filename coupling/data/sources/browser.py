"""The way to Yahoo, whose servers turn away programs by their TLS handshake: curl_cffi's is a browser's.

yfinance itself goes this way; here the same limits and retries hold as on every other way.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Mapping
from email.message import Message
from typing import Any

import requests
from curl_cffi import CurlOpt
from curl_cffi import requests as curl
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, ReadTimeoutError

from coupling.data.sources.adapter import PoliteAdapter
from coupling.data.sources.transfer import DAMAGED, LATER, Policy, TransferError

__all__ = ["HOSTS", "BrowserAdapter"]

HOSTS = tuple(f"https://{name}.yahoo.com" for name in ("fc", "guce", "consent", "query1.finance", "query2.finance"))
SENT = ("Cookie", "Content-Type")  # the rest is the browser's own; cookies are kept by the session, not by curl
UNPACKED = ("content-encoding", "content-length", "transfer-encoding")
BAD_ENCODING, TOO_LARGE = 61, 63
ENOUGH = 0xFFFFFFFF  # what tells curl to stop
NO_WAY = (5, 7, 97)  # no proxy of that name, nothing connects, the proxy refuses
Failure = curl.exceptions.RequestException


class BrowserAdapter(PoliteAdapter):
    """Sends a request as a browser would, under the policy of every other request."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        limits: dict[CurlOpt, Any] = {CurlOpt.MAXFILESIZE_LARGE: policy.size_limit}
        self._curl: Any = curl.Session(impersonate="chrome", curl_options=limits)

    def transfer(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,
        cert: Any,  # noqa: ARG002
        proxies: Mapping[str, str] | None,
    ) -> requests.Response:
        """Send the request with all further attempts, and read the answer under the limits."""
        retries = self.max_retries
        while True:
            answer, error = self._ask(request, verify, proxies)
            if answer is not None and not retries.is_retry(
                str(request.method), answer.status, "Retry-After" in answer.headers
            ):
                return self.build_response(request, answer)
            try:
                retries = retries.increment(request.method, request.url, response=answer, error=error)
            except MaxRetryError:
                if answer is not None:
                    return self.build_response(request, answer)
                raise (error or HTTPError()) from None
            retries.sleep(answer)

    def _ask(
        self, request: requests.PreparedRequest, verify: bool | str, proxies: Mapping[str, str] | None
    ) -> tuple[HTTPResponse | None, HTTPError | None]:
        """Ask once; return the answer, or the error after which asking again is worth while."""
        body = _Body(self.policy.size_limit)
        try:
            answer = self._curl.request(
                request.method,
                request.url,
                data=request.body,
                headers={name: request.headers[name] for name in SENT if name in request.headers},
                discard_cookies=True,
                timeout=self.policy.read,
                allow_redirects=False,
                proxies=dict(proxies) if proxies else None,
                verify=bool(verify),
                content_callback=body,
            )
        except Failure as error:
            self.require_small(body.size)
            return None, self._as_error(str(request.url), error)
        self.require_small(body.size)
        return _as_urllib3(answer, b"".join(body.pieces)), None

    def _as_error(self, url: str, error: Failure) -> HTTPError:
        """Translate curl's error into the one that urllib3 would give; raise it where asking again is no use."""
        if error.code == TOO_LARGE:
            self.require_small(self.policy.size_limit + 1)
        if error.code == BAD_ENCODING:
            raise TransferError(DAMAGED, LATER) from error
        if error.code in NO_WAY or "CONNECT tunnel" in str(error):
            raise requests.exceptions.ProxyError(str(error)) from error
        if isinstance(error, curl.exceptions.DNSError):
            raise socket.gaierror(str(error)) from error
        if isinstance(error, curl.exceptions.SSLError):
            raise requests.exceptions.SSLError(str(error)) from error
        if isinstance(error, curl.exceptions.Timeout):
            return ReadTimeoutError(None, url, str(error))  # type: ignore[arg-type]  # there is no pool
        return ProtocolError(str(error))


class _Body:
    """The body of an answer, unpacked, as far as the limit: a small answer may unpack to a thousand times its size."""

    def __init__(self, limit: int) -> None:
        self.pieces: list[bytes] = []
        self.size, self._limit = 0, limit

    def __call__(self, piece: bytes) -> int:
        """Take a piece, or tell curl to stop."""
        self.size += len(piece)
        if self.size > self._limit:
            return ENOUGH
        self.pieces.append(piece)
        return len(piece)


class _Head:
    """The head of an answer, from which requests reads the cookies."""

    def __init__(self, cookies: list[str]) -> None:
        self.msg = Message()
        for cookie in cookies:
            self.msg["Set-Cookie"] = cookie

    def close(self) -> None:
        """Do nothing: the answer was read whole."""

    def isclosed(self) -> bool:
        """Tell that nothing is left to read."""
        return True


def _as_urllib3(answer: Any, body: bytes) -> HTTPResponse:
    return HTTPResponse(
        io.BytesIO(body),
        {name: value for name, value in answer.headers.items() if name.lower() not in UNPACKED},
        answer.status_code,
        reason=answer.reason,
        preload_content=False,
        original_response=_Head(answer.headers.get_list("set-cookie")),  # type: ignore[arg-type]  # all that is read
    )
