"""Workers do the work, and none outlives the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import coupling
from coupling.machine.parallel import in_parallel

PARENT = """
import os, sys, time
from coupling.machine.parallel import in_parallel

def work(folder):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    time.sleep(60)

in_parallel(((work, (sys.argv[1],)) for _ in range(2)), 2)
"""


def test_the_numbers_are_those_of_one_process() -> None:
    assert in_parallel(((divmod, (n, 3)) for n in range(4)), 1) == [divmod(n, 3) for n in range(4)]


def lives(process: int) -> bool:
    """Say whether a process runs; what has ended and was not fetched yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_for(condition: object, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


@pytest.mark.processes
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent(tmp_path: Path, number: signal.Signals) -> None:
    script, folder = tmp_path / "parent.py", tmp_path / "workers"
    script.write_text(PARENT)
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(coupling.__file__).parents[1])}
    parent = subprocess.Popen([sys.executable, script, folder], env=environment, stderr=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: len(os.listdir(folder)) == 2)
        workers = [int(name) for name in os.listdir(folder)]
        assert all(map(lives, workers))
        parent.send_signal(number)
        parent.wait(30)
        assert wait_for(lambda: not any(map(lives, workers)), 10)
    finally:
        parent.kill()
        parent.wait()
