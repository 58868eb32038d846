"""Folders for what can be made again, where there is a home, none, or one that cannot be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from coupling.machine import surroundings
from coupling.machine.surroundings import cache_folder, settle_matplotlib


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("COUPLING_CACHE", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    surroundings._can_be_written.cache_clear()
    yield
    surroundings._can_be_written.cache_clear()


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """Return a home below a file, which not even root can write."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "home"


def test_the_named_folder_beats_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in (cache_folder("numba") or Path()).parents
    monkeypatch.setenv("COUPLING_CACHE", str(tmp_path / "named"))
    assert cache_folder("numba") == tmp_path / "named" / "numba"


def test_a_home_that_cannot_be_written_gives_none(blocked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(blocked))
    assert cache_folder("numba") is None
    monkeypatch.setenv("COUPLING_CACHE", str(blocked))
    assert cache_folder("numba") is None


def test_an_unknown_home_makes_no_folder_called_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(surroundings, "_user_cache", lambda: "~/.cache/coupling")
    assert cache_folder("numba") is None
    assert os.listdir(tmp_path) == []


def test_matplotlib_gets_a_folder_only_where_its_own_fails(
    tmp_path: Path, blocked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settle_matplotlib()
    assert "MPLCONFIGDIR" not in os.environ
    monkeypatch.setenv("HOME", str(blocked))
    monkeypatch.setenv("COUPLING_CACHE", str(tmp_path / "named"))
    settle_matplotlib()
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / "named" / "matplotlib")
