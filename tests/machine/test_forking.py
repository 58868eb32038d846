"""A process is copied only where nothing but this thread, and the allocator's own, runs in it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from coupling.machine import forking
from coupling.machine.forking import OF_THE_ALLOCATOR, copying

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies processes")


def tasks(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        (folder / str(number)).mkdir()
        (folder / str(number) / "comm").write_text(f"{name}\n")
    return folder


@pytest.mark.parametrize(
    ("names", "copied"),
    [
        (["python"], True),
        (["python", OF_THE_ALLOCATOR], True),
        (["python", "python"], False),
        (["python", OF_THE_ALLOCATOR, "polars-0"], False),
        ([], False),
    ],
)
def test_native_threads_forbid_a_copy_but_the_allocators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], copied: bool
) -> None:
    monkeypatch.setattr(forking, "TASKS", tasks(tmp_path, *names))
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    found = copying()
    assert (found is not None) == copied
    assert found is None or found.get_start_method() == "fork"


def test_a_thread_of_python_or_no_list_of_threads_forbids_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking, "TASKS", tmp_path / "none")
    assert copying() is None
    monkeypatch.setattr(forking, "TASKS", tasks(tmp_path, "python"))
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert copying() is None
