"""Alerts that are posted: each once, remembered as told when the receiver took it, and posted again when it did not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coupling.watch import delivery
from coupling.watch.webhook import Patience
from tests.watch.conftest import Clock
from tests.watch.desk import Desk, rules
from tests.watch.receiver import SECRET, Receiver, Said, receive


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Return a receiver whose address stands in the environment, and patience for one attempt."""
    real = delivery.deliver_each
    patience = Patience(attempts=1, whole=5.0)
    monkeypatch.setattr(delivery, "deliver_each", lambda *parts: real(*parts, patience=patience))
    with receive() as found:
        monkeypatch.setenv("DESK_HOOK", found.url)
        yield found


def ids(receiver: Receiver) -> list[str]:
    return [body["metadata"]["event_payload"]["id"] for body in receiver.bodies]


HOOK = ("--webhook", "env:DESK_HOOK")


def test_each_alert_is_posted_once(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    clock.day = 305
    told = desk.morning(*HOOK, code=4)
    assert ids(receiver) == [each["id"] for each in told["alerts"]] != []
    assert told["delivery"] == {"posted": 2, "told": 2, "reason": ""}
    assert "AAA is stale" in receiver.bodies[0]["text"]
    assert receiver.bodies[0]["text"].startswith("Two of one's own: data stale, AAA")
    assert desk.morning(*HOOK)["alerts"] == []
    assert len(receiver.got) == 2


def test_what_was_not_taken_is_posted_again_under_the_same_id(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    clock.day = 305
    receiver.say(Said(), Said(500))
    first = desk.morning(*HOOK, code=4)
    assert first["delivery"]["told"] == 1
    assert first["delivery"]["reason"].startswith("it answered 500")
    assert first["exit_codes"] == [4, 1]
    receiver.say(Said())
    clock.day = 306
    second = desk.morning(*HOOK, code=4)
    assert [each["id"] for each in second["alerts"]] == [first["alerts"][1]["id"]]
    assert second["alerts"][0]["first_seen"] == first["alerts"][1]["first_seen"]
    assert rules(second, "standing") == ["data_stale"]
    assert ids(receiver) == [first["alerts"][0]["id"], first["alerts"][1]["id"], first["alerts"][1]["id"]]
    assert desk.morning(*HOOK)["alerts"] == []


def test_what_ended_before_it_was_taken_is_not_posted_any_more(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    clock.day = 305
    receiver.say(Said(500))
    desk.morning(*HOOK, code=4)
    desk.grow(305)
    told = desk.morning(*HOOK)
    assert (told["alerts"], rules(told, "ended")) == ([], ["data_stale", "data_stale"])


def test_the_address_is_written_nowhere(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    receiver.say(Said(404))
    clock.day = 305
    result = desk.run(*HOOK, "--markdown", desk.folder / "out.md", "-v")
    assert result.exit_code == 4
    assert "2 of 2 alerts not delivered" in result.stderr
    assert SECRET not in result.stderr + result.stdout
    written = [path for path in desk.folder.rglob("*") if path.is_file()]
    assert all(SECRET.encode() not in path.read_bytes() for path in written)


def test_a_variable_that_is_not_set_is_refused_before_anything_runs(desk: Desk) -> None:
    result = desk.run("--webhook", "env:NOT_SET_ANYWHERE")
    assert result.exit_code == 2
    assert "NOT_SET_ANYWHERE, which is not set" in result.stderr
    assert not desk.state.exists()
