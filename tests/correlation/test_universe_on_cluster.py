"""Blocks of pairs on a Dask cluster of separate processes: the bytes of one process, with a worker killed halfway."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.correlation import parts
from coupling.errors import ConfigurationError
from coupling.machine.cluster import on_cluster
from tests.dask_workers import started

distributed = pytest.importorskip("distributed", reason="needs the extra dask, which is not installed")
pytestmark = pytest.mark.processes

DRIVER = """
import sys, time
from coupling.machine.cluster import on_cluster
for place, _ in on_cluster(time.sleep, [1.0] * 200, sys.argv[1]):
    print(place, flush=True)
"""


def universe(instruments: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    changes = rng.normal(size=(300, instruments)) + rng.normal(size=(300, 1))
    changes[rng.random(changes.shape) < 0.02] = np.nan
    return pd.DataFrame(changes, columns=[f"S{k:03d}" for k in range(instruments)])


def contents(files: list[Path]) -> list[bytes]:
    return [file.read_bytes() for file in files]


@pytest.mark.thorough
def test_a_cluster_writes_the_bytes_of_one_process_though_a_worker_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROWS", 12_000)
    X, estimator = universe(40), cp.RollingCorrelation(window=60)
    alone = estimator.to_parquet(X, tmp_path / "alone")
    assert len(alone) > 12
    write, killed = parts.write_whole, []
    with started(tmp_path) as (address, workers):
        with distributed.Client(address, timeout="60s", set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)

        def kill_one(path: Path, raw: bytes) -> Path:
            if not killed:
                workers[0].kill()
                killed.append(path)
            return write(path, raw)

        monkeypatch.setattr(parts, "write_whole", kill_one)
        spread = estimator.to_parquet(X, tmp_path / "spread", client=address)
        assert killed
        assert workers[0].wait() != 0
        assert workers[1].poll() is None
    assert [file.name for file in spread] == [file.name for file in alone]
    assert contents(spread) == contents(alone)


@pytest.mark.thorough
def test_what_all_share_is_sent_again_where_every_worker_that_held_it_is_gone(tmp_path: Path) -> None:
    with started(tmp_path, 1) as (address, workers), distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=120)
        done: dict[int, Any] = {}
        with started_another(tmp_path, address) as start:
            for place, value in on_cluster(pow, [(k + 1) for k in range(8)], client, shared=2):
                if not done:
                    workers[0].kill()
                    start()
                done[place] = value
    assert done == {k: 2 ** (k + 1) for k in range(8)}


class started_another:  # noqa: N801 - it reads as what it does
    """A worker that begins when it is told to, and ends with the block."""

    def __init__(self, folder: Path, address: str) -> None:
        self.command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1"]
        self.command += ["--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder / "another")]
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Any:
        def start() -> None:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self.running.append(subprocess.Popen(self.command, **quiet))

        return start

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.mark.thorough
def test_a_run_that_is_killed_leaves_no_work_on_the_cluster(tmp_path: Path) -> None:
    with started(tmp_path, 1) as (address, workers), distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=120)
        driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER, address],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        assert driver.stdout is not None
        assert driver.stdout.readline()
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        driver.stdout.close()
        until = time.monotonic() + 60
        while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) and time.monotonic() < until:
            time.sleep(0.2)
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
        assert workers[0].poll() is None


def test_what_is_no_client_and_no_address_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="client=3 is no client of Dask and no address of a scheduler"):
        list(on_cluster(pow, [1], 3))
