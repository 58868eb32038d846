"""A store is shared as its own folder is; what strangers put into it is refused; a clock set back heals itself."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.files import locked
from coupling.data.stores.store import Store
from coupling.errors import DataError

BTC = SourceEntry(provider="yahoo", symbol="BTC-USD", clock="UTC")
ETH = SourceEntry(provider="yahoo", symbol="ETH-USD", clock="UTC")
NOW = pd.Timestamp("2026-01-05 06:07:08", tz="UTC")
DAY = pd.Timedelta(days=1)


def raw(values: list[float], at: pd.Timestamp = NOW) -> RawRows:
    when = pd.Series(pd.date_range("2026-01-01", periods=len(values), unit="ns"))
    lines = pd.Series(range(2, len(values) + 2))
    return RawRows(place="BTC-USD", when=when, value=pd.Series(values), line=lines, sha256="ab", retrieved_at=at)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("folder", "inside", "file"), [(0o2770, 0o770, 0o660), (0o700, 0o700, 0o600), (0o755, 0o755, 0o644)]
)
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
def test_all_in_a_store_takes_the_permissions_of_its_folder(
    tmp_path: Path, folder: int, inside: int, file: int, mask: int
) -> None:
    store = Store(tmp_path / "store")
    store.folder.mkdir()
    store.folder.chmod(folder)
    with umask(mask):
        path = store.save("BTC", BTC, raw([1.0, 2.0])).vintage.path
        store.save("BTC", BTC, raw([1.0, 2.0, 3.0], at=NOW + DAY))
        path.write_bytes(b"{")
        store.check()
    found = [one for one in store.folder.rglob("*") if one.name != ".lock"]
    assert {mode(one) & 0o777 for one in found if one.is_dir()} == {inside}
    assert {mode(one) for one in found if one.is_file() and one != path} <= {
        file,
        mode(path) if path.exists() else file,
    }
    assert mode(store.folder / ".lock") == file
    if folder & stat.S_ISGID:
        assert all(mode(one) & stat.S_ISGID for one in found if one.is_dir())


ACT = """
import os, sys
from pathlib import Path
import pandas as pd
from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.store import Store
from coupling.errors import DataError

uid, gid, mask, folder, symbol, values = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3], 8), *sys.argv[4:]
numbers = [float(one) for one in values.split(",")]
entry = SourceEntry(provider="yahoo", symbol=symbol, clock="UTC")

def work(store, numbers):
    when = pd.Series(pd.date_range("2026-01-01", periods=len(numbers), unit="ns"))
    at = pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(days=len(numbers))
    lines = pd.Series(range(2, len(numbers) + 2))
    rows = RawRows(place="x", when=when, value=pd.Series(numbers), line=lines, sha256="ab", retrieved_at=at)
    try:
        store.save("X", entry, rows)
        print(len(store.vintages(entry)), store.newest(entry).value.tolist())
    except DataError as error:
        print("refused:", error)
        print(store.newest(entry) is not None)

for more in ([], [8.0], [9.0, 9.0]):  # what is imported late is imported before: the user may not be let to read it
    work(Store(Path(folder).parent / f"warm-{uid}"), numbers + more)
print("---", flush=True)
os.setgroups([gid]); os.setgid(uid); os.setuid(uid); os.umask(mask)
work(Store(Path(folder)), numbers)
"""


def act(user: int, group: int, store: Path, symbol: str, values: str, mask: str = "022") -> str:
    """Save as another user who belongs to a group."""
    command = [sys.executable, "-c", ACT, str(user), str(group), mask, str(store), symbol, values]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("---\n")[2].strip()


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that other users can reach, which those of pytest are not while another of its runs begins."""
    if os.geteuid() != 0:
        pytest.skip("only root can become two other users")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.thorough
