"""The state of a watch: damaged or foreign it is refused and left as it is; one run at a time; cut short, as before."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from coupling.errors import ConfigurationError, DataError
from coupling.watch import state as states
from coupling.watch.state import State, held, read_state, write_state
from tests.watch.conftest import Clock
from tests.watch.desk import ESTIMATED, STUDY, Desk


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


def rewritten(before: str, after: str) -> Callable[[Path, Path], object]:
    return lambda kept, _: kept.write_text(kept.read_text().replace(before, after))


def as_folder(kept: Path, _: Path) -> None:
    kept.unlink()
    kept.mkdir()


def somebodys(kept: Path, _: Path) -> None:
    kept.unlink()
    (kept.parent / "notes.txt").write_text("mine")


def resealed(kept: Path, _: Path) -> None:
    told = json.loads(kept.read_text())
    del told[states.SEAL]
    told["last"]["configuration"] = "\x1b[2J: {"
    kept.write_text(json.dumps(told | {states.SEAL: states._seal(told)}))


SPOILT: dict[str, Callable[[Path, Path], object]] = {
    "cut": lambda kept, _: kept.write_text(kept.read_text()[:900]),
    "empty": lambda kept, _: kept.write_text(""),
    "edited": rewritten("BBB", "CCC"),
    "later": rewritten("coupling-watch-state/1", "coupling-watch-state/9"),
    "foreign": lambda kept, _: kept.write_text('{"schema": "something/1"}'),
    "list": lambda kept, _: kept.write_text("[1, 2]"),
    "bytes": lambda kept, _: kept.write_bytes(b"\xff\xfe\x00"),
    "folder": as_folder,
    "settings": resealed,
    "findings gone": lambda _, findings: findings.unlink(),
    "findings cut": lambda _, findings: findings.write_text(findings.read_text()[:900]),
    "findings edited": lambda _, findings: findings.write_text(findings.read_text() + " "),
    "somebody's folder": somebodys,
}
"""Ways in which a disk, a person or another program may damage a state: its file and that of the findings."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk's folder after a first run."""
    desk = Desk(tmp_path_factory.mktemp("desk"), text=ESTIMATED)
    desk.grow(200)
    assert desk.run().exit_code in (0, 4)
    return desk.folder


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("cut", "the state is no JSON, or damaged"),
        ("empty", "the state is no JSON, or damaged"),
        ("edited", "the state is not what was written"),
        ("later", "its schema is 'coupling-watch-state/9', and this version reads"),
        ("foreign", "the file is no state of a watch"),
        ("list", "the file is no state of a watch"),
        ("bytes", "the file is no UTF-8 text"),
        ("folder", "the file cannot be read"),
        ("findings gone", "the findings of the last run are missing or damaged; move it away to begin anew"),
        ("findings cut", "the findings of the last run are missing or damaged; move it away to begin anew"),
        ("settings", "the state is damaged at 'last.configuration'; move it away to begin anew"),
        ("findings edited", "the findings are not those of the last run"),
        ("somebody's folder", "the folder holds 'notes.txt' and no state of a watch"),
    ],
)
def test_a_damaged_or_foreign_state_is_refused_in_one_sentence_and_stays(
    watched: Path, tmp_path: Path, how: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(watched, tmp_path, dirs_exist_ok=True)
    desk = Desk(tmp_path, text=ESTIMATED)
    SPOILT[how](desk.kept, next(desk.kept.parent.glob("findings-*.json")))
    monkeypatch.setattr("coupling.watch.running.inputs_of", lambda *_, **__: pytest.fail("it was run"))
    before = {path.name: path.is_dir() or path.read_bytes() for path in desk.kept.parent.iterdir()}
    result = desk.run()
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert {path.name: path.is_dir() or path.read_bytes() for path in desk.kept.parent.iterdir()} == before


def test_the_state_of_another_study_is_refused(desk: Desk) -> None:
    desk.morning()
    before = content(desk.kept.parent)
    desk.write(STUDY.replace("focus: AAA", "focus: BBB"))
    result = desk.run()
    assert (result.exit_code, content(desk.kept.parent) == before) == (2, True)
    assert "the state is of the focus AAA, and this run of the focus BBB; give --state another folder" in result.stderr
    assert desk.run("--state", desk.folder / "second").exit_code == 0


def test_the_simulated_market_is_never_held_against_the_real_one(desk: Desk) -> None:
    desk.morning()
    text = STUDY.replace("{directory: prices}", "{source: simulated}")
    desk.write(text)
    result = desk.run()
    assert result.exit_code == 2
    assert "the state is of the real market, and this run of the simulated market" in result.stderr


def test_the_simulated_market_is_named_once(desk: Desk) -> None:
    desk.write("title: Made\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\ncorrelation: null\n")
    desk.morning("--markdown", desk.folder / "out.md")
    assert "| BTC | simulated market, seed 0 | " in (desk.folder / "out.md").read_text(encoding="utf-8")


def test_two_runs_at_once_one_waits_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder, begun, order = tmp_path / "one", threading.Event(), []

    def first() -> None:
        with held(folder):
            begun.set()
            order.append("first")
            threading.Event().wait(0.3)
            order.append("first ends")

    worker = threading.Thread(target=first)
    worker.start()
    begun.wait()
    with held(folder, patience=20):
        order.append("second")
    worker.join()
    assert order == ["first", "first ends", "second"]
    assert "is used by another run; waiting up to 20 s" in caplog.text


def test_a_run_that_waited_long_enough_says_who_is_in_the_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(states, "PATIENCE", 0.1)
    with held(desk.kept.parent):
        result = desk.run()
    assert result.exit_code == 3
    assert "is still used by another run after 0 s; wait for it to end" in result.stderr
    with held(tmp_path / "x"), pytest.raises(DataError), held(tmp_path / "x", patience=0):
        pass


@pytest.mark.parametrize("name", ["findings", "state"])
def test_a_run_that_is_cut_short_leaves_the_state_as_it_was(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every write of the state fails in turn, as on a full disk."""
    desk.morning()
    before = read_state(desk.kept.parent)
    desk.grow(301)
    clock.day = 301
    real = states.write_text_whole

    def fail(path: Path, text: str) -> Path:
        if path.name.startswith(name):
            raise OSError(28, "No space left on device", str(path))
        return real(path, text)

    monkeypatch.setattr(states, "write_text_whole", fail)
    result = desk.run()
    assert (result.exit_code, "No space left on device" in result.stderr) == (1, True)
    assert read_state(desk.kept.parent) == before
    monkeypatch.setattr(states, "write_text_whole", real)
    assert desk.morning()["sessions"] == 1
    assert len(list(desk.kept.parent.glob("findings-*.json"))) == 1


def test_what_a_run_that_was_cut_short_left_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / ".0123.tmp").write_text("half")
    (tmp_path / "findings-abc.json").write_text("{}")
    assert read_state(tmp_path) == State()
    write_state(tmp_path, State())
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    assert json.loads((tmp_path / "state.json").read_text())["schema"] == "coupling-watch-state/1"


def test_a_link_in_the_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="is no plain file"), held(tmp_path):
        pass


def test_a_state_holds_no_place_of_this_machine(desk: Desk) -> None:
    desk.morning()
    for raw in content(desk.kept.parent).values():
        assert str(desk.folder).encode() not in raw
