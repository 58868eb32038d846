"""One writer of a store at a time, everything in it shared as the store's own folder is, damaged files set aside."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coupling.errors import DataError
from coupling.machine.writing import like_folder, make_folder, sync_folder

__all__ = ["locked", "make_shared", "set_aside"]

PATIENCE = 60.0


def make_shared(folder: Path) -> None:
    """Make a folder inside a store, with the group and the permissions of the folder around it."""
    if not folder.is_dir():
        folder.mkdir()
        like_folder(folder, folder.parent)
        sync_folder(folder.parent)


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
    try:
        make_folder(folder)
        shared = stat.S_IMODE(folder.stat().st_mode) & 0o666
        path = _lock_of(folder)
        with FileLock(path, timeout=PATIENCE, mode=shared):
            like_folder(path, folder)
            yield
    except Timeout:
        raise DataError(f"store {folder} is being written by another process; wait for it to end.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "make room or allow writing there, or give --store another folder"
        raise DataError(f"store {folder} cannot be written ({reason}); {advice}.") from error


def _lock_of(folder: Path) -> Path:
    """Return the file that is locked; a link or a device in its place is refused."""
    path = folder / ".lock"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise DataError(f"{path} is no plain file, so the store cannot be locked; remove it.")
    return path


def set_aside(path: Path, damaged: Path) -> None:
    """Move a file, where it is there, into the folder of damaged ones under a name that is free."""
    if not (path.exists() or path.is_symlink()):
        return
    make_shared(damaged.parent)
    make_shared(damaged)
    names = (path.name if not count else f"{path.name}.{count}" for count in itertools.count())
    path.replace(next(damaged / name for name in names if not (damaged / name).exists()))
