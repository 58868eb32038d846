"""A Dask cluster of separate processes on loopback: the numbers of one process, with a worker killed halfway."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from coupling.comparison.curve import answer_variants
from coupling.comparison.workers import run_batches
from coupling.errors import ConfigurationError
from coupling.results.base import RoomResult
from coupling.results.specification import SpecificationCurve
from coupling.study import load_study
from tests.comparison.worlds import with_variants

pytest.importorskip("distributed", reason="needs the extra dask, which is not installed")
pytestmark = pytest.mark.processes

GRID = {
    "correlation.rolling.window": [30, 60],
    "alignment.frequency": ["1d", "2d", "1w"],
    "period.start": ["2018-01-01", "2021-01-01"],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers; return the address and the workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    quiet = ["--no-dashboard", "--host", "127.0.0.1"]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", str(port), *quiet]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", *quiet]
    commands = [scheduler, *([*worker, "--local-directory", str(tmp_path / f"w{k}")] for k in (1, 2))]
    started = [subprocess.Popen(each, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for each in commands]
    try:
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()


def frame_of(room: RoomResult) -> pd.DataFrame:
    return next(each.frame for each in room.results if isinstance(each, SpecificationCurve))


@pytest.mark.thorough
def test_a_cluster_gives_the_numbers_of_one_process_though_a_worker_dies(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    from distributed import Client

    address, workers = cluster
    with Client(address, timeout="60s", set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
        hosts = {info["name"] for info in client.scheduler_info()["workers"].values()}
    assert len(hosts) == 2
    told: list[int] = []

    def kill_one(_: str, done: int, total: int) -> None:
        if not told:
            assert done < total
            workers[0].kill()
        told.append(done)

    study = load_study(with_variants(GRID))
    spread = answer_variants(study, dask=address, cache=tmp_path / "cluster", progress=kill_one)
    assert workers[0].wait() != 0
    assert workers[1].poll() is None
    assert told[-1] == 12
    alone = answer_variants(study, n_jobs=1, cache=tmp_path / "alone")
    pd.testing.assert_frame_equal(frame_of(spread), frame_of(alone), check_exact=True)
    assert frame_of(spread)["estimate"].notna().all()


def test_nobody_at_the_address_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupling.comparison.workers.PATIENCE", "1s")
    with pytest.raises(ConfigurationError, match="no Dask scheduler answers at 'tcp://127.0.0.1:"):
        list(run_batches([], dask=f"tcp://127.0.0.1:{free_port()}"))
