"""A line that says which parts run, and how long the rest takes at the pace so far."""

from __future__ import annotations

import logging

import pytest

from coupling.machine import progress
from coupling.machine.progress import Progress


def test_parts_are_named_counted_and_what_is_left_follows_the_pace(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    caplog.set_level(logging.INFO, "coupling")
    some = Progress([("change", 10.0), ("events", 5.0), ("claims", 15.0)])

    def long() -> None:
        now[0] += 30.0  # three times as long as estimated

    some.through(0, long)
    assert some.through(1, some.left) == pytest.approx(60.0)
    some.now = [1]
    some.through(2, lambda: None)
    assert [record.getMessage() for record in caplog.records] == [
        "working on change (1 of 3)",
        "working on events (2 of 3, about 60 seconds left)",
        "working on events and claims (4 of 3, about 30 seconds left)",
    ]


def test_parts_of_one_name_are_told_of_once_in_a_while(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    caplog.set_level(logging.INFO, "coupling")
    some = Progress([("the figures", 1.0)] * 20)
    for place in range(20):
        now[0] += 0.5
        some.through(place, lambda: None)
    assert len(caplog.records) == 4
