"""Workers do the work, and none outlives the process that started it."""

from __future__ import annotations

import os
import secrets
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


@pytest.mark.thorough
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


def bearing(mark: str) -> list[str]:
    """Return the command lines of the living processes that have a mark in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes() and lives(int(folder.name)):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.thorough
@pytest.mark.processes
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_that_are_still_starting_end_too(tmp_path: Path, number: signal.Signals) -> None:
    script, mark = tmp_path / "parent.py", secrets.token_hex(8)
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(Path(coupling.__file__).parents[1]), "MARK": mark}
    parent = subprocess.Popen([sys.executable, script, tmp_path], env=environment, stderr=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: any("popen_loky" in line for line in bearing(mark)))
        assert not [name for name in os.listdir(tmp_path) if name.isdigit()]  # none has begun to work
        parent.send_signal(number)
        parent.wait(30)
        assert wait_for(lambda: not bearing(mark), 20), bearing(mark)
    finally:
        parent.kill()
        parent.wait()


def test_other_workers_that_a_user_chose_stay() -> None:
    from joblib import parallel_config

    with parallel_config(backend="threading", n_jobs=2):
        processes = in_parallel(((os.getpid, ()) for _ in range(4)), None)
    assert set(processes) == {os.getpid()}
