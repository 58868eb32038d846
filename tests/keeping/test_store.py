"""Parts on disk: never believed when damaged, never larger than the bound, in a folder of the user's alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coupling.keeping.store import PartStore, own_folder

PAYLOAD = b"payload " * 40


def test_what_is_written_is_read(tmp_path: Path) -> None:
    store = PartStore(tmp_path)
    assert store.read("a") is None
    store.write("a", PAYLOAD)
    assert (store.holds("a"), store.read("a"), store.read("b")) == (True, PAYLOAD, None)
    assert len(list(tmp_path.iterdir())) == 1
    store.remove("a")
    assert not store.holds("a")


def test_a_damaged_part_is_none_and_goes(tmp_path: Path) -> None:
    store = PartStore(tmp_path)
    store.write("a", PAYLOAD)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert store.read("a") is None, place
        assert not path.exists()
    for length in (0, 5, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert store.read("a") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("make", [os.mkdir, getattr(os, "mkfifo", None)])
def test_what_is_no_file_is_no_part_and_costs_nothing_but_the_work(tmp_path: Path, make: Any) -> None:
    store = PartStore(tmp_path)
    store.write("a", PAYLOAD)
    (path,) = tmp_path.iterdir()
    path.unlink()
    make(path)
    assert store.read("a") is None
    store.write("a", PAYLOAD)
    assert path.exists()


def test_a_part_under_another_key_is_not_believed(tmp_path: Path) -> None:
    store = PartStore(tmp_path)
    store.write("a", PAYLOAD)
    next(tmp_path.iterdir()).rename(tmp_path / "b.part")
    assert store.read("b") is None


def test_what_was_not_used_for_the_longest_time_goes_first(tmp_path: Path) -> None:
    store = PartStore(tmp_path, limit=10 * len(PAYLOAD))
    for place in range(12):
        store.write(f"{place}", PAYLOAD)
        os.utime(tmp_path / f"{place}.part", (place, place))
    assert store.read("0") == PAYLOAD  # used now
    store.trim()
    left = {path.stem for path in tmp_path.iterdir()}
    assert "0" in left
    assert left == {"0", *(f"{place}" for place in range(12 - len(left) + 1, 12))}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= store.limit
    store.write("large", PAYLOAD * 3)
    assert not store.holds("large")


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    store = PartStore(tmp_path / "gone")
    store.write("a", PAYLOAD)
    store.trim()
    assert store.read("a") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_the_folder_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "parts"
    place.mkdir(mode=0o777)
    assert own_folder(place) == place
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert own_folder(place) is None


def test_a_link_or_a_file_is_no_folder_of_parts(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    assert own_folder(tmp_path / "link") is None
    assert own_folder(tmp_path / "file") is None


WRITER = """
import sys
from pathlib import Path
from typing import Any
from coupling.keeping.store import PartStore
store = PartStore(Path(sys.argv[1]), limit=20_000)
for turn in range(300):
    key = str(turn % 7)
    found = store.read(key)
    assert found is None or found == key.encode() * 1000, key
    store.write(key, key.encode() * 1000)
    if turn % 50 == 0:
        store.trim()
"""


@pytest.mark.processes
def test_two_processes_at_once_do_no_harm(tmp_path: Path) -> None:
    both = [subprocess.Popen([sys.executable, "-c", WRITER, tmp_path]) for _ in range(2)]
    assert [each.wait(60) for each in both] == [0, 0]
    assert all(PartStore(tmp_path).read(path.stem) for path in tmp_path.glob("*.part"))
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".part"]
