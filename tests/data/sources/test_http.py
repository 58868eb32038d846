"""The limits, the waits and the memory of a session."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests
from urllib3.exceptions import ProtocolError

from coupling.data.sources.adapter import PoliteAdapter
from coupling.data.sources.http import Session, get_bytes, open_session
from coupling.data.sources.transfer import Policy, TransferError, unpack
from coupling.errors import DataError
from tests.data.loopback import HASTY, Answer, Loopback, Redirect, RedirectAsBrowser, free_port

HOST, URL = "example.org", "https://example.org/x"


def test_compressed_answers_are_unpacked_whole(loopback: Loopback) -> None:
    for name, packed in {"gzip": gzip.compress(b"abc"), "deflate": zlib.compress(b"abc")}.items():
        loopback.say(HOST, "/x", Answer(packed, headers={"Content-Encoding": name}))
        assert get_bytes(loopback.session(), URL) == b"abc"


@pytest.mark.parametrize("cut", [1, 9])
def test_a_compressed_answer_without_its_end_is_damaged(cut: int) -> None:
    with pytest.raises(TransferError, match="damaged"):
        unpack(gzip.compress(b"abc" * 99)[:-cut], 1000)


def test_a_small_answer_that_unpacks_beyond_the_limit_is_refused(loopback: Loopback) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    loopback.say(HOST, "/x", Answer(bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(TransferError, match="over the limit of 1 MiB"):
        get_bytes(loopback.session(replace(HASTY, size_limit=2**20)), URL)


def test_retry_after_is_waited_for(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", Answer(status=429, headers={"Retry-After": "1"}), b"abc")
    begun = time.monotonic()
    assert get_bytes(loopback.session(), URL) == b"abc"
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_further_attempts_are_counted(loopback: Loopback, status: int) -> None:
    loopback.say(HOST, "/x", Answer(status=status))
    with pytest.raises(TransferError, match=str(status)):
        get_bytes(loopback.session(), URL)
    assert loopback.count(HOST, "/x") == 1 + HASTY.attempts


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_for_good_is_not_tried_again(loopback: Loopback, status: int) -> None:
    loopback.say(HOST, "/x", Answer(status=status))
    with pytest.raises(TransferError, match=str(status)):
        get_bytes(loopback.session(), URL)
    assert loopback.count(HOST, "/x") == 1


def test_waits_grow_and_carry_a_random_share() -> None:
    retry = PoliteAdapter(Policy(backoff=0.5, jitter=0.25)).max_retries
    waits = []
    for _ in range(3):
        retry = retry.increment("GET", "/", error=ProtocolError())
        waits.append(retry.get_backoff_time())
    assert waits[0] == 0
    assert 1.0 <= waits[1] <= 1.25
    assert 2.0 <= waits[2] <= 2.25


def test_an_endless_answer_ends_by_the_clock(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", Answer(bytes(300_000)))
    with pytest.raises(TransferError, match="took longer than 0 s"):
        get_bytes(loopback.session(replace(HASTY, whole=0.0)), URL)


def test_a_host_that_refuses_is_not_asked_again() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    session = open_session(HASTY)
    for _ in range(2):
        with pytest.raises(TransferError, match=r"127\.0\.0\.1 refuses connections"):
            session.get(url)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", int(url.rsplit(":", 1)[1].strip("/"))))
        listener.listen()
        with pytest.raises(TransferError, match="refuses connections"):
            session.get(url)


def test_a_page_is_downloaded_once_for_all_threads(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", b"abc")
    session = loopback.session()
    with ThreadPoolExecutor(8) as workers:
        assert set(workers.map(session.once, [URL] * 8, [len] * 8)) == {3}
    assert loopback.count(HOST, "/x") == 1


def test_a_page_is_read_once_and_fails_to_be_read_once_for_all(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", b"abc")
    session, read = loopback.session(), []

    def refuse(body: bytes) -> None:
        read.append(body)
        raise DataError("this is no table")

    for _ in range(3):
        with pytest.raises(DataError, match="this is no table"):
            session.once(URL, refuse)
    assert read == [b"abc"]


def test_a_page_that_fails_fails_once_for_all(loopback: Loopback) -> None:
    session = loopback.session()
    for _ in range(3):
        with pytest.raises(TransferError, match="404"):
            session.once(URL, len)
    assert loopback.count(HOST, "/x") == 1


def test_each_thread_sees_its_own_last_answer(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", b"abc")
    session: Session = loopback.session()
    session.get(URL)
    with ThreadPoolExecutor(1) as worker:
        assert worker.submit(lambda: session.last_answer).result() is None
    assert isinstance(session.last_answer, requests.Response)
    session.forget_answer()
    assert session.last_answer is None


def test_a_session_says_who_it_is() -> None:
    assert str(open_session().headers["User-Agent"]).startswith("coupling/")


@pytest.mark.parametrize("way", [Redirect, RedirectAsBrowser])
def test_a_cookie_is_kept_by_the_session_and_sent_again(loopback: Loopback, way: type[Redirect]) -> None:
    loopback.adapter = way
    loopback.say(HOST, "/x", Answer(b"abc", headers={"Set-Cookie": "A3=secret; Path=/"}))
    session = loopback.session()
    for _ in range(2):
        session.get(URL)
    assert session.cookies.get("A3") == "secret"
    assert loopback.cookies == ["", "A3=secret"]


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["headers", "length", "chunks", "close", "continue"])
@pytest.mark.parametrize("adapter", [Redirect, RedirectAsBrowser])
def test_an_answer_that_drips_ends_by_the_clock(loopback: Loopback, way: str, adapter: type[Redirect]) -> None:
    loopback.adapter = adapter
    loopback.say(HOST, "/x", Answer(fault=way))
    begun = time.monotonic()
    with pytest.raises(TransferError, match=r"took longer than 0\.5 s|sent nothing for 0\.5 s"):
        get_bytes(loopback.session(replace(HASTY, whole=0.5, read=0.5, attempts=0)), URL)
    assert time.monotonic() - begun < 3.0
    assert loopback.count(HOST, "/x") == 1


def test_an_answer_within_its_time_is_whole_and_its_watch_is_off(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", b"abc")
    session = loopback.session(replace(HASTY, whole=0.3))
    assert get_bytes(session, URL) == b"abc"
    time.sleep(0.4)
    assert get_bytes(session, URL) == b"abc"


def test_a_dripping_answer_is_not_asked_for_again(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", Answer(fault="headers"))
    with pytest.raises(TransferError, match="took longer"):
        get_bytes(loopback.session(replace(HASTY, whole=0.4, attempts=3)), URL)
    assert loopback.count(HOST, "/x") == 1


@pytest.mark.parametrize("adapter", [Redirect, RedirectAsBrowser])
@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/hosts",
        "ftp://example.org/x",
        "http://example.org/y",
        "https://example.net/y",
        "https://example.org@example.net/y",
        "//example.net/y",
        "https://example.org.example.net/y",
        "https://[::1",
        "gopher:x",
        "https://127.0.0.1/y",
        "\udcff",
    ],
)
def test_nobody_is_followed_off_https_or_the_own_domain(
    loopback: Loopback, target: str, adapter: type[Redirect]
) -> None:
    loopback.adapter = adapter
    location = target.encode("utf-8", "surrogateescape").decode("latin-1")
    loopback.say(HOST, "/x", Answer(status=302, headers={"Location": location}))
    loopback.say(HOST, "/y", b"abc")
    loopback.say("example.net", "/y", b"evil")
    with pytest.raises(TransferError) as caught:
        get_bytes(loopback.session(), URL)
    assert "sends on to" in str(caught.value) or "404" in str(caught.value)
    assert loopback.asked[0] == f"{HOST}/x"
    assert all(each.startswith(HOST) for each in loopback.asked)


@pytest.mark.parametrize("target", ["/y", "https://data.example.org/y", "HTTPS://EXAMPLE.ORG/y"])
def test_the_own_domain_is_followed(loopback: Loopback, target: str) -> None:
    loopback.say(HOST, "/x", Answer(status=302, headers={"Location": target}))
    for host in (HOST, "data.example.org"):
        loopback.say(host, "/y", b"abc")
    assert get_bytes(loopback.session(), URL) == b"abc"


def test_a_loop_of_redirects_ends(loopback: Loopback) -> None:
    loopback.say(HOST, "/x", Answer(status=302, headers={"Location": "/x"}))
    with pytest.raises(TransferError, match=r"example\.org sends on more than 5 times"):
        get_bytes(loopback.session(), URL)
    assert loopback.count(HOST, "/x") == 6


@pytest.mark.parametrize("adapter", [Redirect, RedirectAsBrowser])
@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Content-Length": "5, 7"}, "cannot be read|broke off"),
        ({"Content-Length": "999"}, "broke off"),
        ({f"X-{place}": "x" for place in range(200)}, "broke off"),
        ({"X": "x" * 70_000}, "broke off"),
    ],
)
def test_headers_that_lie_or_do_not_end_are_a_typed_error(
    loopback: Loopback, headers: dict[str, str], reason: str, adapter: type[Redirect]
) -> None:
    loopback.adapter = adapter
    loopback.say(HOST, "/x", Answer(b"abc", headers=headers))
    lenient = adapter is RedirectAsBrowser and "Content-Length" not in headers
    if lenient:  # curl takes many and long headers
        assert get_bytes(loopback.session(), URL) == b"abc"
        return
    with pytest.raises(TransferError, match=reason):
        get_bytes(loopback.session(), URL)


def test_a_bomb_is_no_more_than_the_limit_in_memory_on_the_way_of_a_browser(loopback: Loopback) -> None:
    loopback.adapter = RedirectAsBrowser
    loopback.say(HOST, "/x", Answer(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}))
    with pytest.raises(TransferError, match="over the limit of 1 MiB"):
        get_bytes(loopback.session(replace(HASTY, size_limit=2**20)), URL)