@pytest.mark.processes
def test_two_users_of_a_group_write_to_one_store(open_path: Path) -> None:
    store = open_path / "store"
    store.mkdir()
    os.chown(store, 0, 4700)
    store.chmod(0o2770)
    assert act(4711, 4700, store, "BTC", "1,2") == "1 [1.0, 2.0]"
    assert act(4712, 4700, store, "BTC", "1,2,3") == "2 [1.0, 2.0, 3.0]"
    assert act(4711, 4700, store, "BTC", "1,2,3,4", mask="077") == "3 [1.0, 2.0, 3.0, 4.0]"
    assert act(4712, 4700, store, "BTC", "1,2,3,4") == "3 [1.0, 2.0, 3.0, 4.0]", "one more retrieval of the other's"
    manifest = next(store.rglob("000003.json"))
    manifest.write_bytes(b"{")
    assert act(4712, 4700, store, "BTC", "1,2,9") == "3 [1.0, 2.0, 9.0]", "a damaged file of the other is set aside"
    assert (store / "damaged" / manifest.parent.name / "000003.json").exists()


@pytest.mark.thorough
@pytest.mark.processes
def test_a_store_of_one_user_serves_another_and_refuses_in_one_sentence(open_path: Path) -> None:
    store = open_path / "store"
    store.mkdir()
    os.chown(store, 4711, 4711)
    store.chmod(0o755)
    assert act(4711, 4711, store, "BTC", "1,2") == "1 [1.0, 2.0]"
    refused, served = act(4712, 4712, store, "BTC", "1,2,3").splitlines()
    assert "cannot be written (Permission denied)" in refused
    assert served == "True"


def sealed(content: dict[str, Any]) -> bytes:
    """Return a manifest with the right hash of its own content, as one who knows the format would write it."""
    bare = {name: value for name, value in content.items() if name != "manifest_sha256"}
    seal = sha256(json.dumps(bare, sort_keys=True).encode("ascii")).hexdigest()
    return json.dumps({**bare, "manifest_sha256": seal}).encode()


def retrieved(at: str) -> dict[str, Any]:
    return {"retrievals": [{"at": at, "place": "x", "sha256": "ab"}]}


CRAFTED: list[dict[str, Any]] = [
    *({"format": wrong} for wrong in (0, -1, "two", None, [2])),
    *({"rows": wrong} for wrong in (-1, 0, 1.5, 10**30, "many")),
    *(retrieved(wrong) for wrong in ("never", "2026-01-05", "0001-01-01T00:00Z", "9" * 40, "NaT")),
    *({"retrievals": wrong} for wrong in ([], "x", [{"at": "2026-01-05T00:00Z"}])),
    *({"hourly": wrong} for wrong in ("perhaps", True)),
    *({"sha256": wrong} for wrong in (5, "../../x")),
    *({"entry": wrong} for wrong in ({"provider": "yahoo", "symbol": "../../x", "clock": "UTC"}, "x")),
    *({"entry": wrong} for wrong in (ETH.model_dump(mode="json"), None)),
    *({"instrument": wrong} for wrong in ("a\0b", None)),
    *({"stranger": 1}, {"revision": 3}),
]


