"""The one way by which a file is written: whole or not at all, never through a link, also on a full disk."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

__all__ = ["TEMPORARY", "like_folder", "make_folder", "sync_folder", "write_text_whole", "write_whole"]

TEMPORARY = ".tmp"


def write_whole(path: Path, raw: bytes, *, shared: bool = False, lasting: bool = True) -> Path:
    """Write a file so that under its name there is ever only the old content or all of the new, on the disk itself.

    A link of that name is replaced, not followed; a device or a pipe is left alone.

    Parameters
    ----------
    path : Path
        The file; its folder is there.
    raw : bytes
        All of its content.
    shared : bool
        Whether the file takes group and permissions of its folder; else those of any new file of the user.
    lasting : bool
        Whether to wait until it is on the disk; not for what is checked when it is read, and can be made again.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        If it cannot be written, with the path; nothing is left behind.
    """
    _require_file(path)
    part = path.parent / f".{secrets.token_hex(8)}{TEMPORARY}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(raw)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if shared:
            like_folder(part, path.parent)
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None
        raise
    if lasting:
        sync_folder(path.parent)
    return path


def _require_file(path: Path) -> None:
    """Raise OSError where a device or a pipe stands, or a link to one: a file in its place would end it for all."""
    with suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", str(path))


def write_text_whole(path: Path, text: str) -> Path:
    r"""Write UTF-8 text as `write_whole` does, in a folder that is made; bytes that are no UTF-8 read ``\udc..``."""
    make_folder(path.parent)
    return write_whole(path, text.encode("utf-8", "backslashreplace"))


def make_folder(folder: Path) -> None:
    """Make a folder and those around it, with the permissions of any new folder of the user."""
    folder.mkdir(parents=True, exist_ok=True)


def like_folder(path: Path, folder: Path) -> None:
    """Give a new file or folder the group and the permissions of the folder around it, where that is allowed."""
    around = folder.stat()
    mode = stat.S_IMODE(around.st_mode) & (0o2777 if path.is_dir() else 0o666)
    with suppress(OSError):
        if path.stat().st_gid != around.st_gid:
            os.chown(path, -1, around.st_gid)
    with suppress(OSError):
        path.chmod(mode)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where its file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
