"""Delivery against a receiver on this machine: the right body once per alert, and the address nowhere."""

from __future__ import annotations

import json
import logging
import pickle
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from coupling.errors import ConfigurationError, InputError
from coupling.watch import webhook_request
from coupling.watch.slack_message import BODY_LIMIT, encoded, slack_message
from coupling.watch.webhook import Delivery, Patience, deliver, deliver_each
from coupling.watch.webhook_address import VARIABLE, WebhookAddress, webhook_address
from tests.watch.receiver import PATH, SECRET, Receiver, Said, free_port, receive

BODY = slack_message("a1b2", "BTC – GOLD has left its baseline", ["Since 2025-03-03 higher & rising <soon>."])
HASTY = Patience(connect=1.0, read=0.2, whole=5.0, attempts=3, backoff=0.25)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receive() as each:
        yield each


def to(receiver: Receiver) -> WebhookAddress:
    return WebhookAddress(receiver.url, origin="DESK_HOOK")


class Clock(list[float]):
    """Takes down the waits, and waits for none."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def sent(receiver: Receiver, patience: Patience = HASTY) -> tuple[Delivery, Clock]:
    waits = Clock()
    return deliver(to(receiver), BODY, patience=patience, pause=waits), waits


def test_an_alert_is_posted_once_as_json_in_the_format_of_slack(receiver: Receiver) -> None:
    delivery, waits = sent(receiver)
    assert delivery == Delivery(told=True, attempts=1)
    ((path, headers, body),) = receiver.got
    assert path == PATH
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers
    assert json.loads(body) == BODY
    assert BODY["text"] == "BTC – GOLD has left its baseline\n• Since 2025-03-03 higher &amp; rising &lt;soon&gt;."
    assert [block["type"] for block in BODY["blocks"]] == ["header", "section", "context"]
    assert BODY["blocks"][1]["text"]["text"] == "• Since 2025-03-03 higher & rising <soon>."
    assert waits == []


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        (Said(500), [0.25]),
        (Said(503), [0.25]),
        (Said(429), [0.25]),
        (Said(429, {"Retry-After": "2"}), [2.0]),
        (Said(503, {"Retry-After": "0"}), [0.0]),
        (Said(429, {"Retry-After": "soon"}), [0.25]),
        (Said(fault="reset"), [0.25]),
        (Said(fault="silent"), [0.25]),
    ],
)
def test_after_trouble_the_same_body_comes_again_and_then_no_more(
    receiver: Receiver, trouble: Said, waits: list[float]
) -> None:
    receiver.say(trouble, Said(204, body=b""))
    delivery, waited = sent(receiver)
    assert delivery == Delivery(told=True, attempts=2)
    assert receiver.bodies == [BODY, BODY]  # with the same id, by which the receiver drops the second
    assert waited == waits


def test_a_date_to_wait_for_is_read_by_the_clock_of_the_receiver(receiver: Receiver) -> None:
    now = datetime(2031, 5, 1, 12, tzinfo=UTC)
    until = format_datetime(now + timedelta(seconds=3), usegmt=True)
    receiver.say(Said(429, {"Retry-After": until, "Date": format_datetime(now, usegmt=True)}), Said())
    assert sent(receiver)[1] == [3.0]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Said(500), "it answered 500"),
        (Said(fault="reset"), "it broke off the connection"),
        (Said(fault="silent"), "it did not answer in time"),
    ],
)
def test_what_stays_in_trouble_is_not_told(receiver: Receiver, trouble: Said, reason: str) -> None:
    receiver.say(trouble)
    delivery, waits = sent(receiver)
    assert delivery == Delivery(told=False, attempts=3, reason=reason)
    assert len(receiver.got) == 3
    assert waits == [0.25, 0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_a_refusal_is_not_tried_again(receiver: Receiver, status: int) -> None:
    receiver.say(Said(status, body=b"invalid_payload"))
    delivery, _ = sent(receiver)
    said = f"it answered {status} (invalid_payload); check the address in the environment"
    assert delivery == Delivery(told=False, attempts=1, reason=said)


@pytest.mark.parametrize("body", [SECRET.encode(), b"no token " + SECRET.encode(), b"services", b"\xff" * 9999, b""])
def test_nothing_that_a_refusal_says_of_the_address_is_repeated(receiver: Receiver, body: bytes) -> None:
    receiver.say(Said(404, body=body))
    assert sent(receiver)[0].reason == "it answered 404; check the address in the environment"


def test_nobody_there_is_not_told() -> None:
    address = WebhookAddress(f"http://127.0.0.1:{free_port()}{PATH}", origin="X")
    delivery = deliver(address, BODY, patience=HASTY, pause=Clock())
    assert delivery == Delivery(told=False, attempts=3, reason="it refuses connections")


def test_a_wait_that_is_longer_than_the_deadline_is_not_waited_for(receiver: Receiver) -> None:
    receiver.say(Said(429, {"Retry-After": "3600"}))
    delivery, waits = sent(receiver)
    assert (delivery.told, delivery.attempts, waits) == (False, 1, [])
    assert delivery.reason == "it answered 429; the 5 s for all deliveries leave no time for another attempt"


def test_an_answer_that_drips_ends_with_the_time_of_an_attempt(receiver: Receiver) -> None:
    receiver.say(Said(fault="drip"))
    begun = time.monotonic()
    delivery, _ = sent(receiver, Patience(connect=0.2, read=0.2, whole=0.7, attempts=9, backoff=0.0))
    assert time.monotonic() - begun < 3.0
    assert not delivery.told
    assert delivery.reason.startswith("it gave no whole answer in time")


def test_the_deadline_is_that_of_all_alerts_together(receiver: Receiver) -> None:
    receiver.say(Said(fault="drip"))
    bodies = [slack_message(str(place), "x") for place in range(4)]
    found = list(deliver_each(to(receiver), bodies, patience=Patience(connect=0.1, read=0.2, whole=0.5, backoff=0.1)))
    assert [each.told for each in found] == [False] * 4
    assert found[-1].attempts == 0
    assert found[-1].reason.startswith("there was no time for an attempt")


def test_each_alert_comes_once_and_in_order_whatever_becomes_of_another(receiver: Receiver) -> None:
    receiver.say(Said(), Said(400), Said(429), Said())
    bodies = [slack_message(f"id{place}", "x") for place in range(3)]
    found = list(deliver_each(to(receiver), bodies, patience=HASTY, pause=Clock()))
    assert [each.told for each in found] == [True, False, True]
    ids = [body["metadata"]["event_payload"]["id"] for body in receiver.bodies]
    assert ids == ["id0", "id1", "id2", "id2"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_move_on_the_same_host_is_followed_with_the_body(receiver: Receiver, status: int) -> None:
    receiver.say(Said(status, {"Location": "/moved"}, body=b""), Said())
    assert sent(receiver)[0] == Delivery(told=True, attempts=1)
    assert [path for path, _, _ in receiver.got] == [PATH, "/moved"]
    assert receiver.bodies == [BODY, BODY]


@pytest.mark.parametrize("status", [301, 303, 307])
def test_no_move_to_another_host_is_followed(receiver: Receiver, status: int) -> None:
    with receive() as other:
        receiver.say(Said(status, {"Location": other.url}, body=b""))
        delivery, _ = sent(receiver)
        assert other.got == []
    assert (delivery.told, delivery.attempts, len(receiver.got)) == (False, 1, 1)
    assert delivery.reason.startswith(f"it answered {status}")


def test_a_ring_of_moves_ends(receiver: Receiver) -> None:
    receiver.say(Said(307, {"Location": PATH}, body=b""))
    delivery, _ = sent(receiver)
    assert delivery.reason == "it sends on more than 3 times; check the address in the environment"
    assert len(receiver.got) == 4


def test_a_receiver_that_speaks_no_tls_is_not_told(receiver: Receiver) -> None:
    address = WebhookAddress(receiver.url.replace("http:", "https:"), origin="X")
    delivery = deliver(address, BODY, patience=HASTY, pause=Clock())
    assert (delivery.told, delivery.attempts) == (False, 1)
    assert delivery.reason == "its certificate is not accepted; check the clock and the proxy"
    assert receiver.got == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Return a certificate for 127.0.0.1 that nobody has signed, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the command openssl to make a certificate")
    made, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-days", "2"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def test_only_a_certificate_that_is_trusted_is_told(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with receive(certificate) as receiver:
        delivery, _ = sent(receiver)
        assert delivery.reason == "its certificate is not accepted; check the clock and the proxy"
        assert receiver.got == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
        assert sent(receiver)[0] == Delivery(told=True, attempts=1)
        assert receiver.bodies == [BODY]


def test_a_name_that_cannot_be_found_is_said_without_it() -> None:
    address = WebhookAddress(f"https://sesame.invalid{PATH}", origin="X")
    delivery = deliver(address, BODY, patience=Patience(connect=1.0, read=1.0, attempts=1))
    assert not delivery.told
    assert "sesame" not in delivery.reason


def test_a_look_up_that_never_ends_ends_with_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*_: object, **__: object) -> None:
        time.sleep(2.0)
        raise OSError

    monkeypatch.setattr("urllib3.util.connection.create_connection", stuck)
    begun = time.monotonic()
    delivery = deliver(WebhookAddress("https://example.invalid/x", origin="X"), BODY, patience=Patience(whole=0.1))
    assert time.monotonic() - begun < 1.5
    assert delivery.reason.startswith("it gave no whole answer in time")


def test_name_and_password_are_those_of_the_address_and_of_no_file(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ann password other")
    monkeypatch.setenv("NETRC", str(netrc))
    sent(receiver)
    named = WebhookAddress(receiver.url.replace("//", "//desk:sesame@"), origin="X")
    assert deliver(named, BODY, patience=HASTY).told
    plain, own = (headers.get("Authorization") for _, headers, _ in receiver.got)
    assert plain is None
    assert own == "Basic ZGVzazpzZXNhbWU="  # desk:sesame


def test_no_proxy_is_asked_for_this_machine(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert sent(receiver)[0].told


def test_the_address_is_in_no_log_record_or_sentence(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    filters = list(logging.getLogger("urllib3.connectionpool").filters)
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    shown = []
    for answer in (Said(), Said(500), Said(404), Said(fault="reset"), Said(301, {"Location": "http://[" + SECRET})):
        receiver.say(answer)
        shown.append(repr(sent(receiver)))
    shown += [repr(to(receiver)), str(to(receiver)), f"{to(receiver)}"]
    assert SECRET not in caplog.text + "".join(capfd.readouterr()) + "".join(shown)
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(to(receiver))
    assert logging.getLogger("urllib3.connectionpool").filters == filters


def test_other_requests_are_logged_as_before(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    logging.getLogger("urllib3.connectionpool").debug("another's word")
    assert "another's word" in caplog.text
    assert receiver.got == []


@pytest.mark.parametrize(
    ("option", "environment", "origin"),
    [
        (None, {VARIABLE: " https://hooks.example.org/x\n"}, VARIABLE),
        ("env:DESK", {"DESK": "https://hooks.example.org/x", VARIABLE: "https://other.example.org"}, "DESK"),
        ("http://localhost:80/x", {}, "--webhook"),
        ("http://127.0.0.1:8080/x", {}, "--webhook"),
        ("https://[::1]/x", {}, "--webhook"),
    ],
)
def test_an_address_is_read_from_the_environment(option: str | None, environment: dict[str, str], origin: str) -> None:
    found = webhook_address(option, environment)
    assert found is not None
    assert found.origin == origin
    assert found.reveal() in (option, "https://hooks.example.org/x")


@pytest.mark.parametrize("value", ["", "  "])
def test_without_an_address_nothing_is_posted(value: str) -> None:
    assert webhook_address(None, {VARIABLE: value}) is None


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("env:DESK", "", "--webhook reads DESK, which is not set"),
        ("env:", "", "--webhook takes env:NAME"),
        (f"https://hooks.example.org/{SECRET}", "", "an address is a secret, and a command line is not"),
        (f"http://localhost@example.org/{SECRET}", "", "an address is a secret"),
        ("env:DESK", f"http://hooks.example.org/{SECRET}", "DESK holds an address without encryption"),
        ("env:DESK", f"http://127.0.0.1.example.org/{SECRET}", "without encryption"),
        ("env:DESK", f"http://localhost@example.org/{SECRET}", "without encryption"),
        ("env:DESK", SECRET, "DESK holds no web address"),
        ("env:DESK", f"file:///{SECRET}", "no web address"),
        ("env:DESK", f"https:///{SECRET}", "no web address"),
        ("env:DESK", f"https://x:99999/{SECRET}", "no web address"),
        ("env:DESK", f"https://[::1/{SECRET}", "no web address"),
        ("env:DESK", f"https://x/{SECRET} y", "no web address"),
        ("env:DESK", f"https://x/{SECRET}\r\nHost: y", "no web address"),
        ("env:DESK", f"https://x/{SECRET}{'x' * 9999}", "no web address"),
        ("env:DESK", f"https://x\\@y/{SECRET}", "no web address"),
    ],
)
def test_what_is_no_address_is_refused_without_a_word_of_it(option: str, value: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        webhook_address(option, {"DESK": value})
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_longest_message_is_within_the_limit_and_counts_what_it_leaves_out() -> None:
    body = slack_message("x" * 999, "&" * 999, ["&" * 999] * 12 + ["𝛒" * 999] * 30)
    assert len(encoded(body)) <= BODY_LIMIT
    assert body["text"].endswith("• and 22 further lines")
    assert len(body["blocks"][0]["text"]["text"]) == 150
    assert all(len(block["text"]["text"]) <= 3000 for block in body["blocks"] if block["type"] == "section")
    assert len(body["blocks"]) <= 50


def test_a_message_is_printed_on_lines_of_its_own() -> None:
    body = slack_message("a\nb", "", ["one\ntwo\x00\ud800\u202e", " "])
    assert body["text"] == "Alert\n• one two"
    assert body["metadata"]["event_payload"]["id"] == "a b"
    assert encoded(body)


def test_a_body_over_the_limit_is_refused(receiver: Receiver) -> None:
    with pytest.raises(InputError, match="over the limit of 65,536"):
        deliver(to(receiver), {"text": "x" * BODY_LIMIT})
    assert receiver.got == []


def test_statuses_that_are_tried_again_are_those_that_may_pass() -> None:
    assert {408, 425, 429, 500, 502, 503, 504} == webhook_request.LATER
