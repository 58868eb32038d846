"""The folder of a store: one writer at a time, damaged files set aside."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coupling.errors import DataError

__all__ = ["MODE", "locked", "set_aside"]

PATIENCE = 60.0
MODE = 0o600
"""Permissions of the files of a store."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only writer of a store, which is made where it does not exist.

    Raises
    ------
    DataError
        If the folder cannot be written, or another process holds it for a minute.
    """
    from filelock import FileLock, Timeout

    if folder.parts[:1] == ("~",):  # what is left of a home that the system does not know
        raise DataError("this user has no home folder for the store; give --store FOLDER, or data.store.")
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
