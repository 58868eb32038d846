"""Writers that are killed at random moments and writers that work at the same time lose nothing that was committed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from coupling.data.stores.store import Store
from tests.data.stores.store_writer import MANY, SHARED_SERIES, answer, series_of
from tests.data.stores.test_store import require_equal

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[3]


def run_writer(*arguments: object) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.data.stores.store_writer", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_at_random_moments_lose_no_committed_vintage(
    tmp_path: Path, rounds: int, caplog: pytest.LogCaptureFixture
) -> None:
    run_writer("kill", tmp_path, rounds, 20251122)
    committed = Counter(int(line.split()[0]) for line in (tmp_path / "committed.txt").read_text().splitlines())
    assert len(committed) >= rounds
    store = Store(tmp_path / "store")
    found = {int(vintage.read().value.iloc[0]): vintage for vintage in store.vintages(SHARED_SERIES)}
    for number, times in committed.items():
        assert len(found[number].manifest.retrievals) >= times
    for number, vintage in found.items():
        require_equal(vintage.read(), answer(number, again=len(vintage.manifest.retrievals) == 2, rows=MANY))
    assert list(found) == sorted(found)
    assert set(store.check()["state"]) <= {"ok", "no manifest: its writing was cut short"}
    assert not (store.folder / "damaged").exists()
    assert not caplog.messages


@pytest.mark.thorough
def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    writers, answers = 8, 5
    run_writer("crowd", tmp_path, writers, answers)
    store = Store(tmp_path / "store")
    wanted = {writer * 1000 + count for writer in range(writers) for count in range(answers)}
    vintages = store.vintages(SHARED_SERIES)
    assert sorted(vintage.read().value.iloc[0] for vintage in vintages) == sorted(wanted)
    for writer in range(writers):
        own = [vintage.read().value.iloc[0] for vintage in store.vintages(series_of(writer))]
        assert own == [writer * 1000 + count for count in range(answers)]
    assert set(store.check()["state"]) == {"ok"}
    assert [path.name for path in store.folder.rglob("*.tmp")] == []


@pytest.mark.thorough
def test_a_kill_at_any_step_leaves_what_was_before_or_what_was_to_be(tmp_path: Path) -> None:
    run_writer("step", tmp_path, 1, 100)
    stores = [Store(folder) for folder in sorted(tmp_path.iterdir())]
    assert len(stores) > 24
    seen = []
    for store in stores:
        states = store.check()["state"].value_counts()
        assert states.drop("no manifest: its writing was cut short", errors="ignore").index.tolist() == ["ok"]
        vintages = store.vintages(SHARED_SERIES)
        seen.append((len(vintages), len(vintages[-1].manifest.retrievals)))
        for number, vintage in enumerate(vintages, 1):
            require_equal(vintage.read(), answer(number, again=len(vintage.manifest.retrievals) == 2))
        assert store.save("BTC", SHARED_SERIES, answer(3)).written
        assert set(store.check()["state"]) == {"ok"}
        assert list(store.folder.rglob("*.tmp")) == []
    assert seen == sorted(seen)
    assert set(seen) == {(1, 1), (2, 1), (2, 2)}
