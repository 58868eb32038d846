"""Files are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coupling.machine import writing
from coupling.machine.writing import write_text_whole, write_whole


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the system refuse every byte of a file beyond some size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_does_not_fit_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, b"old")
    with no_file_above(1000), pytest.raises(OSError, match=r"page\.html") as raised:
        write_whole(path, b"x" * 2000)
    assert raised.value.errno == errno.EFBIG
    assert os.listdir(tmp_path) == ["page.html"]
    assert path.read_bytes() == b"old"


def test_a_full_disk_is_told_with_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left.*new\.csv"):
        write_whole(tmp_path / "new.csv", b"1")
    assert os.listdir(tmp_path) == []


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "new.csv", b"1")
    assert os.listdir(tmp_path) == []


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert write_whole(tmp_path / "page", b"").stat().st_mode & 0o777 == 0o640
        tmp_path.chmod(0o770)
        assert write_whole(tmp_path / "shared", b"", shared=True).stat().st_mode & 0o777 == 0o660
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["n" * 250 + ".csv", os.fsdecode(b"latin-\xe9.csv"), "new\nline.csv"])
def test_every_name_that_the_disk_takes_is_written(tmp_path: Path, name: str) -> None:
    path = write_text_whole(tmp_path / "made" / name, f"{name} − ρ")
    assert os.listdir(tmp_path / "made") == [name]
    assert path.read_bytes() == f"{name} − ρ".encode("utf-8", "backslashreplace")


@pytest.mark.parametrize("linked", [False, True])
def test_a_device_or_a_pipe_stays_what_it_is(linked: bool, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    path = tmp_path / "link" if linked else pipe
    if linked:
        path.symlink_to(pipe)
    with pytest.raises(OSError, match="a device or a pipe"):
        write_whole(path, b"x")
    assert (pipe.is_fifo(), path.is_symlink()) == (True, linked)
    assert len(list(tmp_path.iterdir())) == 1 + linked
