"""Turns of threads: one computes while others wait, and none waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import sleep

import pytest

from coupling.data.sources import turns as module
from coupling.data.sources.turns import Turns


def test_no_two_threads_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 30.0)
    turns, reading, most = Turns(), [], []
    counting = Lock()

    def work(_: int) -> None:
        with turns.taken():
            for _ in range(2):
                with turns.waiting():
                    sleep(0.001)
                with counting:
                    reading.append(1)
                    most.append(len(reading))
                sleep(0.005)
                with counting:
                    reading.pop()

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(8)))
    assert (len(most), max(most)) == (16, 1)


def test_a_thread_that_waits_for_the_one_whose_turn_it_is_does_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    turns, started, done = Turns(), Event(), Event()

    def has_the_turn() -> bool:
        with turns.taken():
            with turns.waiting():
                pass
            started.set()
            return done.wait(10)

    def wants_one() -> None:
        started.wait(10)
        with turns.taken():
            with turns.waiting():
                pass
            done.set()

    with ThreadPoolExecutor(2) as workers:
        first, second = workers.submit(has_the_turn), workers.submit(wants_one)
        second.result()
        assert first.result()


def test_a_turn_that_is_passed_on_or_over_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    turns = Turns()

    def free() -> bool:
        with ThreadPoolExecutor(1) as worker:
            got = worker.submit(turns._turn.acquire, blocking=False).result()
        if got:
            turns._turn.release()
        return got

    with turns.waiting():
        pass
    assert free(), "outside `taken` nobody takes it"
    with turns.taken():
        assert free(), "before the first answer nobody has it"
        with turns.waiting():
            pass
        assert not free()
        turns.pass_on()
        assert free()
    with pytest.raises(ValueError, match="bad"):
        _fail(turns)
    assert free(), "after an error too"


def _fail(turns: Turns) -> None:
    with turns.taken():
        with turns.waiting():
            pass
        raise ValueError("bad")
