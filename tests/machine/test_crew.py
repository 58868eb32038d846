"""Workers share work: the same answers in the same order, the same errors, and nobody left behind."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import coupling
from coupling.errors import InputError, SourceError
from coupling.machine.crew import REPAID, Crew, Job, crew, crew_at_work
from tests.machine.test_parallel import lives, wait_for

LONG = 10 * REPAID


def refuse(kind: str) -> None:
    if kind == "source":
        raise SourceError("no such series", source="fred", symbol="X", span="all", next_step="check the name")
    raise InputError(kind)


def told(number: int) -> int:
    logging.getLogger("coupling").warning("told %d", number)
    return number


def ends_elsewhere(parent: int) -> str:
    if os.getpid() != parent:
        os._exit(9)
    return "done here"


def leaves_elsewhere(parent: int) -> None:
    if os.getpid() != parent:
        raise SystemExit(3)
    time.sleep(0.2)


def too_large_elsewhere(parent: int) -> str:
    if os.getpid() != parent:
        raise MemoryError
    time.sleep(0.2)
    return "done here"


class Growing:
    """Input that cannot be sent, as a dictionary cannot that grows meanwhile."""

    def __reduce__(self) -> tuple[Any, ...]:
        raise RuntimeError("dictionary changed size during iteration")


def slow_here(_: Any) -> str:
    time.sleep(0.2)
    return "done here"


def process(_: int) -> int:
    time.sleep(0.2)
    return os.getpid()


def loaded(name: str) -> tuple[int, bool]:
    time.sleep(0.2)
    return os.getpid(), name in sys.modules


def jobs_of(work, *given, seconds=LONG):  # type: ignore[no-untyped-def]
    return [Job(f"job {place}", seconds, work, (each,)) for place, each in enumerate(given)]


def test_alone_jobs_are_done_in_their_order_and_nothing_is_started() -> None:
    alone = Crew()
    assert alone.do([]) == []
    assert alone.do(jobs_of(abs, -3, -1, -2)) == [3, 1, 2]
    assert alone._others is None
    with pytest.raises(InputError, match="first"):
        alone.do(jobs_of(refuse, "first", "second"))


def test_small_jobs_start_no_process() -> None:
    with crew(2) as both:
        assert crew_at_work() is both
        assert both.do(jobs_of(abs, -3, -1, seconds=0.1)) == [3, 1]
        assert both.do(jobs_of(abs, -3)) == [3]
        assert both._others is None
    assert crew_at_work().workers == 1


def test_a_number_of_workers_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="n_jobs=0"):
        Crew(0)


@pytest.mark.processes
def test_workers_give_the_same_answers_errors_and_words_in_the_same_order(caplog: pytest.LogCaptureFixture) -> None:
    with crew(2) as both:
        assert both.do(jobs_of(told, *range(6))) == list(range(6))
        assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
            f"told {number}" for number in range(6)
        ]
        assert len(set(both.do(jobs_of(process, *range(6))))) == 2
        with pytest.raises(SourceError, match=r"^fred X \(all\): no such series; check the name\.$") as found:
            both.do([*jobs_of(refuse, "source", "other"), *jobs_of(abs, -1)])
        assert (found.value.source, found.value.exit_code) == ("fred", SourceError.exit_code)
        with pytest.raises(ZeroDivisionError):
            both.do([Job(f"{n}", LONG, divmod, (1, 0)) for n in range(2)])
        with pytest.raises(SystemExit):
            both.do(jobs_of(leaves_elsewhere, *[os.getpid()] * 3))
        assert both.do(jobs_of(too_large_elsewhere, *[os.getpid()] * 3)) == ["done here"] * 3
        assert both.do(jobs_of(ends_elsewhere, *[os.getpid()] * 3)) == ["done here"] * 3


PARENT = """
import os, sys, time
from coupling.machine.crew import Job, crew

def work(folder):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    time.sleep(60)

with crew(2) as both:
    both.do([Job("a", 99.0, work, (sys.argv[1],)), Job("b", 99.0, work, (sys.argv[1],))])
"""


@pytest.mark.processes
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_first_process(tmp_path: Path, number: signal.Signals) -> None:
    script, folder = tmp_path / "parent.py", tmp_path / "workers"
    script.write_text(PARENT)
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(coupling.__file__).parents[1])}
    parent = subprocess.Popen([sys.executable, script, folder], env=environment, stderr=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: len(os.listdir(folder)) == 2)
        workers = [int(name) for name in os.listdir(folder)]
        parent.send_signal(number)
        parent.wait(30)
        assert wait_for(lambda: not any(map(lives, workers)), 10)
    finally:
        parent.kill()
        parent.wait()


@pytest.mark.processes
def test_what_cannot_be_sent_is_done_here() -> None:
    with crew(2):
        jobs = [Job("one", LONG, slow_here, (Growing(),)), Job("two", LONG, slow_here, (Growing(),))]
        assert crew_at_work().do(jobs) == ["done here", "done here"]


@pytest.mark.processes
def test_others_load_what_they_need_before_there_is_work() -> None:
    with crew(2) as two:
        two.expect([LONG, LONG], ["wave"])
        answers = two.do(jobs_of(loaded, "wave", "wave", "wave"))
    assert {there for number, there in answers if number != os.getpid()} == {True}


def test_nobody_is_started_for_little_work() -> None:
    with crew(2) as two:
        two.expect([LONG], ["wave"])
        two.expect([0.1, 0.1], ["wave"])
        assert two._others is None
