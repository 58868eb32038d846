"""A Dask cluster of separate processes on loopback: the numbers of one process, with a worker killed halfway."""

from __future__ import annotations

import subprocess
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
from tests.dask_workers import free_port, started

pytest.importorskip("distributed", reason="needs the extra dask, which is not installed")
pytestmark = pytest.mark.processes

GRID = {
    "correlation.rolling.window": [30, 60],
    "alignment.frequency": ["1d", "2d", "1w"],
    "period.start": ["2018-01-01", "2021-01-01"],
}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers; return the address and the workers."""
    with started(tmp_path) as found:
        yield found


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
    monkeypatch.setattr("coupling.machine.cluster.PATIENCE", "1s")
    with pytest.raises(ConfigurationError, match="no Dask scheduler answers at 'tcp://127.0.0.1:"):
        list(run_batches([], dask=f"tcp://127.0.0.1:{free_port()}"))
