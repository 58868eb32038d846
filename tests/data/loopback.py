"""A local server that answers for the hosts of the sources, faults included, and the session that is sent to it."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import requests

from coupling.data.sources.adapter import PoliteAdapter
from coupling.data.sources.browser import BrowserAdapter
from coupling.data.sources.http import Session
from coupling.data.sources.transfer import Policy

HASTY = Policy(connect=2.0, read=0.3, whole=5.0, attempts=2, connect_attempts=1, backoff=0.001, jitter=0.001)
CALM = replace(HASTY, read=10.0, whole=20.0)  # for answers that come: a busy machine may keep them for a second
YAHOO, FRED, MOF, ECB = "query2.finance.yahoo.com", "fred.stlouisfed.org", "www.mof.go.jp", "www.ecb.europa.eu"
FRED_PATH = "/graph/fredgraph.csv"
MOF_PATH = "/english/policy/jgbs/reference/interest_rate/"
DRIPS = {
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"x"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "close": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}
ECB_PATH = "/stats/eurofxref/eurofxref-hist.zip"


@dataclass(frozen=True)
class Answer:
    """What the server says to one request.

    `fault` is reset, hang, truncate, or a way to drip: headers, length, chunks, close (a byte every 50 ms for 4 s).
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass
class Loopback:
    """Answers by (host, path); a list is given out in turn, its last one for ever."""

    port: int
    adapter: type[_Redirecting] = field(default_factory=lambda: Redirect)
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    delay: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def say(self, host: str, path: str, *answers: Answer | bytes) -> None:
        self.answers[host, path] = [item if isinstance(item, Answer) else Answer(item) for item in answers]

    def next_answer(self, target: str) -> Answer:
        host, _, rest = target.lstrip("/").partition("/")
        path = "/" + urlsplit(rest).path.lstrip("/")
        with self.lock:
            self.asked.append(f"{host}{path}")
            waiting = self.answers.get((host, path), [Answer(b"nothing here", status=404)])
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def count(self, host: str, path: str) -> int:
        return self.asked.count(f"{host}{path}")

    def session(self, policy: Policy = CALM, **elsewhere: str) -> Session:
        return Session(policy, self.adapter(policy, f"http://127.0.0.1:{self.port}", elsewhere))


class _Redirecting(PoliteAdapter):
    """Sends every request to the local server; `elsewhere` sends a host to another base address."""

    def __init__(self, policy: Policy, base: str, elsewhere: dict[str, str]) -> None:
        super().__init__(policy)
        self.base, self.elsewhere = base, elsewhere

    def moved(self, url: str) -> str:
        parts = urlsplit(url)
        base = self.elsewhere.get(str(parts.hostname).replace(".", "_"), self.base)
        return f"{base}/{parts.hostname}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def _reach(self, url: str) -> None:
        super()._reach(self.moved(url))

    def transfer(self, request: requests.PreparedRequest, *rest: Any) -> requests.Response:
        copy = request.copy()
        copy.url = self.moved(str(request.url))
        response = super().transfer(copy, *rest)
        response.url = str(request.url)
        return response


class Redirect(_Redirecting):
    """The ordinary way, to the local server."""


class RedirectAsBrowser(_Redirecting, BrowserAdapter):
    """The way that is taken to Yahoo, to the local server."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # beyond it the system drops a connection, which is tried again after a whole second


@contextmanager
def serve() -> Iterator[Loopback]:
    server = _Server(("127.0.0.1", 0), _handler())
    loopback = Loopback(server.server_address[1])
    server.loopback = loopback  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler() -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = self.server.loopback.next_answer(self.path)  # type: ignore[attr-defined]
            self.server.loopback.cookies.append(self.headers.get("Cookie", ""))  # type: ignore[attr-defined]
            time.sleep(self.server.loopback.delay)  # type: ignore[attr-defined]
            if answer.fault == "hang":
                time.sleep(1)
            if answer.fault in ("hang", "reset"):
                self._reset()
                return
            if answer.fault in DRIPS:
                self._drip(*DRIPS[answer.fault])
                return
            self._say(answer)

        def _say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            length = len(answer.body) * (2 if answer.fault == "truncate" else 1)
            for name, value in {"Content-Length": str(length), "Connection": "close", **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # the other side may have heard enough
                self.wfile.write(answer.body)
            self.close_connection = True

        def _drip(self, head: bytes, piece: bytes) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.wfile.write(head)
                for _ in range(80):
                    time.sleep(0.05)
                    self.wfile.write(piece)

        def _reset(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def log_message(self, *_: object) -> None:
            return

    return Handler


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chart(
    symbol: str,
    dates: Sequence[str],
    closes: Sequence[float | None],
    zone: str = "UTC",
    at: str = "00:00",
    currency: str = "USD",
) -> bytes:
    """Return a chart answer of Yahoo with one bar for each date, stamped at a time of day where it trades."""
    stamps = [int(pd.Timestamp(f"{date} {at}", tz=zone).timestamp()) for date in dates]
    bars = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": [0] * len(closes)}
    kind = "CRYPTOCURRENCY" if zone == "UTC" else "INDEX"
    meta = {
        "currency": currency,
        "symbol": symbol,
        "instrumentType": kind,
        "exchangeTimezoneName": zone,
        "timezone": "UTC",
        "gmtoffset": 0,
        "regularMarketTime": stamps[-1] if stamps else 0,
        "priceHint": 2,
        "dataGranularity": "1d",
        "validRanges": ["1d", "max"],
        "currentTradingPeriod": {
            name: {"timezone": "UTC", "start": 0, "end": 1, "gmtoffset": 0} for name in ("pre", "regular", "post")
        },
    }
    indicators = {"quote": [bars], "adjclose": [{"adjclose": closes}]}
    result = {"meta": meta, "timestamp": stamps, "indicators": indicators}
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


def yahoo_error(code: str, description: str) -> bytes:
    """Return an answer by which Yahoo refuses a symbol."""
    return json.dumps({"chart": {"result": None, "error": {"code": code, "description": description}}}).encode()


def chart_path(symbol: str) -> str:
    return f"/v8/finance/chart/{symbol}"
