"""Files that survive: whole or absent after a kill, one writer at a time, damaged ones set aside."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coupling.errors import DataError

__all__ = ["TEMPORARY", "locked", "set_aside", "sync_folder", "write_whole"]

TEMPORARY = ".tmp"
PATIENCE = 60.0


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file so that under its name there is ever only the old content or all of the new, on the disk itself.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only writer of a store, which is made where it does not exist.

    Raises
    ------
    DataError
        If the folder cannot be written, or another process holds it for a minute.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock", timeout=PATIENCE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock:
            yield
    except Timeout:
        raise DataError(f"store {folder} is being written by another process; wait for it to end.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "make room or allow writing there, or give --store another folder"
        raise DataError(f"store {folder} cannot be written ({reason}); {advice}.") from error


def set_aside(path: Path, damaged: Path) -> None:
    """Move a file, where it is there, into the folder of damaged ones under a name that is free."""
    if not path.exists():
        return
    damaged.mkdir(parents=True, exist_ok=True)
    names = (path.name if not count else f"{path.name}.{count}" for count in itertools.count())
    path.replace(next(damaged / name for name in names if not (damaged / name).exists()))
