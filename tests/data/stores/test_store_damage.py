"""What a disk, a person or a newer version can do to the store; committed vintages survive it."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.stores import files as store_files
from coupling.data.stores.manifest import FORMAT
from coupling.data.stores.store import Store
from coupling.errors import DataError
from tests.data.stores.test_store import BTC, DAY, JGB, NOW, raw, require_equal

OLD, NEW = raw([1.0, 2.0]), raw([1.0, 2.0, 3.0], at=NOW + DAY)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store that holds two vintages."""
    store = Store(tmp_path / "store")
    store.save("BTC", BTC, OLD)
    store.save("BTC", BTC, NEW)
    return store


def content(store: Store) -> dict[str, bytes]:
    """Return every file but the lock."""
    files = (path for path in store.folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(store.folder)): path.read_bytes() for path in files}


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


def require_old_serves(store: Store, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.clear()
    with caplog.at_level(logging.WARNING, "coupling"):
        found = store.newest(BTC)
    assert found is not None
    require_equal(found, OLD)
    assert len(caplog.messages) == 1
    assert f"{name} " in caplog.messages[0]
    assert "the vintage before it serves" in caplog.messages[0]


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_a_flipped_bit_anywhere_is_noticed_and_set_aside(
    store: Store, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    whole = store.folder.with_name("whole")
    shutil.copytree(store.folder, whole)
    path = store.vintages(BTC)[-1].path.with_suffix(suffix)
    for place in range(0, path.stat().st_size, 61):
        flip(path, place)
        require_old_serves(store, caplog, path.name)
        aside = store.folder / "damaged" / path.parent.name
        assert sorted(item.name for item in aside.iterdir()) == ["000002.json", "000002.parquet"]
        shutil.rmtree(store.folder)
        shutil.copytree(whole, store.folder)


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
@pytest.mark.parametrize("harm", ["emptied", "cut", "replaced"])
def test_an_emptied_cut_or_replaced_file_is_set_aside(
    store: Store, suffix: str, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = store.vintages(BTC)[-1].path.with_suffix(suffix)
    data = path.read_bytes()
    path.write_bytes({"emptied": b"", "cut": data[: len(data) // 2], "replaced": b"[1, 2]"}[harm])
    require_old_serves(store, caplog, path.name)
    caplog.clear()
    assert store.newest(BTC) is not None
    assert not caplog.messages


def test_a_manifest_without_its_rows_is_set_aside(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.vintages(BTC)[-1].path.with_suffix(".parquet").unlink()
    require_old_serves(store, caplog, "000002.parquet")


def test_a_vintage_saved_after_damage_takes_a_new_number(store: Store) -> None:
    flip(store.vintages(BTC)[-1].path, 100)
    saved = store.save("BTC", BTC, NEW)
    assert saved.vintage.path.name == "000003.json"
    assert [item.path.name for item in store.vintages(BTC)] == ["000001.json", "000003.json"]
    assert len(list((store.folder / "damaged").rglob("*.parquet"))) == 1


def test_two_damaged_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    for text in ("one", "two"):
        (tmp_path / "file").write_text(text)
        store_files.set_aside(tmp_path / "file", tmp_path / "damaged")
    assert sorted(path.read_text() for path in (tmp_path / "damaged").iterdir()) == ["one", "two"]


def test_nothing_whole_means_nothing_served(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    for vintage in store.vintages(BTC):
        flip(vintage.path, 50)
    assert store.newest(BTC) is None
    assert len(caplog.messages) == 2
    assert store.list().empty


def test_the_check_names_every_file_and_what_is_wrong(store: Store) -> None:
    store.save("JGB10Y", JGB, OLD)
    first, second = store.vintages(BTC)
    flip(first.path.with_suffix(".parquet"), 40)
    second.path.with_name("000007.parquet").write_bytes(b"PAR1")
    states = store.check().set_index(["series", "file"])["state"]
    series, other = first.path.parent.name, store.vintages(JGB)[0].path.parent.name
    assert states[series, "000001.json"].endswith("000001.parquet does not have the hash that its manifest names")
    assert states[series, "000002.json"] == states[other, "000001.json"] == "ok"
    assert states[series, "000007.parquet"] == "no manifest: its writing was cut short"
    assert "damaged" not in store.check()["state"].str.cat()


def test_a_manifest_of_a_newer_version_is_refused_in_one_sentence(store: Store) -> None:
    path = store.vintages(BTC)[-1].path
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": FORMAT + 1, "news": "?"}))
    before = content(store)
    knows = f"this version of coupling knows {FORMAT} at most; update coupling, or "
    message = f"000002.json has manifest format {FORMAT + 1}, and {knows}"
    for work in (lambda: store.newest(BTC), lambda: store.save("BTC", BTC, OLD), store.list):
        with pytest.raises(DataError, match=message):
            work()
    assert store.check()["state"].str.contains(f"manifest format {FORMAT + 1}").tolist() == [False, True]
    assert content(store) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 128 KiB, or skip where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_one_clear_error_and_the_store_stays_as_it_was(small_disk: Path) -> None:
    store = Store(small_disk / "store")
    saved, before = 0, content(store)
    while shutil.disk_usage(small_disk).free > 12_000:
        store.save("BTC", BTC, raw([float(saved)] * 500, at=NOW + saved * DAY))
        saved, before = saved + 1, content(store)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\); make room"):
        store.save("BTC", BTC, raw([place / 7 for place in range(5_000)], at=NOW + saved * DAY))
    assert saved > 3
    assert content(store) == before
    assert [vintage.read().value.iloc[0] for vintage in store.vintages(BTC)] == list(range(saved))
    assert set(store.check()["state"]) == {"ok"}


def test_a_read_only_disk_serves_and_refuses_in_one_sentence(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(small_disk / "store")
    store.save("BTC", BTC, OLD)
    store.save("BTC", BTC, NEW)
    flip(store.vintages(BTC)[-1].path, 80)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    before = content(store)
    with pytest.raises(DataError, match=r"cannot be written \(Read-only file system\); make room or allow writing"):
        store.save("BTC", BTC, NEW)
    require_old_serves(store, caplog, "000002.json")
    assert "not set aside, for store" in caplog.messages[0]
    assert content(store) == before


def test_a_folder_without_permission_is_one_clear_error(store: Store) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    store.folder.chmod(0o500)
    with pytest.raises(DataError, match=r"cannot be written \(Permission denied\); make room or allow writing"):
        store.save("BTC", JGB, OLD)
    store.folder.chmod(0o700)
    assert store.newest(BTC) is not None


def test_a_file_in_the_place_of_the_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(DataError, match=r"store .*store cannot be written \((File exists|Not a directory)\)"):
        Store(tmp_path / "store").save("BTC", BTC, OLD)


@pytest.mark.parametrize("limit", [100, 2_000, 20_000], ids=["lock only", "within the rows", "within the manifest"])
def test_a_write_that_fails_halfway_leaves_the_store_as_it_was(store: Store, limit: int) -> None:
    before = content(store)
    rows = replace(raw([5.0], at=NOW + 2 * DAY), repairs=("x" * 30_000,))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(DataError, match=r"cannot be written \(File too large\)"):
            store.save("BTC", BTC, rows)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert content(store) == before
    assert store.save("BTC", BTC, rows).written


def test_a_lock_held_too_long_is_one_clear_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_files, "PATIENCE", 0.1)
    with (store.folder / ".lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(DataError, match="is being written by another process; wait for it to end"):
            store.save("BTC", BTC, OLD)


def test_what_a_killed_writer_left_unfinished_is_cleared_by_the_next(store: Store) -> None:
    series = store.vintages(BTC)[-1].path.parent
    (series / ".000003.parquet-abc.tmp").write_bytes(b"half")
    (series / "000003.parquet").write_bytes(b"rows without a manifest")
    saved = store.save("BTC", BTC, raw([7.0], at=NOW + 2 * DAY))
    assert saved.vintage.path.name == "000003.json"
    assert sorted(item.name for item in series.iterdir()) == [
        f"00000{number}.{suffix}" for number in (1, 2, 3) for suffix in ("json", "parquet")
    ]
    assert pd.Series(saved.vintage.read().value).tolist() == [7.0]


def test_a_file_named_as_a_store_is_not_called_empty(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(DataError, match="is a file, not a folder"):
        Store(tmp_path / "store").list()