@pytest.mark.thorough
@pytest.mark.parametrize("change", CRAFTED, ids=range(len(CRAFTED)))
def test_a_crafted_manifest_is_set_aside_and_the_vintage_before_it_serves(
    change: dict[str, Any], tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    store.save("BTC", BTC, raw([1.0, 2.0]))
    path = store.save("BTC", BTC, raw([1.0, 2.0, 3.0], at=NOW + DAY)).vintage.path
    path.write_bytes(sealed({**json.loads(path.read_text()), **change}))
    served = store.newest(BTC)
    assert served is not None
    assert served.value.tolist() == [1.0, 2.0]
    assert not path.exists()
    assert [one.name for one in tmp_path.iterdir()] == ["store"]
    store.list()
    store.all_revisions()


def test_a_manifest_of_the_future_is_refused_in_one_sentence(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.save("BTC", BTC, raw([1.0, 2.0])).vintage.path
    path.write_bytes(sealed({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(DataError, match="has manifest format 99, and this version of coupling knows"):
        store.newest(BTC)


NO_MANIFESTS = ["[" * 100_000, "[]", "5", '{"format": Infinity}', '{"format": 2, "format": 2}', "\ud7ff\x00", ""]


@pytest.mark.parametrize("text", NO_MANIFESTS, ids=range(len(NO_MANIFESTS)))
def test_json_that_is_no_manifest_is_set_aside(text: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.save("BTC", BTC, raw([1.0, 2.0])).vintage.path
    path.write_text(text, encoding="utf-8")
    assert store.newest(BTC) is None
    assert not path.exists()


def parquet(frame: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.to_parquet(written)
    return written.getvalue()


WHEN = pd.date_range("2026-01-01", periods=3)
GOOD = pd.DataFrame({"when": WHEN, "value": [1.0, 2.0, 3.0], "line": [2, 3, 4]})
TABLES = [
    *(GOOD.drop(columns=name) for name in ("value", "when", "line")),
    *(GOOD.assign(when=wrong) for wrong in (["a", "b", "c"], WHEN.tz_localize("UTC"), [1, 2, 3])),
    *(GOOD.assign(value=wrong) for wrong in (["1", "2", "3"], [True, False, True], WHEN)),
    *(GOOD.assign(**wrong) for wrong in ({"line": WHEN}, {"open": ["x", "y", "z"]}, {"released": [1, 2, 3]})),
    *(GOOD.set_index("when"), GOOD.iloc[:2], GOOD.iloc[:0], GOOD.iloc[np.tile(range(3), 100_000)]),
    pd.DataFrame(np.zeros((3, 3))).rename(columns=str),
]
FILES = [*TABLES, b"PAR1", b"", b"PAR1" + b"\0" * 40 + b"PAR1"]


@pytest.mark.parametrize("file", FILES, ids=range(len(FILES)))
def test_rows_that_are_none_are_set_aside_even_with_the_right_hash(file: pd.DataFrame | bytes, tmp_path: Path) -> None:
    store = Store(tmp_path)
    table = file if isinstance(file, bytes) else parquet(file)
    path = store.save("BTC", BTC, raw([1.0, 2.0, 3.0])).vintage.path
    path.with_suffix(".parquet").write_bytes(table)
    path.write_bytes(sealed({**json.loads(path.read_text()), "sha256": sha256(table).hexdigest()}))
    assert store.newest(BTC) is None
    assert not path.exists()


def test_links_and_pipes_in_a_store_are_not_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = store.save("BTC", BTC, raw([1.0, 2.0])).vintage.path
    for file in (path.with_suffix(".parquet"), path):
        moved = tmp_path / file.name
        file.replace(moved)
        file.symlink_to(moved)
    assert store.newest(BTC) is None
    assert (tmp_path / "000001.json").read_bytes(), "what the link led to stays"
    os.mkfifo(path)
    assert store.newest(BTC) is None
    (store.folder / "elsewhere").symlink_to(tmp_path)
    assert store.list().empty


def test_files_of_odd_names_are_no_vintages(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.save("BTC", BTC, raw([1.0, 2.0])).vintage.path
    for name in (
        "0abc.json",
        "1.json",
        "0000001 copy.json",
        "99999999999999999999.json",
        "000001.JSON.json",
        "5x.parquet",
    ):
        (path.parent / name).write_bytes(path.read_bytes())
    assert len(store.vintages(BTC)) == 1
    assert store.save("BTC", BTC, raw([1.0, 2.0, 3.0], at=NOW + DAY)).vintage.path.name == "000002.json"
    assert store.check()["state"].eq("ok").all()


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    store = tmp_path / "store"
    store.mkdir()
    (store / ".lock").symlink_to(victim)
    with pytest.raises(DataError, match="is no plain file, so the store cannot be locked"), locked(store):
        pass
    assert victim.read_text() == "precious"


def test_a_clock_set_back_makes_nothing_young_and_heals(tmp_path: Path) -> None:
    store = Store(tmp_path)
    ahead = NOW + 400 * DAY
    store.save("BTC", BTC, raw([1.0, 2.0], at=ahead))
    assert store.age(BTC, NOW) == -400 * DAY
    store.save("BTC", BTC, raw([1.0, 2.0], at=NOW))
    assert store.age(BTC, NOW + DAY) == DAY, "the unchanged answer is dated by the clock that is right again"
    store.save("BTC", BTC, raw([1.0, 2.0, 3.0], at=NOW + DAY))
    served = store.newest(BTC)
    assert served is not None
    assert served.value.tolist() == [1.0, 2.0, 3.0]
    assert replace(served).retrieved_at == NOW + DAY
