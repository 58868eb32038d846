"""A receiver of webhooks on this machine, faults included."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

SECRET = "T00000000-B0000-sesame"
PATH = f"/services/{SECRET}"


@dataclass
class Said:
    """An answer: a status with headers and a body, or a fault (reset, silent, drip; each reads the body first)."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    fault: str = ""


@dataclass
class Receiver:
    """What was received, in order; answers are given out in turn, the last one for ever."""

    scheme: str
    port: int = 0
    answers: list[Said] = field(default_factory=lambda: [Said()])
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{PATH}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.got]

    def say(self, *answers: Said) -> None:
        self.answers = list(answers)

    def next(self) -> Said:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receive(certificate: tuple[Path, Path] | None = None) -> Iterator[Receiver]:
    """Receive until the block ends, over TLS where there are a certificate and its key."""
    receiver = Receiver("https" if certificate else "http")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((self.path, dict(self.headers), body))
            said = receiver.next()
            getattr(self, f"_{said.fault or 'answer'}")(said)

        do_GET = do_POST  # noqa: N815

        def _answer(self, said: Said) -> None:
            self.send_response_only(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def _reset(self, _: Said) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def _silent(self, _: Said) -> None:
            self.close_connection = True
            time.sleep(1.0)

        def _drip(self, _: Said) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(60):
                    time.sleep(0.05)
                    self.wfile.write(b"x")

        def log_message(self, *_: object) -> None:
            return

    return Handler


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
